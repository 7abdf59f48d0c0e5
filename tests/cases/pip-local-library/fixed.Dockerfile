FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
COPY libs/money libs/money/
RUN pip install -r requirements.txt
COPY . .
