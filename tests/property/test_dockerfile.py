"""What must hold for any text whatever: nothing is lost, nothing raises, nothing takes too long."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.examples import thorough

from copylast.dockerfile.expand import ExpansionError, expand
from copylast.dockerfile.nodes import Dockerfile, Token, Word
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source, Span

_BITS = [
    *(
        "FROM a",
        "FROM a AS b\n",
        "\nRUN ",
        "\nCOPY ",
        "\nADD ",
        "\nENV ",
        "\nARG ",
        "\nLABEL ",
        "\nCMD ",
        "\nFOO ",
    ),
    *(
        "\nONBUILD ",
        "\nHEALTHCHECK ",
        "\nEXPOSE ",
        "\nSHELL ",
        "\nWORKDIR ",
        "\nVOLUME ",
        "\nUSER ",
        "ONBUILD RUN ",
    ),
    *(
        "\n",
        "\r\n",
        "\\\n",
        " \\ \n",
        "`\n",
        "\\\r\n",
        "\\",
        "\n\n",
        "\n# c\n",
        "  # c\n",
        "# escape=`\n",
        "\ufeff",
    ),
    *(
        "# syntax=x\n",
        "<<EOF",
        "<<-'A B'",
        "\nEOF",
        "\nEOF\n",
        "\n\tA B\n",
        "<<",
        " ",
        "  ",
        "\t",
        "a",
        "b c",
        "é",
        "à",
    ),
    *(
        "A=1",
        "A=",
        "$A",
        "${A:-b}",
        "${",
        "}",
        "'",
        '"',
        '["a", "b"]',
        '["a", 1]',
        "[",
        "--from=b ",
        "--mount=from=b,",
    ),
    *(
        "target=/x ",
        "--x='a b' ",
        "-- ",
        "\x85",
        "\xa0",
        "\u2003",
        "\x00",
        "\x1c",
        "😀",
        "CMD ",
        "NONE",
        " AS ",
        "\ud800",
    ),
]
texts = st.one_of(st.lists(st.sampled_from(_BITS), max_size=25).map("".join), st.text(max_size=60))


def covers(tokens: tuple[Token, ...], span: Span) -> None:
    at = span.start
    for token in tokens:
        assert token.span.start == at
        assert token.span.end > at
        if token.children:
            covers(token.children, token.span)
        at = token.span.end
    assert at == span.end


@given(texts)
@thorough
def test_spans_join_to_the_text_and_nest(text: str) -> None:
    tree = parse(Source(text))
    at = 0
    for piece in tree.pieces():
        assert piece.span.start == at
        at = piece.span.end
        if piece.instruction is not None:
            inner = piece.instruction.span
            assert piece.span.start <= inner.start <= inner.end <= piece.span.end
    assert at == len(text)
    for step in tree.instructions:
        covers(step.tokens(), step.span)
        assert "".join(text[step.locate(offset)] for offset in range(len(step.rest))) == step.rest
        parts = [flag.span for flag in step.flags] + [word.span for word in step.words]
        for part in parts:
            assert step.span.start <= part.start <= part.end <= step.span.end
        for pair in step.pairs:
            assert step.span.start <= pair.name.span.start <= pair.name.span.end <= step.span.end
        for doc in step.heredocs:
            assert text[doc.body.start : doc.body.end] == doc.content


@given(texts, st.sampled_from([None, "b", "linux/arm64"]))
@thorough
def test_nothing_raises(text: str, option: str | None) -> None:
    tree = parse(Source(text))
    evaluation = evaluate(tree, {"A": "x"}, option, option)
    assert len(evaluation.stages) == len(tree.stages)
    assert all(0 <= index < len(tree.stages) for index in evaluation.reachable())
    for stage in tree.stages:
        evaluation.final_environment(stage.index).bindings()
        for step in stage.instructions:
            evaluation.source_of(step)
            for word in step.words:
                try:
                    evaluation.expand(step, word.text)
                except ExpansionError:
                    pass
    for problem in tree.problems:
        assert problem.message
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


@given(texts)
@thorough
def test_structure_never_raises(text: str) -> None:
    assert isinstance(parse(Source(text)).structure, list)


_names = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
_gaps = st.sampled_from([" ", "  ", " \\\n", " \\\n  ", " \\\n# c\n ", " \\\r\n\n  "])
_lines = st.tuples(
    st.sampled_from(
        ["COPY", "ADD", "copy", "ONBUILD COPY", "RUN", "ENV", "ARG", "LABEL", "EXPOSE", "WORKDIR"]
    ),
    st.lists(st.tuples(_gaps, _names), min_size=2, max_size=5),
)


def _files(keyword: str, words: list[tuple[str, str]]) -> str:
    equals = "=1" if keyword in ("ENV", "LABEL") else ""
    return keyword + "".join(gap + word + equals for gap, word in words)


def _all_words(tree: Dockerfile) -> list[tuple[int, Word]]:
    return [
        (step.index, word)
        for step in tree.instructions
        for word in (*step.words, *(step.nested.words if step.nested else ()))
    ]


@given(st.lists(_lines, min_size=1, max_size=5), st.data())
@thorough
def test_an_edited_word_is_read_as_it_was_meant(
    lines: list[tuple[str, list[tuple[str, str]]]], data: st.DataObject
) -> None:
    text = "FROM a\n" + "\n".join(_files(*line) for line in lines) + "\n"
    tree = parse(Source(text))
    words = _all_words(tree)
    chosen = data.draw(st.integers(0, len(words) - 1))
    _, word = words[chosen]
    edited = parse(Source(text[: word.span.start] + "NEW=9" + text[word.span.end :]))
    assert [step.keyword for step in edited.instructions] == [step.keyword for step in tree.instructions]
    after = _all_words(edited)
    assert [found.text for _, found in after] == [
        "NEW=9" if index == chosen else found.text for index, (_, found) in enumerate(words)
    ]
    start, end = after[chosen][1].span
    assert edited.source.text[start:end] == "NEW=9"


@given(st.lists(_lines, min_size=1, max_size=5), st.data())
@thorough
def test_a_removed_instruction_leaves_the_others(
    lines: list[tuple[str, list[tuple[str, str]]]], data: st.DataObject
) -> None:
    text = "FROM a\n" + "\n".join(_files(*line) for line in lines) + "\n"
    tree = parse(Source(text))
    pieces = [piece for piece in tree.pieces() if piece.instruction is not None]
    piece = data.draw(st.sampled_from(pieces))
    edited = parse(Source(text[: piece.span.start] + text[piece.span.end :]))
    assert [step.rest for step in edited.instructions] == [
        step.rest for step in tree.instructions if step is not piece.instruction
    ]


_HARD: dict[str, Callable[[int], str]] = {
    "continuations": lambda n: "FROM a\nRUN a \\\n" + " b && \\\n" * n + " c\n",
    "words": lambda n: "FROM a\nCOPY " + "\\\n a " * n + " /x/\n",
    "pairs": lambda n: "FROM a\nENV A=1" + " \\\n B='x y'" * n + "\n",
    "flags": lambda n: "FROM a\nRUN" + " \\\n --mount=type=cache,target=/x" * n + " a\n",
    "odd flags": lambda n: "FROM a\nRUN" + " \\\n --mount='type=cache',target=/é" * n + " a\n",
    "blank lines": lambda n: "FROM a\nRUN a \\\n" + "\n# c\n" * n + " c\n",
    "heredocs": lambda n: "FROM a\n" + "RUN <<A <<B\nx\nA\ny\nB\n" * n,
    "open heredocs": lambda n: "FROM a\n" + "RUN <<A\n" * n,
    "one line, many heredocs": lambda n: "FROM a\nRUN " + " \\\n <<A" * n + "\n" + "A\n" * n,
    "quotes": lambda n: "FROM a\nENV A=" + "\\\n'\"" * n + "\n",
    "shifts": lambda n: "FROM a\nRUN " + "\\\n $((1<<2)) ${A:-<} '<' " * n + "\n",
    "json": lambda n: "FROM a\nCMD [" + '\\\n"a\\n", ' * n + '"b"]\n',
    "nested json": lambda n: "FROM a\nCMD " + "\\\n[" * n + "\n",
    "spaces": lambda n: (
        "FROM a\nENV A=" + " " * n + "\n# escape=" + " " * n + "x\n" + "RUN " + " " * n + "\n"
    ),
    "directives": lambda n: "# syntax=" + " x" * n + " " * n + "y\nFROM a\n",
    "substitutions": lambda n: "FROM a\nENV A=" + "\\\n${B:-" * n + "\n",
    "comments": lambda n: "# c\n" * n + "FROM a\n",
    "stages": lambda n: "".join(
        f"FROM s{i} AS s{i + 1}\nENV A{i}=$A{i - 1}\nCOPY --from=s{i} a b\n" for i in range(n)
    ),
    "one name": lambda n: "FROM a AS b\n" * n,
    "arguments": lambda n: "FROM a\n" + "ARG A=$A$A\nRUN a\n" * n,
    "onbuild": lambda n: "FROM a\nONBUILD " + "ONBUILD " * n + "RUN x\n",
    "unknown instructions": lambda n: "FROM a\n" + "EXPORT " * 3 + "\nFOO x\n" * n,
}


@pytest.mark.parametrize("name", _HARD)
def test_time_grows_with_the_size(name: str) -> None:
    def cost(size: int) -> float:
        source = Source(_HARD[name](size))
        best = 1e9
        for _ in range(3):
            begin = time.process_time()
            tree = parse(source)
            evaluation = evaluate(tree)
            evaluation.reachable()
            for stage in tree.stages[-1:]:
                evaluation.final_environment(stage.index)
            for step in tree.instructions[:3]:
                step.tokens()
            best = min(best, time.process_time() - begin)
        return best

    # Four times the size: a quadratic case takes sixteen times as long. What else runs on the machine can make a try
    # slower, and never makes a quadratic one fast.
    tries: list[tuple[float, float]] = []
    while len(tries) < 3 and not any(large < 9 * small + 0.02 for small, large in tries):
        tries.append((cost(1000), cost(4000)))
    assert any(large < 9 * small + 0.02 for small, large in tries), tries


@given(
    st.text("ab*?\\/\n", max_size=30),
    st.text("ab/\n", max_size=200),
    st.sampled_from("# ## % %% / //".split()),
)
@thorough
def test_patterns_never_hang(pattern: str, value: str, operator: str) -> None:
    begin = time.process_time()
    try:
        expand("${V" + operator + pattern + ("/x" if "/" in operator else "") + "}", {"V": value * 20}.get)
    except ExpansionError:
        pass
    assert time.process_time() - begin < 1
