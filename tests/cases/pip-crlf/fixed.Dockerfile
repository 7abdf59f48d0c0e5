# The web app

FROM python:3.12-slim
WORKDIR /app

COPY requirements.txt ./

RUN pip install \
    # quietly
    -q -r requirements.txt

# everything
COPY . .

CMD ["python", "app.py"]
