"""The dependency step that is made from a command: which of its words go along, and as they are written."""

from __future__ import annotations

import shlex

import pytest

from copylast.dockerfile.shell import split
from copylast.ecosystem.load import load
from copylast.ecosystem.matching import match
from copylast.layers.early import early_command

HEAD = """
id = "x"
title = "X"
language = "x"

[[match]]
program = 'tool(w)?'
also-behind = [["sh"]]
subcommands = ["build"]
values = ["-r", "-f", "-X"]
kinds = [{ kind = "build" }]

[[prefetch]]
environment = ["TOOL_*"]
"""


def _early(prefetch: str, text: str) -> str:
    ecosystem = load(HEAD + prefetch, "x.toml")
    command = split(text, lambda offset: offset).commands[0]
    found = next(m for m in (match(ecosystem, matcher, command.argv) for matcher in ecosystem.matchers) if m)
    early = early_command(command, found, ecosystem.prefetches[0])
    return " ".join([*(f"{name}={word.raw}" for name, word in early.environment), *(word.raw for word in early.words)])


@pytest.mark.parametrize(
    ("prefetch", "command", "early"),
    [
        ('command = "tool get"', "tool build -q src", "tool get"),
        ('command = "{program} get"', "./toolw build", "./toolw get"),
        ('command = "{program} get"', "sh ../toolw build", "sh ../toolw get"),
        (
            'command = "{program} get && {program} warm"\nkeep-positional = true',
            "tool build x",
            "tool get && tool warm x",
        ),
        ('command = "tool get"\nkeep-positional = true', 'tool build "a b/c.x" -f y', 'tool get "a b/c.x"'),
        (
            'command = "tool get"\nkeep-positional = true\ndrop-positional = "true|false"',
            "tool build a true",
            "tool get a",
        ),
        (
            'command = "tool get"\nkeep-options = ["-r", "-p:*"]',
            'tool build -f z -r "$RID" -p:A="b c"',
            'tool get -r "$RID" -p:A="b c"',
        ),
        ('command = "tool get"\nkeep-options = ["-r"]', "tool build -rlinux --other", "tool get -rlinux"),
        ('command = "tool get"\nkeep-options = ["-D*", "!-Dx"]', "tool build -Da=1 -Dx=2 -Dy", "tool get -Da=1 -Dy"),
        (
            'command = "tool get"\ntranslate = { "--all" = "-p:All=true" }',
            "tool build --all src",
            "tool get -p:All=true",
        ),
        ('command = "tool get"\nkeep-options = ["-X*", "!-Xslow"]', "tool build -Xslow -Xfast", "tool get -Xfast"),
        ('command = "tool get"\ntranslate = { "--all" = "-p:All=true" }', "tool build --all false", "tool get"),
        ('command = "tool get"\ntranslate = { "--all" = "-p:All=true" }', "tool build --all=false", "tool get"),
        ('append = ["--no-build"]', "TOOL_HOME=/x OTHER=y tool build -q", "TOOL_HOME=/x tool build -q --no-build"),
    ],
)
def test_words_go_along_as_they_are_written(prefetch: str, command: str, early: str) -> None:
    assert _early(prefetch, command) == early
    assert shlex.split(early)
