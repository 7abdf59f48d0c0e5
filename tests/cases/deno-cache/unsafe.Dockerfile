FROM denoland/deno:2.1.4
WORKDIR /app
USER deno
COPY deno.json deno.lock ./
COPY lib/deno.json lib/
RUN deno install --frozen
COPY . .
RUN deno cache --frozen main.ts
