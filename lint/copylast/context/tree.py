"""Declarations as a tree whose every value knows its line: from YAML, or from JSON with comments.

PyYAML is an extra and imported here only, when a file that matters is read. Nothing is constructed from
tags; aliases share one value, so a file cannot grow by naming itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

DEPTH = 50


class TreeError(Exception):
    """The text cannot be read; says where and why."""


class MissingExtra(TreeError):
    """The library for this kind of file is not installed."""


class Tree:
    """A scalar (``text``), a sequence (``items``) or a mapping (``fields``), and its line from 1."""

    __slots__ = ("fields", "items", "line", "text")

    def __init__(self, line: int) -> None:
        self.line = line
        self.text: str | None = None
        self.items: list[Tree] = []
        self.fields: dict[str, Tree] = {}

    def get(self, *names: str) -> Tree:
        """What is under these keys; an empty tree where nothing is."""
        here = self
        for name in names:
            found = here.fields.get(name)
            if found is None:
                return Tree(here.line)
            here = found
        return here

    def __bool__(self) -> bool:
        return self.text is not None or bool(self.items) or bool(self.fields)

    def strings(self) -> list[str]:
        """The scalars of a sequence, or a single scalar as the only one."""
        if self.text is not None:
            return [self.text]
        return [one.text for one in self.items if one.text is not None]

    def pairs(self) -> Iterator[tuple[str, str | None]]:
        """``KEY: value`` fields, or ``KEY=value`` and ``KEY`` strings."""
        for name, value in self.fields.items():
            yield name, value.text
        for one in self.items:
            if one.text is not None:
                name, equals, value_text = one.text.partition("=")
                yield name, value_text if equals else None


def from_yaml(text: str) -> Tree:
    """The first document. Raises :class:`TreeError`."""
    try:
        import yaml
    except ImportError:
        raise MissingExtra("PyYAML is not installed") from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for node in yaml.compose_all(text, loader):
            return _of_node(node, {}, 0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark is not None else ""
        raise TreeError(f"{line}{getattr(error, 'problem', None) or error}") from None
    except (RecursionError, ValueError) as error:
        raise TreeError(str(error)) from None
    return Tree(1)


def _of_node(node: object, known: dict[int, Tree], depth: int) -> Tree:
    import yaml

    if not isinstance(node, yaml.Node) or depth > DEPTH:
        return Tree(1)
    seen = known.get(id(node))
    if seen is not None:
        return seen
    tree = known[id(node)] = Tree(int(node.start_mark.line) + 1)
    if node.tag == "!reset":
        return tree
    if isinstance(node, yaml.ScalarNode):
        null = node.tag == "tag:yaml.org,2002:null"
        tree.text = None if null else str(node.value)
    elif isinstance(node, yaml.SequenceNode):
        tree.items = [_of_node(one, known, depth + 1) for one in node.value]
    elif isinstance(node, yaml.MappingNode):
        merged: list[Tree] = []
        for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if not isinstance(key, yaml.ScalarNode):
                continue
            below = _of_node(value, known, depth + 1)
            if key.tag == "tag:yaml.org,2002:merge":
                merged += below.items or [below]
            else:
                below = _at_line(below, int(key.start_mark.line) + 1)
                tree.fields[str(key.value)] = below
        for source in merged:
            for name, value_tree in source.fields.items():
                tree.fields.setdefault(name, value_tree)
    return tree


def _at_line(tree: Tree, line: int) -> Tree:
    """The same value said to be at ``line``: people look for the key, not for what stands under it."""
    if tree.line == line:
        return tree
    other = Tree(line)
    other.text, other.items, other.fields = tree.text, tree.items, tree.fields
    return other


_JSON_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.S)
_JSON_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:', re.S)
_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.S)


def from_json(text: str) -> Tree:
    """JSON, with comments and last commas as in editors' files. Raises :class:`TreeError`.

    Lines are where a key first stands in the text, which is right for names that occur once.
    """
    import json

    bare = _JSON_PARTS.sub(lambda part: part[0] if part[0].startswith('"') else " ", text)
    bare = _LAST_COMMA.sub(lambda part: part[1] or "", bare)
    try:
        value: object = json.loads(bare)
    except (ValueError, RecursionError) as error:
        raise TreeError(str(error)) from None
    lines: dict[str, int] = {}
    line, done = 1, 0
    for key in _JSON_KEY.finditer(text):
        line += text.count("\n", done, key.start())
        done = key.start()
        lines.setdefault(key[1], line)
    return _of_value(value, lines, 1)


def _of_value(value: object, lines: dict[str, int], line: int) -> Tree:
    tree = Tree(line)
    if isinstance(value, dict):
        for name, below in cast("dict[str, object]", value).items():
            tree.fields[name] = _of_value(below, lines, lines.get(name, line))
    elif isinstance(value, list):
        tree.items = [_of_value(one, lines, line) for one in cast("list[object]", value)]
    elif isinstance(value, bool):
        tree.text = "true" if value else "false"
    elif value is not None:
        tree.text = str(value)
    return tree
