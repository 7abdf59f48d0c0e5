FROM python:3.12-slim
WORKDIR /srv
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY app ./app
COPY requirements.txt wsgi.py ./
CMD ["gunicorn", "wsgi"]
