FROM python:3.12-slim
WORKDIR /app
RUN pip install pip-tools
COPY requirements.txt ./
RUN pip-sync
COPY . .
