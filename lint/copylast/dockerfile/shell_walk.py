"""Follows the tree of a shell text as the shell would: what runs, where, and how surely."""

from __future__ import annotations

from copylast.dockerfile.shell_builtins import failing
from copylast.dockerfile.shell_commands import MOST_INHERITED, Commands
from copylast.dockerfile.shell_grammar import Reader
from copylast.dockerfile.shell_nodes import Function, Group, Listing, Node, Pipe, Simple
from copylast.dockerfile.shell_state import Context, Effects
from copylast.dockerfile.shell_tree import Command, Guard, Item
from copylast.dockerfile.source import Span
from copylast.records import made

# Commands that are run to ask something: what && brings after them is a branch.
_ASKS = frozenset(
    "[ [[ test which type hash grep egrep fgrep false getent id cmp diff pgrep let expr mountpoint".split()
)
_TOP = Context("certain", 0, True, True, (), (), ())


class Walk(Commands):
    """Lists the commands of a tree, and the ``items`` of its outermost list."""

    def __init__(self, names: set[str], options: frozenset[str]) -> None:
        super().__init__(names, options)
        self.items: list[Item] = []

    def top(self, listing: Listing, reader: Reader) -> None:
        """Walk the outermost list and note its items."""
        locate = reader.locate
        for pipe in listing.pipes:
            node = pipe.nodes[0]
            plain = len(pipe.nodes) == 1 and type(node) is Simple and not pipe.negated
            if plain and node.redirects:
                plain = not any(found.heredoc for found in node.redirects.found)
            end = locate(pipe.end - 1) + 1
            operator = made(Span, (end, end))
            if pipe.operator:
                at = pipe.operator_start
                operator = Span(locate(at), locate(at + len(pipe.operator) - 1) + 1)
            span = made(Span, (locate(pipe.start), end))
            self.items.append(made(Item, (span, pipe.operator, operator, plain)))
        self.chains(listing.pipes, _TOP, True)

    def result(self) -> tuple[Command, ...]:
        """All commands; those of a function stand where it is called, if it is."""
        skipped = sorted((found.start, found.end) for found in self.definitions if found.called)
        kept: list[Command] = []
        at = 0
        for start, end in skipped:
            if start >= at:
                kept += self.commands[at:start]
            at = max(at, end)
        return tuple(kept + self.commands[at:])

    def listing(self, listing: Listing, context: Context) -> None:
        self.chains(listing.pipes, context, False)

    def chains(self, pipes: list[Pipe], context: Context, top: bool) -> None:
        """Walk a list; the failure of all but its last chain is ignored unless ``set -e`` is on."""
        count = len(pipes)
        start = 0
        while start < count:
            end = start
            # A text that broke off may end in an operator.
            while end < count - 1 and pipes[end].operator in ("&&", "||"):
                end += 1
            background = pipes[end].operator == "&"
            saved = self.state.save() if background else None
            final = context.matters and end == count - 1 and not background
            stops = final or (context.errexit and not background and "e" in self.state.options)
            if start < end:
                self.chain(pipes, start, end, context, final, stops, top)
            else:
                if top:
                    self.item = start
                inner = context if stops == context.matters else context._replace(matters=stops)
                self.pipe(pipes[start], inner)
            if saved:
                self.state.restore(saved)
            start = end + 1

    def chain(
        self, pipes: list[Pipe], start: int, end: int, context: Context, final: bool, stops: bool, top: bool
    ) -> None:
        """Walk pipelines joined by ``&&`` and ``||``.

        ``final``: the status of the whole is that of the step. ``stops``: the failure of its last pipeline
        fails the step.
        """
        matters = [stops] * (end - start + 1)
        current = final
        for index in range(end, start, -1):
            if pipes[index - 1].operator == "||":
                # A failure on the left leads here, and is ignored unless this fails for sure.
                current = _fails(pipes[index])
            matters[index - 1 - start] = current
        maybe = False
        asked = _asked(pipes[start])
        bare = context
        for index in range(start, end + 1):
            pipe = pipes[index]
            if index == start + 1:
                context = _guarded(bare, asked, pipes[start].operator == "&&")
            elif index > start + 1 and "||" in (pipes[start].operator, pipes[index - 1].operator):
                # Both a question answered with no and a failure lead here.
                asked, context = None, bare
            if top:
                self.item = index
            ended = False
            if index > start and pipes[index - 1].operator == "||":
                maybe = True
                ended = _fails(pipe)
            elif index > start + 1 and pipes[index - 2].operator == "||":
                maybe = False
            elif index > start and not matters[index - 1 - start] and _asks(pipes[index - 1]):
                maybe = True
            inner = context
            if maybe and context.certainty == "certain":
                inner = context._replace(certainty="conditional", matters=matters[index - start])
            elif matters[index - start] != context.matters:
                inner = context._replace(matters=matters[index - start])
            if maybe:
                saved = self.state.save()
                self.pipe(pipe, inner)
                if ended:
                    # Whoever comes after it did not come through it.
                    self.state.restore(saved)
                else:
                    self.state.merge(saved)
            else:
                self.pipe(pipe, inner)

    def pipe(self, pipe: Pipe, context: Context) -> None:
        """Walk one pipeline; every part of a real one is a subshell."""
        nodes = pipe.nodes
        if pipe.negated:
            context = context._replace(matters=False, errexit=False)
        if len(nodes) == 1:
            self.node(nodes[0], context)
            return
        early = context
        if context.matters and "pipefail" not in self.state.options:
            early = context._replace(matters=False, errexit=False)
        for node in nodes:
            saved = self.state.save()
            self.node(node, context if node is nodes[-1] else early)
            self.state.restore(saved)

    def node(self, node: Node, context: Context) -> None:
        if isinstance(node, Simple):
            self.simple(node, context)
            return
        if isinstance(node, Function):
            self.define(node, context)
            return
        self.aside(node.subs, context)
        inner = context._replace(group=context.group + 1)
        if node.redirects:
            for heredoc in node.redirects.bodies:
                self.aside(heredoc.subs, context)
            inner = inner._replace(redirects=(*node.redirects.found, *context.redirects)[:MOST_INHERITED])
        state = self.state
        if isinstance(node, Group):
            saved = state.save()
            self.chains(node.body.pipes, inner, False)
            if node.subshell:
                state.restore(saved)
            return
        branch = inner._replace(certainty="conditional") if inner.certainty == "certain" else inner
        if node.variable:
            self.assign(node.variable, None)
        if node.head:
            self.chains(node.head.pipes, inner._replace(matters=False, errexit=False), False)
        effects = Effects()
        for index, (condition, body) in enumerate(node.bodies):
            saved = state.save()
            if condition:
                self.chains(condition.pipes, branch._replace(matters=False, errexit=False), False)
            asked = _question(condition if index else node.head) if node.choice else None
            self.chains(body.pipes, _guarded(branch, asked, True), False)
            # Who comes to the next branch was told no here.
            branch = _guarded(branch, asked, False)
            state.undo(saved, effects)
        state.apply(effects)


def _question(listing: Listing | None) -> Guard | None:
    """The question that a condition consists of, if it is one plain ``[`` or ``test``."""
    if listing is None or len(listing.pipes) != 1:
        return None
    return _asked(listing.pipes[0])


def _asked(pipe: Pipe) -> Guard | None:
    node = pipe.nodes[0]
    if len(pipe.nodes) != 1 or not isinstance(node, Simple) or node.assigns or node.redirects or not node.words:
        return None
    if node.words[0].raw not in ("[", "[[", "test"):
        return None
    return Guard(tuple(node.words), not pipe.negated)


def _guarded(context: Context, asked: Guard | None, answer: bool) -> Context:
    """The context of what runs after ``asked`` was answered."""
    if asked is None or len(context.guards) >= MOST_INHERITED:
        return context
    return context._replace(guards=(*context.guards, asked._replace(holds=asked.holds == answer)))


def _fails(pipe: Pipe) -> bool:
    """Whether the right side of ``||`` fails for sure: ``exit 1``, ``{ echo no; exit 1; }``, ``false``."""
    node = pipe.nodes[-1]
    if pipe.negated:
        return False
    if isinstance(node, Group):
        pipes = node.body.pipes
        if not pipes or (len(pipes) > 1 and pipes[-2].operator in ("&&", "||")):
            return False
        last = pipes[-1].nodes[-1]
        # A bare exit passes on the status of what stands before it, here no longer the left side.
        return isinstance(last, Simple) and len(last.words) > 1 and _fails(pipes[-1])
    if not isinstance(node, Simple) or not node.words:
        return False
    name = node.words[0].value
    if name in ("exit", "return"):
        return len(node.words) == 1 or failing(node.words)
    return name == "false"


def _asks(pipe: Pipe) -> bool:
    """Whether the pipeline is a question, whose "no" is not a mishap."""
    if pipe.negated:
        return True
    node = pipe.nodes[-1]
    if not isinstance(node, Simple) or not node.words:
        return False
    name = node.words[0].raw
    option = node.words[1].raw if len(node.words) > 1 else ""
    if name == "command":
        return option in ("-v", "-V")
    if name == "dpkg":
        return option in ("-s", "-l", "--status", "--list")
    return name in _ASKS or name.startswith("((")
