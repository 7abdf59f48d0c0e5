# syntax=docker/dockerfile:1
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=secret,id=index,target=/root/.netrc \
    pip install -r requirements.txt
COPY . .
# the assets need the source
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=secret,id=index,target=/root/.netrc \
    python manage.py collectstatic --noinput
