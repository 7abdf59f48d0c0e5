"""XML as package managers write it, read within bounds: no entities, no external files, no great depth.

An entity bomb, an unclosed element or a tower of elements ends in :class:`XmlError`, which names the line.
"""

from __future__ import annotations

from collections.abc import Iterator

from copylast_rules.readers.gathering import LOCAL, Gathering
from copylast_rules.readers.places import shown

MAX_DEPTH = 200
MAX_ELEMENTS = 200_000


class XmlError(Exception):
    """``line`` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


class Element:
    """One element: local name (no namespace), attributes, children, and its own text."""

    __slots__ = ("attributes", "children", "line", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""
        self.line = line

    def all(self, name: str) -> Iterator[Element]:
        """The children of that name."""
        return (child for child in self.children if child.name == name)

    def first(self, *path: str) -> Element | None:
        """The first descendant along ``path``, a name a level."""
        here: Element | None = self
        for name in path:
            here = next(here.all(name), None) if here is not None else None
        return here

    def said(self, *path: str) -> str:
        """The text of the first descendant along ``path``; empty where there is none."""
        found = self.first(*path)
        return found.text.strip() if found is not None else ""

    def walk(self) -> Iterator[Element]:
        """The element and everything below it."""
        stack: list[Element] = [self]
        while stack:
            here = stack.pop()
            yield here
            stack.extend(reversed(here.children))


def parse_xml(text: str) -> Element:
    """The root element. Raises :class:`XmlError`."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.buffer_text = True
    stack: list[Element] = []
    roots: list[Element] = []
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS or len(stack) >= MAX_DEPTH:
            raise XmlError(parser.CurrentLineNumber, "there are too many elements, or too deep ones")
        element = Element(name.rsplit(":", 1)[-1], attributes, parser.CurrentLineNumber)
        (stack[-1].children if stack else roots).append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def characters(data: str) -> None:
        stack[-1].text += data

    def entity(*_: object) -> None:
        raise XmlError(parser.CurrentLineNumber, "it declares entities, which are not expanded")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(text.removeprefix("\ufeff"), True)
    except expat.ExpatError as e:
        raise XmlError(e.lineno, f"not XML: {expat.ErrorString(e.code)}") from None
    return roots[0]


def xml_of(g: Gathering, path: str, gate: int = LOCAL) -> Element | None:
    """The root element of a file, or None after a refusal."""
    text = g.text(path, gate)
    if text is None:
        return None
    try:
        return parse_xml(text)
    except XmlError as e:
        g.refuse(gate, f"{shown(path, g.cwd)}:{e.line} cannot be read: {e}", path, e.line)
        return None
