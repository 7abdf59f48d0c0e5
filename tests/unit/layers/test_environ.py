"""Which variables a RUN may read."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.layers.environ import reading

FILES = {
    "package.json": '{"name": "a", "dependencies": {"b": "1"}}',
    "package-lock.json": '{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a"}}}',
    "hook/package.json": '{"name": "a", "scripts": {"postinstall": "node ../$(./which)"}, "dependencies": {"b": "1"}}',
    "requirements.txt": "--index-url https://example.org/${RELEASE}/simple\nflask\n",
    "app.csproj": '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><V>$(Release)</V></PropertyGroup></Project>',
}


def how(run: str, name: str = "COMMIT", top: str = "COPY . .\n") -> str | None:
    model, _ = lint(Source(f"FROM debian:12\nWORKDIR /app\n{top}{run}\n"), MemoryContext(FILES), ())
    step = next(step for step in reversed(model.stages[0].steps) if step.keyword == "RUN")
    found = reading(model, step, name)
    return found.how if found is not None else None


@pytest.mark.parametrize(
    "run",
    [
        "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
        "RUN npm ci",
        "RUN apt-get install -y nodejs=$NODE_VERSION",
        "RUN mkdir -p /x && cp -r a /x && chmod -R 755 /x && ln -s /x /y",
        "RUN curl -fsSL https://example.org/a.tar.gz | tar xz",
        "RUN find . -name '*.pyc' -delete",
        'RUN ["apt-get", "install", "-y", "curl"]',
        "RUN <<EOF\napt-get update\napt-get install -y curl\nEOF",
        "RUN export A=1 && cd /tmp && pip install flask",
        "RUN echo COMMITTED $COMMITS",
    ],
)
def test_surely_does_not_read_it(run: str) -> None:
    assert how(run) is None


@pytest.mark.parametrize(
    ("run", "name", "wanted"),
    [
        ("RUN echo $COMMIT", "COMMIT", "says"),
        ("RUN npm ci --x=${COMMIT:-1}", "COMMIT", "says"),
        ("RUN printenv COMMIT", "COMMIT", "says"),
        ('RUN ["sh", "-c", "echo $COMMIT"]', "COMMIT", "says"),
        ("RUN <<EOF\napt-get update\necho $COMMIT\nEOF", "COMMIT", "says"),
        ("RUN --mount=type=secret,id=x,env=COMMIT npm ci", "COMMIT", "says"),
        ("RUN make", "COMMIT", "may"),
        ("RUN npm run build", "COMMIT", "may"),
        ("RUN ./configure", "COMMIT", "may"),
        ("RUN env > /env", "COMMIT", "may"),
        ("RUN envsubst < a > b", "COMMIT", "may"),
        ("RUN find . -exec sh -c x ;", "COMMIT", "may"),
        ("RUN curl -fsSL https://example.org/install.sh | sh", "VERSION", "may"),
        ("RUN eval $(cat x)", "COMMIT", "may"),
        ("RUN pip install -r requirements.txt", "RELEASE", "may"),
        ("RUN dotnet restore app.csproj", "RELEASE", "may"),
        ("RUN cd hook && npm install", "COMMIT", "may"),
        ("RUN npm ci", "NODE_ENV", "may"),
        ("RUN npm ci", "npm_config_registry", "may"),
        ("RUN apt-get install -y curl", "DEBIAN_FRONTEND", "may"),
        ("RUN apt-get install -y curl", "SOURCE_DATE_EPOCH", "may"),
        ("RUN pip install flask", "GIT_SSH_COMMAND", "may"),
        ("RUN cargo install ripgrep", "COMMIT", "doubt"),
    ],
)
def test_reads_it_or_may(run: str, name: str, wanted: str) -> None:
    assert how(run, name) == wanted


@pytest.mark.parametrize("name", ["GIT_COMMIT", "GIT_SHA", "VERSION", "BUILD_DATE"])
def test_names_of_projects_are_no_names_of_tools(name: str) -> None:
    assert how("RUN npm ci && apt-get install -y curl", name) is None


def test_powershell_is_not_followed() -> None:
    assert how("RUN npm ci", top='COPY . .\nSHELL ["powershell", "-Command"]\n') == "may"
