FROM python:3.12
WORKDIR /app
RUN python -m spacy download en_core_web_sm
COPY . .
CMD ["cat", "app.txt"]
