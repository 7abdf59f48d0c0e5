FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN export PIP_NO_CACHE_DIR=1 && pip install -r requirements.txt
COPY src src
COPY tools tools
RUN export PIP_NO_CACHE_DIR=1 && python tools/build.py
