"""CPL302 where its examples say too little: who reads git's folder, and what is asked of the context."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.casebook import lint, repair

from copylast.context.disk import DiskContext
from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.rule.diagnostic import Diagnostic
from copylast_rules.context.churn_in_context import ChurnInContext

_RULES = (ChurnInContext(),)
_FILES = {".git/HEAD": "ref: refs/heads/main\n", ".dockerignore": "docs\n"}
_COPY = "FROM debian\nWORKDIR /app\nCOPY . .\n"
_BUILD = f"{_COPY}RUN make\n"


def _look(text: str, files: dict[str, str], dockerfile: str = "Dockerfile") -> list[Diagnostic]:
    context = MemoryContext({**_FILES, **files}, dockerfile)
    return lint(Source(text, dockerfile), context, _RULES)[1]


@pytest.mark.parametrize(
    ("run", "files"),
    [
        ("RUN git -C /app describe --tags > version", {}),
        ("RUN VERSION=$(git --no-pager log -1 --format=%h) make", {}),
        ("RUN cat .git/HEAD > version", {}),
        ("RUN <<EOF\ngit submodule update --init\nEOF", {}),
        ("RUN sh scripts/build.sh", {"scripts/build.sh": "git rev-parse HEAD > version\n"}),
        ("RUN /app/scripts/build.sh", {"scripts/build.sh": ". ./version.sh\n", "version.sh": "git describe\n"}),
        ("RUN make", {"Makefile": "V := $(shell ./tools/v)\n", "tools/v": "#!/bin/sh\ngit describe\n"}),
        ("RUN make -C server", {"server/Makefile": "V = $(shell git rev-parse HEAD)\nall:\n\techo $V\n"}),
        ("RUN python tools/v.py", {"tools/v.py": 'check_output(["git", "-C", root, "describe"])\n'}),
        ("RUN npm run build", {"package.json": '{"scripts": {"build": "V=$(git rev-parse HEAD) vite build"}}'}),
        ("RUN npm run build", {"vite.config.ts": 'execSync("git rev-parse HEAD")\n', "package.json": "{}"}),
        ("RUN pip install .", {"setup.py": "import versioneer\n"}),
        ("RUN pip install .", {"setup.cfg": "[metadata]\nname = a\n[options]\nsetup_requires =\n  pbr\n"}),
        ("RUN pip install ./lib", {"lib/pyproject.toml": 'requires = ["hatch-vcs"]\n'}),
        ("RUN cargo build", {"Cargo.toml": '[build-dependencies]\nvergen = "8"\n'}),
        ("RUN cargo build", {"build.rs": 'Command::new("git").args(["describe"])\n', "Cargo.toml": ""}),
        ("RUN bundle install", {"a.gemspec": "s.files = `git ls-files`.split\n", "Gemfile": "gemspec\n"}),
        ("RUN mvn package", {"pom.xml": "<artifactId>git-commit-id-maven-plugin</artifactId>\n"}),
        ("RUN gradle build", {"build.gradle.kts": 'id("com.palantir.git-version") version "3"\n'}),
        ("RUN dotnet publish src/a", {"src/a/a.csproj": '<PackageReference Include="MinVer" />\n'}),
        ("RUN sbt stage", {"project/plugins.sbt": 'addSbtPlugin("com.github.sbt" % "sbt-dynver" % "5")\n'}),
        ("COPY .git .git\nRUN make", {}),
    ],
)
def test_git_stays_where_the_build_reads_it(run: str, files: dict[str, str]) -> None:
    assert _look(f"{_COPY}{run}\n", files) == []


@pytest.mark.parametrize(
    ("run", "files"),
    [
        ("RUN apt-get install -y git", {}),
        ("RUN git clone https://example.com/a.git /a && git -C /a checkout v1", {}),
        ("RUN git config --global user.name me", {}),
        ("RUN npm ci", {"package.json": '{"repository": {"type": "git", "url": "git+https://example.com/a.git"}}'}),
        ("RUN make", {"Makefile": "all:\n\tcc -o a a.c\n"}),
        ("RUN pip install .", {"pyproject.toml": '[project]\nversion = "1"\n[project.urls]\na = "https://b/c.git"\n'}),
    ],
)
def test_git_is_found_where_nobody_reads_it(run: str, files: dict[str, str]) -> None:
    (only,) = _look(f"{_COPY}{run}\n", files)
    assert "lets .git through" in only.message and only.fix is not None


@pytest.mark.parametrize(
    ("run", "held"),
    [
        ("RUN go build ./...", True),
        ("RUN go build -buildvcs=false ./...", False),
        ("ENV GOFLAGS=-buildvcs=false\nRUN go install ./...", False),
        ("RUN dotnet publish -c Release", True),
    ],
)
def test_who_may_write_the_commit_into_a_result(run: str, held: bool) -> None:
    (only,) = _look(f"{_COPY}{run}\n", {"go.mod": "module a\n"})
    assert (only.fix is None) == held


def test_the_fix_goes_into_the_ignore_file_that_counts() -> None:
    files = {**_FILES, "a.Dockerfile.dockerignore": "*.md", "a.Dockerfile": _COPY}
    outcome = repair(_COPY, MemoryContext(files, "a.Dockerfile"), "a.Dockerfile", unsafe=True, rules=_RULES)
    assert outcome.texts == {"a.Dockerfile.dockerignore": "*.md\n.git"}


@pytest.mark.parametrize(
    "other",
    [
        "FROM debian\nCOPY .turbo/settings.xml /s.xml\n",
        "FROM debian\nRUN --mount=type=bind,source=.turbo,target=/i cp -r /i /s\n",
        "FROM debian\nCOPY .turbo/*.xml /s/\n",
    ],
)
def test_what_another_dockerfile_names_is_not_left_out(other: str) -> None:
    files = {".dockerignore": ".git\n", ".gitignore": ".turbo\n", ".turbo/settings.xml": "<x/>", "ci/Dockerfile": other}
    found = [d for d in _look(_BUILD, files) if ".turbo" in d.message]
    assert [(d.withheld or "").split(" .turbo")[0] for d in found] == ["ci/Dockerfile:2 needs"]
    assert found[0].fix is None
    # In a fresh clone it is not there, and is missed all the same.
    fresh = {path: text for path, text in files.items() if not path.startswith(".turbo")}
    assert [d for d in _look(_BUILD, fresh) if ".turbo" in d.message] == found
    own = {**files, "ci/Dockerfile.dockerignore": "docs\n"}
    assert [d.fix is not None for d in _look(_BUILD, own) if ".turbo" in d.message] == [True]


def test_what_an_install_reads_is_not_left_out() -> None:
    text = "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r .gradle/requirements.txt\n"
    files = {".dockerignore": ".git\n", ".gitignore": ".gradle\n", ".gradle/requirements.txt": "ruff==0.6.1\n"}
    (only,) = [d for d in _look(text, files) if ".gradle" in d.message]
    assert only.fix is None and only.withheld == "Dockerfile:4 needs .gradle/requirements.txt"


def test_line_ends_of_the_ignore_file_are_kept() -> None:
    files = {**_FILES, ".dockerignore": "docs\r\n!docs/.git\r\n*.md"}
    outcome = repair(_COPY, MemoryContext(files), unsafe=True, rules=_RULES)
    assert outcome.texts == {".dockerignore": "docs\r\n!docs/.git\r\n*.md\r\n.git"}


def test_the_same_in_a_fresh_clone_as_on_a_laptop(tmp_path: Path) -> None:
    def found(top: Path) -> list[tuple[str, str | None]]:
        context = DiskContext(top, top / "Dockerfile", label="")
        return [(d.message, d.withheld) for d in lint(Source(_BUILD, "Dockerfile"), context, _RULES)[1]]

    top = tmp_path / "clone"
    top.mkdir()
    for name, text in (("Dockerfile", _BUILD), (".dockerignore", "docs\n"), (".gitignore", ".idea\n.turbo\n*.log\n")):
        (top / name).write_text(text)
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    subprocess.run(["git", "-C", str(top), "add", "-A"], check=True)
    fresh = found(top)
    assert len(fresh) == 1
    for name in (".idea/workspace.xml", "debug.log", ".vscode/settings.json", "web/.mypy_cache/x"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("")
    assert found(top) == fresh


_TEMPLATE = {".git/HEAD": "", ".gitignore": ".eslintcache\n.DS_Store\ncoverage\n"}


def test_one_finding_for_one_copy() -> None:
    (only,) = _look(_BUILD, _TEMPLATE)
    assert ".git, .eslintcache, .DS_Store and coverage through" in only.message
    assert only.fix is not None and only.fix.title == "Leave .eslintcache and .DS_Store out of the build context"


@pytest.mark.parametrize("run", ["", "RUN chmod -R go-w . && mkdir data\n", "USER nobody\n"])
def test_only_git_matters_where_nothing_is_built_of_the_copy(run: str) -> None:
    (only,) = _look(f"{_COPY}{run}", _TEMPLATE)
    assert " lets .git through" in only.message


def test_the_work_may_be_in_a_stage_that_continues() -> None:
    text = "FROM debian AS source\nCOPY . /app\nFROM source AS test\nRUN make -C /app\n"
    files = {".gitignore": "coverage\n", ".git/HEAD": "", ".dockerignore": ".git\n"}
    assert len(_look(text, files)) == 1
    assert _look(text.replace("FROM source", "FROM debian"), files) == []
