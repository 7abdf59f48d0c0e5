"""What holds for the shell splitter whatever the text is."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copylast.dockerfile.shell import Command, Script, ShellWord, split, split_script

FRAGMENTS = """
a b1 npm ci cd /x -y A=b A=( = ; ;; ;& & && | || |& ! ( ) { } [[ ]] if then elif else fi for in while until do
done case esac select function f() $X ${X} ${X:- ${ $( `` ` $(( (( )) $' $" ' " 'q' "q" \\ # *.x ? [ ~ < > >> 2> 2>&1
&> <( <<E <<-'E' <<< sh -c bash time sudo xargs eval exec exit 0 1 set -e -euo pipefail export pushd popd return
""".split()

soup = st.lists(
    st.one_of(
        st.sampled_from(FRAGMENTS),
        st.sampled_from([" ", " ", "\n", "\t", "\\\n", "\r\n", "\nE\n"]),
        st.text(max_size=3),
    ),
    max_size=40,
).map("".join)
spaced = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=2)), max_size=40).map(" ".join)
texts = st.one_of(soup, spaced, st.text())


def same(offset: int) -> int:
    return offset


def words_of(command: Command) -> list[ShellWord]:
    """All words that a command has."""
    targets = [redirect.target for redirect in command.redirects]
    return [*command.words, *(word for _, word in command.environment), *targets]


def followed(script: Script) -> bool:
    """Whether a string was read as a script: its words are written differently from how they read."""
    return any({"sh", "bash", "su"} & set(command.wrappers) for command in script.commands)


@settings(max_examples=400, deadline=None)
@given(texts)
def test_places_are_inside_the_text_and_hold_what_was_read(text: str) -> None:
    for script in (split(text, same), split_script(text, same)):
        for command in script.commands:
            assert 0 <= command.span.start < command.span.end <= len(text)
            for word in words_of(command):
                assert 0 <= word.span.start <= word.span.end <= len(text)
                if "`" not in text and not followed(script):
                    assert text[word.span.start : word.span.end] == word.raw
                if word.value is not None:
                    assert word.names <= script.names
        end = 0
        for item in script.items:
            assert end <= item.span.start < item.span.end <= item.operator_span.start
            assert text[item.operator_span.start : item.operator_span.end] == item.operator
            end = item.operator_span.end


@settings(max_examples=200, deadline=None)
@given(texts)
def test_commands_belong_to_an_item_and_unreadable_text_says_nothing(text: str) -> None:
    script = split(text, same)
    if script.opaque is None:
        assert all(0 <= command.item < len(script.items) for command in script.commands)
    else:
        assert script.items == ()
        assert {command.certainty for command in script.commands} <= {"unknown"}


@settings(max_examples=200, deadline=None)
@given(texts, st.integers(1, 50))
def test_moving_the_text_moves_every_place(text: str, by: int) -> None:
    there = split(text, lambda offset: offset + by)
    for one, other in zip(split(text, same).commands, there.commands, strict=True):
        assert one.argv == other.argv
        assert (one.span.start + by, one.span.end + by) == other.span


@settings(max_examples=200, deadline=None)
@given(texts)
def test_the_end_of_a_line_does_not_matter(text: str) -> None:
    """A checkout may turn line ends into CRLF."""
    text = text.replace("\r", "")
    unix = split(text, same)
    windows = split(text.replace("\n", "\r\n"), same)
    assert (unix.opaque is None) == (windows.opaque is None)
    if unix.opaque is None:
        assert [len(command.words) for command in unix.commands] == [len(c.words) for c in windows.commands]


SHAPES: dict[str, Callable[[int], str]] = {
    "words": lambda n: "npm install " + " ".join(f"package-{i}" for i in range(n)),
    "quoted": lambda n: " ".join(f"'a {i}' \"b $X {i}\"" for i in range(n)),
    "joined by &&": lambda n: " && ".join(["npm ci"] * n),
    "directories": lambda n: " && ".join(["cd a"] * n),
    "assignments": lambda n: "; ".join(f"A{i}=b" for i in range(n)),
    "doubling": lambda n: "X=ab; " + "X=$X$X; " * n,
    "subshells": lambda n: "; ".join(["(a; X=1)"] * n),
    "branches": lambda n: "; ".join(["if a; then X=1; cd b; fi"] * n),
    "substitutions": lambda n: "a " + "$(b) " * n,
    "calls": lambda n: "f() { a; b; }; " + "f; " * n,
    "functions": lambda n: "".join(f"f{i}() {{ f{i + 1}; f{i + 1}; }}; " for i in range(n)) + "f0",
    "heredocs": lambda n: "cat <<E\nx $X\nE\n" * n,
    "pending heredocs": lambda n: "cat" + " <<E" * n + "\na\n" * n,
    "inherited": lambda n: "A=1 " * n + "sh -c '" + "B=1 a >b; " * n + "' " + ">c " * n,
    "nested strings": lambda n: "sh -c \"sh -c 'a; " + "b; " * n + "'\"",
    "unclosed": lambda n: "$((" * n,
    "half open": lambda n: "a $((b) " * n,
    "open quotes": lambda n: "a\"'" * n,
    "open parameters": lambda n: "${a:-" * n,
    "backslashes": lambda n: "\\" * n,
    "blanks": lambda n: " " * n + "\\\n" * n,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_the_text(shape: str) -> None:
    """Ten times the text may take forty times as long: a machine under load is uneven, a square is a hundred."""

    def cost(size: int) -> float:
        text = SHAPES[shape](size)
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            split(text, same)
            best = min(best, time.process_time() - start)
        return best

    small, large = cost(150), cost(1500)
    assert large < max(40 * small, 0.05)
