FROM python:3.12-slim
ENV PYTHONUSERBASE=/app/packages
WORKDIR /app
COPY requirements.txt ./
RUN pip install --user -r requirements.txt
COPY . .
