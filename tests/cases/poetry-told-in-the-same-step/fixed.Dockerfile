FROM python:3.12
WORKDIR /app
RUN pip install poetry && poetry config --no-interaction virtualenvs.create false
COPY poetry.lock pyproject.toml ./
RUN poetry install --no-root
COPY . .
