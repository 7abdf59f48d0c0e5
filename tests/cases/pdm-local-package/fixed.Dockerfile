FROM python:3.12-slim
RUN pip install pdm
WORKDIR /project
COPY pdm.lock pyproject.toml ./
COPY libs/face libs/face/
RUN pdm sync --prod --no-self
COPY . .
RUN pdm sync --prod
