"""Ignore comments: what they silence, and which of them silence nothing.

``# copylast: ignore=CPL101,CPL103 reason`` counts for the next instruction, and
``# copylast: file-ignore=CPL101 reason`` for the whole file. Rules may be called by code or name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence

from copylast.dockerfile.nodes import Comment, Dockerfile
from copylast.dockerfile.source import Span
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic, Edit, Effect, Fix, Safety, Severity
from copylast.rule.plugins import RuleHandle

SYNTAX = "CPL900"
UNUSED = "CPL901"
UNKNOWN = "CPL902"

# Patterns are compiled when a file has such a comment.
_IGNORE = (
    r"#[ \t]*copylast[ \t]*:[ \t]*(?P<kind>(?:file-)?ignore)[ \t]*=[ \t]*"
    r"(?P<list>[^\s,]+(?:[ \t]*,[ \t]*[^\s,]+)*)"
)
_WORD = r"[^\s,]+"
_DIRECTIVE = r"#[ \t]*[a-zA-Z][a-zA-Z0-9]*[ \t]*="


class Target(NamedTuple):
    """One rule named in one comment. ``reach`` is where it counts. ``rank`` is its place in the list."""

    word: str
    span: Span
    comment: int
    rank: int
    reach: Span


class Ignores:
    """The ignore comments of one file."""

    def __init__(self, dockerfile: Dockerfile, rules: Sequence[RuleHandle]) -> None:
        self.dockerfile = dockerfile
        self._codes: dict[str, str] = {}
        self._comments: list[tuple[Comment, list[Target]]] = []
        self._by_code: dict[str, list[Target]] = {}
        self._used: set[Target] = set()
        text = dockerfile.source.text
        if "copylast" not in text:
            return
        self._codes.update((rule.name, rule.code) for rule in rules)
        self._codes.update((rule.code, rule.code) for rule in rules)
        for comment in dockerfile.comments:
            self._read(comment, text)

    def _read(self, comment: Comment, text: str) -> None:
        found = re.compile(_IGNORE).match(text, comment.span.start, comment.span.end)
        if found is None:
            return
        reach = Span(0, len(text) + 1) if found["kind"] == "file-ignore" else self._next(comment)
        targets = [
            Target(
                word[0],
                Span(found.start("list") + word.start(), found.start("list") + word.end()),
                len(self._comments),
                index,
                reach,
            )
            for index, word in enumerate(re.finditer(_WORD, found["list"]))
        ]
        self._comments.append((comment, targets))
        for target in targets:
            self._by_code.setdefault(self._codes.get(target.word, ""), []).append(target)

    def _next(self, comment: Comment) -> Span:
        """The instruction that a comment stands above (or inside of)."""
        instructions = self.dockerfile.instructions
        at = bisect_right(instructions, comment.span.start, key=lambda instruction: instruction.span.end)
        return instructions[at].span if at < len(instructions) else Span(-1, -1)

    def keep(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The findings that no comment silences; remembers which comments were used."""
        if not self._comments:
            return list(diagnostics)
        kept: list[Diagnostic] = []
        for diagnostic in diagnostics:
            silencers = [
                target
                for target in self._by_code.get(diagnostic.code, ())
                if target.reach.start <= diagnostic.span.start < max(target.reach.end, target.reach.start + 1)
            ]
            self._used.update(silencers)
            if not silencers:
                kept.append(diagnostic)
        return kept

    def complaints(self, on: Collection[str]) -> list[Diagnostic]:
        """CPL901 and CPL902 for comments that silence nothing, as far as these rules are ``on``.

        Call it when everything else has been through :meth:`keep`. A comment for a rule that did not run
        may well be of use another time. Complaints can be silenced too, so those that silence them come last.
        """
        if not self._comments:
            return []
        all_targets = [target for _, targets in self._comments for target in targets]
        unknown = [t for t in all_targets if t.word not in self._codes and UNKNOWN in on]
        found = self.keep(self._unknown(target) for target in unknown)
        known = [t for t in all_targets if self._codes.get(t.word) in on and UNUSED in on]
        for targets in (
            [t for t in known if self._codes[t.word] != UNUSED],
            [t for t in known if self._codes[t.word] == UNUSED],
        ):
            found += self.keep([self._unused(target) for target in targets if target not in self._used])
        return found

    def _unknown(self, target: Target) -> Diagnostic:
        message = f"`{target.word}` is no rule{_guess(target.word, self._codes)}"
        return self._complaint(UNKNOWN, "unknown-ignore", message, target)

    def _unused(self, target: Target) -> Diagnostic:
        return self._complaint(UNUSED, "unused-ignore", f"this comment silences no `{target.word}`", target)

    def _complaint(self, code: str, name: str, message: str, target: Target) -> Diagnostic:
        edit = self._removal(target)
        if edit is None:
            why = "without it the next comment would become a parser directive"
            return Diagnostic(code, name, message, target.span, Severity.WARNING, withheld=why)
        title = "remove it from the comment" if edit.text else "remove the comment"
        fix = Fix(title, (edit,), Safety.SAFE, Effect(drops_comments=True))
        return Diagnostic(code, name, message, target.span, Severity.WARNING, help=title, fix=fix)

    def _removal(self, target: Target) -> Edit | None:
        """The edit that takes one rule out of its comment, and the line with it if it was the only one."""
        source = self.dockerfile.source
        comment, targets = self._comments[target.comment]
        # The whole list is written anew, so that two such edits of one comment conflict and are made in turn.
        whole = Span(targets[0].span.start, targets[-1].span.end)
        words = [other.word for other in targets if other.rank != target.rank]
        if words:
            return Edit(source.path, whole.start, whole.end, ",".join(words))
        line = source.line_span(source.position(comment.span.start).line)
        if self._uncovers_directive(line):
            return None
        return Edit(source.path, line.start, line.end, "")

    def _uncovers_directive(self, line: Span) -> bool:
        instructions = self.dockerfile.instructions
        first = instructions[0].span.start if instructions else len(self.dockerfile.source.text)
        if line.start >= first:
            return False
        return any(
            re.compile(_DIRECTIVE).match(self.dockerfile.source.text, c.span.start) is not None
            for c in self.dockerfile.comments
            if line.end <= c.span.start < first
        )


def _guess(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), 1, 0.6)
    return f"; did you mean `{near[0]}`?" if near else ""
