"""Other readers of Dockerfiles on random texts, made of the pieces that readers get wrong.

PyPI's ``dockerfile`` is BuildKit 0.12.5 itself, ``e2b-dockerfile-utils`` a port of a recent one.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.conformance.readers import FORGOTTEN, arguments, comparable, flags, ours, same_today, theirs
from tests.examples import compared, thorough

from copylast.dockerfile.expand import ExpansionError, expand, expand_words
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source

_KEYWORDS = [
    *("FROM", "RUN", "COPY", "ADD", "ENV", "ARG", "LABEL", "CMD", "ENTRYPOINT", "WORKDIR", "USER", "VOLUME"),
    *("EXPOSE", "SHELL", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER", "ONBUILD", "ONBUILD RUN", "ONBUILD COPY"),
    *("run", "Copy", "FOO", "EOF", "", "\\", "ONBUILD ENV"),
]
_PARTS = [
    *("a", "b c", "A=1", "A=", "=", "x.y", "/x", "é", "à", "\u2003", "\xa0", "\x85", "\x1c", "\u2028", "😀"),
    *(
        "'",
        '"',
        "'x y'",
        '"x y"',
        "\\",
        "\\\\",
        "`",
        "``",
        '\\"',
        "$A",
        "${A}",
        "${A:-b}",
        "${A:-'}'}",
        "${",
        "$(",
    ),
    *(
        "<<EOF",
        "<<-EOF",
        "<<'EOF'",
        '<<"EOF"',
        "<< EOF",
        "3<<EOF",
        "<<<x",
        "<",
        "<<",
        "<<A",
        "1<<2",
        "<<E\\F",
    ),
    *('["a","b"]', '["a", 1]', "[", "]", '["a",]', '[""]', '["\\u00e9\\ud800"]', "[ ]", '["a"] x', "[null]"),
    *("--from=x", "--mount=type=cache,target=/x", "--", "--a='b c'", '--x="', "--é=à", "-a", "--link"),
    *("#", "#x", "# c", "NONE", "CMD", "AS", "|", "&&", ";", "\t", "\v", "\f", "\r"),
]
_GAPS = ["", " ", " ", " ", "  ", "\t"]
_BREAKS = [" \\\n", "\\\n", " `\n", " \\ \t\n", "\\\n\n", "\\\n# c\n", "\\\n  # c \\\n", "\\\\\n", "\\\r\n"]
_LINES = ["", "EOF", "\tEOF", " EOF", "A", "# c", "# escape=`", "  # c", "\\", "`", "x", "2))", "RUN z", "  "]
_TOPS = [
    *(
        "",
        "",
        "",
        "\ufeff",
        "# escape=`\n",
        "#escape=\\\n",
        "# syntax=docker/dockerfile:1\n",
        "\n# escape=`\n",
    ),
    *(
        "# check=skip=all\n# escape=`\n",
        "# escape=x\n",
        "# escape=`\n# escape=`\n",
        "# a=b\n# escape=`\n",
        "#\n",
    ),
    *("\ufeff# escape=`\n", "# escape=  \n", "# syntax=\n", "  # escape = ` \n"),
]

_written_arguments = st.lists(
    st.tuples(st.sampled_from(_PARTS), st.sampled_from(_GAPS + _BREAKS)).map("".join), max_size=6
).map("".join)
_instructions = st.tuples(
    st.sampled_from(["", "", "", " ", "\t"]),
    st.sampled_from(_KEYWORDS),
    st.sampled_from([" ", " ", " ", "  ", "\t", "", "\xa0", " \\\n"]),
    _written_arguments,
).map("".join)
_lines = st.one_of(_instructions, _instructions, st.sampled_from(_LINES))


def _text(top: str, first: list[str], lines: list[str], end: str, final: bool) -> str:
    return top + end.join([*first, *lines]) + (end if final else "")


texts = st.builds(
    _text,
    st.sampled_from(_TOPS),
    st.sampled_from([["FROM a"], ["FROM a"], ["FROM a"], []]),
    st.lists(_lines, max_size=7),
    st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n"]),
    st.booleans(),
)
"""Whole texts."""

_WORD_PARTS = [
    *(
        "a",
        " ",
        "é",
        "/",
        "*",
        "?",
        "<",
        "<<",
        "{",
        "}",
        ":",
        "\\",
        "`",
        "'",
        '"',
        "\\\\",
        "\\}",
        "\\/",
        "\\*",
    ),
    *(
        "$",
        "$$",
        "$A",
        "$U",
        "$1",
        "${A}",
        "${U}",
        "${U:-d}",
        "${U:-${A}}",
        "${A:+x}",
        "${A+x}",
        "${U-}",
        "${A?m}",
    ),
    *(
        "${U:?m}",
        "${P#*/}",
        "${P##*/}",
        "${P%/*}",
        "${P%%/*}",
        "${P/b/X}",
        "${P//b/X}",
        "${P//b/$0}",
        "${A:x}",
    ),
    *(
        "${",
        "${A",
        "${*}",
        "${}",
        "${#}",
        "${P//\\//-}",
        "${P#\\a}",
        "'x y'",
        '"x $A"',
        "${E:-'q'}",
    ),
    *("${P/*/X}", "${P//*/X}", "${P//?/X}", "${P//}", "${P#?}", "${P%%*}", "$_", "${_}", "$é", "\xa0", "\t"),
]
words = st.lists(st.sampled_from(_WORD_PARTS), max_size=8).map("".join)
"""Words to expand."""


def _other(name: str) -> Any:
    return pytest.importorskip(name, reason=f"NOT TESTED against {name}: it is not installed (x86-64 only)")


@given(texts)
@thorough
def test_dockerfile_of_pypi(text: str) -> None:
    other = _other("dockerfile")
    # (It dies of a lone surrogate, but the texts have none.)
    assume(comparable(text))
    tree = parse(Source(text))
    try:
        commands = other.parse_string(text)
    except other.GoParseError:
        # Its JSON arrays may have something behind them; those of today may not.
        assert tree.problems or "[" in text
        compared["dockerfile"] += 1
        return
    except UnicodeDecodeError:
        # Half a character: what byte-wise reading made of it cannot be handed to Python.
        return
    assume(same_today(tree))
    compared["dockerfile"] += 1
    assert ours(tree) == theirs(commands)


@given(texts)
@thorough
def test_e2b_dockerfile_utils(text: str) -> None:
    other = _other("e2b_dockerfile_utils")
    # It takes Python's white space for Go's, keeps half a surrogate pair, and knows no heredoc in an ONBUILD.
    assume("\x1c" not in text and "\\ud800" not in text and not ("ONBUILD" in text and "<<" in text))
    assume(not FORGOTTEN.search(text))
    compared["e2b-dockerfile-utils"] += 1
    tree = parse(Source(text))
    try:
        instructions = other.parse_dockerfile_ast(text).instructions
    except other.DockerfileSyntaxError:
        assert tree.problems
        return
    line = tree.source.position
    mine: list[tuple[object, ...]] = []
    others: list[tuple[object, ...]] = []
    for step, instruction in zip(tree.instructions, instructions, strict=True):
        # It reads ONBUILD and the words of COPY in a way of its own.
        same = (
            step.keyword not in ("ONBUILD", "COPY", "ADD", "HEALTHCHECK", "ENV", "LABEL") and text.isascii()
        )
        mine.append(
            (
                step.keyword,
                (line(step.span.start).line, line(step.span.end).line),
                flags(step) if same else [],
                arguments(step) if same else [],
                [(doc.name, doc.fd, doc.chomp, doc.expand, doc.content) for doc in step.heredocs],
            )
        )
        others.append(
            (
                instruction.name,
                (instruction.start_line, instruction.end_line),
                instruction.flags if same else [],
                instruction.args if same else [],
                [
                    (doc.name, doc.file_descriptor, doc.chomp, doc.expand, doc.content)
                    for doc in instruction.heredocs
                ],
            )
        )
    assert mine == others


VALUES = {"A": "av", "P": "a/b/bc/d", "E": "", "_": "x  y"}


# The port leaves out that Go passes over an empty match behind another: ${P//*/X}.
@given(words.filter(lambda word: "//*" not in word), st.sampled_from("\\`"))
@thorough
def test_words_of_e2b_dockerfile_utils(word: str, escape: str) -> None:
    other = _other("e2b_dockerfile_utils")
    compared["e2b-dockerfile-utils, words"] += 1
    lexer = other.ShellLex(escape, env=VALUES, skip_unset_env=False)
    try:
        expected = (lexer.process_word(word), tuple(lexer.process_words(word)))
    except ValueError:
        with pytest.raises(ExpansionError):
            expand(word, VALUES.get, escape)
        return
    assert expand(word, VALUES.get, escape).text == expected[0]
    # A substitution inside a word empties BuildKit's buffer, not this port's.
    if "${" not in word:
        # An empty pair of quotes is a word there, none in BuildKit.
        assert expand_words(word, VALUES.get, escape) == tuple(part for part in expected[1] if part)
