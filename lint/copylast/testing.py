"""For authors of rules: turn the examples of a rule into tests.

In a plugin's test suite::

    import pytest
    from copylast.testing import rule_cases

    @pytest.mark.parametrize("case", rule_cases(MyRule), ids=str)
    def test_my_rule(case):
        case.check()

Every example becomes the case that it states (fires and is fixed, fires and withholds the fix, stays
silent), and variants of it that nobody has to write: other line ends, no final newline, keywords in
lower case, no build context, the other escape character.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from copylast.context.caller import Caller, Export
from copylast.context.callers import callers_of, exports_of
from copylast.context.churn import Churn
from copylast.context.files import BuildContext
from copylast.context.history import History
from copylast.context.memory import MemoryContext
from copylast.context.projects import NAMED, ProjectBuilds
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.ecosystem.registry import EcosystemSource, Registry
from copylast.engine.lint import Build, Checked, Checker
from copylast.engine.own import own_rules
from copylast.fix.loop import FixOutcome, fix
from copylast.layers.model import LayerModel
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic, Safety
from copylast.rule.plugins import Plugin, RuleHandle, load_plugins
from copylast.rule.rule import Example, Rule

__all__ = ["RuleCase", "check_rule_examples", "rule_cases"]

_DOCKERFILE = "Dockerfile"
_PLUGIN = Plugin("testing", "testing", "")


class RuleCase(NamedTuple):
    """One thing that must hold; ``str()`` names it, :meth:`check` raises AssertionError if it does not."""

    rule: type[Rule]
    example: Example
    variant: str
    registry: Registry

    def __str__(self) -> str:
        return f"{self.rule.code}-{self.example.title}-{self.variant}".replace(" ", "-")

    def check(self) -> None:
        """Raises AssertionError with what was expected and what came."""
        _CHECKS[self.variant](_Trial(self.rule, self.example, self.registry))


def rule_cases(rule: type[Rule], registry: Registry | None = None, descriptors: Sequence[str] = ()) -> list[RuleCase]:
    """All cases of a rule.

    ``registry`` are the package managers that are known (default: the built-in ones, and those of the
    folders ``descriptors``). Raises AssertionError for an example that states nothing, or more than one thing.
    """
    known = registry if registry is not None else _registry(descriptors)
    cases: list[RuleCase] = []
    for example in rule.examples:
        stated = [example.fixed is not None, bool(example.withheld), example.found, bool(example.silent)]
        assert sum(stated) == 1, (
            f"{rule.code} {example.title}: exactly one of fixed=, withheld=, found=True and silent= is needed"
        )
        variants = [name for name in _CHECKS if example.variants or name in _ALWAYS]
        texts = example.dockerfile + (example.fixed or "")
        if "`" in texts or "\\" in texts or "escape" in texts:
            variants = [name for name in variants if name != "other escape"]
        cases += [RuleCase(rule, example, name, known) for name in variants]
    return cases


def check_rule_examples(rule: type[Rule], registry: Registry | None = None) -> None:
    """Check all cases of a rule, for those who do not use pytest. Raises AssertionError at the first that fails."""
    cases = rule_cases(rule, registry)
    assert cases, f"{rule.code} has no example"
    for case in cases:
        case.check()


def _registry(descriptors: Sequence[str]) -> Registry:
    sources = load_plugins().ecosystems
    return Registry((*sources, *(EcosystemSource(folder, "testing") for folder in descriptors)))


class _Remembered(MemoryContext):
    """The files of an example, with a history of 50 commits if it says something of one."""

    def __init__(self, files: Mapping[str, str], changes: Mapping[str, int]) -> None:
        super().__init__(files, _DOCKERFILE)
        declared = tuple(sorted(files.items()))
        self.callers = lambda: _declared(declared)[0]
        self.exports = lambda: _declared(declared)[1]
        commits = tuple(f"{number:040x}" for number in range(50 if changes else 0))
        self._history = History(commits, {path: (1 << times) - 1 for path, times in changes.items()})

    def churn(self, paths: Iterable[str]) -> Churn | None:
        return self._history.churn(paths)


@lru_cache(maxsize=64)
def _declared(files: tuple[tuple[str, str], ...]) -> tuple[tuple[Caller, ...], tuple[Export, ...]]:
    """The callers and exports among the files of an example, which are put on the disk: that is where they are read."""
    if not any(NAMED.search(path) for path, _ in files):
        return (), ()
    with TemporaryDirectory() as folder:
        for path, text in files:
            place = Path(folder, path)
            if Path(folder) in place.resolve().parents:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(text.encode("utf-8", "surrogateescape"))
        project, dockerfile = ProjectBuilds(folder), os.path.join(folder, _DOCKERFILE)
        Path(dockerfile).touch()
        return callers_of(project, dockerfile), exports_of(project, dockerfile)


class _Trial:
    """One example, and the means to try it in many forms."""

    def __init__(self, rule: type[Rule], example: Example, registry: Registry) -> None:
        self.rule = rule
        self.example = example
        handle = RuleHandle(_PLUGIN, rule)
        own = [other for other in own_rules() if other.code != rule.code]
        self.checker = Checker([handle], [handle, *own], registry, lambda _: rule.Options())

    def context(self, files: Callable[[str], str] = str) -> BuildContext:
        texts = {path: files(text) for path, text in self.example.files.items()}
        context = _Remembered({_DOCKERFILE: self.example.dockerfile, **texts}, self.example.changes)
        context.former = lambda: self.example.former
        return context

    def look(self, text: str, context: BuildContext | None) -> list[Diagnostic]:
        return list(self.checked(text, context).diagnostics)

    def checked(self, text: str, context: BuildContext | None) -> Checked:
        checked = self.checker.check(Source(text, _DOCKERFILE), context, Build(builder=self.example.builder))
        assert not checked.failures, "\n".join(f.detail or str(f) for f in checked.failures)
        foreign = [d for d in checked.diagnostics if d.code != self.rule.code]
        assert not foreign or self.rule.code == "CPL900", f"{foreign[0].code}: {foreign[0].message}"
        return checked

    def fix(self, text: str, context: BuildContext | None) -> FixOutcome:
        def look(source: Source, here: BuildContext | None) -> tuple[LayerModel, Sequence[Diagnostic]]:
            checked = self.checked(source.text, here)
            return checked.model, checked.diagnostics

        return fix(Source(text, _DOCKERFILE), context, look, allow_unsafe=self.example.unsafe)

    def fixed(self, text: str, context: BuildContext | None) -> str:
        outcome = self.fix(text, context)
        assert not outcome.skipped, f"the fix was not applied: {outcome.skipped[0].reason}"
        return outcome.texts.get(_DOCKERFILE, text)


def _as_stated(trial: _Trial) -> None:
    example = trial.example
    text = example.dockerfile
    found = trial.look(text, trial.context())
    if example.silent is not None:
        assert not found, f"must stay silent ({example.silent}), but says: {found[0].message}"
        return
    assert found, "must find something, and does not"
    for diagnostic in found:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text), "the span lies outside the text"
    if example.found:
        assert all(d.fix is None and not d.withheld for d in found), "has a fix, or says why not: fixed= or withheld="
        return
    if example.withheld is not None:
        _withheld(trial, found)
        return
    _applied(trial, found)


def _withheld(trial: _Trial, found: list[Diagnostic]) -> None:
    reasons = [d.withheld or "" for d in found]
    wanted = trial.example.withheld or ""
    assert any(wanted in reason for reason in reasons), f"withheld for another reason: {reasons}"
    assert all(d.fix is None or d.fix.safety < Safety.SAFE for d in found), "must offer no safe fix, and offers one"


def _applied(trial: _Trial, found: list[Diagnostic]) -> None:
    example = trial.example
    safety = Safety.UNSAFE if example.unsafe else Safety.SAFE
    assert any(d.fix is not None and d.fix.safety == safety for d in found), (
        f"no fix is {safety.name.lower()}; withheld: {[d.withheld for d in found]}"
    )
    outcome = trial.fix(example.dockerfile, trial.context())
    assert not outcome.skipped, f"the fix was not applied: {outcome.skipped[0].reason}"
    text = outcome.texts.get(_DOCKERFILE, example.dockerfile)
    assert text == example.fixed, f"must become\n{example.fixed}\nand became\n{text}"
    ignore = {path: new for path, new in outcome.texts.items() if path != _DOCKERFILE}
    assert list(ignore.values()) == ([] if example.ignore is None else [example.ignore]), f"other files: {ignore}"
    assert not parse(Source(text)).problems, "the result does not parse"
    left = [d for d in outcome.remaining if d.fix is not None and d.fix.safety >= safety]
    assert not left, f"the result is not clean: {left[0].message}"


def _stable(trial: _Trial) -> None:
    if trial.example.fixed is None:
        return
    files = dict(trial.example.files)
    if trial.example.ignore is not None:
        files[".dockerignore"] = trial.example.ignore
    context = MemoryContext({_DOCKERFILE: trial.example.fixed, **files}, _DOCKERFILE)
    again = trial.fixed(trial.example.fixed, context)
    assert again == trial.example.fixed, f"fixed once more it becomes\n{again}"


def _varied(change: Callable[[str], str]) -> Callable[[_Trial], None]:
    """The same findings on a changed text, and the fix of it is the changed fix."""

    def check(trial: _Trial) -> None:
        example = trial.example
        text = change(example.dockerfile)
        before = trial.look(example.dockerfile, trial.context())
        after = trial.look(text, trial.context())
        assert len(after) == len(before), f"found {len(before)} before and {len(after)} after the change"
        if example.fixed is not None:
            want = change(example.fixed)
            got = trial.fixed(text, trial.context())
            assert got == want, f"must become\n{want!r}\nand became\n{got!r}"

    return check


def _without_context(trial: _Trial) -> None:
    for diagnostic in trial.look(trial.example.dockerfile, None):
        edits = diagnostic.fix.edits if diagnostic.fix is not None else ()
        # What only concerns the text itself (a comment, say) needs no context.
        needs = trial.rule.code[3] in "13" and trial.rule.code.startswith("CPL")
        assert not (edits and needs), "without a context no fix may be offered"


def _line_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


def _no_final_newline(text: str) -> str:
    return text.removesuffix("\n")


def _lower_case(text: str) -> str:
    source = Source(text)
    for instruction in reversed(parse(source).instructions):
        # ONBUILD's own instruction too: it is the first word behind the keyword.
        for span in [n.keyword_span for n in (instruction.nested, instruction) if n is not None]:
            text = text[: span.start] + text[span.start : span.end].lower() + text[span.end :]
    return text


def _other_escape(text: str) -> str:
    first = re.match(r"(?:#[ \t]*\w+[ \t]*=.*\n)*", text)
    at = first.end() if first is not None else 0
    return text[:at] + "# escape=`\n" + text[at:]


_CHECKS: dict[str, Callable[[_Trial], None]] = {
    "as stated": _as_stated,
    "stable": _stable,
    "CRLF": _varied(_line_ends),
    "no final newline": _varied(_no_final_newline),
    "lower case": _varied(_lower_case),
    "no context": _without_context,
    "other escape": _varied(_other_escape),
}
_ALWAYS = ("as stated", "stable", "no context")
