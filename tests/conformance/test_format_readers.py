"""Formats read by the programs that they are for, as far as these come from npm: the libraries are fetched."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.output.samples import finding, report, rich, run

from copylast.engine.read import Failure
from copylast.output.azure import azure
from copylast.output.markdown import markdown

pytestmark = pytest.mark.slow

LIBRARIES = ("azure-pipelines-task-lib@^5", "markdown-it@^14")
ODD = "`a|b` & <b>x</b> ]; %25 %0A \n [l](http://x) *g* _h_ #1 ~~s~~ | end"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Any], Any]:
    """Runs a JavaScript function body over a value in ``input`` and gives back what it returns."""
    npm, program = shutil.which("npm"), shutil.which("node")
    if npm is None or program is None:
        pytest.skip("formats were not read back by their programs: no node and npm")
    place = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", *LIBRARIES]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        pytest.skip("formats were not read back by their programs: npm gave no answer")
    if done.returncode:
        pytest.skip(f"formats were not read back by their programs: npm: {done.stderr.strip()[:200]}")

    def call(body: str, value: Any) -> Any:
        script = (
            f"const input = JSON.parse(require('fs').readFileSync(0));"
            f"process.stdout.write(JSON.stringify((() => {{ {body} }})()))"
        )
        told = json.dumps(value)
        ran = subprocess.run([program, "-e", script], cwd=place, input=told, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return call


def samples() -> list[Any]:
    odd = run(report(finding(message=ODD), path="a;b]|c/Dockerfile"))._replace(failures=(Failure("gone", ODD),))
    return [rich(), odd]


def test_azure_reads_its_commands(node: Callable[[str, Any], Any]) -> None:
    body = (
        "const { commandFromString } = require('azure-pipelines-task-lib/taskcommand');"
        "return input.map(line => commandFromString(line))"
    )
    for made in samples():
        commands = node(body, azure(made).splitlines())
        wanted = [one.message for file in made.reports for one in file.diagnostics]
        wanted += [failure.message for failure in made.all_failures()]
        # The library itself does not turn %AZP25 back, the agent does.
        assert [command["message"].replace("%AZP25", "%") for command in commands] == wanted
        assert {command["command"] for command in commands} == {"task.logissue"}
        assert commands[0]["properties"]["sourcepath"] == made.reports[0].path


def test_markdown_shows_every_text_as_it_is(node: Callable[[str, Any], Any]) -> None:
    # What counts as markup is no text, and would be missing.
    body = (
        "const cells = [];"
        "const shown = t => t.children.map(c => c.type === 'text' || c.type === 'text_special' ||"
        " c.type === 'code_inline' ? c.content : '').join('');"
        "for (const t of require('markdown-it')({html: true, linkify: true}).parse(input, {}))"
        " if (t.type === 'inline') cells.push(shown(t));"
        "return cells"
    )
    for made in samples():
        cells = node(body, markdown(made))
        for file in made.reports:
            for one in file.diagnostics:
                assert " ".join(one.message.replace("`", "").split()) in cells
