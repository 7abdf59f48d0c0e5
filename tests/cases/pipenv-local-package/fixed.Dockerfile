FROM python:3.12-slim
RUN pip install pipenv
WORKDIR /app
COPY Pipfile Pipfile.lock ./
COPY libs/face libs/face/
RUN pipenv sync --system
COPY . .
