"""The variables of a stage, instruction by instruction, without a copy per instruction.

BuildKit keeps a list to which ENV and ARG append; a name set again moves to the end
(``llb.EnvList``). Here that list is written once per stage, and an environment is a place in it. A
stage that builds on another goes on writing its list, if it is the first to do so.
"""

from __future__ import annotations

from bisect import bisect_left

from copylast.dockerfile.expand import UNKNOWN, Unknown
from copylast.records import NamedTuple


class Binding(NamedTuple):
    """A variable as it stands in the environment of a RUN.

    ``value`` is None where it depends on something unknown. ``is_arg`` is True if an ARG set it.
    """

    name: str
    value: str | None
    is_arg: bool


class History:
    """The list that a stage writes: what was set, in order; ``parent`` is the environment that it started from."""

    __slots__ = ("by_name", "declared", "open_base", "parent", "written")

    def __init__(self, parent: Environment | None, open_base: bool) -> None:
        self.parent = parent
        self.open_base = open_base
        # None stands for an ARG without a value, which takes a place but sets nothing.
        self.written: list[Binding | None] = []
        self.by_name: dict[str, list[int]] = {}
        self.declared: dict[str, int] = {}


class Environment:
    """The variables at one place of a stage.

    ``open_base`` is True if an image that is not at hand lies below: a name that nobody set may be
    set there.
    """

    __slots__ = ("history", "position")

    def __init__(self, history: History, position: int) -> None:
        self.history = history
        self.position = position

    @property
    def open_base(self) -> bool:
        """Whether an image below may set more variables, whose names and values nobody here knows."""
        return self.history.open_base

    def get(self, name: str) -> Binding | None:
        """What ``name`` is bound to by ENV and ARG, if it is."""
        environment: Environment | None = self
        while environment is not None:
            history = environment.history
            indexes = history.by_name.get(name)
            if indexes:
                at = bisect_left(indexes, environment.position)
                if at:
                    return history.written[indexes[at - 1]]
            environment = history.parent
        return None

    def lookup(self, name: str) -> str | Unknown | None:
        """The value of ``name`` for :func:`~copylast.dockerfile.expand.expand`."""
        binding = self.get(name)
        if binding is not None:
            return UNKNOWN if binding.value is None else binding.value
        if self._declared(name):
            return None
        return UNKNOWN if self.history.open_base else None

    def _declared(self, name: str) -> bool:
        environment: Environment | None = self
        while environment is not None:
            at = environment.history.declared.get(name)
            if at is not None and at < environment.position:
                return True
            environment = environment.history.parent
        return False

    def bindings(self) -> tuple[Binding, ...]:
        """All variables in the order in which they enter the cache key of a RUN."""
        seen: set[str] = set()
        result: list[Binding] = []
        environment: Environment | None = self
        while environment is not None:
            for index in range(environment.position - 1, -1, -1):
                binding = environment.history.written[index]
                if binding is not None and binding.name not in seen:
                    seen.add(binding.name)
                    result.append(binding)
            environment = environment.history.parent
        result.reverse()
        return tuple(result)

    def __eq__(self, other: object) -> bool:
        """Two places with the same variables written before them."""
        if not isinstance(other, Environment):
            return NotImplemented
        return self.history is other.history and self.position == other.position

    def __hash__(self) -> int:
        return hash((id(self.history), self.position))


class Recorder:
    """Writes the environment of one stage."""

    __slots__ = ("history",)

    def __init__(self, parent: Environment | None, open_base: bool) -> None:
        history = parent.history if parent is not None else None
        if history is not None and parent is not None and parent.position == len(history.written):
            # Nobody else goes on from here, so the list can be shared; a chain of stages stays flat.
            self.history = history
        else:
            self.history = History(parent, open_base)

    def here(self) -> Environment:
        """The environment as it stands."""
        return Environment(self.history, len(self.history.written))

    def set(self, name: str, value: str | None, is_arg: bool) -> None:
        """ENV, or ARG with a value; None for a value that is not known."""
        self.history.by_name.setdefault(name, []).append(len(self.history.written))
        self.history.written.append(Binding(name, value, is_arg))

    def declare(self, name: str) -> None:
        """ARG without a value."""
        self.history.declared.setdefault(name, len(self.history.written))
        self.history.written.append(None)
