"""The web side of the sample project."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def home() -> str:
    """Say hello."""
    return "no notes yet\n"


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8000)
