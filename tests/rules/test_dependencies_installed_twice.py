"""CPL106 stays silent where a second pass may be right or cheap: what is too fine for the page of the rule."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast import Example
from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.testing import RuleCase, rule_cases
from copylast_rules.order import twice
from copylast_rules.order.dependencies_installed_twice import DependenciesInstalledTwice

_NODE = {"package.json": '{"name": "a"}', "package-lock.json": '{"lockfileVersion": 3, "packages": {}}'}
_NET = {"A/A.csproj": '<Project Sdk="Microsoft.NET.Sdk" />', "B/B.csproj": '<Project Sdk="Microsoft.NET.Sdk" />'}
_MODULES = """\
FROM node:20 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM node:20
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
{between}
COPY package.json package-lock.json ./
RUN npm ci
"""
_NPM = """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN {first}
{between}
RUN {later}
"""
_CHEF = """\
FROM rust:1
WORKDIR /app
COPY recipe.json ./
RUN cargo chef cook {cook} --recipe-path recipe.json
{between}
COPY . .
RUN cargo build {build}
"""
_RUST = {"recipe.json": "{}", "Cargo.toml": "[package]\n", "Cargo.lock": ""}
_RESTORE = """\
FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY A/A.csproj A/
COPY B/B.csproj B/
RUN dotnet restore {restore}
COPY . .
RUN dotnet publish {publish}
"""


def npm(first: str = "npm ci", later: str = "npm ci", between: str = "ENV A=1") -> str:
    return _NPM.format(first=first, later=later, between=between)


def chef(cook: str = "", build: str = "--release", between: str = "LABEL a=1") -> str:
    return _CHEF.format(cook=cook, build=build, between=between)


def _copied(source: str) -> str:
    return chef() + f"FROM scratch\nCOPY --from=0 {source} /\n"


def restore(restore: str, publish: str) -> str:
    return _RESTORE.format(restore=restore, publish=publish)


_SILENT = (
    Example("a program in between", npm(between="RUN ./pack"), _NODE, silent="it may keep what was installed"),
    Example("a target in between", npm(between="RUN make pack"), _NODE, silent="there is no Makefile to look into"),
    Example("modules put aside", _MODULES.format(between="RUN cp -R node_modules /x"), _NODE, silent="they were used"),
    Example("for a workspace", npm(later="npm ci -w a"), _NODE, silent="what the other members need is another matter"),
    Example("a first try", npm(first="npm ci || true"), _NODE, silent="it may have failed"),
    Example("a dry run", npm(first="npm ci --dry-run"), _NODE, silent="it installs nothing"),
    Example("a bind mount", npm(first="--mount=type=bind,target=/app,rw npm ci"), _NODE, silent="it is not kept"),
    Example("removed elsewhere", npm("npm i", "npm i", "RUN rm -rf /x/node_modules"), _NODE, silent="it is there"),
    Example("removed perhaps", npm("npm i", "npm i", "RUN true || rm -rf node_modules"), _NODE,
            silent="it may be there"),
    Example("an unknown directory", npm("cd $A && npm ci", "cd $B && npm ci"), _NODE, silent="nobody knows which"),
    Example("pip with other options", "FROM python:3\nCOPY r.txt .\nRUN pip install -r r.txt\n"
            "RUN pip install -I --target /x -r r.txt\n", {"r.txt": "six\n"}, silent="it goes to another place"),
    Example("pip with another list", "FROM python:3\nCOPY r.txt s.txt ./\nRUN pip install -r r.txt\n"
            "RUN pip install -I -r s.txt\n", {"r.txt": "six\n", "s.txt": "attrs\n"}, silent="these are others"),
    Example("a script that may build", chef(between="RUN ./check"), _RUST, silent="it may use what was compiled"),
    Example("release by its profile", chef("--profile release"), _RUST, silent="that is the same"),
    Example("a profile of the project", chef("--release", "--profile dist"), _RUST, silent="it may inherit"),
    Example("a directory of its own", chef(build="--release --target-dir /x"), _RUST, silent="an odd build"),
    Example("words that the shell makes", chef(build="--release $FLAGS"), _RUST, silent="they may say anything"),
    Example("a target in the settings", chef(build="--target x86_64-unknown-linux-musl"),
            {**_RUST, ".cargo/config.toml": '[build]\ntarget = "x86_64-unknown-linux-musl"\n'}, silent="both read it"),
    Example("a base image with a target", chef(build="--target x").replace("rust:1", "clux/muslrust:1"), _RUST,
            silent="its own environment may name one"),
    Example("a target by a variable", chef(build="--target x", between="ENV CARGO_BUILD_TARGET=x"), _RUST,
            silent="others may have it too"),
    Example("no runtime is packed", restore("A/A.csproj", "A/A.csproj -r linux-x64"), _NET, silent="all is there"),
    Example("another project", restore("A/A.csproj", "B/B.csproj -r linux-x64 --self-contained"), _NET,
            silent="the restore was for something else"),
    Example("no restore", restore("A/A.csproj", "A/A.csproj -r linux-x64 --self-contained --no-restore"), _NET,
            silent="it does not restore"),
    Example("the same runtime", restore("A/A.csproj -r linux-x64", "A/A.csproj -r linux-x64 --self-contained"), _NET,
            silent="all is there"),
    Example("the runtime is the project's", restore("A/A.csproj -r linux-x64", "A/A.csproj --self-contained"), _NET,
            silent="what it needs stands in the project"),
)  # fmt: skip

_FOUND = (
    Example("npm ci", npm(), _NODE, found=True),
    Example("removed", npm("npm i", "npm i", "RUN rm -rf node_modules"), _NODE, found=True),
    Example("modules", _MODULES.format(between="ENV A=1"), _NODE, found=True),
    Example("pip", "FROM python:3\nCOPY r.txt .\nRUN pip install -r r.txt\nRUN pip install -I -r r.txt\n",
            {"r.txt": "six\n"}, found=True),
    Example("chef", chef(), _RUST, withheld="would be missing in the image"),
    Example("copied as a whole", _copied("/app"), _RUST, withheld="would be missing in the image"),
    Example("copied by a wildcard", _copied("/app/t*"), _RUST, withheld="would be missing in the image"),
    Example("all that was built is copied", _copied("/app/target/release"), _RUST, withheld="would be missing"),
    Example("only the program is copied", _copied("/app/target/release/a"), _RUST,
            fixed=_copied("/app/target/release/a").replace("recipe.json\nLABEL", "recipe.json --release\nLABEL")),
    Example("chef for a release, the build not", chef("--release", ""), _RUST, withheld="which of the two is meant"),
    Example("target", chef(build="--target x"), _RUST, withheld="would be missing in the image"),
    Example("target to be prepared", chef(build="--target x", between="RUN rustup target add x"), _RUST,
            withheld="line 5 may prepare"),
    Example("a variable", chef(between="ENV RUSTFLAGS=-g"), _RUST, withheld="a variable or the user changes"),
    Example("a user", chef(between="USER me"), _RUST, withheld="a variable or the user changes"),
    Example("a prefix", chef().replace("RUN cargo build", "RUN CC=x cargo build"), _RUST, withheld="stands before"),
    Example("a step before", chef().replace("RUN cargo build", "RUN mkdir x && cargo build"), _RUST,
            withheld="stands before"),
    Example("a value of the shell", chef(build="--target $T"), _RUST, withheld="only known to the shell"),
    Example("an array", chef().replace("RUN cargo chef cook  --recipe-path recipe.json",
            'RUN ["cargo", "chef", "cook"]'), _RUST, withheld="words of a shell", variants=False),
    Example("a script of the project", chef().replace("RUN cargo chef cook  --recipe-path recipe.json",
            "COPY deps.sh .\nRUN ./deps.sh"), {**_RUST, "deps.sh": "cargo chef cook\n"}, withheld="words of a shell"),
    Example("a mount", chef().replace("RUN cargo build", "RUN --mount=type=secret,id=a cargo build"), _RUST,
            withheld="one of the two mounts"),
    Example("runtime", restore("A/A.csproj", "A/A.csproj -r linux-x64 --self-contained"), _NET,
            fixed=restore("A/A.csproj -r linux-x64 -p:SelfContained=true", "A/A.csproj -r linux-x64 --self-contained")),
    Example("another source", restore("A/A.csproj -s https://a.example", "A/A.csproj -r x --self-contained -s https://b"),
            _NET, withheld="another option differs"),
)  # fmt: skip
"""What the examples above change one thing of: else their silence would say nothing."""


def cases() -> list[RuleCase]:
    template = rule_cases(DependenciesInstalledTwice)[0]
    return [template._replace(example=example) for example in (*_SILENT, *_FOUND)]


@pytest.mark.parametrize("case", cases(), ids=str)
def test_case(case: RuleCase) -> None:
    case.check()


def test_a_thousand_installs_are_not_compared_with_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def counted(model: object, placed: twice.Placed, again: object) -> list[tuple[str, object]]:
        nonlocal asked
        asked += 1
        return []

    monkeypatch.setattr(twice, "_choice", counted)
    looks: list[int] = []
    for installs in (400, 800):
        asked = 0
        text = "FROM node:20\nWORKDIR /app\nCOPY package.json ./\n" + "RUN npm install\n" * installs
        lint(Source(text), MemoryContext({"package.json": "{}"}), (DependenciesInstalledTwice(),))
        looks.append(asked)
    assert looks[1] < 2.5 * looks[0]
