FROM python:3.12-slim
WORKDIR /app
WORKDIR /opt/tools
RUN apt-get update && apt-get install -y git
WORKDIR /app
COPY requirements.txt .
WORKDIR /app
RUN pip install -r requirements.txt
COPY . .
