"""``copylast layers``, called in this process: the tables, the questions, and bad input."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT, Project
from tests.schemas import problems

from copylast.cli import main
from copylast.context.commit import CommitContext
from copylast.context.disk import DiskContext
from copylast.context.gitrun import Repository
from copylast.context.revisions import since

LESSON = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"python\"]\n"
FILES = {"Dockerfile": LESSON, "requirements.txt": "flask==3.0.0\n", "app.py": "print()\n"}
STAGES = (
    "FROM golang AS build\nARG VERSION=1\nCOPY main.go /src/\nRUN make VERSION=$VERSION\n"
    "FROM golang AS tools\nRUN echo\nFROM alpine\nCOPY --from=build /out /out\nRUN strip /out\nCOPY site /site\n"
)
SCHEMA = json.loads((ROOT / "lint/copylast/output/schema/layers.json").read_text())

Ask = Callable[..., str]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs the command, which has to end well, and gives what it prints."""

    def call(*arguments: str) -> str:
        code = main(["layers", *arguments])
        found = capsys.readouterr()
        assert (code, found.err) == (0, "")
        return found.out

    return call


@pytest.fixture
def answer(ask: Ask) -> Callable[..., Any]:
    """The same as JSON, which has to fit the schema."""

    def call(*arguments: str) -> Any:
        document = json.loads(ask(*arguments, "--format", "json"))
        assert problems(SCHEMA, document) == []
        return document

    return call


def became(document: Any) -> list[tuple[int | None, str | None, str | None]]:
    """Line, now and after the fix of every step of the builder."""
    return [
        (step["line"], step["now"], step["after_fix"])
        for step in document["steps"]
        if (step["now"], step["after_fix"]) != (None, None)
    ]


def step(document: Any, line: int | None) -> Any:
    """The step at a line."""
    return next(one for one in document["steps"] if one["line"] == line)


# -- the table without a question --------------------------------------------------------------


def test_the_table_says_what_each_step_reads_and_what_runs_it_again(project: Project, ask: Ask) -> None:
    project(FILES)
    assert ask().splitlines() == [
        "Dockerfile   context: . (guessed)",
        "  line  instruction                          makes      est.  reads, and what runs it again",
        "     1  FROM python:3.12-slim                base      12.4s  again when the tag moves",
        "     2  WORKDIR /app                         layer      0.6s  again only with the base",
        "     3  COPY . .                             layer      0.5s  3 files, 116 B; again when one of them changes",
        "     4  RUN pip install -r requirements.txt  layer     17.9s  reads only requirements.txt; again after line 3",
        '     5  CMD ["python"]                       config',
    ]


def test_the_same_as_json(project: Project, answer: Callable[..., Any]) -> None:
    project(FILES)
    found = answer()
    assert (found["dockerfile"], found["context"], found["context_guessed"]) == ("Dockerfile", ".", True)
    assert found["totals"] == {"now": None, "after_fix": None, "saved_seconds": None}
    copy, install = step(found, 3), step(found, 4)
    assert copy["reads"] == [{"kind": "context", "name": ".", "files": 3, "bytes": 116}]
    assert {"kind": "files", "name": ".", "line": 3} in copy["invalidated_by"]
    assert install["reads"] == [{"kind": "file", "name": "requirements.txt", "files": None, "bytes": None}]
    assert {"kind": "files", "name": ".", "line": 3} in install["invalidated_by"]
    assert [one["makes"] for one in found["steps"]] == ["base", "layer", "layer", "layer", "config"]
    assert {one["now"] for one in found["steps"]} == {None}


def test_arguments_without_a_value_count_from_their_line_on(project: Project, answer: Callable[..., Any]) -> None:
    text = "ARG BASE=alpine\nFROM $BASE\nRUN first\nARG GIT_SHA\nARG MODE=x\nRUN second\n"
    project({"Dockerfile": text})
    found = answer()
    named = {line: [c["name"] for c in step(found, line)["invalidated_by"] if c["kind"] == "argument"]
             for line in (2, 3, 6)}
    assert named == {2: ["BASE"], 3: ["BASE"], 6: ["MODE", "GIT_SHA", "BASE"]}


def test_stages_and_what_is_not_built(project: Project, ask: Ask, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": STAGES, "main.go": "", "site/index.html": ""})
    out = ask()
    assert "note: not built, since the target does not need it: tools\n" in out
    assert "again when that comes out different\n" in out
    found = answer()
    assert [one["stage"] for one in found["steps"]] == ["build"] * 4 + ["stage-2"] * 4
    assert found["not_built"] == ["tools"]
    assert answer("--target", "build")["not_built"] == ["tools", "stage-2"]


def test_a_missing_source_is_said(project: Project, ask: Ask) -> None:
    project({"Dockerfile": "FROM a\nCOPY gone.txt /\n"})
    assert "gone.txt is not in the context, so the build fails" in ask()


def test_a_step_with_mounts(project: Project, answer: Callable[..., Any]) -> None:
    run = "RUN --mount=type=bind,target=/x --mount=type=cache,target=/c --mount=type=secret,id=token make"
    project({"Dockerfile": f"FROM a\n{run}\n", "one": "1", "two": "22"})
    kinds = [(read["kind"], read["name"], read["files"]) for read in step(answer(), 2)["reads"]]
    assert ("context", ".", 3) in kinds
    assert ("cache", "/c", None) in kinds
    assert ("secret", "token", None) in kinds


# -- changed files -----------------------------------------------------------------------------


def test_the_classic_lesson(project: Project, answer: Callable[..., Any]) -> None:
    project(FILES)
    source = answer("--changed", "app.py")
    assert became(source) == [
        (1, "cached", "cached"),
        (2, "cached", "cached"),
        (3, "rebuilt", "rebuilt"),
        (None, None, "cached"),
        (4, "rebuilt", "cached"),
    ]
    assert step(source, 3)["why"] == "app.py changed"
    assert step(source, 4)["why"] == "after line 3; reads only requirements.txt"
    assert source["fixes"] == ["CPL101"]
    assert source["totals"]["now"] == {"steps": 4, "rebuilt": 2, "cached_if_same": 0, "seconds": 18.4}
    assert source["totals"]["saved_seconds"] == pytest.approx(17.9)
    manifest = answer("--changed", "requirements.txt")
    assert became(manifest)[2:] == [
        (3, "rebuilt", "rebuilt"), (None, None, "rebuilt"), (4, "rebuilt", "rebuilt")
    ]
    assert Path("Dockerfile").read_text() == LESSON


def test_the_table_of_a_change(project: Project, ask: Ask) -> None:
    project(FILES)
    assert ask("--changed", "app.py").splitlines() == [
        "Dockerfile   change: M app.py   context: . (guessed)",
        "  line  instruction                          now        after --fix     est.  why",
        "     1  FROM python:3.12-slim                ● cached   ● cached       12.4s",
        "     2  WORKDIR /app                         ● cached   ● cached        0.6s",
        "     3  COPY . .                             ○ rebuilt  ○ rebuilt       0.5s  app.py changed",
        "     +  COPY requirements.txt ./             -          ● cached        0.5s  added by the fix",
        "     4  RUN pip install -r requirements.txt  ○ rebuilt  ● cached       17.9s  "
        "after line 3; reads only requirements.txt",
        "  now: 2 of 4 steps, 18.4 s    after --fix: 1 of 5 steps, 0.5 s    saved on this change: 17.9 s (97 %)",
    ]


def test_without_a_fix_there_is_no_column_for_it(project: Project, ask: Ask, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": "FROM a\nCOPY x /\nRUN make\n", "x": ""})
    assert "after --fix" not in ask("--changed", "x")
    found = answer("--changed", "x")
    assert found["totals"]["after_fix"] is None
    assert {one["after_fix"] for one in found["steps"]} == {None}


def test_a_command_cut_in_two_by_the_fix(project: Project, answer: Callable[..., Any]) -> None:
    text = "FROM python:3\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt && make\n"
    project({**FILES, "Dockerfile": text})
    found = answer("--changed", "app.py")
    assert [(one["line"], one["instruction"], one["now"], one["after_fix"]) for one in found["steps"][2:]] == [
        (3, "COPY . .", "rebuilt", "rebuilt"),
        (None, "COPY requirements.txt ./", None, "cached"),
        (4, "RUN pip install -r requirements.txt && make", "rebuilt", "cached"),
        (None, "RUN make", None, "rebuilt"),
    ]
    assert found["steps"][-1]["why"] == "cut off by the fix"


def test_new_and_removed_files(project: Project, answer: Callable[..., Any]) -> None:
    project(FILES)
    found = answer("--changed", "new.py")
    assert (found["change"], step(found, 3)["why"]) == (["A new.py"], "new.py is new")
    found = answer("--changed=-app.py")
    assert (found["change"], step(found, 3)["why"]) == (["D app.py"], "app.py was removed")


def test_a_changed_directory_means_what_is_in_it(project: Project, answer: Callable[..., Any]) -> None:
    project({**FILES, "src/a.py": "", "src/b.py": "", "empty.d/x.log": "", ".dockerignore": "*.d\n"})
    found = answer("--changed", "src", "empty.d")
    assert found["change"] == ["M src", "M empty.d"]
    assert step(found, 3)["why"] == "src/a.py and 1 other file changed"
    assert found["remarks"] == ["empty.d holds no file that a build sees"]


def test_a_file_that_no_build_sees(project: Project, answer: Callable[..., Any]) -> None:
    project({**FILES, ".dockerignore": "*.log\n", "a.log": ""})
    found = answer("--changed", "a.log", "new.log", "../elsewhere.py")
    assert found["remarks"] == [
        "a.log is ignored (.dockerignore), so no build sees it",
        "new.log is ignored (.dockerignore), so no build sees it",
        "../elsewhere.py is outside of the build context, so no build sees it",
    ]
    assert {status for _, status, _ in became(found)} == {"cached", None}
    assert found["totals"]["now"]["rebuilt"] == 0


def test_a_file_that_no_step_reads(project: Project, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": "FROM a\nCOPY x /\n", "x": "", "README.md": ""})
    found = answer("--changed", "README.md")
    assert found["remarks"] == ["no step that is built reads README.md"]


def test_paths_count_from_here_and_else_from_the_context(
    project: Project, answer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    top = project({f"api/{name}": text for name, text in FILES.items()})
    monkeypatch.chdir(top / "api")
    assert answer("--changed", "app.py")["change"] == ["M app.py"]
    monkeypatch.chdir(top)
    for name in ("api/app.py", "app.py", str(top / "api" / "app.py")):
        assert answer("api/Dockerfile", "--changed", name)["change"] == ["M app.py"]


def test_a_file_beside_the_context_is_no_new_one_in_it(project: Project, answer: Callable[..., Any]) -> None:
    project({"app/a.py": "", "deploy/Dockerfile": "FROM a\nCOPY . /\n", "top.py": ""})
    for name in ("deploy/Dockerfile", "top.py", "new.py"):
        found = answer("deploy/Dockerfile", "--context", "app", "--changed", name)
        assert found["remarks"] == [f"{name} is outside of the build context, so no build sees it"]
        assert found["totals"]["now"]["rebuilt"] == 0


def test_a_way_over_a_link(project: Project, answer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    top = project({"app/a.py": "", "app/Dockerfile": "FROM a\nCOPY . /\n"})
    (top / "way").symlink_to("app")
    (top / "app" / "link").symlink_to("a.py")
    for context, name in (("app", "way/a.py"), ("way", "app/a.py"), ("app", "app/a.py"), ("way", "way/a.py")):
        assert answer("app/Dockerfile", "--context", context, "--changed", name)["change"] == ["M a.py"]
    assert answer("app/Dockerfile", "--context", "app", "--changed", "way/link")["change"] == ["M link"]


def test_what_a_stage_leaves_for_those_built_on_it(project: Project, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": "FROM a AS one\nONBUILD COPY a.py /\nFROM one\nRUN y\n", "a.py": ""})
    found = answer("--changed", "a.py")
    assert [(s["stage"], s["line"], s["instruction"], s["now"]) for s in found["steps"] if s["now"] == "rebuilt"] == [
        ("stage-1", 2, "ONBUILD COPY a.py /", "rebuilt"), ("stage-1", 4, "RUN y", "rebuilt")
    ]  # fmt: skip


def test_a_linked_copy_is_cached_and_laid_on_again(project: Project, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": "FROM a\nCOPY x /\nCOPY --link y /\nRUN z\n", "x": "", "y": ""})
    found = answer("--changed", "x")
    assert [(line, now) for line, now, _ in became(found)] == [
        (1, "cached"), (2, "rebuilt"), (3, "cached"), (4, "rebuilt")
    ]  # fmt: skip
    assert step(found, 3)["why"] == "laid on again after line 2"


def test_from_standard_input(project: Project, monkeypatch: pytest.MonkeyPatch, answer: Callable[..., Any]) -> None:
    import io

    project(FILES)

    def type_in() -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LESSON.encode())))

    type_in()
    found = answer("-", "--changed", "app.py")
    assert (found["dockerfile"], found["context"]) == ("<stdin>", None)
    assert [now for _, now, _ in became(found)] == ["cached", "cached", "cached-if-same", "cached-if-same"]
    type_in()
    found = answer("-", "--stdin-filename", "Dockerfile", "--changed", "app.py")
    assert became(found)[-1] == (4, "rebuilt", "cached")


def test_many_variables_take_bounded_room(project: Project, answer: Callable[..., Any]) -> None:
    lines = "".join(f"ARG V{n}=1\nRUN {n}\n" for n in range(300))
    project({"Dockerfile": f"FROM a\n{lines}"})
    causes = answer()["steps"][-1]["invalidated_by"]
    assert len(causes) < 260
    assert {"kind": "step", "name": "RUN", "line": 601} in causes


def test_what_hangs_on_an_output_stays_open(project: Project, ask: Ask, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": STAGES, "main.go": "", "site/index.html": ""})
    found = answer("--changed", "main.go")
    assert [(line, now) for line, now, _ in became(found)] == [
        (1, "cached"), (3, "rebuilt"), (4, "rebuilt"),
        (7, "cached"), (8, "cached-if-same"), (9, "cached-if-same"), (10, "cached-if-same"),
    ]  # fmt: skip
    assert step(found, 8)["why"] == "cached if /out of build comes out the same"
    assert "now: 2 of 7 steps and perhaps 3 more, 3.5 s\n" in ask("--changed", "main.go")


def test_other_builders(project: Project, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": "FROM a\nLABEL x=1\nCOPY app.py /\n", "app.py": ""})
    found = answer("--changed", "app.py", "--builder", "classic")
    assert [(line, now) for line, now, _ in became(found)] == [(1, "cached"), (2, "cached"), (3, "rebuilt")]
    assert answer("--builder", "kaniko")["remarks"] == ["what kaniko does was never held against kaniko itself"]


# -- build arguments and platforms -------------------------------------------------------------


def test_a_build_argument_alone_is_the_change(project: Project, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": STAGES, "main.go": "", "site/index.html": ""})
    found = answer("--build-arg", "VERSION=2")
    assert found["change"] == ["--build-arg VERSION=2"]
    assert [(line, now) for line, now, _ in became(found)][:3] == [(1, "cached"), (3, "cached"), (4, "rebuilt")]
    assert step(found, 4)["why"] == "ARG VERSION changed"


def test_with_changed_files_both_builds_get_the_argument(project: Project, answer: Callable[..., Any]) -> None:
    project({"Dockerfile": "ARG BASE\nFROM $BASE\nCOPY a /\nRUN make\nCOPY b /\n", "a": "", "b": ""})
    found = answer("--build-arg", "BASE=alpine", "--changed", "b")
    assert [now for _, now, _ in became(found)] == ["cached", "cached", "cached", "rebuilt"]


def test_an_argument_that_nothing_declares(project: Project, answer: Callable[..., Any]) -> None:
    project(FILES)
    found = answer("--build-arg", "NOPE=1")
    assert found["remarks"] == ["no ARG in a stage that is built declares NOPE, so no step sees it"]
    assert found["totals"]["now"]["rebuilt"] == 0


def test_the_platform_decides_which_stage_is_built(project: Project, answer: Callable[..., Any]) -> None:
    text = "FROM a AS for-amd64\nRUN x\nFROM a AS for-arm64\nRUN y\nFROM for-$TARGETARCH\nRUN z\n"
    project({"Dockerfile": text})
    assert answer("--platform", "linux/arm64")["not_built"] == ["for-amd64"]


def test_the_fixes_are_those_for_the_platform_and_the_arguments(project: Project, answer: Callable[..., Any]) -> None:
    text = "FROM python:3 AS for-amd64\nCOPY . .\nRUN {}\nFROM python:3 AS for-arm64\nCOPY . .\nRUN {}\nFROM for-{}\n"
    project({
        "Dockerfile": text.format("true", "pip install -r requirements.txt", "$TARGETARCH"),
        "args.Dockerfile": text.format("true", "pip install -r requirements.txt", "$ARCH").join(("ARG ARCH\n", "")),
        "requirements.txt": "flask\n", "app.py": "",
    })  # fmt: skip
    amd, arm = (answer("Dockerfile", "--changed", "app.py", "--platform", f"linux/{one}") for one in ("amd64", "arm64"))
    assert (amd["fixes"], arm["fixes"]) == ([], ["CPL101"])
    assert answer("Dockerfile", "--changed", "app.py", "--platform", "aarch64") == arm
    assert step(arm, 6)["after_fix"] == "cached"
    given = (f"ARCH={one}" for one in ("amd64", "arm64"))
    amd, arm = (answer("args.Dockerfile", "--changed", "app.py", "--build-arg", one) for one in given)
    assert (amd["fixes"], arm["fixes"]) == ([], ["CPL101"])


def test_git_is_asked_once_for_many_dockerfiles(
    project: Project, repository: Path, answer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(old: CommitContext, there: Repository, disk: DiskContext) -> dict[str, str]:
        asked.append(disk.root)
        return since(old, there, disk)

    monkeypatch.setattr("copylast.survey.state.since", counted)
    for name in ("a", "b"):
        (repository / f"{name}.Dockerfile").write_bytes((repository / "Dockerfile").read_bytes())
    git("add", "-A")
    git("commit", "-qm", "more")
    (repository / "app.py").write_text("print(2)\n")
    assert [one["change"] for one in answer("--since", "HEAD")["dockerfiles"]] == [["since HEAD", "M app.py"]] * 3
    assert len(asked) == 1


# -- several Dockerfiles -----------------------------------------------------------------------


def test_what_several_dockerfiles_share(project: Project, ask: Ask, answer: Callable[..., Any]) -> None:
    head = "FROM python:3\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n"
    project({
        "api.Dockerfile": f"# of the API\n{head}COPY api /app/\n",
        "worker.Dockerfile": f"{head}COPY worker /app/\n",
        "other.Dockerfile": "FROM scratch\nCOPY api /\n",
        "requirements.txt": "flask\n", "api/a.py": "", "worker/b.py": "",
    })  # fmt: skip
    found = answer()
    assert [one["dockerfile"] for one in found["dockerfiles"]] == [
        "api.Dockerfile", "other.Dockerfile", "worker.Dockerfile"
    ]
    assert found["shared"] == [
        {
            "dockerfiles": [
                {"path": "api.Dockerfile", "lines": [2, 3, 4, 5]},
                {"path": "worker.Dockerfile", "lines": [1, 2, 3, 4]},
            ],
            "steps": 4,
            "seconds": pytest.approx(31.4),
        }
    ]
    shared = "  4 steps, 31.4 s: api.Dockerfile lines 2, 3, 4 and 5; worker.Dockerfile lines 1, 2, 3 and 4\n"
    assert ask().endswith(f"\nShared layers, which one builder makes once\n{shared}")
    changed = answer("api.Dockerfile", "worker.Dockerfile", "--changed", "requirements.txt")
    assert changed["shared"] == found["shared"]


def test_equal_text_over_other_files_is_not_shared(project: Project, ask: Ask) -> None:
    text = "FROM python:3\nCOPY list /\nRUN install\n"
    project({"a/Dockerfile": text, "a/list": "1", "b/Dockerfile": text, "b/list": "2"})
    assert ask().endswith("  1 step, 12.4 s: a/Dockerfile line 1; b/Dockerfile line 1\n")
    Path("b/list").write_text("1")
    assert ask().endswith("  3 steps, 15.9 s: a/Dockerfile lines 1, 2 and 3; b/Dockerfile lines 1, 2 and 3\n")


def test_nothing_shared(project: Project, ask: Ask) -> None:
    project({"a.Dockerfile": "FROM a\n", "b.Dockerfile": "FROM b\n"})
    assert ask().endswith("\n\nThese Dockerfiles share no layer.\n")


def test_why_there_is_no_column_after_the_fixes(project: Project, answer: Callable[..., Any]) -> None:
    # Two folders could be the context, so that the fix is not safe.
    project({**{f"deploy/{n}": t for n, t in FILES.items()}, "requirements.txt": "", "app.py": ""})
    found = answer("deploy/Dockerfile", "--changed", "deploy/app.py")
    assert found["totals"]["after_fix"] is None
    (said,) = found["remarks"]
    assert said.startswith("CPL101 in line 3 has only an unsafe fix (--unsafe-fixes): ")
    found = answer("deploy/Dockerfile", "--changed", "deploy/app.py", "--unsafe-fixes")
    assert found["fixes"] == ["CPL101"]
    assert found["remarks"] == []


def test_a_finding_without_a_fix(project: Project, answer: Callable[..., Any]) -> None:
    project({**FILES, "requirements.txt": "-r gone.txt\n"})
    (said,) = answer("--changed", "app.py")["remarks"]
    assert said.startswith("CPL101 in line 3 has no fix: ") and "gone.txt" in said
    assert answer("--build-arg", "X=1")["remarks"] == [
        "no ARG in a stage that is built declares X, so no step sees it"
    ]


# -- git ---------------------------------------------------------------------------------------


def git(*arguments: str) -> str:
    """What a commit-making git prints that reads no configuration of the machine."""
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(project: Project) -> Path:
    """The lesson, committed."""
    top = project({**FILES, ".dockerignore": ".git\n", ".gitignore": "*.tmp\n"})
    (top / ".git").rmdir()
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "first")
    return top


def test_since_a_commit(repository: Path, answer: Callable[..., Any]) -> None:
    assert answer("--since", "HEAD")["totals"]["now"]["rebuilt"] == 0
    (repository / "app.py").write_text("print(1)\n")
    (repository / "scratch.tmp").write_text("what git ignores is taken to be as it was\n")
    found = answer("--since", "HEAD")
    assert found["change"] == ["since HEAD", "M app.py"]
    assert became(found)[2:] == [(3, "rebuilt", "rebuilt"), (None, None, "cached"), (4, "rebuilt", "cached")]
    (repository / "new.py").write_text("")
    (repository / "requirements.txt").unlink()
    assert answer("--since", "HEAD")["change"] == ["since HEAD", "M app.py", "A new.py", "D requirements.txt"]


def test_between_two_commits(repository: Path, answer: Callable[..., Any]) -> None:
    (repository / "app.py").chmod(0o755)
    git("add", "-A")
    git("commit", "-qm", "second")
    (repository / "requirements.txt").write_text("on the disk only\n")
    found = answer("--since", "HEAD~1..HEAD")
    assert found["change"] == ["since HEAD~1..HEAD", "M app.py"]
    assert step(found, 3)["why"] == "app.py has another mode"
    assert became(found)[-1] == (4, "rebuilt", "cached")


def test_an_edited_dockerfile(repository: Path, answer: Callable[..., Any]) -> None:
    (repository / "Dockerfile").write_text(LESSON.replace("WORKDIR /app", "WORKDIR /srv"))
    found = answer("--since", "HEAD")
    assert step(found, 2)["why"] == "it makes another directory"
    assert [now for _, now, _ in became(found) if now] == ["cached", "rebuilt", "rebuilt", "rebuilt"]


def test_an_edited_ignore_file(repository: Path, answer: Callable[..., Any]) -> None:
    (repository / ".dockerignore").write_text(".git\n.dockerignore\napp.py\n")
    found = answer("--since", "HEAD")
    assert step(found, 3)["now"] == "rebuilt"
    assert step(found, 3)["why"] == ".dockerignore and 1 other file were removed"


def test_touched_files_did_not_change(repository: Path, answer: Callable[..., Any]) -> None:
    import os

    os.utime(repository / "app.py", (1, 1))
    assert answer("--since", "HEAD")["change"] == ["since HEAD"]


def test_git_in_the_image(repository: Path, answer: Callable[..., Any]) -> None:
    (repository / ".dockerignore").unlink()
    assert answer("--since", "HEAD")["remarks"] == [
        "git's own folder is copied too, and every commit changes it (.dockerignore does not name .git)"
    ]


def test_since_runs_nothing_that_the_repository_names(repository: Path, answer: Callable[..., Any]) -> None:
    proof = repository.parent / "ran"
    (repository / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git("config", "filter.evil.clean", f"touch {proof}; cat")
    git("config", "diff.evil.textconv", f"touch {proof}; cat")
    git("config", "core.fsmonitor", f"touch {proof}")
    (repository / "app.py").write_text("changed\n")
    assert "M app.py" in answer("--since", "HEAD")["change"]
    assert not proof.exists()


# -- logs --------------------------------------------------------------------------------------

PLAIN = """\
#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s

#4 [1/4] FROM docker.io/library/python:3.12-slim@sha256:0123
#4 CACHED

#5 [2/4] WORKDIR /app
#5 CACHED

#6 [3/4] COPY . .
#6 DONE 0.2s

#7 [4/4] RUN pip install -r requirements.txt
#7 1.204 Collecting flask
#7 DONE 41.7s

#8 exporting to image
#8 DONE 0.1s
"""


def test_timings_of_a_plain_log(project: Project, ask: Ask, answer: Callable[..., Any]) -> None:
    project({**FILES, "log": PLAIN})
    found = answer("--timings", "log", "--changed", "app.py")
    assert (step(found, 4)["seconds"], step(found, 4)["measured"]) == (41.7, True)
    assert (step(found, 2)["seconds"], step(found, 2)["measured"]) == (0.6, False)
    assert found["totals"]["now"]["seconds"] == pytest.approx(41.9)
    assert found["totals"]["saved_seconds"] == pytest.approx(41.7)
    assert found["unmatched"] == []
    lines = ask("--timings", "log").splitlines()
    assert lines[1].split()[3] == "time"
    assert " ~0.6s " in lines[3] and " 41.7s " in lines[5]


def test_steps_of_a_log_that_the_file_does_not_have(project: Project, ask: Ask) -> None:
    project({**FILES, "log": PLAIN.replace("RUN pip install -r requirements.txt", "RUN pip install flask")})
    assert "\nonly in the log: [4] RUN pip install flask\n" in ask("--timings", "log")


def test_why_it_was_built(project: Project, repository: Path, ask: Ask, answer: Callable[..., Any]) -> None:
    (repository / "app.py").write_text("print(2)\n")
    (repository.parent / "log").write_text(PLAIN.replace("#5 CACHED", "#5 DONE 0.1s"))
    found = answer("--why", "../log", "--since", "HEAD")
    assert [(one["line"], one["log"], one["why"]) for one in found["steps"] if one["log"]] == [
        (2, "executed", "nothing of it changed since HEAD: the cache did not have it"),
        (3, "executed", "app.py changed"),
        (4, "executed", "app.py changed (line 3)"),
    ]
    out = ask("--why", "../log", "--since", "HEAD")
    assert "○ ran        41.7s  app.py changed (line 3)\n" in out
    assert "  in this build: 3 steps ran, 42.0 s\n" in out


def test_why_of_an_output_that_differs(project: Project, answer: Callable[..., Any]) -> None:
    log = (
        "#1 [build 2/3] COPY main.go /src/\n#1 DONE 0.1s\n#2 [build 3/3] RUN make VERSION=1\n#2 DONE 2.0s\n"
        "#3 [stage-2 2/4] COPY --from=build /out /out\n#3 DONE 0.1s\n#4 [stage-2 3/4] RUN strip /out\n#4 CACHED\n"
    )
    project({"Dockerfile": STAGES, "main.go": "", "site/index.html": "", "log": log})
    found = answer("--why", "log", "--changed", "main.go")
    assert {one["line"]: (one["log"], one["why"]) for one in found["steps"] if one["now"] and one["line"] > 7} == {
        8: ("executed", "/out of build came out different"),
        9: ("cached", ""),
        10: (None, "not in the log"),
    }


def test_why_by_the_log_of_an_earlier_build(project: Project, ask: Ask, answer: Callable[..., Any]) -> None:
    earlier = (
        "#1 [1/5] FROM docker.io/library/python:3@sha256:aa\n#1 DONE 9.0s\n#2 [2/5] WORKDIR /app\n#2 DONE 0.1s\n"
        "#3 [3/5] RUN apt-get update\n#3 DONE 8.0s\n#4 [4/5] COPY . .\n#4 DONE 0.1s\n"
        "#5 [5/5] RUN make LEVEL=1\n#5 DONE 3.0s\n"
    )
    cached = earlier.replace("#2 DONE 0.1s", "#2 CACHED").replace("#1 DONE 9.0s", "#1 CACHED")
    files = cached.replace("#3 DONE 8.0s", "#3 CACHED")
    project({
        "Dockerfile": "FROM python:3\nWORKDIR /app\nRUN apt-get update\nCOPY . .\nENV L=1\nRUN make LEVEL=$L\n",
        "a.c": "", "old.log": earlier, "files.log": files, "lost.log": earlier,
        "text.log": files.replace("#4 DONE 0.1s", "#4 CACHED").replace("L=1", "L=2"),
        "base.log": earlier.replace("aa", "bb"), "variable.log": cached, "short.log": earlier.partition("#4")[0],
    })  # fmt: skip

    def whys(new: str, old: str = "old.log") -> list[tuple[int, str, str]]:
        return [(one["line"], one["log"], one["why"]) for one in answer("--why", new, old)["steps"] if one["log"]]

    assert whys("files.log") == [
        (1, "cached", ""), (2, "cached", ""), (3, "cached", ""),
        (4, "executed", "the files that it copies changed"),
        (6, "executed", "the files that it copies changed (line 4)"),
    ]  # fmt: skip
    assert whys("text.log")[3:] == [(4, "cached", ""), (6, "executed", "was: RUN make LEVEL=1")]
    another = "the base image is another"
    assert whys("base.log")[:3] == [(1, "executed", another), (2, "executed", f"{another} (line 1)"),
                                    (3, "executed", f"{another} (line 1)")]  # fmt: skip
    assert whys("variable.log")[2][2] == "a variable, the base or an option of the build changed"
    lost = "the cache did not have it"
    assert [why for _, _, why in whys("lost.log")[1:3]] == [lost, f"{lost} (line 2)"]
    assert whys("files.log", "short.log")[3:] == [(4, "executed", "the earlier build had no such step"),
                                                (6, "executed", "the earlier build had no such step")]  # fmt: skip
    out = ask("--why", "files.log", "old.log", "Dockerfile")
    assert out.startswith("Dockerfile   change: since the build of old.log ")
    assert "  in this build: 2 steps ran, 3.1 s\n" in out


def test_a_log_is_of_the_dockerfile_whose_steps_it_has(project: Project, ask: Ask, answer: Callable[..., Any]) -> None:
    log = (
        "#1 [2/3] COPY --link app.py /\n#1 DONE 0.1s\n#2 [3/3] RUN make\n#2 DONE 2.0s\n"
        "#3 [web 2/2] RUN serve\n#3 DONE 1.0s\n"
    )
    project({
        "Dockerfile": "FROM a\nCOPY --link app.py /\nRUN make\n", "app.py": "", "log": log,
        "other.Dockerfile": "FROM a\nRUN x\nRUN y\nRUN make\n", "web.Dockerfile": "FROM a\nRUN serve\n",
    })  # fmt: skip
    for more in (["log"], ["--changed", "app.py"]):
        found = answer("--why", "log", *more)
        assert [one["dockerfile"] for one in found["dockerfiles"]] == ["Dockerfile", "web.Dockerfile"]
        assert [one["log"] for one in found["dockerfiles"][0]["steps"]] == [None, "executed", "executed"]
    other = answer("--timings", "log")["dockerfiles"][1]
    assert (other["unmatched"], other["remarks"]) == ([], ["the log is of another Dockerfile"])
    assert "note: left out, since the log is of another Dockerfile: other.Dockerfile\n" in ask("--why", "log", "log")


def test_a_step_that_the_build_did_not_come_to(project: Project, answer: Callable[..., Any]) -> None:
    stages = [{"digest": "a", "name": "[2/3] COPY app.py /", "completed": "2024-01-01T00:00:01Z", "inputs": ["b"],
               "started": "2024-01-01T00:00:00Z", "error": "exit code: 1"},
              {"digest": "c", "name": "[3/3] RUN make", "inputs": ["a"]}]  # fmt: skip
    project({"Dockerfile": "FROM a\nCOPY app.py /\nRUN make\n", "app.py": "", "log": json.dumps({"vertexes": stages})})
    for more in (["log"], ["--changed", "app.py"]):
        steps = answer("--why", "log", *more)["steps"]
        assert [(one["log"], one["why"]) for one in steps[2:]] == [("unknown", "the build ended before it")]


def test_of_a_long_step_the_part_that_was_otherwise_is_shown(project: Project, answer: Callable[..., Any]) -> None:
    text = "RUN " + "make && " * 20 + "echo {}" + " && make" * 20
    log = "#1 [2/2] {}\n#1 DONE 1.0s\n"
    project({"Dockerfile": f"FROM a\n{text.format('$A')}\n", "new": log.format(text.format(1)),
             "old": log.format(text.format(22))})  # fmt: skip
    assert step(answer("--why", "new", "old"), 2)["why"] == (
        "was: ...ake && make && echo 22 && make && make && make && make && make && make && make &..."
    )


# -- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone/Dockerfile"], "copylast: gone/Dockerfile: no such file\n"),
        (["--context", "gone"], "copylast: gone: no such folder, so it cannot be the build context\n"),
        (["--target", "gone"], "copylast: Dockerfile: has no stage called gone\n"),
        (["--timings", "gone.log"], "copylast: gone.log: no such file\n"),
        (["--timings", "app.py"], "copylast: app.py: holds no step of a build; docker build --progress=plain "
         "(or rawjson) writes them to standard error\n"),
        (["--why", "app.py"], "copylast: --why needs to know what changed: --since REF, --changed FILE, "
         "--build-arg KEY=VALUE, or the log of an earlier build\n"),
        (["--why", "a", "b", "c"], "copylast: --why compares two logs, and 3 are given\n"),
        (["--why", "a", "b", "--since", "HEAD"], "copylast: two logs say what changed: leave out --since, --changed "
         "and --build-arg, or one log\n"),
        (["--changed", "app.py", "--since", "HEAD"], "copylast: --changed and --since exclude each other\n"),
        (["--platform", "a/b,c/d"], 'copylast: --platform: "a/b,c/d" is not one platform, as linux/arm64 is\n'),
        (["--build-arg", "=1"], 'copylast: --build-arg: "=1" is not KEY=VALUE\n'),
        (["--stdin-filename", "x"], "copylast: --stdin-filename is about standard input: give - as DOCKERFILE\n"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(
    project: Project, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    project(FILES)
    assert main(["layers", *arguments]) == 2
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("nope", "copylast: --since: nope is no commit of this repository\n"),
        ("HEAD...main", "copylast: --since: HEAD...main is neither a commit nor two with .. between\n"),
        ("..HEAD", "copylast: --since: ..HEAD is neither a commit nor two with .. between\n"),
        ("--exec=x", "copylast: --since: --exec=x is no commit of this repository\n"),
    ],
)
def test_bad_commits(repository: Path, capsys: pytest.CaptureFixture[str], reference: str, said: str) -> None:
    assert main(["layers", f"--since={reference}"]) == 2
    assert capsys.readouterr() == ("", said)


def test_a_dockerfile_that_is_new_since_the_commit(
    repository: Path, project: Project, ask: Ask, answer: Callable[..., Any]
) -> None:
    (repository / "new.Dockerfile").write_text(LESSON)
    found = answer("new.Dockerfile", "--since", "HEAD")
    assert found["change"] == ["since HEAD", "A new.Dockerfile"]
    new = "the Dockerfile is new"
    assert [(one["now"], one["after_fix"], one["why"]) for one in found["steps"]] == [
        *[("rebuilt", None, new)] * 4, (None, None, ""),
    ]  # fmt: skip
    assert found["totals"]["now"]["rebuilt"] == found["totals"]["now"]["steps"] == 4
    assert found["remarks"] == ["new.Dockerfile is not in HEAD, so all steps are new"]
    out = ask("new.Dockerfile", "--since", "HEAD")
    assert "RUN pip install -r requirements.txt  ○ rebuilt" in out and out.count(new) == 4
    # The other file has its table as before.
    both = answer("--since", "HEAD")["dockerfiles"]
    assert [one["totals"]["now"]["rebuilt"] for one in both] == [2, 4]
    git("add", "-A")
    git("commit", "-qm", "second")
    assert answer("new.Dockerfile", "--since", "HEAD~1..HEAD")["totals"]["now"]["rebuilt"] == 4
    assert answer("new.Dockerfile", "--since", "HEAD")["totals"]["now"]["rebuilt"] == 0


def test_why_a_new_dockerfile_was_built(repository: Path, answer: Callable[..., Any]) -> None:
    (repository / "new.Dockerfile").write_text(LESSON)
    (repository.parent / "log").write_text(PLAIN)
    found = answer("--why", "../log", "--since", "HEAD", "new.Dockerfile")
    assert [(one["line"], one["log"], one["why"]) for one in found["steps"] if one["log"]] == [
        (2, "cached", "was cached, though the Dockerfile is new"),
        (3, "executed", "the Dockerfile is new"),
        (4, "executed", "the Dockerfile is new"),
    ]


def test_a_context_that_is_new_since_the_commit(repository: Path, answer: Callable[..., Any]) -> None:
    (repository / "new").mkdir()
    (repository / "new" / "Dockerfile").write_text("FROM a\nCOPY . .\n")
    found = answer("new/Dockerfile", "--context", "new", "--since", "HEAD")
    assert found["change"] == ["since HEAD"]
    assert [(one["now"], one["why"]) for one in found["steps"]] == [("rebuilt", "the build context is new")] * 2
    assert found["remarks"][0] == "the build context new is not in HEAD, so all steps are new"


def test_a_dockerfile_that_the_later_commit_does_not_have(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "new.Dockerfile").write_text("FROM a\n")
    (repository / "new").mkdir()
    (repository / "new" / "Dockerfile").write_text("FROM a\n")
    assert main(["layers", "new.Dockerfile", "--since", "HEAD..HEAD"]) == 2
    assert capsys.readouterr().err == "copylast: new.Dockerfile: is not in HEAD\n"
    assert main(["layers", "new/Dockerfile", "--since", "HEAD..HEAD"]) == 2
    assert capsys.readouterr().err == "copylast: --since: the build context new is not in HEAD\n"


def test_a_dockerfile_outside_of_the_repository(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.parent / "Dockerfile").write_text("FROM a\n")
    assert main(["layers", "../Dockerfile", "--context", ".", "--since", "HEAD"]) == 2
    assert capsys.readouterr().err == "copylast: ../Dockerfile: is outside of the repository\n"


def test_a_dockerfile_whose_content_is_not_in_the_clone_is_not_taken_for_new(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a partial clone: the tree says that there is one, and what is in it would have to be fetched."""
    blob = git("rev-parse", "HEAD:Dockerfile").strip()
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    (repository / "Dockerfile").write_text("FROM b\n")
    assert main(["layers", "--since", "HEAD"]) == 2
    assert capsys.readouterr().err == "copylast: Dockerfile: cannot be read at HEAD\n"


def test_since_without_a_repository(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    top = project(FILES)
    (top / ".git").rmdir()
    assert main(["layers", "--since", "HEAD"]) == 2
    assert capsys.readouterr().err == "copylast: --since: the build context is in no git repository\n"


def test_a_syntax_error_names_its_place_and_the_other_files_have_their_tables(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project({"a.Dockerfile": "FROM a\nRUN x\n", "b.Dockerfile": "FROM a\nNOPE x\n"})
    assert main(["layers"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("a.Dockerfile   context:")
    assert err.startswith("copylast: b.Dockerfile:2:1: ") and err.count("\n") == 1


def test_no_dockerfile(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project({})
    assert main(["layers"]) == 0
    assert capsys.readouterr() == ("", "copylast: no Dockerfile found\n")
