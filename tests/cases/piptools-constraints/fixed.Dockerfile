FROM python:3.12-slim
RUN pip install pip-tools
COPY constraints.txt requirements.txt /app/
WORKDIR /app
ENV PIP_CONSTRAINT=constraints.txt
RUN pip-sync requirements.txt
COPY . /app
