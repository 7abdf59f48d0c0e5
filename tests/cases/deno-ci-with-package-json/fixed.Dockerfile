FROM denoland/deno:2.1.4
WORKDIR /app
COPY deno.json deno.lock package.json /app/
COPY lib/deno.json /app/lib/
RUN deno ci --prod
COPY . /app/
CMD ["deno", "run", "-A", "main.ts"]
