FROM python:3.12-slim
WORKDIR /srv
COPY constraints.txt ./
COPY requirements/base.txt requirements/prod.txt requirements/
RUN python -m pip install -r requirements/prod.txt
COPY . .
