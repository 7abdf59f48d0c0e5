"""A small plugin for tests of the engine: rules that are easy to provoke."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from copylast import Diagnostic, Example, Rule, Severity, View, hookimpl


@dataclass(frozen=True)
class Words:
    """What the rule looks for."""

    words: tuple[str, ...] = ("toy",)
    limit: int = 100


class Toy(Rule):
    """A word stands in a RUN."""

    code = "TOY101"
    name = "toy-word"
    severity = Severity.WARNING
    Options = Words
    examples = (
        Example("a toy", "FROM a\nRUN echo toy\n", withheld="nothing to fix"),
        Example("no toy", "FROM a\nRUN echo\n", silent="the word is not there"),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding a word."""
        for instruction in view.dockerfile.instructions:
            for word in view.options.words:
                if instruction.keyword == "RUN" and word in instruction.rest:
                    yield Diagnostic(
                        self.code,
                        self.name,
                        f"`{word}` is a toy",
                        instruction.span,
                        self.severity,
                        withheld="there is nothing to fix",
                    )


class Crash(Rule):
    """Breaks down on a word."""

    code = "TOY102"
    name = "toy-crash"
    severity = Severity.ERROR

    def check(self, view: View) -> Iterable[Diagnostic]:
        """Raises."""
        if "crash" in view.dockerfile.source.text:
            raise LookupError("the rule broke\ndown")
        return ()


class Hidden(Rule):
    """Finds every FROM, when it is asked by name."""

    code = "TOY103"
    name = "toy-hidden"
    severity = Severity.INFO
    opt_in = True

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding a stage."""
        for stage in view.dockerfile.stages:
            yield Diagnostic(self.code, self.name, "a stage", stage.from_.span, self.severity)


@hookimpl
def copylast_get_rules() -> list[type[Rule]]:
    """The toys."""
    return [Toy, Crash, Hidden]


def shout(run: object) -> str:
    """A format that says only one word."""
    return "LOUD\n"


@hookimpl
def copylast_get_formatters() -> dict[str, str]:
    """The format."""
    return {"loud": "tests.toys:shout"}
