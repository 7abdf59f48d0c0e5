FROM nixos/nix:2.24.0
WORKDIR /app
RUN nix-env -iA nixpkgs.git
COPY . .
CMD ["cat", "app.txt"]
