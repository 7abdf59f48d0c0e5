FROM python:3.12-slim
WORKDIR /site
COPY constraints.txt constraints.txt
COPY requirements.txt requirements.txt
RUN pip install -r requirements.txt
COPY main.py main.py
COPY logging.ini logging.ini
