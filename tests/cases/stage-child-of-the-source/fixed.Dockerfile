FROM python:3.12-slim AS base-setup
WORKDIR /app

FROM base-setup AS base
# the whole project
COPY . .

FROM base-setup AS test
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
RUN python -m unittest

FROM base
COPY --from=test /app/report* /reports/
CMD ["python", "app.py"]
