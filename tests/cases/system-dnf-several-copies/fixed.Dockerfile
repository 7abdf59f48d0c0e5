FROM fedora:40
WORKDIR /opt/job
RUN dnf install -y httpd-tools && dnf clean all
RUN useradd --no-create-home job
COPY job.sh .
COPY templates ./templates
CMD ["./job.sh"]
