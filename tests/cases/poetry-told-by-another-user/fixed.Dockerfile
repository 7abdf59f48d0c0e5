FROM python:3.12
WORKDIR /app
RUN pip install poetry && poetry config virtualenvs.create false
USER app
COPY poetry.lock pyproject.toml ./
RUN poetry install --no-root
COPY . .
