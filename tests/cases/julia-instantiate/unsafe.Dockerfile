FROM julia:1.10
WORKDIR /app
COPY Manifest.toml Project.toml ./
RUN julia --project=. -e 'using Pkg; Pkg.instantiate()'
COPY . .
