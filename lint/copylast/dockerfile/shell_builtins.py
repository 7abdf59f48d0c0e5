"""Builtins that change the shell which runs them: directory, variables, options, its end."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.shell_options import option_changes
from copylast.dockerfile.shell_state import Context, State
from copylast.dockerfile.shell_tree import ShellWord
from copylast.regexes import lazy_regex

DIRECTORIES = frozenset({"cd", "pushd", "popd"})
_DECLARES = frozenset({"export", "readonly", "declare", "typeset", "local"})
_READS = frozenset({"read", "unset", "getopts", "mapfile", "readarray"})
BUILTINS = DIRECTORIES | _DECLARES | _READS | {"exit", "return", "set"}

_DECLARED = lazy_regex(r"([A-Za-z_][A-Za-z0-9_]*)(\+?=)?")
_DEEPEST_STACK = 8


class Builtins:
    """Does to ``state`` what builtins do; ``options`` and ``assigned`` are those of the whole script."""

    def __init__(self, options: frozenset[str]) -> None:
        self.state = State(options)
        self.options: set[str] = set()
        self.assigned: set[str] = set()

    def assign(self, name: str, value: str | None) -> None:
        """Give a variable a value that this shell knows, or None."""
        self.assigned.add(name)
        self.state.set(name, value)

    def builtin(self, name: str, words: Sequence[ShellWord], context: Context) -> None:
        """Change the state as the builtin ``name`` does; other names change nothing."""
        state = self.state
        if name in DIRECTORIES:
            self.move(name, words)
        elif name == "exit":
            # Behind a branch, a failing exit fails the step: then nothing after it needs to be sure.
            if context.certainty == "certain" or not failing(words):
                state.stopped = True
        elif name == "return":
            state.returned = True
        elif name == "set":
            on, off = option_changes(words)
            state.options = (state.options | on) - off
            if context.certainty == "certain" and context.group == 0 and not state.stopped:
                self.options |= on
        elif name in _DECLARES or name in _READS:
            for word in words[1:]:
                match = _DECLARED.match(word.raw)
                if match and (name in _READS or match[2]):
                    value = None
                    if match[2] == "=" and word.value is not None and not word.glob:
                        value = state.resolve(word._replace(value=word.value[match.end() :]))
                    self.assign(match[1], value)

    def move(self, name: str, words: Sequence[ShellWord]) -> None:
        """``cd``, ``pushd`` and ``popd``"""
        state = self.state
        if name == "popd":
            if len(words) == 1 and state.stack:
                state.directory = state.stack[-1]
                state.stack = state.stack[:-1]
            else:
                state.directory, state.stack = None, ()
            return
        index = 1
        while index < len(words) and words[index].raw in ("-L", "-P", "-e", "-@", "--"):
            index += 1
        if name == "pushd":
            state.stack = (*state.stack[1 - _DEEPEST_STACK :], state.directory)
        if index != len(words) - 1:
            # Without an argument it goes home, which nobody knows before the image runs.
            state.directory = None
            return
        word = words[index]
        # A $ that is no variable would be taken for one by whoever expands the directory.
        literal = "$" in (word.value or "") and not word.names
        unsure = word.glob or literal or word.raw.startswith(("~", "-", "+"))
        state.go(None if unsure else state.resolve(word))


def failing(words: Sequence[ShellWord]) -> bool:
    """Whether the status that ``exit`` or ``return`` is given is a failure for sure."""
    status = words[1].value if len(words) == 2 else None
    return status is not None and status.isascii() and status.isdigit() and int(status[-9:]) % 256 != 0
