"""The loop: what it applies, what it leaves out and why."""

from __future__ import annotations

from tests.casebook import lint

from copylast.context.files import BuildContext
from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source, Span
from copylast.fix.loop import PROOFS, fix
from copylast.layers.model import LayerModel
from copylast.rule.diagnostic import Diagnostic, Edit, Effect, Fix, Safety, Severity

TEXT = "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n"
FILES = {"requirements.txt": "flask\n", "app.py": ""}


def _finding(code: str, edits: tuple[Edit, ...], effect: Effect) -> Diagnostic:
    offered = Fix("t", edits, Safety.SAFE, effect)
    return Diagnostic(code, "n", "m", Span(0, 1), Severity.WARNING, fix=offered)


def test_rejects_a_fix_that_makes_a_finding_of_order() -> None:
    """A rule that lifts the source above the install: every file is in its place, only the cache gets worse."""
    at = TEXT.index("COPY req")
    edits = (
        Edit("Dockerfile", at, at, "COPY . .\n"),
        Edit("Dockerfile", TEXT.index("COPY . ."), len(TEXT), ""),
    )

    def both(source: Source, context: BuildContext | None) -> tuple[LayerModel, list[Diagnostic]]:
        model, found = lint(source, context)
        if source.text == TEXT:
            found.append(_finding("CPL999", edits, Effect(moves=(4,))))
        return model, found

    outcome = fix(Source(TEXT), MemoryContext(FILES), both, allow_unsafe=False)
    assert outcome.texts == {}
    assert "CPL101 would be new" in outcome.skipped[0].reason


def test_rejects_a_fix_that_leaves_its_finding() -> None:
    edits = (Edit("Dockerfile", len(TEXT), len(TEXT), "# later\n"),)

    def always(source: Source, context: BuildContext | None) -> tuple[LayerModel, list[Diagnostic]]:
        model, _ = lint(source, context)
        return model, [_finding("CPL999", edits, Effect(drops_comments=True))]

    outcome = fix(Source(TEXT), MemoryContext(FILES), always, allow_unsafe=False)
    assert outcome.texts == {}
    assert outcome.skipped[0].reason == "the fix could not be proved: CPL999 would still be there"


def test_gives_the_original_back_where_edits_overlap() -> None:
    edits = (Edit("Dockerfile", 0, 5, "x"), Edit("Dockerfile", 3, 8, "y"))

    def once(source: Source, context: BuildContext | None) -> tuple[LayerModel, list[Diagnostic]]:
        model, _ = lint(source, context)
        return model, [_finding("CPL999", edits, Effect())]

    outcome = fix(Source(TEXT), MemoryContext(FILES), once, allow_unsafe=False)
    assert outcome.texts == {} and "overlap" in outcome.skipped[0].reason


def test_unsafe_fixes_wait_to_be_asked_for() -> None:
    files = {"package.json": '{"name": "a", "dependencies": {"x": "1"}}', "package-lock.json": '{"lockfileVersion": 3}'}
    files |= {"a.js": "", ".dockerignore": "node_modules\n"}
    text = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm install\n"
    context = MemoryContext(files)
    assert fix(Source(text), context, lint, allow_unsafe=False).texts == {}
    assert fix(Source(text), context, lint, allow_unsafe=True).texts


def test_one_run_tries_so_many_fixes_and_says_so() -> None:
    """Each fix is proved by looking at the whole file: without an end, twice the file would take four times as long."""

    def comments(source: Source, context: BuildContext | None) -> tuple[LayerModel, list[Diagnostic]]:
        model, _ = lint(source, context)
        found: list[Diagnostic] = []
        for comment in model.dockerfile.comments:
            edit = Edit("Dockerfile", comment.span.start, comment.span.end + 1, "")
            one = _finding("CPL999", (edit,), Effect(drops_comments=True))
            found.append(one._replace(message=comment.text, span=comment.span))
        return model, found

    text = TEXT + "".join(f"# {number}\n" for number in range(PROOFS + 10))
    outcome = fix(Source(text), MemoryContext(FILES), comments, allow_unsafe=False)
    assert len(outcome.applied) == PROOFS
    assert outcome.texts["Dockerfile"].count("# ") == 10
    (left,) = outcome.skipped
    assert left.reason == "one run fixes 50 findings of a file at the most: run it again"
    again = fix(Source(outcome.texts["Dockerfile"]), MemoryContext(FILES), comments, allow_unsafe=False)
    assert again.texts["Dockerfile"] == TEXT and not again.skipped
