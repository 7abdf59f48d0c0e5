FROM python:3.12-slim
RUN pip install pdm
WORKDIR /project
COPY pdm.lock pdm.toml pyproject.toml ./
RUN pdm install --no-self
COPY . .
RUN python -m compileall clock
