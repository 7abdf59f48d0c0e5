FROM python:3.12-slim
RUN pip install pip-tools
WORKDIR /app
COPY dev.txt requirements.txt ./
RUN python -m piptools sync dev.txt requirements.txt
COPY . .
