FROM python:3.12-slim

WORKDIR /site
COPY requirements.txt requirements.txt

RUN pip install -r requirements.txt

COPY templates templates
COPY main.py main.py
COPY gunicorn.ini gunicorn.ini
COPY logging.ini logging.ini
CMD ["python", "main.py"]
