FROM opensuse/leap:15.6
WORKDIR /app
RUN zypper -n install jq
COPY . .
