FROM python:3.12-slim
WORKDIR /srv
COPY requirements.txt app/
WORKDIR app
RUN pip install -r requirements.txt
WORKDIR /srv
COPY . app
WORKDIR /srv/app
RUN python -m compileall .
