FROM python:3.12-slim
COPY requirements.txt /srv/app/
WORKDIR /srv/app
RUN pip install -r requirements.txt
COPY . /srv/app
