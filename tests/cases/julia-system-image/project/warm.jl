using HTTP
