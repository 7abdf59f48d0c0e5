FROM alpine/helm:3.15
WORKDIR /chart
COPY Chart.lock Chart.yaml ./
RUN helm dependency build
COPY . .
RUN helm lint .
