FROM ocaml/opam:debian-12-ocaml-5.1
WORKDIR /home/opam/hands
COPY --chown=opam:opam hands.opam ./
RUN opam install . --yes --deps-only
COPY --chown=opam:opam . .
RUN opam install . --yes
CMD ["opam", "exec", "--", "hands"]
