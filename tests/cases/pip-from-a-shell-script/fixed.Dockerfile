FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
COPY scripts/setup.sh scripts/
RUN ./scripts/setup.sh
COPY . .
