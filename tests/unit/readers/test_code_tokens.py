"""Texts, names and marks of Ruby, Elixir and Swift."""

from __future__ import annotations

import pytest

from copylast_rules.readers.code_tokens import CodeError, Language, tokens


def _said(text: str, language: Language) -> list[tuple[str, str]]:
    return [(t.kind, t.value) for t in tokens(text, language) if t.kind != "mark"]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ruby", 'gem "a" # "b"\n', [("name", "gem"), ("text", "a")]),
        ("ruby", "x = %w[a (b)] + %q{c{d}e}\n", [("name", "x"), ("text", "a (b)"), ("text", "c{d}e")]),
        ("ruby", "a = <<~TEXT\n  File.read 'x\n  TEXT\nb\n", [("name", "a"), ("text", ""), ("name", "b")]),
        ("ruby", "f.grep(/a\"b/) { g ? 1 : 2 }", [("name", "f"), ("name", "grep"), ("text", 'a"b'), ("name", "g")]),
        ("elixir", '~s(a "b") <> ?" <> x', [("text", 'a "b"'), ("name", "x")]),
        ("elixir", '"""\n a "b"\n"""', [("text", '\n a "b"\n')]),
        ("swift", '/* " */ let a = "b" // "c', [("name", "let"), ("name", "a"), ("text", "b")]),
    ],
)  # fmt: skip
def test_texts_and_names(language: Language, text: str, expected: list[tuple[str, str]]) -> None:
    assert _said(text, language) == expected


@pytest.mark.parametrize(("language", "text"), [("ruby", '"a#{b}c"'), ("elixir", '"a#{b}c"'), ("swift", '"a\\(b)c"')])
def test_a_text_with_a_value_in_it_is_not_plain(language: Language, text: str) -> None:
    assert [t.plain for t in tokens(text, language)] == [False]


@pytest.mark.parametrize("text", ['"a', "<<A\nb\n", "%w[a", '"#{"'])
def test_what_does_not_end_is_an_error_with_its_line(text: str) -> None:
    with pytest.raises(CodeError, match="line [12]: a text does not end"):
        tokens(text, "ruby")
