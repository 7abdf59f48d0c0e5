FROM python:3.12-slim
RUN useradd --create-home app
WORKDIR /home/app/web
USER app
COPY --chown=app:app --chmod=755 requirements.txt ./
RUN pip install --user -r requirements.txt
COPY --chown=app:app --chmod=755 . .
