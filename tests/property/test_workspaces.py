"""Workspaces of thousands of packages: each is resolved in less than a second on an idle processor."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

import pytest
from tests.casebook import REGISTRY

from copylast.context.memory import MemoryContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.ecosystem.readers import Closure
from copylast.layers.model import build_model

SIZE = 5000
MOST = 2.5
"""Seconds of the processor: two and a half times what it may take, for machines that do other things as well."""

Files = dict[str, str]


def other(number: int) -> str:
    """The package that package ``number`` depends on: circles, and no order that a reader could lean on."""
    return f"p{(number * 7 + 1) % SIZE}"


def node(lock: str, text: str, more: Mapping[str, str] | None = None) -> Files:
    files = {"package.json": '{"private": true, "workspaces": ["packages/*"]}', lock: text, **(more or {})}
    for number in range(SIZE):
        manifest = {"name": f"p{number}", "version": "1.0.0", "dependencies": {other(number): "*", "react": "^18.0.0"}}
        files[f"packages/p{number}/package.json"] = json.dumps(manifest)
    return files


def npm() -> Files:
    packages: dict[str, object] = {"": {"name": "r", "workspaces": ["packages/*"]}}
    for number in range(SIZE):
        needs = {other(number): "*", "react": "^18.0.0"}
        packages[f"packages/p{number}"] = {"name": f"p{number}", "version": "1.0.0", "dependencies": needs}
        packages[f"node_modules/p{number}"] = {"resolved": f"packages/p{number}", "link": True}
    packages["node_modules/react"] = {"version": "18.0.0"}
    return node("package-lock.json", json.dumps({"lockfileVersion": 3, "packages": packages}))


def yarn() -> Files:
    return node("yarn.lock", '# yarn lockfile v1\n\nreact@^18.0.0:\n  version "18.0.0"\n')


def berry() -> Files:
    entries = "".join(
        f'"p{n}@npm:*, p{n}@workspace:packages/p{n}":\n  version: 0.0.0-use.local\n'
        f'  resolution: "p{n}@workspace:packages/p{n}"\n  dependencies:\n    {other(n)}: "npm:*"\n'
        '    react: "npm:^18.0.0"\n  languageName: unknown\n  linkType: soft\n\n'
        for n in range(SIZE)
    )
    return node("yarn.lock", f"__metadata:\n  version: 8\n\n{entries}", {".yarnrc.yml": "nodeLinker: node-modules\n"})


def pnpm() -> Files:
    importers = "".join(
        f"  packages/p{n}:\n    dependencies:\n      {other(n)}:\n        specifier: '*'\n"
        f"        version: link:../{other(n)}\n      react:\n        specifier: ^18.0.0\n        version: 18.0.0\n\n"
        for n in range(SIZE)
    )
    lock = f"lockfileVersion: '9.0'\n\nimporters:\n\n  .: {{}}\n\n{importers}packages:\n"
    return node("pnpm-lock.yaml", lock, {"pnpm-workspace.yaml": "packages: ['packages/*']\n"})


def bun() -> Files:
    members: dict[str, object] = {"": {"name": "r"}}
    for n in range(SIZE):
        members[f"packages/p{n}"] = {"name": f"p{n}", "dependencies": {other(n): "*", "react": "^18.0.0"}}
    return node("bun.lock", json.dumps({"lockfileVersion": 1, "workspaces": members, "packages": {}}))


def cargo() -> Files:
    packages = "".join(
        f'[[package]]\nname = "p{n}"\nversion = "0.1.0"\ndependencies = [\n "{other(n)}",\n]\n\n' for n in range(SIZE)
    )
    files = {"Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n', "Cargo.lock": f"version = 3\n\n{packages}"}
    for n in range(SIZE):
        head = f'[package]\nname = "p{n}"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n'
        files[f"crates/p{n}/Cargo.toml"] = f'{head}{other(n)} = {{ path = "../{other(n)}" }}\nserde = "1"\n'
        files[f"crates/p{n}/src/lib.rs"] = ""
    return files


def uv() -> Files:
    files = {
        "pyproject.toml": '[project]\nname = "r"\nversion = "1"\n\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'
    }
    names = ", ".join(f'"p{n}"' for n in range(SIZE))
    lock = f"version = 1\n\n[manifest]\nmembers = [{names}]\n\n"
    lock += '[[package]]\nname = "r"\nversion = "1"\nsource = { virtual = "." }\n\n'
    for n in range(SIZE):
        files[f"packages/p{n}/pyproject.toml"] = (
            f'[project]\nname = "p{n}"\nversion = "0.1.0"\ndependencies = ["{other(n)}", "flask"]\n\n'
            f"[tool.uv.sources]\n{other(n)} = {{ workspace = true }}\n\n"
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        )
        lock += (
            f'[[package]]\nname = "p{n}"\nversion = "0.1.0"\nsource = {{ editable = "packages/p{n}" }}\n'
            f'dependencies = [\n    {{ name = "flask" }},\n    {{ name = "{other(n)}" }},\n]\n\n'
        )
    files["uv.lock"] = lock + '[[package]]\nname = "flask"\nversion = "3.0.0"\nsource = { registry = "x" }\n'
    return files


def go() -> Files:
    files = {"go.work": "go 1.22\n\nuse (\n" + "".join(f"\t./mods/p{n}\n" for n in range(SIZE)) + ")\n"}
    for n in range(SIZE):
        files[f"mods/p{n}/go.mod"] = (
            f"module example.org/p{n}\n\ngo 1.22\n\nrequire (\n\texample.org/{other(n)} v0.0.0\n"
            f"\texample.org/x v1.0.0\n)\n\nreplace example.org/{other(n)} => ../{other(n)}\n"
        )
        files[f"mods/p{n}/go.sum"] = "example.org/x v1.0.0 h1:x\nexample.org/x v1.0.0/go.mod h1:x\n"
    return files


def pom(artifact: str, rest: str) -> str:
    head = "<modelVersion>4.0.0</modelVersion><groupId>a</groupId>"
    return f"<project>{head}<artifactId>{artifact}</artifactId><version>1</version>{rest}</project>"


def maven() -> Files:
    modules = "".join(f"<module>m/p{n}</module>" for n in range(SIZE))
    files = {"pom.xml": pom("r", f"<packaging>pom</packaging><modules>{modules}</modules>")}
    above = "<parent><groupId>a</groupId><artifactId>r</artifactId><version>1</version>"
    above += "<relativePath>../../pom.xml</relativePath></parent>"
    for n in range(SIZE):
        wanted = "<dependency><groupId>b</groupId><artifactId>b</artifactId><version>1</version></dependency>"
        files[f"m/p{n}/pom.xml"] = pom(f"p{n}", f"{above}<dependencies>{wanted}</dependencies>")
    return files


def gradle() -> Files:
    includes = "".join(f'include ":p{n}"\n' for n in range(SIZE))
    files = {"settings.gradle": f'rootProject.name = "r"\n{includes}', "build.gradle": 'plugins { id "java" }\n'}
    for n in range(SIZE):
        files[f"p{n}/build.gradle"] = f'dependencies {{\n  implementation project(":{other(n)}")\n}}\n'
    return files


def dotnet() -> Files:
    projects = "".join(
        f'Project("{{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}}") = "p{n}", "src\\p{n}\\p{n}.csproj",'
        f' "{{00000000-0000-0000-0000-{n:012d}}}"\nEndProject\n'
        for n in range(SIZE)
    )
    head = "Microsoft Visual Studio Solution File, Format Version 12.00\n"
    files = {"all.sln": f"{head}{projects}Global\nEndGlobal\n", "Directory.Build.props": "<Project />"}
    for n in range(SIZE):
        files[f"src/p{n}/p{n}.csproj"] = (
            '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><ProjectReference Include="..\\'
            f'{other(n)}\\{other(n)}.csproj" /><PackageReference Include="b" Version="1" /></ItemGroup></Project>'
        )
    return files


def composer() -> Files:
    wanted = {f"a/p{n}": "*" for n in range(SIZE)}
    places = [{"type": "path", "url": "packages/*"}]
    locked = [{"name": f"a/p{n}", "dist": {"type": "path", "url": f"packages/p{n}"}} for n in range(SIZE)]
    files = {
        "composer.json": json.dumps({"name": "a/a", "repositories": places, "require": wanted}),
        "composer.lock": json.dumps({"packages": locked, "packages-dev": []}),
    }
    for n in range(SIZE):
        files[f"packages/p{n}/composer.json"] = json.dumps({"name": f"a/p{n}"})
    return files


@pytest.mark.parametrize(
    ("command", "make"),
    [
        ("npm ci", npm),
        ("yarn install --frozen-lockfile", yarn),
        ("yarn install --immutable", berry),
        ("pnpm install --frozen-lockfile", pnpm),
        ("bun install --frozen-lockfile", bun),
        ("cargo build", cargo),
        ("uv sync --locked --all-packages", uv),
        ("go mod download", go),
        ("go build ./...", go),
        ("mvn package", maven),
        ("gradle build", gradle),
        ("dotnet restore", dotnet),
        ("composer install", composer),
    ],
)
def test_a_workspace_of_thousands_is_resolved_in_no_time(command: str, make: Callable[[], Files]) -> None:
    context = MemoryContext({path: text.encode() for path, text in make().items()}, "Dockerfile")
    dockerfile = parse(Source(f"FROM x\nWORKDIR /app\nCOPY . .\nRUN {command}\n"))
    took: list[float] = []
    closure: Closure | None = None
    while len(took) < 3 and min(took, default=MOST) >= MOST:
        model = build_model(dockerfile, evaluate(dockerfile), context, REGISTRY)
        step = model.stages[0].steps[-1]
        begin = time.process_time()
        (fact,) = model.facts(step)
        fetch = model.prefetch(step, fact) if fact.closure is None else None
        closure = fetch.facts.closure if fetch is not None else fact.closure
        took.append(time.process_time() - begin)
    assert closure is not None and len(closure.needs) > SIZE, "every package is looked at"
    assert min(took) < MOST
