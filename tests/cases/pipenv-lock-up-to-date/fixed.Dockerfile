FROM python:3.12-slim
ENV PIPENV_VENV_IN_PROJECT=1
RUN pip install pipenv
WORKDIR /app
COPY Pipfile Pipfile.lock ./
RUN pipenv install
COPY . .
RUN pipenv run python -m compileall .
