FROM rocker/r-ver:4.4
WORKDIR /app
COPY .Rprofile renv.lock ./
COPY renv/activate.R renv/
RUN R -e 'renv::restore()'
COPY . .
