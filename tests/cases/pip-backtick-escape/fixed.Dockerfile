# escape=`
FROM python:3.12-windowsservercore
WORKDIR /app
COPY requirements.txt ./
RUN pip install `
    -r requirements.txt
COPY . `
    .
