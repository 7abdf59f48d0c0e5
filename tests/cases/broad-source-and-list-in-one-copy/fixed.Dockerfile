FROM python:3.12-slim
WORKDIR /srv
COPY requirements.txt /srv/
RUN pip install -r requirements.txt
COPY requirements.txt main.py /srv/
COPY templates /srv/templates
CMD ["python", "main.py"]
