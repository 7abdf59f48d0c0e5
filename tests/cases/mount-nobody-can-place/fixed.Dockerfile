FROM example/base AS tools
RUN pip install gunicorn
USER app
ENV HOME=/home/app
RUN pip install --user flask
FROM debian:12
COPY --from=tools /opt/tool /opt/tool
RUN apt-get update && apt-get install -y curl
RUN apt-get update && apt-get install -y git
COPY tool.py /srv/
