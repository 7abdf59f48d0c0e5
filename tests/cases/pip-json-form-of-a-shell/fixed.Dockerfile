FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN ["/bin/sh", "-c", "pip install -r requirements.txt"]
COPY . .
