"""Reorders that would change the image or somebody else's build: each is refused with a sentence."""

from __future__ import annotations

import pytest
from tests.casebook import lint, repair

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source

NODE = {
    "package.json": '{"name": "a", "version": "1.0.0"}',
    "package-lock.json": '{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a", "version": "1.0.0"}}}',
    "src/a.js": "",
    "etc/a.conf": "",
}
OPEN = {**NODE, ".dockerignore": "dist\n"}
SHUT = {**NODE, ".dockerignore": "**/node_modules\n"}
HEAD = "FROM node:20\nWORKDIR /app\nCOPY . .\n"

REFUSED = [
    ("a result in a mount", HEAD + "RUN --mount=type=cache,target=/app/node_modules npm ci\n", SHUT, "cache mount"),
    ("a mount above the result", HEAD + "RUN --mount=type=cache,target=/app npm ci\n", SHUT, "cache mount"),
    ("everything is removed at the end", HEAD + "RUN npm ci && npm run build && rm -rf *\n", SHUT, "may remove"),
    ("what it made is moved away", HEAD + "RUN npm ci && mv node_modules /n && npm test\n", SHUT, "may remove"),
    ("a volume", HEAD + "VOLUME /app\nRUN npm ci\n", SHUT, "volume"),
    (
        "a stage lives on host files",
        "FROM node:20 AS t\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:20\nCOPY . .\nCOPY --from=t /app/x /x\n",
        OPEN,
        "Dockerfile:5",
    ),
    ("a tmpfs", HEAD + "RUN --mount=type=tmpfs,target=/t npm ci && npm test\n", SHUT, "tmpfs"),
    ("libraries", "FROM node:20\nCOPY . /usr/local/lib/app\nRUN cd /usr/local/lib/app && npm ci\n", SHUT, "may read"),
    ("the root", "FROM node:20\nWORKDIR /\nCOPY . .\nRUN npm ci\n", SHUT, "/etc"),
    (
        "a stage by number",
        "FROM node:20 AS b\nWORKDIR /app\nCOPY . .\nFROM b\nRUN npm ci\nFROM x\nCOPY --from=1 /app /a\n",
        SHUT,
        "by number",
    ),
]


@pytest.mark.parametrize(("text", "files", "word"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused(text: str, files: dict[str, str], word: str) -> None:
    _, found = lint(Source(text), MemoryContext(files))
    told = [d for d in found if d.code == "CPL101"]
    assert told and all(d.fix is None for d in told)
    assert word in (told[0].withheld or ""), told[0].withheld


def test_other_stages_that_install_do_not_hold_it_back() -> None:
    text = "FROM node:20 AS t\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM python:3.12\nWORKDIR /srv\nCOPY . .\n"
    text += "RUN pip install -r requirements.txt\nCOPY --from=t /app/dist /dist\n"
    context = MemoryContext({**OPEN, "requirements.txt": "flask\n"})
    outcome = repair(text, context)
    assert outcome.texts[".dockerignore"] == "dist\n**/node_modules\n"


def test_dockerfiles_that_the_ignore_file_leaves_out_count_too() -> None:
    files = {**OPEN, ".dockerignore": "Dockerfile*\n", "Dockerfile.prod": "FROM node:20\nCOPY . .\nCMD node .\n"}
    _, found = lint(Source(HEAD + "RUN npm ci\n"), MemoryContext(files))
    assert "Dockerfile.prod:1" in (found[0].withheld or "")


def test_children_share_the_stage_that_was_cut() -> None:
    text = "FROM node:20 AS base\nWORKDIR /app\nCOPY . .\n"
    text += "".join(f"FROM base AS s{n}\nRUN npm ci\n" for n in range(5)) + "FROM scratch\n"
    text += "".join(f"COPY --from=s{n} /app /{n}\n" for n in range(5))
    outcome = repair(text, MemoryContext(SHUT))
    assert outcome.texts["Dockerfile"].count("AS base-setup") == 1
    assert not outcome.remaining


def test_an_indented_copy_below_a_comment_is_moved_whole() -> None:
    text = "FROM node:20\nWORKDIR /app\n# c\n    COPY . .\n    RUN npm ci\n"
    outcome = repair(text, MemoryContext(SHUT))
    want = "    COPY package-lock.json package.json ./\n    RUN npm ci\n# c\n    COPY . .\n"
    assert outcome.texts["Dockerfile"].endswith(want)
