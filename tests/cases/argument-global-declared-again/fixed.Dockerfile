ARG COMMIT=none
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
ARG COMMIT
LABEL org.opencontainers.image.revision=$COMMIT
