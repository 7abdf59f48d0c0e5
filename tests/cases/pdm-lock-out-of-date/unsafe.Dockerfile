FROM python:3.12-slim
RUN pip install pdm
WORKDIR /project
COPY pdm.lock pyproject.toml ./
RUN pdm install --prod --no-self
COPY . .
RUN pdm install --prod
