FROM fedora:40
WORKDIR /app
RUN dnf install -y jq && dnf clean all
COPY . .
CMD ["cat", "app.txt"]
