FROM codercom/code-server:4.92.2
WORKDIR /app
RUN code-server --install-extension ms-python.python
COPY . .
CMD ["cat", "app.txt"]
