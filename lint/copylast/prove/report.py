"""What a proof by building found, as data and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from copylast.prove.docker import Built
from copylast.prove.filesystem import Difference
from copylast.prove.progress import BuiltStep
from copylast.records import NamedTuple


class Phase(NamedTuple):
    """One of the four builds: ``name`` says which, for people."""

    name: str
    built: Built


class ProofReport(NamedTuple):
    """The four builds, and what follows from them.

    ``first`` and ``fixed`` are the builds of the same files before and after the fix, ``first_edited`` and
    ``fixed_edited`` those after the edit of ``edited``; None where an earlier failure made them pointless.
    ``differences`` are those of the two final file systems that nothing excuses, ``excused`` the others.
    """

    edited: str
    first: Phase
    fixed: Phase | None
    first_edited: Phase | None
    fixed_edited: Phase | None
    differences: tuple[Difference, ...]
    excused: tuple[Difference, ...]

    @property
    def failed(self) -> Phase | None:
        """The build that failed, if one did."""
        for phase in (self.first, self.fixed, self.first_edited, self.fixed_edited):
            if phase is not None and not phase.built.ok:
                return phase
        return None

    @property
    def same(self) -> bool:
        """All builds went well, and the fix changed nothing in the image."""
        return self.failed is None and not self.differences

    @property
    def spared(self) -> tuple[BuiltStep, ...]:
        """Steps that ran again after the edit before the fix, and came from the cache after it.

        With the time that they took before. A RUN that the fix cut out of a longer one counts, with no
        seconds, since its time is not known; one that the fix added does not.
        """
        if self.first_edited is None or self.fixed_edited is None:
            return ()
        ran = [step for step in self.first_edited.built.steps if step.status == "executed" and step.keyword == "RUN"]
        found: list[BuiltStep] = []
        for step in self.fixed_edited.built.steps:
            if step.status != "cached" or step.keyword != "RUN":
                continue
            equal = next((old for old in ran if old.text == step.text), None)
            if equal is not None:
                found.append(step._replace(seconds=equal.seconds))
            elif any(_body(step.text) in _body(old.text) for old in ran):
                found.append(step._replace(seconds=0.0))
        return tuple(found)

    @property
    def lost(self) -> tuple[BuiltStep, ...]:
        """Steps that came from the cache after the edit before the fix, and ran again after it."""
        if self.first_edited is None or self.fixed_edited is None:
            return ()
        old = self.first_edited.built.steps
        kept = {step.text for step in old if step.status == "cached"}
        # A line that stands there twice may have been cached once and run once.
        ran = Counter(step.text for step in old if step.status == "executed")
        found: list[BuiltStep] = []
        for step in self.fixed_edited.built.steps:
            # An image that is looked up again is shown as run or as cached, as it happens.
            if step.status != "executed" or step.keyword == "FROM":
                continue
            ran[step.text] -= 1
            if step.text in kept and ran[step.text] < 0:
                found.append(step)
        return tuple(found)


def _body(text: str) -> str:
    """The command of a RUN, without the keyword and its flags."""
    words = text.split(" ")[1:]
    while words and words[0].startswith("--"):
        del words[0]
    return " ".join(words).strip()


_MARKS = {"cached": "cached", "executed": "RAN", "failed": "FAILED", "stopped": "stopped", "unknown": "?"}


def describe(report: ProofReport) -> str:
    """The report as lines of plain text."""
    lines: list[str] = []
    failed = report.failed
    if failed is not None:
        lines.append(f"The build {failed.name} failed: {failed.built.complaint}")
        lines += [f"  {_MARKS[step.status]:8}{_short(step)}" for step in failed.built.steps]
        return "\n".join(lines)
    if report.differences:
        lines.append("The fix changes the image:")
        lines += [f"  /{difference.path} {difference.what}" for difference in report.differences]
    else:
        lines.append("Built before and after the fix: the same files, with the same modes, owners and contents.")
    lines += _excused(report.excused)
    for phase in (report.first_edited, report.fixed_edited):
        if phase is not None:
            lines.append(f"After an edit of {report.edited}, {phase.name}:")
            lines += [
                f"  {_MARKS[step.status]:8}{step.seconds:6.1f} s  {_short(step)}"
                for step in phase.built.steps
                if step.keyword != "FROM"
            ]
    for step in report.spared:
        # What was cut out of a longer step has no time of its own.
        time = f" ({step.seconds:.1f} s)" if step.seconds else ""
        lines.append(f"No longer run again: {_short(step)}{time}")
    lines += [f"Run again where it was cached: {_short(step)}" for step in report.lost]
    return "\n".join(lines)


def _excused(differences: Sequence[Difference]) -> Iterator[str]:
    """One line a reason: an install brings hundreds of compiled files."""
    reasons: dict[str, list[str]] = {}
    for difference in differences:
        reasons.setdefault(difference.excuse, []).append(difference.path)
    for reason, paths in reasons.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield f"  not counted: /{paths[0]}{more} ({reason})"


def _short(step: BuiltStep) -> str:
    text = " ".join(step.text.split())
    return text if len(text) <= 90 else text[:87] + "..."
