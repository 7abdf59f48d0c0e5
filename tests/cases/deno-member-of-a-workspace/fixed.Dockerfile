FROM denoland/deno:2.1.4
WORKDIR /app
COPY deno.json deno.lock ./
COPY clock/deno.json clock/
RUN deno install --frozen
COPY . .
CMD ["run", "clock/main.ts"]
