"""The documentation of a rule, out of its docstring.

A rule's module begins with a summary line and four headings; the class may say it instead.
"""

from __future__ import annotations

import inspect
import re
import sys

from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.rule.rule import Rule

HEADINGS = ("What it finds", "Why it matters", "What the fix does", "When it stays silent")

_HEADING = lazy_regex(r"^(?P<title>[^\n]+)\n(?:=+|-+)[ \t]*$", re.MULTILINE)


class Page(NamedTuple):
    """A summary line, and the text of each heading in order."""

    summary: str
    sections: tuple[tuple[str, str], ...]

    def text(self, heading: str) -> str:
        """The text of one heading in one line; empty if there is none."""
        return next((" ".join(body.split()) for title, body in self.sections if title == heading), "")

    def plain(self) -> str:
        """All of it as plain text."""
        return "\n\n".join([self.summary, *(f"{title}: {body}" for title, body in self.sections)])

    def markdown(self) -> str:
        """All of it as Markdown, without the title."""
        return "\n\n".join([self.summary, *(f"## {title}\n\n{body}" for title, body in self.sections)])


def documentation(rule: type[Rule]) -> Page:
    """The page of a rule. A rule without headings gives a page with its summary only."""
    for text in (rule.__doc__, sys.modules[rule.__module__].__doc__):
        page = _read(text or "")
        if page.sections:
            return page
    return _read(rule.__doc__ or sys.modules[rule.__module__].__doc__ or rule.name)


def _read(text: str) -> Page:
    text = inspect.cleandoc(text)
    found = list(_HEADING.finditer(text))
    head = text[: found[0].start()] if found else text
    # Each section ends where the next begins, the last one at the end of the text.
    sections = tuple(
        (here["title"].strip(), text[here.end() : after].strip())
        for here, after in zip(found, [*(f.start() for f in found[1:]), len(text)], strict=False)
    )
    return Page(" ".join(head.strip().split("\n\n")[0].split()), sections)
