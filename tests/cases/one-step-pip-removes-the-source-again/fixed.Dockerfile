FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY src src
COPY tools tools
RUN python tools/build.py && rm -rf tools
