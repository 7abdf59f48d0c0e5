"""Follows simple commands: wrappers, builtins that change the shell, functions, ``sh -c``."""

from __future__ import annotations

import re
from typing import NamedTuple

from copylast.dockerfile.shell_grammar import Reader
from copylast.dockerfile.shell_nodes import Function, Listing, Locate, Node, Simple, Unreadable
from copylast.dockerfile.shell_state import Definition, State
from copylast.dockerfile.shell_tree import Certainty, Command, Redirect, ShellWord
from copylast.dockerfile.shell_words import without_escapes
from copylast.dockerfile.shell_wrappers import (
    SHELLS,
    WRAPPERS,
    Given,
    Unwrapped,
    given_script,
    option_changes,
    program,
    unwrap,
)
from copylast.dockerfile.source import Span

_DIRECTORIES = frozenset({"cd", "pushd", "popd"})
_DECLARES = frozenset({"export", "readonly", "declare", "typeset", "local"})
_READS = frozenset({"read", "unset", "getopts", "mapfile", "readarray"})
_SPECIAL = (
    SHELLS | WRAPPERS.keys() | _DIRECTORIES | _DECLARES | _READS | {"exit", "return", "exec", "set", "eval"} | {"su"}
)
# Behind these a builtin still changes this shell, and not only a child of it.
_SAME_SHELL = frozenset({"command", "builtin", "time", "exec"})
_ONLY_A_VARIABLE = re.compile(r"\s*\$(?:\{\w+\}|\w+|[@*])\s*")
_DECLARED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?=)?")

MOST_EXPANDED = 5000
"""How many commands the calls of functions may add, so that functions that call each other stay cheap."""

MOST_NESTED = 8
"""How often ``sh -c`` is followed within ``sh -c``: each time the text is read again."""


class Context(NamedTuple):
    """What surrounds a command. ``matters``: its failure fails the step. ``errexit``: ``set -e`` counts here."""

    certainty: Certainty
    group: int
    matters: bool
    errexit: bool
    wrappers: tuple[str, ...]
    environment: tuple[tuple[str, ShellWord], ...]
    redirects: tuple[Redirect, ...]


class Commands:
    """Lists commands into ``commands``; ``opaque`` is the reason if a part could not be read."""

    def __init__(self, names: set[str], options: frozenset[str]) -> None:
        self.names = names
        self.state = State(options)
        self.commands: list[Command] = []
        self.opaque: str | None = None
        self.options: set[str] = set()
        self.assigned: set[str] = set()
        self.definitions: list[Definition] = []
        self.item = 0
        self.nested = 0
        self.calls = 0
        self.expanded = 0
        self.defining = 0

    def listing(self, listing: Listing, context: Context) -> None:
        """Walk a list of pipelines."""
        raise NotImplementedError

    def node(self, node: Node, context: Context) -> None:
        """Walk one command of any kind."""
        raise NotImplementedError

    def aside(self, listing: Listing, context: Context) -> None:
        """Walk what a substitution runs: a subshell whose failure nobody sees."""
        saved = self.state.save()
        self.listing(listing, Context(context.certainty, context.group + 1, False, False, (), (), ()))
        self.state.restore(saved)

    def emit(
        self, node: Simple, context: Context, words: tuple[ShellWord, ...], found: Unwrapped | None, unknown: bool
    ) -> None:
        """List one command; ``found`` are its wrappers."""
        state = self.state
        certainty = context.certainty
        if certainty == "certain" and (state.stopped or state.returned or (found is not None and found.maybe)):
            certainty = "conditional"
        environment = context.environment
        wrappers = context.wrappers
        if node.assigns or (found and found.environment):
            environment = (*environment, *node.assigns, *(found.environment if found else ()))
        if found and found.wrappers:
            wrappers = (*wrappers, *found.wrappers)
        redirects = context.redirects
        if node.redirects:
            redirects = (*node.redirects, *redirects)
        locate = node.locate
        self.expanded += self.calls > 0
        self.commands.append(
            Command(
                words,
                environment,
                wrappers,
                redirects,
                state.directory,
                "unknown" if unknown else certainty,
                context.group,
                self.item,
                Span(locate(node.start), locate(node.end - 1) + 1),
                not context.matters,
            )
        )

    def simple(self, node: Simple, context: Context) -> None:
        """List a simple command and do what it does to the shell."""
        words = node.words
        if not words:
            alone = context if not node.redirects else context._replace(matters=False)
            for sub in node.subs:
                # The status of A=$(command) is that of the command.
                saved = self.state.save()
                self.listing(sub.listing, alone._replace(group=alone.group + 1, redirects=()))
                self.state.restore(saved)
            for name, word in node.assigns:
                self.assigned.add(name)
                self.state.set(name, None if word.glob else self.state.resolve(word))
            self.emit(node, context, (), None, False)
            return
        name = program(words[0])
        if name not in _SPECIAL:
            for sub in node.subs:
                self.aside(sub.listing, context)
            self.emit(node, context, tuple(words), None, False)
            if self.definitions:
                self.call(words[0].value or "", context)
            return
        found = unwrap(words)
        rest = tuple(words[found.first :])
        for name, _ in node.assigns:
            self.names.add(name)
        name = program(rest[0])
        given = given_script(rest)
        state = self.state
        elsewhere = state.directory
        for directory in found.directories:
            state.go(directory)
        if not (given and self.follow(node, context, found, rest, given)):
            for sub in node.subs:
                self.aside(sub.listing, context)
            self.emit(node, context, rest, found, name == "eval" or given is not None and given.word >= 0)
        state.directory = elsewhere
        if "exec" in found.wrappers and _SAME_SHELL.issuperset(found.wrappers):
            state.stopped = True
        elif _SAME_SHELL.issuperset(found.wrappers):
            self.builtin(name, rest, context)

    # What a command does to the shell

    def builtin(self, name: str, words: tuple[ShellWord, ...], context: Context) -> None:
        """Change the state as the builtin ``name`` does."""
        state = self.state
        if name in _DIRECTORIES:
            self.move(name, words)
        elif name == "exit" or name == "return":
            status = words[1].value if len(words) > 1 else None
            # Behind a branch, a failing exit fails the step: then nothing after it needs to be sure.
            fails = status is not None and status.isdigit() and int(status[-4:]) % 256 != 0
            if not (fails and name == "exit" and context.certainty != "certain"):
                if name == "exit":
                    state.stopped = True
                else:
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
                    self.assigned.add(match[1])
                    state.set(match[1], value)

    def move(self, name: str, words: tuple[ShellWord, ...]) -> None:
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
            state.stack = (*state.stack[-MOST_NESTED:], state.directory)
        if index != len(words) - 1:
            state.directory = None
            return
        word = words[index]
        unsure = word.glob or word.raw.startswith(("~", "-", "+"))
        state.go(None if unsure else state.resolve(word))

    # Functions

    def define(self, node: Function, context: Context) -> None:
        """Note a function; its body is listed here as conditional, unless a call lists it later."""
        start = len(self.commands)
        saved = self.state.save()
        self.defining += 1
        inner = context._replace(group=context.group + 1)
        self.node(node.body, inner._replace(certainty="conditional") if inner.certainty == "certain" else inner)
        self.defining -= 1
        self.state.restore(saved)
        definition = Definition(node.body, start, len(self.commands))
        self.definitions.append(definition)
        self.state.set(node.name + "()", definition)

    def call(self, name: str, context: Context) -> None:
        """List what the function ``name`` runs, if it is one."""
        definition = self.state.function(name)
        if not definition or definition.active or self.defining or self.expanded > MOST_EXPANDED:
            return
        returned = self.state.returned
        definition.active = True
        definition.called = True
        self.calls += 1
        self.node(definition.body, context._replace(group=context.group + 1))
        self.calls -= 1
        definition.active = False
        self.state.returned = returned

    # sh -c

    def follow(
        self, node: Simple, context: Context, found: Unwrapped, words: tuple[ShellWord, ...], given: Given
    ) -> bool:
        """List what a shell runs that was given its script; False if that cannot be followed."""
        start = end = -1
        if given.word < 0:
            if not node.bodies:
                return False
            body = node.bodies[-1]
            start, end = body.start, body.end
            script, offsets = without_escapes(node.text, start, end, "" if body.quoted else "$`\\")
        else:
            word = words[given.word]
            start = node.starts[found.first + given.word]
            end = start + len(word.raw)
            if _ONLY_A_VARIABLE.fullmatch(word.raw.strip('"')):
                return False
            kept = {sub.start: sub.end for sub in node.subs if start <= sub.start and sub.end <= end}
            script, offsets = unquote(node.text, start, end, kept)
        if self.nested >= MOST_NESTED:
            self.opaque = f"sh -c within sh -c, more than {MOST_NESTED} deep"
            return False
        locate: Locate = node.locate
        reader = Reader(script, lambda offset: locate(offsets[offset]), 0, self.names)
        try:
            listing = reader.read()
        except Unreadable as problem:
            self.opaque = f"the text that {program(words[0])} is given cannot be read: {problem}"
            return False
        for sub in node.subs:
            if not start <= sub.start < end:
                self.aside(sub.listing, context)
        certainty: Certainty = context.certainty
        if certainty == "certain" and (found.maybe or self.state.stopped or self.state.returned):
            certainty = "conditional"
        inner = Context(
            certainty,
            context.group + 1,
            context.matters,
            True,
            (*context.wrappers, *found.wrappers, program(words[0])),
            (*context.environment, *node.assigns, *found.environment),
            (*(redirect for redirect in node.redirects if redirect.body is None), *context.redirects),
        )
        saved = self.state.save()
        self.state.options = given.options
        self.state.stopped = self.state.returned = False
        if given.login:
            self.state.directory = None
        self.nested += 1
        self.listing(listing, inner)
        self.nested -= 1
        self.state.restore(saved)
        return True


def unquote(text: str, start: int, end: int, kept: dict[int, int]) -> tuple[str, list[int]]:
    """The word at ``text[start:end]`` after quote removal, with the offset in ``text`` of each character.

    ``kept`` are the substitutions in it (start to end), which stay as they are.
    """
    out: list[str] = []
    offsets: list[int] = []
    quote = ""
    pos = start
    while pos < end:
        char = text[pos]
        if pos in kept:
            after = kept[pos]
            out.append(text[pos:after])
            offsets.extend(range(pos, after))
            pos = after
            continue
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif not quote and char == "$" and text[pos + 1 : pos + 2] in ("'", '"'):
            pass
        elif char == "\\" and quote != "'" and pos + 1 < end:
            pos += 1
            after_escape = text[pos]
            if after_escape != "\n":
                if quote and after_escape not in '$`\\"':
                    out.append(char)
                    offsets.append(pos - 1)
                out.append(after_escape)
                offsets.append(pos)
        else:
            out.append(char)
            offsets.append(pos)
        pos += 1
    offsets.append(end)
    return "".join(out), offsets
