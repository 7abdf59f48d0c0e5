FROM hashicorp/terraform:1.9
WORKDIR /infra
COPY .terraform.lock.hcl main.tf ./
RUN terraform init -backend=false
COPY . .
RUN terraform validate
