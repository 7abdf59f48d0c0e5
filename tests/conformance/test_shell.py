"""The shell reader against shfmt: both must find the same simple commands in the same text."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copylast.dockerfile.shell import split
from copylast.dockerfile.shell_grammar import Reader
from copylast.dockerfile.shell_nodes import Function, Group, Listing, Node, Simple

# A note on speed of hypothesis itself, which says nothing about the reader.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

Found = list[tuple[str, ...]]

ENTRIES = (
    (Path(__file__).parent / "test_shell_runs.txt").read_text(encoding="utf-8").rstrip("\n").split("\n%%\n")
)
"""RUN bodies of the kinds that Dockerfiles have, one entry each; those with line ends are heredoc scripts."""


def shfmt() -> str:
    """The path of the shfmt binary."""
    beside = Path(sys.executable).parent / "shfmt"
    found = str(beside) if beside.exists() else shutil.which("shfmt")
    if found is None:
        pytest.skip("PyPI shfmt-py is not installed: the shell reader is NOT compared with another parser")
    return found


def theirs(text: str) -> Found | None:
    """The simple commands that shfmt finds, in the order in which they begin; None if it rejects the text."""
    run = subprocess.run([shfmt(), "--to-json"], input=text.encode(), capture_output=True, check=False)
    if run.returncode:
        return None
    found: list[tuple[int, tuple[str, ...]]] = []
    source = text.encode()

    def offsets(node: dict[str, object]) -> tuple[int, int]:
        start = cast("dict[str, int]", node["Pos"])["Offset"]
        return start, cast("dict[str, int]", node["End"])["Offset"]

    def cut(node: dict[str, object]) -> str:
        start, end = offsets(node)
        # At the end of a text shfmt counts a joined line end to the word before it.
        return source[start:end].decode().removesuffix("\\\n")

    waiting: list[object] = [json.loads(run.stdout)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += cast("list[object]", value)
        elif isinstance(value, dict):
            node = cast("dict[str, object]", value)
            args = cast("list[dict[str, object]]", node.get("Args") or [])
            if node.get("Type") == "CallExpr" and args:
                found.append((offsets(args[0])[0], tuple(cut(arg) for arg in args)))
            elif node.get("Type") == "DeclClause":
                name = cast("dict[str, object]", node["Variant"])
                found.append((offsets(name)[0], (cut(name), *(cut(arg) for arg in args))))
            waiting += node.values()
    return [words for _, words in sorted(found)]


def simples(listing: Listing) -> Iterator[Simple]:
    """All simple commands of a tree, those of substitutions too."""
    for pipe in listing.pipes:
        for node in pipe.nodes:
            yield from _inside(node)


def _inside(node: Node) -> Iterator[Simple]:
    for sub in () if isinstance(node, Function) else node.subs:
        yield from simples(sub.listing)
    for body in node.redirects.bodies if node.redirects else ():
        for sub in body.subs:
            yield from simples(sub.listing)
    if isinstance(node, Simple):
        yield node
    elif isinstance(node, Function):
        yield from _inside(node.body)
    elif isinstance(node, Group):
        yield from simples(node.body)
    else:
        for part in (node.head, *(part for pair in node.bodies for part in pair)):
            if part:
                yield from simples(part)


def ours(text: str) -> Found:
    """The simple commands that the reader finds, in the order in which they begin."""
    listing = Reader(text, lambda offset: offset, 0, set()).read()
    found: list[tuple[int, tuple[str, ...]]] = []
    for node in simples(listing):
        words = [(word.span.start, word.raw) for word in node.words]
        # shfmt gives these a node of their own kind.
        while words and words[0][1] in ("time", "-p"):
            del words[0]
        if words and words[0][1] != "[[" and not words[0][1].startswith("(("):
            found.append((words[0][0], tuple(raw for _, raw in words)))
    return [words for _, words in sorted(found)]


@pytest.mark.parametrize("text", ENTRIES)
def test_agrees_on_runs_of_every_kind(text: str) -> None:
    expected = theirs(text)
    assert expected is not None, "the example itself is wrong"
    assert split(text, lambda offset: offset).opaque is None
    assert ours(text) == expected


# Scripts that are valid by construction, or nearly: what both reject says little.

Text = st.SearchStrategy[str]

NAMES = st.sampled_from("a b1 npm ./x.sh apt-get foo=bar -y --flag=v fi2 x:y {} 1 @ a#b".split())
VARIABLES = st.sampled_from(["X", "HOME", "a_b"])
QUOTED = st.sampled_from(["", "a b", "x;y", "(", ")", "# no", "&& z", "\n", "|"])
ATOMS = st.sampled_from(
    [
        "\\;",
        "\\ ",
        "\\'",
        '\\"',
        "$1",
        "$@",
        '"$@"',
        "$?",
        "$(( X + 1 ))",
        "$((2*(3+1)))",
        "*.txt",
        "[ab]?",
        "~",
    ]
    + ["$'a\\'b'", '"a\\"b"', '"\\$X"', "'$X'", '"${X%%.*}/$Y"', "${X:-d}", "${X//a/b}", "a\\\nb"]
)
REDIRECTS = st.sampled_from(
    ["> f", "2>f", ">> f", "< f", "&>f", ">|f", "<<< w", "2>&1", ">&2", "2>/dev/null", "<&-", "3<> f"]
)
OPERATORS = st.sampled_from(["&&", "||", ";", "|", "&", "|&", "\n", "&& \\\n", "|\n", "# c\n"])


def shape(template: str, *parts: Text) -> Text:
    """Texts made by putting ``parts`` into the ``{}`` of ``template``."""
    return st.tuples(*parts).map(lambda texts: template.format(*texts))


def spaced(parts: Text, most: int) -> Text:
    """Up to ``most`` texts with blanks between."""
    return st.lists(parts, max_size=most).map(" ".join)


def scripts(inner: Text) -> Text:
    """Scripts that have ``inner`` scripts in them."""
    piece = st.one_of(
        NAMES,
        ATOMS,
        shape("'{}'", QUOTED),
        shape('"{}"', QUOTED),
        shape("${}", VARIABLES),
        shape("${{{}}}", VARIABLES),
        shape("$({})", inner),
        shape('"$({})"', inner),
        shape("${{X:-$({})}}", inner),
    )
    word = st.one_of(piece, shape("{}{}", NAMES, piece), shape("<({})", inner))
    environment = spaced(shape("{}={}", VARIABLES, piece), 2)
    name = st.sampled_from(["npm", "cmd", "apt-get", "./run", "echo", ":", "$X"])
    line = inner.filter(lambda text: "\n" not in text)
    return st.one_of(
        shape("{} {} {} {}", environment, name, spaced(word, 4), spaced(REDIRECTS, 2)),
        shape("( {} )", inner),
        shape("({})", inner),
        shape("{{ {}; }}", inner),
        shape("if {}; then {}; else {}; fi", inner, inner, inner),
        shape("if {}\nthen\n{}\nfi {}", inner, inner, REDIRECTS),
        shape("for i in {} x; do {}; done", piece, inner),
        shape("while {}; do {}; done", inner, inner),
        shape("case {} in x|y) {} ;; (*) z ;; esac", piece, inner),
        shape("f() {{ {}; }}", inner),
        shape("! {}", inner),
        shape("[[ -f {} && $X != y ]]", piece),
        shape("cat <<EOF\n$X $({}) 'x\nEOF\n:", line),
        shape("cat <<-'E F' && {}\n\t$( 'x\n\tE F\n:", line),
        shape("{} {} {}", inner, OPERATORS, inner),
    )


generated = st.recursive(st.sampled_from(["a", "b c", "npm ci"]), scripts, max_leaves=12)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(generated)
def test_agrees_on_generated_scripts(text: str) -> None:
    expected = theirs(text)
    if expected is None:
        # A heredoc within something on one line, and the like.
        return
    assert ours(text) == expected


@pytest.mark.slow
@settings(
    max_examples=5000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(generated)
def test_agrees_on_many_generated_scripts(text: str) -> None:
    expected = theirs(text)
    if expected is not None:
        assert ours(text) == expected
