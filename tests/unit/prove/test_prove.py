"""The proof with a docker that is made of Python."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.casebook import REGISTRY
from tests.unit.prove.fake import FakeDocker

from copylast.context.disk import DiskContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.ecosystem.registry import Registry
from copylast.layers.model import build_model
from copylast.prove.docker import Built, Docker, DockerError, Ran, Request, run_process
from copylast.prove.filesystem import Allowance, File, compare, read_tree
from copylast.prove.progress import read_progress
from copylast.prove.report import describe
from copylast.prove.run import Plan, prove
from copylast.prove.touch import source_file, touched
from copylast.prove.workspace import copy_context

BEFORE = "FROM scratch\nCOPY . /app/\nRUN install\n"
AFTER = "FROM scratch\nCOPY list /app/\nRUN install\nCOPY . /app/\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    for name, text in (("Dockerfile", BEFORE), ("list", "a\n"), ("app.py", "1\n")):
        (root / name).write_text(text)
    return root


def _plan(project: Path) -> Plan:
    return Plan(project / "Dockerfile", project, {"Dockerfile": AFTER}, "app.py")


def test_shows_what_is_spared_and_leaves_the_folder_alone(project: Path) -> None:
    before = {path.name: path.read_bytes() for path in project.iterdir()}
    fake = FakeDocker()
    names: list[str] = []
    report = prove(_plan(project), Docker(("my", "docker"), fake.run), names.append)
    assert report.same
    assert [step.text for step in report.spared] == ["RUN install"]
    assert report.spared[0].seconds == 1.623456
    assert report.lost == ()
    assert [difference.path for difference in report.excused] == ["app/Dockerfile"]
    edit = ", after an edit of app.py"
    assert names == ["before the fix", "after the fix", f"before the fix{edit}", f"after the fix{edit}"]
    assert all(command[:4] == ["my", "docker", "buildx", "build"] for command in fake.commands)
    assert {path.name: path.read_bytes() for path in project.iterdir()} == before
    said = describe(report)
    assert "the same files" in said
    assert "No longer run again: RUN install (1.6 s)" in said
    assert "not counted: /app/Dockerfile (it is the file that the fix writes)" in said


def test_names_a_file_that_is_not_the_same(project: Path) -> None:
    report = prove(_plan(project), Docker(run=FakeDocker(spoil="list").run))
    assert not report.same
    assert [(d.path, d.what) for d in report.differences] == [("app/list", "has other content")]
    assert "/app/list has other content" in describe(report)


def test_names_what_is_lost(project: Path) -> None:
    plan = _plan(project)._replace(dockerfile=project / "Reversed", fixed={"Reversed": BEFORE})
    (project / "Reversed").write_text(AFTER)
    report = prove(plan, Docker(run=FakeDocker().run))
    assert [step.text for step in report.lost] == ["RUN install"]
    assert "Run again where it was cached: RUN install" in describe(report)


def test_a_line_that_stands_there_twice_is_lost_only_if_it_runs_more_often(project: Path) -> None:
    """``WORKDIR`` is there above and below the copy before the fix; afterwards one more stands above it."""
    before = "FROM scratch\nWORKDIR /app\nCOPY . /app/\nWORKDIR /app\nRUN install\n"
    after = "FROM scratch\nWORKDIR /app\nCOPY list /app/\nWORKDIR /app\nRUN install\nCOPY . /app/\nWORKDIR /app\n"
    (project / "Dockerfile").write_text(before)
    report = prove(_plan(project)._replace(fixed={"Dockerfile": after}), Docker(run=FakeDocker().run))
    assert [step.text for step in report.spared] == ["RUN install"]
    assert report.lost == ()


def test_a_piece_of_a_longer_step_is_spared_without_a_time(project: Path) -> None:
    (project / "Dockerfile").write_text("FROM scratch\nWORKDIR /app\nCOPY . /app/\nRUN install && build\n")
    after = "FROM scratch\nWORKDIR /app\nCOPY list /app/\nRUN install\nCOPY . /app/\nRUN build\n"
    report = prove(_plan(project)._replace(fixed={"Dockerfile": after}), Docker(run=FakeDocker().run))
    assert describe(report).splitlines()[-1] == "No longer run again: RUN install"


@pytest.mark.parametrize(("text", "name"), [("FROM", "before the fix"), ("COPY list", "after the fix")])
def test_stops_at_a_build_that_fails(project: Path, text: str, name: str) -> None:
    fake = FakeDocker(fail=text)
    report = prove(_plan(project), Docker(run=fake.run))
    assert report.failed is not None
    assert report.failed.name == name
    assert report.first_edited is None
    assert report.spared == report.lost == ()
    assert len(fake.commands) == (1 if name == "before the fix" else 2)
    assert f"The build {name} failed: ERROR: process did not complete" in describe(report)
    assert "FAILED" in describe(report)


def test_excuses_what_a_new_ignore_file_leaves_out(project: Path) -> None:
    (project / "junk").mkdir()
    (project / "junk" / "x").write_text("1\n")
    plan = _plan(project)._replace(fixed={"Dockerfile": AFTER, ".dockerignore": "junk\n"})
    report = prove(plan, Docker(run=FakeDocker().run))
    assert report.same
    assert {d.path: d.excuse for d in report.excused} == {
        "app/.dockerignore": "it is the file that the fix writes",
        "app/Dockerfile": "it is the file that the fix writes",
        "app/junk/x": "the new ignore file leaves it out",
    }


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ("ERROR: invalid progress mode rawjson", "0.13 or later"),
        ("unknown flag: --progress", "0.13 or later"),
        ("unknown flag: --bogus\nSee 'docker buildx build --help'.", "docker buildx build: unknown flag: --bogus$"),
        ("unknown shorthand flag: 'y' in -y", "build: unknown shorthand flag: 'y' in -y$"),
        ("ERROR: Cannot connect to the Docker daemon at unix:///x.", "Cannot connect to the Docker daemon"),
    ],
)
def test_says_when_docker_itself_is_missing(log: str, message: str) -> None:
    docker = Docker(run=lambda command, timeout: Ran(1, "", log))
    with pytest.raises(DockerError, match=message):
        docker.build(Request(".", "Dockerfile"))


@pytest.mark.parametrize(
    "log",
    [
        "Dockerfile:2\n   2 | >>> COPY --bogus a b\n"
        "ERROR: failed to solve: dockerfile parse error on line 2: unknown flag: bogus",
        "Dockerfile:2\n   2 | >>> RUNN echo rawjson\n"
        "ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN",
    ],
)
def test_a_refused_dockerfile_is_an_answer_of_the_build(log: str) -> None:
    docker = Docker(run=lambda command, timeout: Ran(1, "", log))
    assert docker.build(Request(".", "Dockerfile")) == Built(False, (), log)


def test_says_when_docker_cannot_be_started() -> None:
    with pytest.raises(DockerError, match="there is no program /no/such/docker here"):
        run_process(["/no/such/docker"], 5)
    with pytest.raises(DockerError, match="could not be started"):
        run_process(["/"], 5)
    with pytest.raises(DockerError, match="no answer in"):
        run_process(["sleep", "5"], 0.1)


def test_asks_for_what_it_is_told() -> None:
    commands: list[Sequence[str]] = []

    def run(command: Sequence[str], timeout: float) -> Ran:
        commands.append(command)
        return Ran(0, "", "")

    request = Request("ctx", "D", "final", {"A": "1"}, "linux/arm64", ("--secret=id=x",), "/t.tar")
    assert Docker(run=run).build(request) == Built(True, (), "")
    said = " ".join(commands[0])
    for part in ("--target final", "--build-arg A=1", "--platform linux/arm64", "type=tar,dest=/t.tar"):
        assert part in said
    assert said.endswith("--secret=id=x ctx")
    Docker(run=run).build(Request("ctx", "D"))
    assert "type=cacheonly" in commands[1]


def test_reads_progress_of_all_shapes() -> None:
    steps = read_progress(
        "noise { not json\n"
        + json.dumps({"vertexes": [{"digest": "1", "name": "[internal] load build definition"}]})
        + json.dumps({"vertexes": [{"digest": "2", "name": "[build 2/3] RUN a", "inputs": ["1"]}]}, indent=2)
        + json.dumps({"vertexes": [{"digest": "2", "cached": True, "completed": "x"}], "logs": []})
        + json.dumps({"vertexes": [{"digest": "3", "name": "[linux/arm64 2/2] RUN b", "inputs": ["1"], "error": "no"}]})
        + json.dumps(
            {"vertexes": [{"digest": "4", "name": "[3/3] ADD http://x /x", "completed": "2026-01-01T00:00:00Z"}]}
        )
        + json.dumps({"vertexes": [{"digest": "5", "name": "[3/3] ADD http://x /x", "inputs": ["4"]}]})
        + json.dumps({"vertexes": [{"digest": "6", "name": "[4/4] RUN c", "inputs": ["5"], "error": "x canceled: y"}]})
        + json.dumps({"vertexes": None})
        + json.dumps({"vertexes": [None]})
    )
    assert [(s.stage, s.number, s.text, s.status) for s in steps] == [
        ("", 2, "RUN b", "failed"),
        ("", 3, "ADD http://x /x", "unknown"),
        ("", 4, "RUN c", "stopped"),
        ("build", 2, "RUN a", "cached"),
    ]


def test_reads_steps_of_long_stages() -> None:
    names = ("[ 2/10] RUN a", "[10/10] RUN b", "[build  3/12] RUN c", "[linux/arm64 build  4/12] RUN d")
    log = "".join(
        json.dumps({"vertexes": [{"digest": name, "name": name, "inputs": ["x"], "cached": True}]}) for name in names
    )
    assert [(step.stage, step.number, step.text) for step in read_progress(log)] == [
        ("", 2, "RUN a"),
        ("", 10, "RUN b"),
        ("build", 3, "RUN c"),
        ("build", 4, "RUN d"),
    ]


def test_compares_everything_but_times(tmp_path: Path) -> None:
    for name, time in (("a", 1), ("b", 2)):
        with tarfile.open(tmp_path / name, "w") as archive:
            for path, kind, link in (
                ("d", tarfile.DIRTYPE, ""),
                ("d/f", tarfile.REGTYPE, ""),
                ("d/hard", tarfile.LNKTYPE, "d/f"),
                ("d/soft", tarfile.SYMTYPE, "f"),
                ("d/null", tarfile.CHRTYPE, ""),
            ):
                entry = tarfile.TarInfo(path)
                entry.type, entry.linkname, entry.mtime = kind, link, time
                archive.addfile(entry)
    one, other = read_tree(str(tmp_path / "a")), read_tree(str(tmp_path / "b"))
    assert compare(one, other) == ()
    assert one["d/hard"] == one["d/f"]
    other["d/f"] = File("file", 0o755, 1, 2, "other")
    other["d/soft"] = one["d/soft"]._replace(content="g")
    other["d/null"] = one["d"]
    del other["d/hard"]
    assert [(d.path, d.what) for d in compare(one, other)] == [
        ("d/f", "has other content, had mode 0644 and has 0755, was of 0:0 and is of 1:2"),
        ("d/hard", "is gone after the fix"),
        ("d/null", "was a other and is a dir"),
        ("d/soft", "was f and is g"),
    ]


def test_excuses_are_narrow() -> None:
    allowance = Allowance()
    for path in ("x.pyc", "a/__pycache__/x.pyc", "root/.cache/pip/a", "home/u/.npm/_logs/x", "var/log/a/b"):
        assert allowance.reason(path), path
    for path in ("tmp/yarn--1-0.5/node", "app/node_modules/.modules.yaml", "p/pnpm/store/v3/files/e8/a-index.json"):
        assert allowance.reason(path), path
    for path in ("root/.cachex/a", "a/pyc", "var/log", "home/.npm/x", "app/root/.cache/a", "x.pyc/y", "pnpm/store/a"):
        assert allowance.reason(path) is None, path


def test_copies_a_context_as_a_build_sees_it(tmp_path: Path) -> None:
    root = tmp_path / "c"
    (root / "sub").mkdir(parents=True)
    (root / "docker").mkdir()
    for name in ("a", "sub/b", "secret", "docker/Dockerfile"):
        (root / name).write_text(name)
    (root / "link").symlink_to("../outside")
    (root / "a").chmod(0o600)
    (root / "sub").chmod(0o700)
    (root / ".dockerignore").write_text("secret\ndocker\n")
    dockerfile = root / "docker" / "Dockerfile"
    made = copy_context(DiskContext(root, dockerfile), dockerfile, {"docker/Dockerfile": "new\r\n"}, tmp_path / "w")
    assert not (made.context / "secret").exists()
    assert made.dockerfile.read_bytes() == b"new\r\n"
    assert (made.context / ".dockerignore").read_text() == "secret\ndocker\n"
    assert (made.context / "link").readlink() == Path("../outside")
    assert (made.context / "a").stat().st_mode & 0o777 == 0o600
    assert (made.context / "sub").stat().st_mode & 0o777 == 0o700


def test_copies_a_dockerfile_that_lies_outside(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a").write_text("a")
    (tmp_path / "Dockerfile").write_text(BEFORE)
    (tmp_path / "Dockerfile.dockerignore").write_text("b\n")
    dockerfile = tmp_path / "Dockerfile"
    made = copy_context(DiskContext(tmp_path / "c", dockerfile), dockerfile, {"../Dockerfile": AFTER}, tmp_path / "w")
    assert made.dockerfile.read_text() == AFTER
    assert Path(f"{made.dockerfile}.dockerignore").read_text() == "b\n"
    assert not made.dockerfile.is_relative_to(made.context)


def test_edits_are_harmless_and_never_the_same() -> None:
    assert touched("a.py", b"x = 1", "ab") == b"x = 1\n# ab\n"
    assert touched("a.go", b"x\n", "ab") == b"x\n// ab\n"
    assert touched("data.bin", b"", "1").strip() == b""
    assert touched("data.bin", b"x", "1") != touched("data.bin", b"x", "2")


def test_edits_a_file_that_nobody_may_write_to(project: Path) -> None:
    (project / "app.py").chmod(0o444)
    fake = FakeDocker()
    report = prove(_plan(project), Docker(run=fake.run))
    assert [step.text for step in report.spared] == ["RUN install"]


def test_chooses_source_before_all_else(project: Path) -> None:
    (project / "README.md").write_text("1\n")
    (project / "Abc.toml").write_text("")
    (project / ".dockerignore").write_text("ignored.py\n")
    (project / "ignored.py").write_text("1\n")
    model_of = parse(Source(BEFORE, "Dockerfile"))
    model = build_model(model_of, evaluate(model_of), DiskContext(project), Registry([]))
    assert source_file(model, model) == "app.py"


def test_chooses_a_manifest_where_only_its_edit_shows_anything(project: Path) -> None:
    texts = (
        "FROM a\nCOPY list /app/\nRUN apt-get install -y git\nCOPY . /app/\n",
        "FROM a\nRUN apt-get install -y git\nCOPY list /app/\nCOPY . /app/\n",
    )
    parsed = [parse(Source(text, "Dockerfile")) for text in texts]
    models = [build_model(one, evaluate(one), DiskContext(project), REGISTRY) for one in parsed]
    assert source_file(models[0], models[1]) == "list"


def test_chooses_what_no_install_reads_after_the_fix(project: Path) -> None:
    texts = (
        "FROM composer\nWORKDIR /app\nCOPY . .\nRUN composer install\n",
        "FROM composer\nWORKDIR /app\nCOPY composer.json ./\nRUN composer install --no-scripts --no-autoloader\n"
        "COPY . .\nRUN composer install\n",
    )
    (project / "app.py").unlink()
    (project / "composer.json").write_text("{}")
    (project / "z.json").write_text("{}")
    (project / ".dockerignore").write_text("list\n")
    parsed = [parse(Source(text, "Dockerfile")) for text in texts]
    models = [build_model(one, evaluate(one), DiskContext(project), REGISTRY) for one in parsed]
    assert source_file(models[0], models[1]) == "z.json"
