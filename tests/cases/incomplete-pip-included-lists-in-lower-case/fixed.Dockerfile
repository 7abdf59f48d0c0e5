from python:3.12-slim
workdir /app
copy requirements/prod.txt requirements/
copy requirements/base.txt requirements/limits.txt requirements/
run pip install -r requirements/prod.txt
copy . .
