"""CPL301 where no example can show it: contexts that heed no ignore file, guesses, and what it looks at."""

from __future__ import annotations

from pathlib import Path

from tests.casebook import REGISTRY

from copylast.context.disk import DiskContext
from copylast.context.files import BuildContext
from copylast.context.memory import MemoryContext, OverlayContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.layers.model import build_model
from copylast.rule.diagnostic import Diagnostic
from copylast.rule.rule import View
from copylast_rules.context.ignore_file_missing import IgnoreFileMissing

_DOCKERFILE = "FROM alpine\nCOPY . /app\n"


def _look(text: str, context: BuildContext, certain: bool = True) -> list[Diagnostic]:
    dockerfile = parse(Source(text, "Dockerfile"))
    model = build_model(dockerfile, evaluate(dockerfile), context, REGISTRY)
    rule = IgnoreFileMissing()
    return list(rule.check(View(dockerfile, model, context, rule.Options(), certain)))


def test_a_git_context_heeds_no_ignore_file(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(_DOCKERFILE)
    place = tmp_path / "Dockerfile"
    assert len(_look(_DOCKERFILE, DiskContext(tmp_path, place))) == 1
    from_git = DiskContext(tmp_path, place, use_ignore_file=False)
    assert _look(_DOCKERFILE, from_git) == []
    assert _look(_DOCKERFILE, OverlayContext(from_git, {"a": ""})) == []


def test_says_nothing_of_a_context_that_is_only_guessed() -> None:
    assert _look(_DOCKERFILE, MemoryContext({"Dockerfile": _DOCKERFILE}), certain=False) == []


def test_a_dockerfile_outside_the_context_does_not_reach_it() -> None:
    assert _look(_DOCKERFILE, MemoryContext({"run.sh": ""}, "../Dockerfile")) == []


def test_no_folder_is_walked(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(_DOCKERFILE)
    (tmp_path / "deep").mkdir()

    class Unwalked(DiskContext):
        def raw_children(self, path: str) -> tuple[()]:
            raise AssertionError(f"lists {path or 'the root'}")

    assert len(_look(_DOCKERFILE, Unwalked(tmp_path, tmp_path / "Dockerfile"))) == 1


def test_one_finding_names_all_that_reaches_any_step() -> None:
    text = "FROM alpine\nCOPY web /web\nCOPY . /app\nRUN --mount=type=bind,target=/src ls /src\n"
    files = {"Dockerfile": text, ".git/HEAD": "", "web/.gitignore": "a\nb\nc\nd\ne\n!f\n", ".gitignore": "*\n!web\n"}
    (only,) = _look(text, MemoryContext(files))
    assert only.message == "COPY brings what web/.gitignore names, which no ignore file keeps out"
    assert only.notes == ("web/.gitignore names a, b, c and 2 more",)
    assert [text[label.span.start : label.span.end].split()[0] for label in only.labels] == ["COPY", "RUN"]
