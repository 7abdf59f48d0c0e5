"""What holds at one instruction: directory, user, shell and variables, exactly as they are written.

BuildKit keeps the working directory of a RUN as text (``/w/`` is not ``/w``) and the list of variables in
order. Where a value hangs on the base image, its text with all that is known of it stands for it.
"""

from __future__ import annotations

from copylast.context.gopath import clean
from copylast.dockerfile.environment import Binding, Environment
from copylast.dockerfile.expand import Expansion, ExpansionError, Unknown, expand
from copylast.dockerfile.nodes import Instruction, Stage
from copylast.dockerfile.scope import Evaluation
from copylast.layers.paths import UNKNOWN
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

DEFAULT_SHELL = ("/bin/sh", "-c")
_NAME = lazy_regex(r"\$\{?(\w+)")


class Variable(NamedTuple):
    """A variable of a RUN: ``value`` stands for its value, known or not."""

    name: str
    value: str
    is_arg: bool


class Place:
    """The state of a stage, walked instruction by instruction.

    ``arguments`` are the ARGs that the stage itself declared, ``constants`` the variables that ENV set, as
    the builders before BuildKit tell them apart.
    """

    def __init__(
        self, evaluation: Evaluation, stage: Stage, parent: Place | None, cwd: str, env: tuple[str, ...]
    ) -> None:
        self._evaluation = evaluation
        self._start = stage.from_
        self.cwd: str = parent.cwd if parent else cwd
        self.user: str = parent.user if parent else ""
        self.shell: tuple[str, ...] = parent.shell if parent else DEFAULT_SHELL
        self.base_env: tuple[str, ...] = parent.base_env if parent else env
        self.arguments: list[str] = []
        self.constants: dict[str, str] = dict(parent.constants) if parent else {}
        self._symbols: dict[str, str] = dict(parent._symbols) if parent else {}
        self._late: list[Variable] = []
        """What triggers set: the evaluation counts it behind all of them only."""
        self.trigger = False
        """True while the triggers of a base stage run, which stand elsewhere in the file."""

    def _environment(self, instruction: Instruction) -> Environment:
        return self._evaluation.environment(self._start if self.trigger else instruction)

    def expand(self, instruction: Instruction, word: str, *, heredoc: bool = False) -> tuple[str, bool]:
        """What stands for ``word`` expanded, and whether it is the real text."""
        environment = self._environment(instruction)

        def lookup(name: str) -> str | Unknown | None:
            late = [one.value for one in self._late if one.name == name] if self.trigger else []
            return late[-1] if late else environment.lookup(name)

        escape = "\\" if heredoc else self._evaluation.dockerfile.escape
        try:
            expansion = expand(word, lookup, escape, keep_quotes=heredoc)
        except ExpansionError:
            expansion = Expansion(word, unknown=frozenset({word}))
        if not expansion.unknown:
            return expansion.text, True
        names = dict.fromkeys(_NAME.findall(word))
        return f"{word}\0" + "\0".join(f"{name}={self._symbol(environment, name)}" for name in names), False

    def _symbol(self, environment: Environment, name: str) -> str:
        binding = environment.get(name)
        if binding is not None and binding.value is not None:
            return binding.value
        return self._symbols.get(name, UNKNOWN)

    def variables(self, instruction: Instruction) -> list[Variable]:
        """The variables of a RUN in the order of its key."""
        bindings = self._environment(instruction).bindings()
        found = {base.partition("=")[0]: base.partition("=")[2] for base in self.base_env}
        for binding in bindings:
            found.pop(binding.name, None)
        listed = [Variable(name, value, False) for name, value in found.items()]
        listed += [self._variable(binding) for binding in bindings]
        return listed + self._late if self.trigger else listed

    def _variable(self, binding: Binding) -> Variable:
        value = binding.value
        if value is None:
            value = "\0" + self._symbols.get(binding.name, UNKNOWN)
        return Variable(binding.name, value, binding.is_arg)

    def apply(self, instruction: Instruction) -> None:
        """Let ``instruction`` change what holds behind it."""
        keyword = instruction.keyword
        if keyword == "WORKDIR":
            self.cwd = self.directory(instruction)
        elif keyword == "USER":
            self.user = self.expand(instruction, instruction.rest)[0]
        elif keyword == "SHELL" and instruction.json:
            self.shell = tuple(word.text for word in instruction.words)
        elif keyword in ("ENV", "ARG"):
            self._set(instruction, keyword == "ARG")

    def _set(self, instruction: Instruction, is_arg: bool) -> None:
        for pair in instruction.pairs:
            name = self.expand(instruction, pair.name.text)[0]
            value = self.expand(instruction, pair.value.text)[0] if pair.value else None
            if is_arg:
                self.arguments.append(name)
                value = self._evaluation.build_args.get(name, value)
            if value is not None:
                self._symbols[name] = value
                if not is_arg:
                    self.constants[name] = value
                if self.trigger:
                    self._late.append(Variable(name, value, is_arg))

    def directory(self, instruction: Instruction) -> str:
        """The working directory behind a WORKDIR, as text."""
        return under(self.cwd, self.expand(instruction, instruction.rest)[0])


def under(cwd: str, path: str) -> str:
    """``path`` from ``cwd``; an absolute one stays as it is written (BuildKit: ``llb.Dir``)."""
    if path.startswith("/"):
        return path
    return place(cwd, path)


def place(cwd: str, path: str, keep_slash: bool = False) -> str:
    """``path`` from ``cwd``, cleaned; a last ``/`` or ``/.`` is kept on demand (BuildKit: ``normalizePath``)."""
    full = path if path.startswith("/") else f"{cwd}/{path}"
    cleaned = clean(full)
    if keep_slash and cleaned != "/":
        if path.endswith("/."):
            return cleaned + "/."
        if path.endswith("/"):
            return cleaned + "/"
    return cleaned
