FROM python:3.12-slim
WORKDIR /app
COPY ["web list.txt", "./"]
RUN pip install -r "web list.txt"
COPY . .
