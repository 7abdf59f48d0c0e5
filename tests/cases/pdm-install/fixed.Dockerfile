FROM python:3.12-slim
RUN pip install pdm
WORKDIR /project
COPY pdm.lock pyproject.toml ./
RUN pdm install --check --prod --no-editable --no-self
COPY . .
RUN pdm install --check --prod --no-editable
