"""Follows simple commands: lists them, unwraps wrappers, calls functions, reads what ``sh -c`` is given."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from copylast.dockerfile.shell_builtins import BUILTINS, Builtins
from copylast.dockerfile.shell_grammar import Reader
from copylast.dockerfile.shell_nodes import Function, Listing, Locate, Node, Simple, Sub, Unreadable
from copylast.dockerfile.shell_options import SHELLS, Given, given_script
from copylast.dockerfile.shell_quotes import unquote, without_escapes
from copylast.dockerfile.shell_state import Context, Definition
from copylast.dockerfile.shell_tree import Certainty, Command, ShellWord, argv_of
from copylast.dockerfile.shell_wrappers import WRAPPERS, Unwrapped, program, unwrap
from copylast.dockerfile.source import Span
from copylast.regexes import lazy_regex

_SPECIAL = BUILTINS | SHELLS | WRAPPERS.keys() | {"eval", "su"}
# Behind these a builtin still changes this shell, and not only a child of it.
_SAME_SHELL = frozenset({"command", "builtin", "time"})
_ONLY_A_VARIABLE = lazy_regex(r"\"?\s*\$(?:\{\w+\}|\w+|[@*])\s*\"?")

MOST_EXPANDED = 5000
"""How many commands the calls of functions may add, so that functions that call each other stay cheap."""

MOST_NESTED = 8
"""How often ``sh -c`` is followed within ``sh -c`` (each time the text is read again), calls within calls."""

MOST_INHERITED = 32
"""How many redirects and variables each command of a group takes over from it."""


class Commands(Builtins, ABC):
    """Lists commands into ``commands``; ``opaque`` is the reason if a part could not be read."""

    def __init__(self, names: set[str], options: frozenset[str]) -> None:
        super().__init__(options)
        self.names = names
        self.commands: list[Command] = []
        self.opaque: str | None = None
        self.definitions: list[Definition] = []
        self.item = 0
        self.nested = 0
        self.calls = 0
        self.expanded = 0
        self.defining = 0

    @abstractmethod
    def listing(self, listing: Listing, context: Context) -> None:
        """Walk a list of pipelines."""

    @abstractmethod
    def node(self, node: Node, context: Context) -> None:
        """Walk one command of any kind."""

    def aside(self, subs: Sequence[Sub], context: Context) -> None:
        """Walk what substitutions run: subshells whose failure nobody sees."""
        inner = Context(context.certainty, context.group + 1, False, False, (), (), (), context.guards)
        for sub in subs:
            saved = self.state.save()
            self.listing(sub.listing, inner)
            self.state.restore(saved)

    def emit(
        self,
        node: Simple,
        context: Context,
        words: tuple[ShellWord, ...],
        found: Unwrapped | None = None,
        unknown: bool = False,
    ) -> None:
        """List one command; ``found`` are its wrappers."""
        state = self.state
        certainty: Certainty = "unknown" if unknown else context.certainty
        environment = context.environment
        wrappers = context.wrappers
        if node.assigns:
            environment = (*environment, *node.assigns)
        if found:
            environment += found.environment
            wrappers += found.wrappers
        if certainty == "certain" and (state.stopped or state.returned or (found and found.maybe)):
            certainty = "conditional"
        redirects = context.redirects
        if node.redirects:
            redirects = (*node.redirects.found, *redirects)
        locate = node.locate
        if self.calls:
            self.expanded += 1
        self.commands.append(
            Command(
                words,
                argv_of(words),
                environment,
                wrappers,
                redirects,
                state.directory,
                certainty,
                context.group,
                self.item,
                Span(locate(node.start), locate(node.end - 1) + 1),
                not context.matters,
                context.guards,
            )
        )

    def simple(self, node: Simple, context: Context) -> None:
        """List a simple command and do what it does to the shell."""
        words = node.words
        if node.redirects:
            for body in node.redirects.bodies:
                self.aside(body.subs, context)
        if not words:
            # The status of A=$(command) is that of the command.
            status = context._replace(group=context.group + 1, redirects=())
            for sub in node.subs:
                saved = self.state.save()
                self.listing(sub.listing, status)
                self.state.restore(saved)
            for name, word in node.assigns:
                self.assign(name, None if word.glob else self.state.resolve(word))
            self.emit(node, context, ())
            return
        value = words[0].value
        if value is None or (value if "/" not in value else program(words[0])) not in _SPECIAL:
            if node.subs:
                self.aside(node.subs, context)
            self.emit(node, context, tuple(words))
            if value and self.definitions:
                self.call(value, context)
            return
        found = unwrap(words)
        rest = tuple(words[found.first :])
        name = program(rest[0])
        given = given_script(rest)
        state = self.state
        elsewhere = state.directory
        for directory in found.directories:
            state.go(directory)
        if not (given and self.follow(node, context, found, rest, given)):
            self.aside(node.subs, context)
            self.emit(node, context, rest, found, name == "eval" or (given is not None and given.word >= 0))
        state.directory = elsewhere
        if found.wrappers[:1] == ("exec",):
            state.stopped = True
        elif _SAME_SHELL.issuperset(found.wrappers) and rest[0].value == name:
            self.builtin(name, rest, context)

    # Functions

    def define(self, node: Function, context: Context) -> None:
        """Note a function; its body is listed here as conditional, unless a call lists it later."""
        start = len(self.commands)
        saved = self.state.save()
        self.defining += 1
        inner = context._replace(certainty="conditional") if context.certainty == "certain" else context
        self.node(node.body, inner)
        self.defining -= 1
        self.state.restore(saved)
        definition = Definition(node.body, start, len(self.commands))
        self.definitions.append(definition)
        self.state.set(node.name + "()", definition)

    def call(self, name: str, context: Context) -> None:
        """List what the function ``name`` runs, if it is one."""
        definition = self.state.function(name)
        if not definition or definition.active or self.defining:
            return
        if self.calls >= MOST_NESTED or self.expanded > MOST_EXPANDED:
            return
        returned = self.state.returned
        definition.active = True
        definition.called = True
        self.calls += 1
        self.node(definition.body, context)
        self.calls -= 1
        definition.active = False
        self.state.returned = returned

    # sh -c

    def follow(
        self, node: Simple, context: Context, found: Unwrapped, words: tuple[ShellWord, ...], given: Given
    ) -> bool:
        """List what a shell runs that was given its script; False if that cannot be followed."""
        if given.word < 0:
            if not node.redirects or not node.redirects.bodies:
                return False
            start, end, quoted, _ = node.redirects.bodies[-1]
            script, offsets = without_escapes(node.text, start, end, "" if quoted else "$`\\")
        else:
            word = words[given.word]
            start = node.starts[found.first + given.word]
            end = start + len(word.raw)
            if _ONLY_A_VARIABLE.fullmatch(word.raw):
                return False
            kept = {sub.start: sub.end for sub in node.subs if start <= sub.start < end}
            script, offsets = unquote(node.text, start, end, kept)
        if self.nested >= MOST_NESTED:
            self.opaque = f"sh -c within sh -c, more than {MOST_NESTED} deep"
            return False
        locate: Locate = node.locate
        reader = Reader(script, lambda offset: locate(offsets[offset]), context.group, self.names)
        try:
            listing = reader.read()
        except Unreadable as problem:
            self.opaque = f"what {program(words[0])} is given cannot be read: {problem}"
            return False
        # The others are read again as a part of the script.
        self.aside([sub for sub in node.subs if not start <= sub.start < end], context)
        state = self.state
        certainty = context.certainty
        if certainty == "certain" and (found.maybe or state.stopped or state.returned):
            certainty = "conditional"
        redirects = context.redirects
        if node.redirects:
            own = [redirect for redirect in node.redirects.found[:MOST_INHERITED] if not redirect.body]
            redirects = (*own, *redirects)[:MOST_INHERITED]
        inner = Context(
            certainty,
            context.group + 1,
            context.matters,
            # With -e its failure ends that shell, which matters as much as the shell does.
            context.matters,
            (*context.wrappers, *found.wrappers[:MOST_INHERITED], program(words[0])),
            (*context.environment, *node.assigns, *found.environment)[-MOST_INHERITED:],
            redirects,
            context.guards,
        )
        saved = state.save()
        state.options = given.options
        state.stopped = state.returned = False
        if given.login:
            state.directory = None
        self.nested += 1
        self.listing(listing, inner)
        self.nested -= 1
        state.restore(saved)
        return True
