FROM python:3.12-slim
ENV APP_HOME=/srv/app
COPY requirements.txt $APP_HOME/
WORKDIR $APP_HOME
RUN pip install -r requirements.txt
COPY . $APP_HOME
