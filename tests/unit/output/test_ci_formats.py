"""The formats of CI systems, read back by what reads them elsewhere as far as that can be had in Python."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.unit.output.samples import TEXT, finding, fixed, report, rich, run

from copylast.engine.read import Failure
from copylast.fix.edits import apply
from copylast.output.azure import azure
from copylast.output.checkstyle import checkstyle
from copylast.output.gitlab import gitlab
from copylast.output.junit import junit
from copylast.output.markdown import markdown
from copylast.output.rdjson import rdjson
from copylast.output.run import FORMATS, Run, formatter
from copylast.output.teamcity import teamcity
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety

ODD = "`a` & <b> \"c\" 'd' | [e]; %f\n\x00\x1b\ud800\U0001d4b3\u2028 ]]> *g* _h_ #1 ~"


def odd() -> Run:
    one = report(finding(message=ODD, help=ODD, notes=(ODD,)), path="a;b]|c&<d>'\",.dockerfile")
    return run(one)._replace(failures=(Failure("", ODD), Failure("gone", ODD), Failure("half", ODD, 3, 4)))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("make", [rich, odd, lambda: run(), lambda: run(report())])
def test_whatever_is_said_can_be_written(name: str, make: Any) -> None:
    text = formatter(name, {})(make())
    assert not text or text.endswith("\n")
    if name not in ("full", "concise", "github", "azure", "teamcity", "markdown"):
        text.encode()


def test_checkstyle_names_files_places_and_levels() -> None:
    root = ElementTree.fromstring(checkstyle(rich()))
    assert root.tag == "checkstyle" and root.get("version")
    (file,) = root
    assert file.get("name") == "d ir/Dockerfile"
    assert [error.get("severity") for error in file] == ["info", "warning", "error", "error"]
    assert [(error.get("line"), error.get("column")) for error in file][:2] == [("2", "3"), ("3", "1")]
    assert file[0].get("message") == "no rule: 100%,\nreally" and file[0].get("source") == "copylast.CPL902"
    again = ElementTree.fromstring(checkstyle(odd()))
    assert [one.get("name") for one in again] == ["a;b]|c&<d>'\",.dockerfile", "copylast", "gone", "half"]
    assert again[0][0].get("message") == ODD.translate({0: "\ufffd", 0x1B: "\ufffd", 0xD800: "\ufffd"})


def test_junit_counts_what_it_lists() -> None:
    for made in (rich(), odd(), run(report())):
        root = ElementTree.fromstring(junit(made))
        for suite in root:
            assert suite.get("tests") == str(len(suite.findall("testcase")))
            assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
            assert suite.get("errors") == str(len(suite.findall("testcase/error")))
    (suite,) = ElementTree.fromstring(junit(rich()))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "3", "1")
    (passed,) = ElementTree.fromstring(junit(run(report())))[0]
    assert not list(passed) and passed.get("name") == "no findings"


def test_junit_is_read_by_its_readers() -> None:
    junitparser: Any = pytest.importorskip("junitparser", reason="JUnit is not read back: pip install junitparser")
    suites = junitparser.JUnitXml.fromstring(junit(rich()).encode())
    cases = [case for suite in suites for case in suite]
    assert [type(case.result[0]).__name__ for case in cases] == ["Failure", "Failure", "Failure", "Error"]
    assert "help: copy requirements.txt" in cases[1].result[0].text


def test_gitlab_has_what_it_asks_for() -> None:
    twice = report(finding(), finding(), path="./Dockerfile")
    for made in (rich(), odd(), run(twice)):
        issues = json.loads(gitlab(made))
        assert len({issue["fingerprint"] for issue in issues}) == len(issues)
        for issue in issues:
            assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
            assert issue["description"] and issue["check_name"]
            assert issue["location"]["path"] and issue["location"]["lines"]["begin"] >= 1
    assert json.loads(gitlab(run(twice)))[0]["location"]["path"] == "Dockerfile"
    assert [issue["severity"] for issue in json.loads(gitlab(rich()))] == ["info", "major", "critical", "blocker"]
    assert json.loads(gitlab(run())) == []


def rewritten(text: str, suggestion: dict[str, Any]) -> str:
    """Replace lines and columns in bytes, as reviewdog does."""
    lines = text.encode().split(b"\n")

    def offset(place: dict[str, int]) -> int:
        return sum(len(line) + 1 for line in lines[: place["line"] - 1]) + place["column"] - 1

    start, end = (offset(suggestion["range"][side]) for side in ("start", "end"))
    data = text.encode()
    new: str = suggestion["text"]
    return (data[:start] + new.encode() + data[end:]).decode()


@pytest.mark.parametrize("before", ["", "# 𝒳 é\n", "ARG A=é\r\n"])
def test_rdjson_suggests_what_the_fix_does(before: str) -> None:
    text = before + TEXT
    fix = fixed(text)
    (one,) = json.loads(rdjson(run(report(finding(text, fix=fix), text=text))))["diagnostics"]
    (suggestion,) = one["suggestions"]
    assert rewritten(text, suggestion) == apply({"Dockerfile": text}, fix.edits)["Dockerfile"]
    assert one["code"]["value"] == "CPL101" and one["severity"] == "WARNING"


def test_rdjson_suggests_nothing_that_is_half_a_fix() -> None:
    def suggestions(fix: Fix, **more: Any) -> list[Any]:
        (one,) = json.loads(rdjson(run(report(finding(fix=fix)), **more)))["diagnostics"]
        found: list[Any] = one.get("suggestions", [])
        return found

    assert not suggestions(fixed(ignore=".dockerignore"))
    unsafe = Fix("x", (Edit("Dockerfile", 0, 0, "# x\n"),), Safety.UNSAFE, Effect())
    assert not suggestions(unsafe)
    assert suggestions(unsafe, unsafe=True)
    assert not suggestions(unsafe._replace(safety=Safety.SHOWN), unsafe=True)


def test_azure_escapes_properties_and_data() -> None:
    lines = azure(rich()).splitlines()
    assert lines[0] == (
        "##vso[task.logissue type=warning;sourcepath=d ir/Dockerfile;linenumber=2;columnnumber=3;code=CPL902;]"
        "no rule: 100%AZP25,%0Areally"
    )
    assert [line.split("type=")[1].split(";")[0] for line in lines] == ["warning", "warning", "error", "error"]
    assert "sourcepath=a%3Bb%5D|c" in azure(odd())
    assert azure(run()._replace(failures=(Failure("", "x"),))) == "##vso[task.logissue type=error;]x\n"


def test_teamcity_declares_the_types_of_its_inspections() -> None:
    lines = teamcity(rich()).splitlines()
    kinds = [line.split("[")[1].split(" ")[0] for line in lines]
    assert kinds == ["inspectionType"] * 3 + ["inspection"] * 3 + ["buildProblem"]
    assert "message='no rule: 100%,|nreally'" in lines[3] and "SEVERITY='INFO'" in lines[3]
    assert "file='a;b|]||c&<d>|'\",.dockerfile'" in teamcity(odd())


def test_teamcity_escapes_as_its_own_library_does() -> None:
    reason = "TeamCity's own library is not there: pip install teamcity-messages"
    messages: Any = pytest.importorskip("teamcity.messages", reason=reason)
    for text in ("plain", "a|b'c\nd\re[f]g", "|| '' [[]]"):
        (line,) = teamcity(run()._replace(failures=(Failure("", text),))).splitlines()
        assert line == f"##teamcity[buildProblem description='copylast: {messages.escape_value(text)}']"


def test_markdown_is_one_table() -> None:
    lines = markdown(rich()).splitlines()
    assert lines[2] == "3 problems in 1 file."
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 5 and all(row.replace("\\|", "").count("|") == 6 for row in rows)
    assert rows[3].startswith("| d ir/Dockerfile:3 | warning | CPL101 source-before-install | `pip install` runs again")
    assert "could not be written" in lines[-1]
    for row in markdown(odd()).splitlines():
        assert "\x00" not in row or "|" in row
    assert markdown(run(report())).endswith("No problems in 1 file.\n")
