FROM denoland/deno:2.1.4
WORKDIR /app
COPY deno.json .
COPY deno.lock ./
RUN deno install
COPY main.ts .
CMD ["run", "main.ts"]
