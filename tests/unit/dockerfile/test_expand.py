"""What the recorded words do not ask."""

from __future__ import annotations

import pytest

from copylast.dockerfile.expand import UNKNOWN, ExpansionError, Unknown, expand, expand_words
from copylast.dockerfile.pattern import remove_prefix, remove_suffix, replace

VALUES: dict[str, str | Unknown] = {"A": "av", "E": "", "N": "1\n2", "W": "x y", "O": UNKNOWN}


def text(word: str, escape: str = "\\") -> str:
    return expand(word, VALUES.get, escape).text


def test_names_are_sorted_by_what_is_known_of_them() -> None:
    expansion = expand("$A ${U:-${E}} $O", VALUES.get)
    assert expansion.used == {"A", "E"}
    assert expansion.unset == {"U"}
    assert expansion.unknown == {"O"}


@pytest.mark.parametrize("word", ["$O", "${O}", "${O:-$A}", "${O#x}", "${O//a/b}"])
def test_what_is_unknown_stays_as_it_is_written(word: str) -> None:
    assert text(f"/{word}/$A") == f"/{word}/av"


@pytest.mark.parametrize("word", ["${O:x}", "${O#\\a}", "${O/\\a/b}", "${O:#a}"])
def test_what_is_unknown_is_checked_all_the_same(word: str) -> None:
    with pytest.raises(ExpansionError):
        expand(word, VALUES.get)


def test_the_escape_character() -> None:
    assert text("\\$A `$A") == "$A `av"
    assert text("`$A c:\\b", "`") == "$A c:\\b"
    assert text('"\\a\\"\\$"') == '\\a"$'
    assert text("'\\a'") == "\\a"
    assert text("a\\") == "a"


def test_a_byte_order_mark_in_front_is_dropped() -> None:
    assert text("\ufeffa") == "a"
    assert text("\ufeff$A\ufeff") == "av\ufeff"


def test_quotes_are_kept_in_the_content_of_a_heredoc() -> None:
    assert expand("'$A' \"${A}\"\n", VALUES.get, keep_quotes=True).text == "'av' \"av\"\n"


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("a  b", ("a", "b")),
        ("$W", ("x", "y")),
        ("'$W' \"$W\"", ("$W", "x y")),
        ("a$W", ("ax", "y")),
        ("''", ()),
        ("$U $E", ()),
        ("a\\ b", ("a b",)),
        # BuildKit loses what stands in front of a substitution with a word in it.
        ("80${U:-81}", ("81",)),
        ("80$A", ("80av",)),
    ],
)
def test_words_are_split_after_expansion(word: str, words: tuple[str, ...]) -> None:
    assert expand_words(word, VALUES.get) == words


def test_nesting_ends_somewhere() -> None:
    deep = "${U:-" * 100 + "x" + "}" * 100
    assert text(deep) == "x"
    with pytest.raises(ExpansionError, match="deep"):
        expand("${U:-" * 10_000, VALUES.get)


@pytest.mark.parametrize(
    ("value", "pattern", "longest", "prefix", "suffix"),
    [
        ("a/b/c", "*/", False, "b/c", "a/b/c"),
        ("a/b/c", "*/", True, "c", "a/b/c"),
        ("a/b/c", "/*", False, "a/b/c", "a/b"),
        ("a/b/c", "/*", True, "a/b/c", "a"),
        ("abc", "?", False, "bc", "ab"),
        ("a.c", ".", False, "a.c", "a.c"),
        ("*a*", "\\*", False, "a*", "*a"),
        ("1\n2", "*2", True, "1\n2", "1\n"),
        ("abab", "*ab", True, "", ""),
        ("", "*", True, "", ""),
        ("abc", "", True, "abc", "abc"),
    ],
)
def test_prefixes_and_suffixes(value: str, pattern: str, longest: bool, prefix: str, suffix: str) -> None:
    assert remove_prefix(value, pattern, longest) == prefix
    assert remove_suffix(value, pattern, longest) == suffix


@pytest.mark.parametrize(
    ("value", "pattern", "new", "first", "everywhere"),
    [
        ("aXbXc", "X", "-", "a-bXc", "a-b-c"),
        ("abc", "", "-", "-abc", "-a-b-c-"),
        ("abc", "*", "-", "-", "-"),
        ("abc", "b", "<$0>", "a<$0>c", "a<b>c"),
        ("abc", "b", "$x$$", "a$x$$c", "a$c"),
        ("a.b", ".", "", "ab", "ab"),
    ],
)
def test_replacing(value: str, pattern: str, new: str, first: str, everywhere: str) -> None:
    assert replace(value, pattern, new, False) == first
    assert replace(value, pattern, new, True) == everywhere
