FROM denoland/deno:2.1.4
WORKDIR /app
COPY deno.json deno.lock ./
COPY lib/deno.json lib/
RUN deno install --frozen
COPY . .
RUN deno check main.ts
