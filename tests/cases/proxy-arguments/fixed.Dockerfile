FROM python:3.12-slim AS build

WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .

FROM build AS test
ARG http_proxy=http://proxy.example.org:3128
RUN pip install pytest && pytest
