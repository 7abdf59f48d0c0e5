"""What ``[`` asks of the project, and which commands it rules out."""

from __future__ import annotations

import pytest

from copylast.context.memory import MemoryContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.shell import split
from copylast.dockerfile.source import Source
from copylast.ecosystem.registry import Registry
from copylast.layers.commands import Facts
from copylast.layers.model import build_model


def facts(run: str, *paths: str) -> tuple[Facts, ...]:
    """The facts of a RUN in a project that has the files ``paths``."""
    dockerfile = parse(Source(f"FROM a\nWORKDIR /app\nCOPY . .\nRUN {run}\n"))
    model = build_model(dockerfile, evaluate(dockerfile), MemoryContext(dict.fromkeys(paths, "")), Registry(()))
    return model.facts(model.stages[0].steps[-1])


def named(run: str, *paths: str) -> list[str]:
    """The commands that may run, without the questions."""
    return [f.command.argv[0] for f in facts(run, *paths) if f.command.argv[0] not in ("[", "[[", "test")]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("if [ -f a ]; then x; else y; fi", ["x"]),
        ("if [ -f b ]; then x; else y; fi", ["y"]),
        ("if [ ! -f a ]; then x; else y; fi", ["y"]),
        ("if ! [ -f a ]; then x; else y; fi", ["y"]),
        ("if ! test ! -e a; then x; else y; fi", ["x"]),
        ("if [[ -f b ]]; then x; elif [ -f a ]; then y; else z; fi", ["y"]),
        ("if [ -f b ]; then x; elif [ -f c ]; then y; else z; fi", ["z"]),
        ("if [ -f a ]; then if [ -f b ]; then x; else y; fi; fi", ["y"]),
        ("[ -f a ] && x", ["x"]),
        ("[ -f b ] && x && y", []),
        ("[ -f b ] && x || y", ["y"]),
        ("[ -f a ] && x || y", ["x", "y"]),
        ("[ -f a ] || x", []),
        ("[ -f a ] || x && y", ["y"]),
        ("[ -f b ] || x", ["x"]),
        ("[ -f b ]; x", ["x"]),
        ("[ -f b ] | x", ["x"]),
        ("if [ -d d ]; then x; else y; fi", ["x", "y"]),
        ("if [ -f $A ]; then x; else y; fi", ["x", "y"]),
        ("if [ -f a -a -f b ]; then x; else y; fi", ["x", "y"]),
        ("if [ -f b ] || z; then x; else y; fi", ["z", "x", "y"]),
        ("if [ -f *.x ]; then x; fi", ["x"]),
        ("while [ -f b ]; do x; done", ["x"]),
        ("case a in a) x;; esac", ["x"]),
        ("cd d && if [ -f a ]; then x; else y; fi", ["cd", "y"]),
        ("cd d && if [ -f e ]; then x; else y; fi", ["cd", "x"]),
        ("cd $D && if [ -f a ]; then x; else y; fi", ["cd", "x", "y"]),
        ("if [ -f b ]; then sh -c 'x'; fi", []),
        ("if [ -f b ]; then (x | y); fi", []),
    ],
)
def test_commands_that_a_question_rules_out(run: str, expected: list[str]) -> None:
    assert named(run, "a", "d/e") == expected


@pytest.mark.parametrize(
    ("run", "role", "needs"),
    [
        ("[ -f a ]", "free", ["/app/a file"]),
        ("[ -f b ]", "free", []),
        ("[ -d d ]", "free", ["/app/d stub"]),
        ("[ -s d/e -a ! -f /app/a ]", "free", ["/app/a file", "/app/d/e file"]),
        ('[ "$X" = "yes" ]', "free", []),
        ('[ -n "$X" ] && [ -z "$Y" ]', "free", []),
        ("test 1 -eq $X", "free", []),
        ("[[ $X == a* ]]", "free", []),
        ("[ -f $X ]", "open", []),
        ("[ -f d/* ]", "open", []),
        ("[ a -nt b ]", "open", []),
        ("[ -L a ]", "open", []),
    ],
)
def test_what_a_question_reads(run: str, role: str, needs: list[str]) -> None:
    first = facts(run, "a", "d/e")[0]
    assert first.role == role
    closure = first.closure
    assert sorted(f"{n.path} {n.what}" for n in (closure.needs if closure is not None else ())) == needs


def test_guards_stand_with_the_command() -> None:
    script = split("if [ -f a ]; then x; elif [ -f b ]; then y; else z; fi", lambda at: at)
    said = [
        (c.argv[0], [(" ".join(w.raw for w in g.words), g.holds) for g in c.guards])
        for c in script.commands
        if c.argv[0] != "["
    ]
    assert said == [
        ("x", [("[ -f a ]", True)]),
        ("y", [("[ -f a ]", False), ("[ -f b ]", True)]),
        ("z", [("[ -f a ]", False), ("[ -f b ]", False)]),
    ]
