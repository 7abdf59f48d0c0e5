FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1

WORKDIR /app
# Debian's package lists
# psycopg needs it
RUN apt-get update && apt-get install -y --no-install-recommends \
    gcc \
    libpq-dev
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
CMD ["python", "app.py"]
