"""New inputs from old ones, and inputs that are one piece many times over."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

PIECES = (
    # Dockerfile
    "FROM a\n", "FROM a AS b\n", "FROM b\n", "FROM ${A}\n", "\nRUN ", "\nCOPY ", "\nADD ", "\nENV ", "\nARG ",
    "\nLABEL ", "\nCMD ", "\nFOO ", "\nONBUILD ", "\nHEALTHCHECK ", "\nEXPOSE ", "\nSHELL ", "\nWORKDIR ", "\nVOLUME ",
    "\nUSER ", "\n", "\r\n", "\\\n", " \\ \n", "`\n", "\\", "\n\n", "\n# c\n", "# escape=`\n", "\ufeff",
    "# syntax=x\n", "# copylast: ignore=CPL101\n", "<<EOF", "<<-'E'", "\nEOF\n", "<<", " ", "\t", "a", "é", "A=1",
    "$A", "${A:-b}", "${A:+", "${A:?", "${A#", "${A%%*", "${A//x/", "${", "}", "'", '"', '["a", "b"]', '["a", 1]', "[",
    "--from=b ", "--mount=type=bind,target=/x,source=. ", "--mount=type=cache,target=/c ", "--mount=from=b,",
    "--exclude=*.py ", "--parents ", "--link ", "--chown=a:b ", "--x='a b' ", "-- ", "\x85", "\xa0", "\u2003", "\x00",
    "\x1c", "😀", "\udc80", "\udcff", ". .", "*", "/to/", "./", "src", "link", "loop", "package*.json",
    "packages/./*/package.json", "../",
    # shell
    "cd x && ", " && ", " || ", "; ", " | ", " & ", "( ", " )", "{ ", " }", "if a; then ", " elif ", " else ", "; fi",
    "for x in a; do ", "while a; do ", " done", "case $x in a) ", ";; ", " esac", "f() { ", "$(", "$((", "))", "`",
    "[[ ", " ]]", "sh -c '", "bash -lc \"", "xargs ", "sudo ", "time ", "exec ", "eval ", "env A=b ", "! ", "> f",
    "2>&1 ", "<<<", "<(", "# ", "set -e", "export A=", "exit 0", "$'", "\\n",
    # package managers
    "npm ci", "npm ci && npm run build", "pip install -r requirements.txt", "pip install -e .", "go mod download",
    "go build ./...", "apt-get update && apt-get install -y git", "curl -o x http://y", "make all", "-r ",
    "-e ./lib\n", '{"scripts": {"postinstall": "', '"workspaces": ["', "replace b => ", "file:", "require (\n", "-c ",
    # other files
    "\n=== .dockerignore\n", "\n=== package.json\n", "\n=== requirements.txt\n", "\n=== go.mod\n", "\n=== Makefile\n",
    "\n=== package-lock.json\n", "\n=== x.sh\n", "**/", "**", "!", "!**/x", "[a-z]", "[^", "?", "*.py", "node_modules",
    "/**",
)  # fmt: skip

_LONGEST = 4000


def mutated(text: str, others: Sequence[str], dice: Random) -> str:
    """``text`` after one to five changes; parts of ``others`` may come into it."""
    for _ in range(dice.choice((1, 1, 2, 3, 5))):
        at = dice.randint(0, len(text))
        end = min(len(text), at + dice.choice((0, 1, 1, 4, 20, 100)))
        kind = dice.randrange(6)
        if kind < 2:
            text = text[:at] + dice.choice(PIECES) + text[at:]
        elif kind == 2:
            text = text[:at] + text[end:]
        elif kind == 3:
            text = text[:at] + text[at:end] * dice.choice((2, 3, 9)) + text[end:]
        elif kind == 4 and others:
            other = dice.choice(others)
            start = dice.randint(0, len(other))
            text = text[:at] + other[start : start + dice.choice((5, 40, 200))] + text[end:]
        else:
            text = text[:at] + dice.choice("\0\t\n\r\"$'*<[\\`\x85\udcff") + text[end:]
    return text[:_LONGEST]


class Series(NamedTuple):
    """``before``, then ``piece`` any number of times, then ``after``."""

    before: str
    piece: str
    after: str

    def text(self, size: int) -> str:
        """About ``size`` characters of it."""
        count = max(1, (size - len(self.before) - len(self.after)) // len(self.piece))
        # "%d" makes names that differ, as in a chain of stages.
        if "%d" in self.piece:
            return self.before + "".join(self.piece.replace("%d", str(at)) for at in range(count)) + self.after
        return self.before + self.piece * count + self.after


def some_series(texts: Sequence[str], dice: Random) -> Series:
    """A place in one of ``texts`` and something to put there again and again."""
    text = dice.choice(texts)[:600]
    at = dice.randint(0, len(text))
    if dice.random() < 0.5:
        piece = "".join(dice.choices(PIECES, k=dice.choice((1, 1, 2, 2, 3))))
        end = at
    else:
        end = min(len(text), at + dice.choice((1, 2, 5, 15, 40, 120)))
        piece = text[at:end] + dice.choice(("", "", "\n", " \\\n", dice.choice(PIECES)))
    if dice.random() < 0.2:
        piece += "%d"
    return Series(text[:at], piece or "a", text[end:])
