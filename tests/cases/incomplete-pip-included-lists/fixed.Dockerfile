FROM python:3.12-slim
WORKDIR /app
COPY requirements/prod.txt requirements/prod.txt
COPY requirements/base.txt requirements/limits.txt requirements/
RUN pip install -r requirements/prod.txt
COPY . .
