FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
ARG GIT_SHA
ENV GIT_SHA=${GIT_SHA}
CMD ["flask", "run"]
