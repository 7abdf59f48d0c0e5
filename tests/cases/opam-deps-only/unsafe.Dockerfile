FROM ocaml/opam:debian-12
WORKDIR /app
COPY clock.opam ./
RUN opam install . --deps-only
COPY . .
