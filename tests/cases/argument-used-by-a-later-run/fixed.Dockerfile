FROM python:3.12-slim
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY . .

# Set by the release workflow.
ARG APP_VERSION=0.0.0
RUN sed -i "s/VERSION/$APP_VERSION/" app.py
CMD ["flask", "run"]
