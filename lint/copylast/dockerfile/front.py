"""dockerfile-parse, reading what BuildKit reads.

Alone, dockerfile-parse takes heredoc bodies for instructions and ends a continuation at a blank
line. Here it gets lines of our own: one per instruction, joined, with a blank line behind it, and
the comments. Our tree is the truth; this is the API that plugin authors may know.
"""

from __future__ import annotations

from io import BytesIO

from dockerfile_parse import DockerfileParser

from copylast.dockerfile.nodes import Dockerfile


class FrontParser(DockerfileParser):
    """A ``DockerfileParser`` over a parsed :class:`~copylast.dockerfile.nodes.Dockerfile`.

    It is for reading: what is written to it changes neither the tree nor a file.
    """

    def __init__(self, dockerfile: Dockerfile) -> None:
        text = dockerfile.source.text
        super().__init__(fileobj=BytesIO(text.encode("utf-8", "surrogatepass")))
        self._dockerfile = dockerfile

    @property
    def lines(self) -> list[str]:
        """Lines that dockerfile-parse cannot misread: each instruction on one, continued into a blank."""
        return [line for line, _, _ in self._entries()]

    @lines.setter
    def lines(self, lines: list[str]) -> None:
        raise AttributeError("a FrontParser is for reading only")

    @property
    def structure(self) -> list[dict[str, str | int]]:
        """Instructions and comments with ``startline`` and ``endline`` (from 0) of the real file."""
        entries = super().structure
        places = {index: (start, end) for index, (_, start, end) in enumerate(self._entries())}
        source = self._dockerfile.source
        for entry in entries:
            start, end = places[int(entry["startline"])]
            first, last = source.position(start).line, source.position(end).line
            entry["startline"], entry["endline"] = first - 1, last - 1
            entry["content"] = source.text[source.line_span(first).start : source.line_span(last).end]
        return entries

    def _entries(self) -> list[tuple[str, int, int]]:
        """Lines, and the range of the source that each stands for."""
        dockerfile = self._dockerfile
        # The blank line in front ends dockerfile-parse's search for an escape directive, which it
        # finds in fewer places than BuildKit: here a backslash continues, whatever the file says.
        entries: list[tuple[int, str, int, int]] = [(-1, "\n", 0, 0)]
        for directive in dockerfile.directives:
            start, end = directive.span
            entries.append((start, f"# {directive.name}={directive.value}\n", start, end))
        for comment in dockerfile.comments:
            start, end = comment.span
            entries.append((start, f"#{comment.text}\n", start, end))
        for instruction in dockerfile.instructions:
            if not instruction.keyword:
                continue
            start, end = instruction.span
            entries.append((start, f"{instruction.keyword} {instruction.rest}\\\n", start, end))
            entries.append((start, "\n", start, end))
        # A comment inside a continuation comes after the instruction that it is in.
        entries.sort(key=lambda entry: entry[0])
        return [(line, start, end) for _, line, start, end in entries]
