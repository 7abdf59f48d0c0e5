"""Physical lines to logical lines.

The order of questions is that of BuildKit's ``parser.Parse``: comment or not, directive or not,
continued or not; a heredoc's body is read as it stands. Every line is looked at once.
"""

from __future__ import annotations

from copylast.dockerfile.lexer import SPACE
from copylast.dockerfile.nodes import Comment, Directive, Logical, Problem
from copylast.dockerfile.source import Span
from copylast.records import NamedTuple, made
from copylast.regexes import lazy_regex

_DIRECTIVE = lazy_regex(r"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=([\t\n\f\r ]*)")
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
# A line with one of these at its end, or an empty one, wants a second look.
_ENDS = frozenset("\\`\t\r ") | {""}
# Go's bufio.Scanner holds one line, its end included, in a buffer of this many bytes.
_LINE_LIMIT = 64 * 1024


class Body(NamedTuple):
    """The lines of a heredoc: ``start:stop`` is the content, ``end`` the end of the terminator."""

    start: int
    stop: int
    end: int
    terminated: bool


class Scanner:
    """Reads ``text`` from front to back: ``next_line`` until None, ``heredoc`` in between."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 1 if text.startswith("\ufeff") else 0
        self.escape = "\\"
        self.directives: list[Directive] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self._top = True
        # A file without a line of this many characters has none of that many bytes.
        self._long = _LINE_LIMIT // 4

    def next_line(self) -> Logical | None:
        """The next logical line that is not empty; comments and directives are put aside."""
        text, size, pos = self.text, len(self.text), self.pos
        find = text.find
        leading: list[Comment] = []
        while pos < size:
            stop = find("\n", pos)
            if stop < 0:
                stop = size
            line = text[pos:stop]
            if stop - pos > self._long:
                self._check_length(pos, stop)
            if line[-1:] not in _ENDS and line[0].isalpha():
                # A line by itself, from its first character to its last: most are.
                self._top = False
                self.pos = min(stop + 1, size)
                return made(Logical, (line, [(0, pos)], pos, stop, (), tuple(leading)))
            line = line.rstrip("\r")
            body = line.lstrip(SPACE)
            start = pos + len(line) - len(body)
            if body[:1] == "#":
                if not (self._top and self._directive(body, start)):
                    self._top = False
                    leading.append(made(Comment, (body[1:], made(Span, (start, start + len(body))))))
                    self.comments.append(leading[-1])
                pos = stop + 1
                continue
            self._top = False
            if not body:
                leading.clear()
                pos = stop + 1
                continue
            above = tuple(leading) if leading else ()
            head = body.rstrip("\t ")
            if head[-1:] != self.escape or head[-2:-1] == self.escape:
                self.pos = min(stop + 1, size)
                return made(Logical, (body, [(0, start)], start, start + len(body), (), above))
            self.pos = min(stop + 1, size)
            return self._continue(head[:-1], start, start + len(body), above)
        self.pos = size
        return None

    def _continue(self, first: str, start: int, end: int, above: tuple[Comment, ...]) -> Logical:
        text, size, pos, escape, long = self.text, len(self.text), self.pos, self.escape, self._long
        find = text.find
        parts = [first]
        segments = [(0, start)] if first else []
        length = len(first)
        comments: list[Comment] = []
        continued = True
        while continued and pos < size:
            stop = find("\n", pos)
            if stop < 0:
                stop = size
            line = text[pos:stop].rstrip("\r")
            if stop - pos > long:
                self._check_length(pos, stop)
            body = line.lstrip(SPACE)
            end = pos + len(line)
            if not body:
                pos = stop + 1
                continue
            if body[0] == "#":
                comments.append(made(Comment, (body[1:], made(Span, (end - len(body), end)))))
                pos = stop + 1
                continue
            head = line.rstrip("\t ")
            if head[-1] == escape and head[-2:-1] != escape:
                line = head[:-1]
            else:
                continued = False
            if line:
                parts.append(line)
                segments.append((length, pos))
                length += len(line)
            pos = stop + 1
        self.pos = min(pos, size)
        self.comments.extend(comments)
        return made(Logical, ("".join(parts), segments or [(0, start)], start, end, tuple(comments), above))

    def heredoc(self, name: str, chomp: bool) -> Body:
        """Read lines up to the one that is ``name``, or to the end of the text."""
        text, size, pos, long = self.text, len(self.text), self.pos, self._long
        find = text.find
        begin = pos
        while pos < size:
            stop = find("\n", pos)
            if stop < 0:
                stop = size
            if stop - pos > long:
                self._check_length(pos, stop)
            line = text[pos:stop].rstrip("\r")
            if (line.lstrip("\t") if chomp else line) == name:
                self.pos = min(stop + 1, size)
                return Body(begin, pos, pos + len(line), True)
            pos = stop + 1
        self.pos = size
        return Body(begin, size, size, False)

    def _directive(self, body: str, start: int) -> bool:
        """Whether the comment ``body`` is a parser directive (BuildKit: ``DirectiveParser``)."""
        rest = body[1:].lstrip(SPACE)
        match = _DIRECTIVE.match(rest)
        if not match:
            return False
        name = match.group(1).lower()
        value = rest[match.end() :].rstrip("\t\n\f\r ")
        if not value:
            # The value takes at least one character, be it the last blank.
            value = match.group(2)[-1:]
        if not value or name not in _DIRECTIVES:
            return False
        span = Span(start, start + len(body))
        if any(directive.name == name for directive in self.directives):
            self.problems.append(Problem(f"only one {name} parser directive can be used", span))
            return True
        self.directives.append(Directive(name, value, span))
        if name == "escape":
            if value in ("\\", "`"):
                self.escape = value
            else:
                message = f"the escape character must be a backslash or a backtick, not {value!r}"
                self.problems.append(Problem(message, span))
        return True

    def _check_length(self, pos: int, stop: int) -> None:
        newline = stop < len(self.text)
        size = len(self.text[pos:stop].encode("utf-8", "surrogatepass")) + newline
        if size > _LINE_LIMIT - (not newline):
            limit = _LINE_LIMIT - 1
            message = f"this line has {size} bytes; BuildKit stops reading at lines of more than {limit}"
            self.problems.append(Problem(message, Span(pos, stop)))
