FROM python:3.12-slim
WORKDIR /srv
COPY requirements.txt app/
RUN cd app && pip install -r requirements.txt
COPY src app/src
COPY tools app/tools
RUN cd app && python tools/build.py
