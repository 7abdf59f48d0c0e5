"""``copylast prove`` as a process, with a program in the place of docker; the real one has tests of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.conftest import ROOT, Copylast, Project
from tests.schemas import problems
from tests.unit.prove.fake import install

FILES = {
    "Dockerfile": "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
    "requirements.txt": "flask==3.0.3\n",
    "app.py": "1\n",
}


def _commands(stub: Path) -> list[list[str]]:
    return [json.loads(line) for line in (stub / "commands").read_text().splitlines()]


def _state(top: Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


def test_shows_what_is_spared_and_changes_no_file(project: Project, copylast: Copylast, tmp_path: Path) -> None:
    top = project(FILES)
    before = _state(top)
    done = copylast("prove", "Dockerfile", "--context", ".", **install(tmp_path / "bin"))
    assert done.returncode == 0, done.stderr
    assert "Dockerfile, context ., with the fixes of CPL101\n" in done.stdout
    assert "the same files, with the same modes, owners and contents" in done.stdout
    assert "No longer run again: RUN pip install -r requirements.txt (1.6 s)\n" in done.stdout
    assert "After an edit of app.py, after the fix:\n" in done.stdout
    assert done.stderr.splitlines() == [
        "copylast: building before the fix ...",
        "copylast: building after the fix ...",
        "copylast: building before the fix, after an edit of app.py ...",
        "copylast: building after the fix, after an edit of app.py ...",
    ]
    assert _state(top) == before
    assert len(_commands(tmp_path / "bin")) == 4


def test_json_fits_its_schema(project: Project, copylast: Copylast, tmp_path: Path) -> None:
    project(FILES)
    schema = json.loads((ROOT / "lint/copylast/output/schema/prove.json").read_text())
    done = copylast("prove", "-q", "--format", "json", **install(tmp_path / "bin"))
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert problems(schema, document) == []
    assert document["fixed"][0]["code"] == "CPL101"
    proof = document["proof"]
    assert proof["same"] is True
    assert [(one["fix"], one["edited"]) for one in proof["builds"]] == [
        ("before", False),
        ("after", False),
        ("before", True),
        ("after", True),
    ]
    assert [one["instruction"] for one in proof["spared"]] == ["RUN pip install -r requirements.txt"]
    assert proof["excused"][0]["path"] == "/app/Dockerfile"
    del proof["same"]
    assert problems(schema, document)
    (Path("Dockerfile")).write_text("FROM scratch\nCOPY app.py /\n")
    nothing = json.loads(copylast("prove", "--format", "json", **install(tmp_path / "other")).stdout)
    assert nothing["proof"] is None
    assert problems(schema, nothing) == []


def test_a_fix_that_changes_the_image_is_exit_1(project: Project, copylast: Copylast, tmp_path: Path) -> None:
    project(FILES)
    done = copylast("prove", **install(tmp_path / "bin", spoil="app.py"))
    assert done.returncode == 1
    assert "The fix changes the image:\n  /app/app.py has other content\n" in done.stdout


@pytest.mark.parametrize(("text", "code", "name"), [("FROM", 2, "before the fix"), ("COPY req", 1, "after the fix")])
def test_a_build_that_fails(
    project: Project, copylast: Copylast, tmp_path: Path, text: str, code: int, name: str
) -> None:
    project(FILES)
    done = copylast("prove", **install(tmp_path / "bin", fail=text))
    assert done.returncode == code
    assert f"The build {name} failed: ERROR: process did not complete\n" in done.stdout
    assert "FAILED  RUN pip install" in done.stdout


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (
            "ERROR: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
            "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
        ),
        (
            "ERROR: failed to connect to the docker API at unix:///x; check if the path is correct",
            "failed to connect to the docker API at unix:///x; check if the path is correct",
        ),
        (
            "permission denied while trying to connect to the Docker daemon socket at unix:///x",
            "permission denied while trying to connect to the Docker daemon socket at unix:///x",
        ),
        ("docker: 'buildx' is not a docker command.", "docker buildx 0.13 or later is needed"),
        ("unknown flag: --progress", "docker buildx 0.13 or later is needed"),
    ],
)
def test_without_a_daemon(project: Project, copylast: Copylast, tmp_path: Path, says: str, message: str) -> None:
    project(FILES)
    done = copylast("prove", "--quiet", **install(tmp_path / "bin", says=says))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"copylast: {message}")
    assert done.stderr.count("\n") == 1


def test_without_docker(project: Project, copylast: Copylast, tmp_path: Path) -> None:
    project(FILES)
    (tmp_path / "empty").mkdir()
    done = copylast("prove", "-q", PATH=str(tmp_path / "empty"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "copylast: there is no program docker here, and fixes are proved by building\n"


def test_nothing_to_fix_builds_nothing(project: Project, copylast: Copylast, tmp_path: Path) -> None:
    project({**FILES, "Dockerfile": "FROM python:3.12\nCOPY app.py /\n"})
    done = copylast("prove", **install(tmp_path / "bin"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Dockerfile: there is no fix to apply, so nothing was built\n"
    assert not (tmp_path / "bin" / "commands").exists()


def test_what_is_said_of_the_build_is_passed_on(project: Project, copylast: Copylast, tmp_path: Path) -> None:
    compose = "services:\n  web:\n    build:\n      context: .\n      args:\n        LEVEL: '3'\n"
    project({**FILES, "compose.yaml": compose, "other.py": "1\n"})
    text = FILES["Dockerfile"].replace("3.12\n", "3.12 AS app\nARG LEVEL\n") + "FROM app AS last\n"
    Path("Dockerfile").write_text(text)
    done = copylast(
        *("prove", "--target", "app", "--edit", "other.py", "--platform", "linux/arm64", "--build-arg", "A=1"),
        *("--docker-option=--network=host", "--docker-option=--secret=id=x"),
        **install(tmp_path / "bin"),
    )
    assert "After an edit of other.py" in done.stdout, done.stderr
    for command in _commands(tmp_path / "bin"):
        said = " ".join(command)
        for part in ("--target app", "--platform linux/arm64", "--build-arg A=1", "--build-arg LEVEL=3"):
            assert part in said
        assert command[-3:-1] == ["--network=host", "--secret=id=x"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("absent",), "copylast: absent: no such file\n"),
        (("-",), "copylast: prove builds a Dockerfile that is in a file, not standard input\n"),
        ((".",), "copylast: prove builds one Dockerfile, and there are 2: name one of Dockerfile, Dockerfile.dev\n"),
        (("Dockerfile", "--edit", "ignored.py"), "copylast: ignored.py: is no file that the build context holds"),
        (("Dockerfile", "--edit", "/etc/passwd"), "copylast: /etc/passwd: is no file that the build context holds"),
        (("Dockerfile", "--target", "nope"), "copylast: Dockerfile: has no stage called nope\n"),
        (("Dockerfile", "--context", "app.py"), "copylast: app.py: is not a folder"),
    ],
)
def test_what_cannot_be_tried_is_one_line_and_exit_2(
    project: Project, copylast: Copylast, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    project({**FILES, "Dockerfile.dev": FILES["Dockerfile"], "ignored.py": "1\n", ".dockerignore": "ignored.py\n"})
    done = copylast("prove", *arguments, **install(tmp_path / "bin"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
    assert not os.path.exists(tmp_path / "bin" / "commands")


def test_no_folder_is_left_behind(project: Project, copylast: Copylast, tmp_path: Path) -> None:
    project(FILES)
    (tmp_path / "temporary").mkdir()
    done = copylast("prove", TMPDIR=str(tmp_path / "temporary"), **install(tmp_path / "bin"))
    assert done.returncode == 0
    assert list((tmp_path / "temporary").iterdir()) == []
