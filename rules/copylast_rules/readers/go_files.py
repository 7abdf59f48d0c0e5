"""The syntax of go.mod and go.work: directives, blocks, quoted strings and comments.

Source of the grammar: https://go.dev/ref/mod#go-mod-file-lexical
"""

from __future__ import annotations

from copylast import NamedTuple, lazy_regex


class Directive(NamedTuple):
    """One directive; inside a block every line is one."""

    verb: str
    words: tuple[str, ...]
    line: int


class GoFile(NamedTuple):
    """The directives of a file, in order."""

    directives: tuple[Directive, ...]

    def of(self, verb: str) -> list[Directive]:
        """All directives of one kind."""
        return [d for d in self.directives if d.verb == verb]

    @property
    def version(self) -> tuple[int, int]:
        """The version of the ``go`` line; 1.16 where there is none, as Go assumes."""
        for directive in self.of("go"):
            parts = directive.words[0].split(".") if directive.words else []
            numbers = ["".join(c for c in p if c.isdigit() and c.isascii()) for p in parts[:2]]
            if len(numbers) == 2 and all(0 < len(n) < 6 for n in numbers):
                return int(numbers[0]), int(numbers[1])
        return 1, 16


class Replacement(NamedTuple):
    """``replace OLD [VERSION] => NEW [VERSION]``."""

    old: str
    old_version: str | None
    new: str
    new_version: str | None
    line: int

    @property
    def local(self) -> bool:
        """Is the new one a directory?"""
        return self.new_version is None and self.new.startswith(("./", "../", "/")) or self.new in (".", "..")


class GoSyntaxError(Exception):
    """``line`` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def parse(text: str) -> GoFile:
    """The directives of ``text``. Raises :class:`GoSyntaxError`."""
    out: list[Directive] = []
    block: str | None = None
    number = 0
    for number, line in enumerate(text.split("\n"), 1):
        words = _words(line.rstrip("\r"), number)
        if not words:
            continue
        if block is not None:
            if words == [")"]:
                block = None
            else:
                out.append(Directive(block, tuple(words), number))
        elif words[-1] == "(" and len(words) == 2:
            block = words[0]
        elif words[-1] == ")" and len(words) == 3 and words[1] == "(":
            continue
        else:
            out.append(Directive(words[0], tuple(words[1:]), number))
    if block is not None:
        raise GoSyntaxError(number, f"the block of {block!r} is not closed")
    return GoFile(tuple(out))


_PLAIN = lazy_regex(r"[(),]|[^ \t(),]+")


def _words(line: str, number: int) -> list[str]:
    if '"' not in line and "`" not in line:
        return _PLAIN.findall(line.partition("//")[0])
    words: list[str] = []
    i = 0
    while i < len(line):
        c = line[i]
        if c in " \t":
            i += 1
        elif line.startswith("//", i):
            break
        elif c in '"`':
            end = line.find(c, i + 1)
            while c == '"' and end > 0 and line[end - 1] == "\\":
                end = line.find(c, end + 1)
            if end < 0:
                raise GoSyntaxError(number, "a quoted string does not end")
            text = line[i + 1 : end]
            words.append(text.replace('\\"', '"').replace("\\\\", "\\") if c == '"' else text)
            i = end + 1
        elif c in "(),":
            words.append(c)
            i += 1
        else:
            start = i
            while i < len(line) and line[i] not in ' \t(),"`' and not line.startswith("//", i):
                i += 1
            words.append(line[start:i])
    return words


def replacements(file: GoFile) -> list[Replacement]:
    """All ``replace`` directives that are well formed. Raises :class:`GoSyntaxError` for the others."""
    out: list[Replacement] = []
    for d in file.of("replace"):
        if "=>" not in d.words:
            raise GoSyntaxError(d.line, "replace without =>")
        at = d.words.index("=>")
        old, new = d.words[:at], d.words[at + 1 :]
        if not 1 <= len(old) <= 2 or not 1 <= len(new) <= 2:
            raise GoSyntaxError(d.line, "replace does not name two modules")
        out.append(
            Replacement(
                old[0],
                old[1] if len(old) > 1 else None,
                new[0],
                new[1] if len(new) > 1 else None,
                d.line,
            )
        )
    return out
