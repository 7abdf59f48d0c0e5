FROM node:20
WORKDIR /app
RUN npx -y playwright@1.48.0 install --with-deps chromium
COPY . .
CMD ["cat", "app.txt"]
