FROM python:3.12-slim
WORKDIR /app
RUN apt-get update && apt-get install -y git
COPY configure .
ARG COMMIT
RUN ./configure
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
