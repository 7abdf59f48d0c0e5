"""JUnit's XML report: each Dockerfile is a test suite, each finding a failed test."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.engine.read import Failure
from copylast.engine.report import Report
from copylast.output.marked import document, element, escaped
from copylast.output.run import Run
from copylast.output.text import WORDS
from copylast.rule.diagnostic import Diagnostic


def junit(run: Run) -> str:
    """Suites by file; one without findings has a single test that passed. What could not be done is an error."""
    # A failure of a file that was read stands in its suite, every other one in a suite of its own path.
    failures: dict[str, list[Failure]] = {}
    for failure in run.all_failures():
        failures.setdefault(failure.path or "copylast", []).append(failure)
    suites = [_suite(report.path, report, failures.pop(report.path, [])) for report in run.reports]
    suites += [_suite(path, None, found) for path, found in failures.items()]
    inside = "".join("\n" + suite for suite in suites)
    return document(element("testsuites", {"name": "copylast"}, inside + "\n" if inside else ""))


def _suite(path: str, report: Report | None, failures: Sequence[Failure]) -> str:
    found = report.diagnostics if report is not None else ()
    tests = [_failed(path, report, one) for one in found] if report is not None else []
    tests += [_error(path, failure) for failure in failures]
    if not tests:
        tests = [element("testcase", {"name": "no findings", "classname": path, "time": "0"})]
    counts: dict[str, str | int] = {"tests": len(tests), "failures": len(found), "errors": len(failures), "skipped": 0}
    return element("testsuite", {"name": path, **counts, "time": "0"}, "\n" + "\n".join(tests) + "\n")


def _failed(path: str, report: Report, diagnostic: Diagnostic) -> str:
    place = report.source.position(diagnostic.span.start)
    text = f"{path}:{place.line}:{place.column}: {diagnostic.code} {diagnostic.message}"
    text += "".join(f"\nnote: {note}" for note in diagnostic.notes)
    text += f"\nhelp: {diagnostic.help}" if diagnostic.help else ""
    failure = element("failure", {"type": WORDS[diagnostic.severity], "message": diagnostic.message}, escaped(text))
    name = f"{diagnostic.code} {diagnostic.name} (line {place.line}, column {place.column})"
    return element("testcase", {"name": name, "classname": path, "time": "0"}, failure)


def _error(path: str, failure: Failure) -> str:
    error = element("error", {"type": "failure", "message": failure.message}, escaped(str(failure)))
    return element("testcase", {"name": failure.message, "classname": path, "time": "0"}, error)
