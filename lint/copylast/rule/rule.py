"""What a rule is: one class in one file, with its documentation and its examples.

Tests and the documentation page are derived from the file, so an example is a promise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from copylast.context.files import BuildContext
from copylast.dockerfile.nodes import Dockerfile
from copylast.layers.model import LayerModel
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic, Severity
from copylast.typed import Any

_NO_FILES: Mapping[str, str] = MappingProxyType({})
_NO_CHANGES: Mapping[str, int] = MappingProxyType({})


class NoOptions:
    """The options of a rule that has none."""


class Example(NamedTuple):
    """A Dockerfile with its context and what the rule must say of it.

    Exactly one of four forms: ``fixed`` is the text after all fixes of this rule; ``withheld`` is
    part of the sentence that says why no fix is offered; ``found`` is for a finding that never has a fix;
    ``silent`` is the reason why the rule says nothing.
    ``unsafe``: the fix is an unsafe one. ``ignore`` is the ignore file's text after the fix, where it changes.
    ``changes`` says in how many of the last 50 commits a path changed (what is not named, in none); without it there
    is no history. ``builder`` is the program that builds. ``former`` are the texts of the Dockerfile in
    the commits that changed it, the newest first.
    ``variants``: False where a text cannot be varied mechanically (line ends, case, final newline).
    """

    title: str
    dockerfile: str
    files: Mapping[str, str] = _NO_FILES
    fixed: str | None = None
    withheld: str | None = None
    silent: str | None = None
    found: bool = False
    unsafe: bool = False
    ignore: str | None = None
    variants: bool = True
    changes: Mapping[str, int] = _NO_CHANGES
    builder: str = "buildkit"
    former: tuple[str, ...] = ()


class View(NamedTuple):
    """All that a rule sees. ``context`` is None where there is none (standard input): say less, not wrong.

    ``context_certain`` is False where the context was guessed and the guess is not the only one possible.
    ``builder`` is the program that builds: buildkit, buildah, classic or kaniko.
    """

    dockerfile: Dockerfile
    layers: LayerModel
    context: BuildContext | None
    options: Any
    context_certain: bool = True
    builder: str = "buildkit"


class Rule(ABC):
    """A rule. Subclasses set the class attributes and write :meth:`check`.

    The docstring has the headings *What it finds*, *Why it matters*, *What the fix does* and *When it
    stays silent*; the first line is its summary.
    """

    code: str
    name: str
    severity: Severity
    opt_in: bool = False
    """True for rules that run only when they are selected by name or with ``ALL``."""
    Options: type[Any] = NoOptions
    examples: tuple[Example, ...] = ()

    @abstractmethod
    def check(self, view: View) -> Iterable[Diagnostic]:
        """Findings in one file. May raise; the engine turns that into an internal error that names the rule."""
