"""Runs made by hand, for every output format."""

from __future__ import annotations

from typing import Any

from copylast.dockerfile.source import Source, Span
from copylast.engine.own import own_rules
from copylast.engine.read import Failure
from copylast.engine.report import Report
from copylast.output.run import Run, Style
from copylast.rule.diagnostic import Diagnostic, Edit, Effect, Fix, Label, Safety, Severity
from copylast.rule.plugins import load_plugins

TEXT = "FROM python:3.12\nCOPY . .\nRUN pip install -r requirements.txt\n"
RULES = {rule.code: rule for rule in (*load_plugins().rules, *own_rules())}


def span(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part))


def finding(text: str = TEXT, part: str = "COPY . .", **more: Any) -> Diagnostic:
    given: dict[str, Any] = {"severity": Severity.WARNING, "message": "`pip install` runs again", **more}
    return Diagnostic("CPL101", "source-before-install", span=span(text, part), **given)


def fixed(text: str = TEXT, path: str = "Dockerfile", ignore: str | None = None) -> Fix:
    copy, run = span(text, "COPY . .\n"), span(text, "RUN pip install -r requirements.txt\n")
    edits = [
        Edit(path, copy.start, copy.start, "COPY requirements.txt ./\nRUN pip install -r requirements.txt\n"),
        Edit(path, run.start, run.end, ""),
    ]
    if ignore is not None:
        edits.append(Edit(ignore, 0, 0, "**/.venv\n"))
    return Fix("copy requirements.txt first", tuple(edits), Safety.SAFE, Effect())


def report(*diagnostics: Diagnostic, text: str = TEXT, path: str = "Dockerfile", **more: Any) -> Report:
    return Report(path, Source(text, path), ".", False, ("compose.yaml: web",), diagnostics, **more)


def run(*reports: Report, **more: Any) -> Run:
    return Run(reports, (), RULES, version="0.1.0", **more)


def rich() -> Run:
    """A finding with everything: labels, notes, a fix of two files, a failure, odd characters."""
    text = "FROM a\n# 𝒳 é\nCOPY . .\nRUN pip install -r requirements.txt\n"
    one = finding(
        text,
        label="3 files change this step",
        labels=(Label(span(text, "pip install -r requirements.txt"), "runs again with it"),),
        notes=("a note",),
        help="copy requirements.txt and install before copying the rest",
        fix=fixed(text, "d ir/Dockerfile", "d ir/.dockerignore"),
        withheld="not quite safe",
    )
    two = Diagnostic("CPL902", "unknown-ignore", "no rule: 100%,\nreally", span(text, "𝒳"), Severity.INFO)
    three = Diagnostic("CPL900", "syntax-error", "bad", Span(len(text), len(text)), Severity.ERROR)
    failure = Failure("d ir/Dockerfile", "could not be written", 2, 3)
    return run(report(two, one, three, text=text, path="d ir/Dockerfile", failures=(failure,)))


PLAIN = Style()
