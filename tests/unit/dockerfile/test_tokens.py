"""Tokens and pieces: nothing is lost, and the names are right."""

from __future__ import annotations

import pytest

from copylast.dockerfile.nodes import Token
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source


def shown(tokens: tuple[Token, ...], source: Source) -> list[tuple[str, str]]:
    return [(token.kind, source.slice(token.span)) for token in tokens]


def test_pieces_are_whole_lines() -> None:
    source = Source("\ufeff# escape=`\n\n# c\n  FROM a\nRUN <<E\nx\nE\n \n# end")
    pieces = parse(source).pieces()
    assert [(piece.kind, source.slice(piece.span)) for piece in pieces] == [
        ("bom", "\ufeff"),
        ("directive", "# escape=`\n"),
        ("blank", "\n"),
        ("comment", "# c\n"),
        ("instruction", "  FROM a\n"),
        ("instruction", "RUN <<E\nx\nE\n"),
        ("blank", " \n"),
        ("comment", "# end"),
    ]
    assert [piece.instruction.keyword for piece in pieces if piece.instruction] == ["FROM", "RUN"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "COPY --link a  b \n",
            [
                ("keyword", "COPY"),
                ("space", " "),
                ("flag", "--link"),
                ("space", " "),
                ("word", "a"),
                ("space", "  "),
                ("word", "b"),
                ("space", " "),
            ],
        ),
        (
            "COPY a \\\n# c\n\n  b\n",
            [
                ("keyword", "COPY"),
                ("space", " "),
                ("word", "a"),
                ("space", " "),
                ("continuation", "\\\n"),
                ("comment", "# c\n"),
                ("blank", "\n"),
                ("space", "  "),
                ("word", "b"),
            ],
        ),
        (
            'CMD ["a", "b"]\n',
            [
                ("keyword", "CMD"),
                ("space", " "),
                ("punctuation", "["),
                ("word", '"a"'),
                ("punctuation", ","),
                ("space", " "),
                ("word", '"b"'),
                ("punctuation", "]"),
            ],
        ),
        (
            "RUN <<A\nx\nA\n",
            [
                ("keyword", "RUN"),
                ("space", " "),
                ("word", "<<A"),
                ("newline", "\n"),
                ("body", "x\n"),
                ("terminator", "A"),
            ],
        ),
        (
            "RUN a \\",
            [("keyword", "RUN"), ("space", " "), ("word", "a"), ("space", " "), ("continuation", "\\")],
        ),
        (
            "ONBUILD RUN a\n",
            [("keyword", "ONBUILD"), ("space", " "), ("keyword", "RUN"), ("space", " "), ("word", "a")],
        ),
        ("RUN\n", [("keyword", "RUN")]),
    ],
)
def test_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    source = Source("FROM a\n" + text)
    assert shown(parse(source).instructions[1].tokens(), source) == expected


def test_a_word_has_children_where_lines_end_in_it_and_at_heredocs() -> None:
    source = Source("FROM a\nRUN cat <<A > \\\n  # c\n  x\nA\n")
    word = parse(source).instructions[1].tokens()[2]
    assert shown(word.children, source) == [
        ("text", "cat "),
        ("heredoc", "<<A"),
        ("text", " > "),
        ("continuation", "\\\n"),
        ("comment", "  # c\n"),
        ("text", "  x"),
    ]
