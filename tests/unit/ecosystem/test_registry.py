"""Commands as they stand in Dockerfiles: whose are they, and what do they do?"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from copylast.context.entry import ContextError, Kind
from copylast.ecosystem.registry import EcosystemSource, Registry, decide
from copylast.ecosystem.table import DescriptorError

FOLDER = Path(__file__).parents[3] / "rules" / "copylast_rules" / "ecosystems"
REGISTRY = Registry([EcosystemSource(str(FOLDER), "copylast")])

COMMANDS = [
    ("pip install --no-cache-dir -r requirements.txt", "pip deps"),
    ("python -m pip install -e .", "pip project"),
    ("python3 -m pip install -U pip", "pip tool"),
    ("pip install .[dev]", "pip project"),
    ("pip install x -r requirements.txt", "pip deps"),
    ("pip install -r a.txt -e .", "pip project"),
    ("npm --prefix client ci", "npm deps"),
    ("npm i -g pnpm", "npm tool"),
    ("npm i pkg", "npm lock"),
    ("corepack yarn install", "yarn-berry deps, yarn1 deps"),
    ("yarn", "yarn-berry deps, yarn1 deps"),
    ("yarn install --frozen-lockfile", "yarn-berry deps, yarn1 deps"),
    ("pnpm i --frozen-lockfile", "pnpm deps"),
    ("npx pnpm install", "pnpm deps"),
    ("npx tsc", "npm build"),
    ("go mod download", "go deps"),
    ("go build -o /x ./...", "go build"),
    ("go install golang.org/x/tools/cmd/goimports@latest", "go tool"),
    ("cargo build --release", "cargo build"),
    ("cargo install cargo-chef", "cargo tool"),
    ("cargo chef cook --release", "cargo deps"),
    ("./mvnw -B -q dependency:go-offline", "maven deps"),
    ("mvn clean package -DskipTests", "maven build"),
    ("./gradlew bootJar --no-daemon", "gradle build"),
    ("gradle dependencies", "gradle deps"),
    ("dotnet restore src/A/A.csproj", "dotnet deps"),
    ("dotnet publish -c Release --no-restore", "dotnet build"),
    ("dotnet publish -c Release", "dotnet deps+project"),
    ("bundle install --jobs 4", "bundler deps"),
    ("composer install --no-dev", "composer deps+project"),
    ("php composer.phar install", "composer deps+project"),
    ("mix do deps.get, compile", "mix deps+project"),
    ("apt-get -y install gcc", "apt tool"),
    ("apk add --no-cache git", "apk tool"),
    ("uv sync --locked", "uv deps+project"),
    ("uv pip install --system -r requirements.txt", "uv deps"),
    ("poetry install --no-root", "poetry deps"),
    ("npx playwright install --with-deps", "browsers tool"),
    ("bun install", "bun deps"),
    ("deno cache main.ts", "deno deps+project"),
    ("R -e renv::restore()", "r-renv deps"),
    ("make", "build-tools build"),
    ("git submodule update --init", "downloads project"),
    # What looks like one and is not.
    ("echo pip install -r requirements.txt", ""),
    ("pip", ""),
    ("python manage.py collectstatic", ""),
    ("npm --unknown value ci", ""),
    ("pipreqs .", ""),
    ("rm -rf node_modules", ""),
    ("cd app", ""),
    ("", ""),
]


@pytest.mark.parametrize(("command", "expected"), COMMANDS)
def test_commands(command: str, expected: str) -> None:
    found = REGISTRY.candidates(shlex.split(command))
    assert ", ".join(f"{m.ecosystem.id} {m.kind}" for m in found) == expected


def _parts(
    command: str,
) -> tuple[tuple[str, ...], tuple[str, ...], Mapping[str, tuple[str, ...]], str | None]:
    found = REGISTRY.classify(shlex.split(command))
    assert found
    return found.subcommand, found.positional, found.options, found.directory


def test_bundled_letters_are_taken_apart() -> None:
    assert _parts("pip install -qUr a.txt -rb.txt --requirement=c.txt x") == (
        ("install",),
        ("x",),
        {"-q": ("",), "-U": ("",), "-r": ("a.txt", "b.txt"), "--requirement": ("c.txt",)},
        None,
    )


def test_single_dash_words_stay_whole_where_the_tool_has_them() -> None:
    assert _parts("go build -ldflags -s -mod=vendor -trimpath ./cmd") == (
        ("build",),
        ("./cmd",),
        {"-ldflags": ("-s",), "-mod": ("vendor",), "-trimpath": ("",)},
        None,
    )


def test_what_follows_two_dashes_is_no_option() -> None:
    assert _parts("npm ci -- --prefix x")[1:] == (("--prefix", "x"), {}, None)


@pytest.mark.parametrize(
    "command", ["npm --prefix web ci", "npm ci --prefix=web", "npm -C web ci", "npm ci -C web"]
)
def test_directory_options(command: str) -> None:
    assert _parts(command)[3] == "web"


def test_pip_has_no_directory_option() -> None:
    assert _parts("pip install --prefix /install -r r.txt")[3] is None


class _Files:
    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def kind(self, path: str) -> Kind | None:
        return "file" if path in self.files else None

    def shown(self, path: str) -> str:
        return path

    def names(self, path: str) -> tuple[str, ...]:
        return ()

    def read(self, path: str) -> str:
        if self.files[path] == "unreadable":
            raise ContextError("unreadable")
        return self.files[path]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "yarn1"),
        ({"/app/yarn.lock": "# yarn lockfile v1"}, "yarn1"),
        ({"/app/yarn.lock": "__metadata:\n  version: 8"}, "yarn-berry"),
        ({"/.yarnrc.yml": ""}, "yarn-berry"),
        ({"/app/web/.yarnrc.yml": ""}, "yarn-berry"),
        ({"/app/yarn.lock": "unreadable"}, "yarn1"),
        ({"/app/package.json": '{"packageManager": "yarn@4.5.0"}'}, "yarn-berry"),
        ({"/app/package.json": '{"packageManager": "yarn@1.22.22"}'}, "yarn1"),
    ],
)
def test_files_decide_between_yarns(files: Mapping[str, str], expected: str) -> None:
    found = decide(REGISTRY.candidates(["yarn", "install"]), "/app/web", _Files(files))
    assert found and found.ecosystem.id == expected


def test_one_candidate_needs_no_decision() -> None:
    assert decide((), "/app", _Files({})) is None
    found = decide(REGISTRY.candidates(["npm", "ci"]), "?", _Files({}))
    assert found and found.ecosystem.id == "npm"


def test_a_later_source_replaces_a_descriptor(tmp_path: Path) -> None:
    text = 'id = "npm"\ntitle = "other"\nlanguage = "x"\n[[match]]\nprogram = "npm"\n'
    (tmp_path / "npm.toml").write_text(text + 'kinds = [{ kind = "noop" }]\n')
    registry = Registry([EcosystemSource(str(FOLDER), "copylast"), EcosystemSource(str(tmp_path), "mine")])
    found = registry.classify(["npm", "ci"])
    assert found and found.kind == "noop" and found.ecosystem.origin == "mine"


def test_a_source_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DescriptorError, match="cannot be listed"):
        Registry([EcosystemSource(str(tmp_path / "absent"), "x")])
    (tmp_path / "index.json").write_text("[]")
    with pytest.raises(DescriptorError, match="must be an object"):
        Registry([EcosystemSource(str(tmp_path), "x")])
    (tmp_path / "index.json").write_text('{"a.toml": 1}')
    with pytest.raises(DescriptorError, match=r"a\.toml: must be a list"):
        Registry([EcosystemSource(str(tmp_path), "x")])


def test_the_same_id_twice_is_an_error(tmp_path: Path) -> None:
    text = 'id = "a"\ntitle = "a"\nlanguage = "x"\n[[match]]\nprogram = "a"\nkinds = [{ kind = "noop" }]\n'
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(text)
    with pytest.raises(DescriptorError, match="also the id"):
        Registry([EcosystemSource(str(tmp_path), "x")]).all()
