FROM python:3.12-slim
WORKDIR /app
RUN pip install pipenv
COPY Pipfile .
COPY Pipfile.lock ./
RUN pipenv install --system
COPY clock.py .
CMD ["python", "clock.py"]
