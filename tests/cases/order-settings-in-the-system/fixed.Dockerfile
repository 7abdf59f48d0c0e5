FROM python:3.12-slim
WORKDIR /site
COPY pip.conf /etc/pip.conf
COPY requirements.txt requirements.txt
COPY supervisor.conf /etc/supervisor.conf
RUN pip install -r requirements.txt
COPY main.py main.py
