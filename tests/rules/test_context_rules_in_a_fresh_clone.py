"""What the default rules on the context say is the same in a fresh clone and where people work."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.casebook import lint
from tests.conftest import Project

from copylast.context.disk import DiskContext
from copylast.dockerfile.source import Source
from copylast_rules.context.artifacts_in_context import ArtifactsInContext
from copylast_rules.context.churn_in_context import ChurnInContext
from copylast_rules.context.copied_path_ignored import CopiedPathIgnored
from copylast_rules.context.ignore_file_missing import IgnoreFileMissing
from copylast_rules.context.ignore_pattern_not_nested import IgnorePatternNotNested

_RULES = (
    IgnoreFileMissing(),
    ChurnInContext(),
    ArtifactsInContext(),
    IgnorePatternNotNested(),
    CopiedPathIgnored(),
)
_NODE = {
    "package.json": '{"name": "a", "workspaces": ["web"], "scripts": {"build": "vite build"}}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {"name": "a", "workspaces": ["web"]}}}',
    "web/package.json": '{"name": "web"}',
    "web/.gitignore": "node_modules\ndist\n",
    ".gitignore": "node_modules\n/dist\n.idea\n*.log\n__pycache__\ncoverage\n",
    "conf/a.conf": "",
}
_LOCAL = (
    *("node_modules/a/index.js", "web/node_modules/b/index.js", "conf/node_modules/c/index.js", "dist/index.html"),
    *("web/dist/index.html", ".idea/a.xml", "web/.idea/b.xml", "debug.log", "tools/__pycache__/a.pyc", ".DS_Store"),
    *("coverage/index.html", ".vscode/settings.json"),
)
_ALL = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n"
_WEB = "FROM node:20\nWORKDIR /app\nCOPY web .\nRUN npm install && npm run build\n"


def _found(top: Path, text: str) -> list[tuple[str, str, int]]:
    context = DiskContext(top, top / "Dockerfile", label="")
    found = lint(Source(text, "Dockerfile"), context, _RULES)[1]
    return [(d.code, d.message, int(d.severity)) for d in found]


_CONF = _ALL.replace("COPY . .", "COPY conf /etc/x\nCOPY . .")


@pytest.mark.parametrize("text", [_ALL, _WEB, _CONF, _WEB + "COPY dist x\n"])
@pytest.mark.parametrize("ignore", [None, "node_modules\n", "docs\n", "*\n!web\n", "dist\n.git\n"])
def test_says_the_same(project: Project, text: str, ignore: str | None) -> None:
    top = project({**_NODE, "Dockerfile": text, **({} if ignore is None else {".dockerignore": ignore})})
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    subprocess.run(["git", "-C", str(top), "add", "-A"], check=True)
    fresh = _found(top, text)
    for path in _LOCAL:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text("x")
    assert _found(top, text) == fresh
    assert fresh or ignore == "*\n!web\n"
