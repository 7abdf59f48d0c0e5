"""Declarations as a tree whose every value knows its line: from YAML, or from JSON with comments.

PyYAML is imported here only, when a file that matters is read. Nothing is constructed from
tags; aliases share one value, so a file cannot grow by naming itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from copylast.regexes import lazy_regex
from copylast.typed import cast

DEPTH = 100
_NULLS = ("", "~", "null", "Null", "NULL")


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
        return _of_events(yaml.parse(text, loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark is not None else ""
        raise TreeError(f"{line}{getattr(error, 'problem', None) or error}") from None
    except ValueError as error:
        raise TreeError(str(error)) from None


def _of_events(events: Iterable[object]) -> Tree:
    """A tree from parser events, without recursion: the library's own composer crashes on deep nesting."""
    from yaml import events as kinds

    anchors: dict[str, Tree] = {}
    root = Tree(1)
    open_ones: list[_Open] = []
    for event in events:
        if isinstance(event, (kinds.SequenceEndEvent, kinds.MappingEndEvent)):
            done = open_ones.pop()
            done.close()
            continue
        if isinstance(event, kinds.AliasEvent):
            tree = anchors.get(event.anchor or "", Tree(1))
            key = None
        elif isinstance(event, (kinds.ScalarEvent, kinds.CollectionStartEvent)):
            mark = event.start_mark
            tree = Tree(int(mark.line) + 1 if mark is not None else 1)
            if event.anchor:
                anchors[event.anchor] = tree
            key = event.value if isinstance(event, kinds.ScalarEvent) else None
            # Only a plain word can be the null value; quoted, it is a text.
            null = isinstance(event, kinds.ScalarEvent) and not event.style and key in _NULLS
            if key is not None and event.tag != "!reset" and not null:
                tree.text = key
        elif isinstance(event, kinds.DocumentEndEvent):
            break
        else:
            continue
        if open_ones:
            open_ones[-1].add(tree, key)
        else:
            root = tree
        if isinstance(event, kinds.CollectionStartEvent):
            if len(open_ones) == DEPTH:
                raise TreeError(f"line {tree.line}: nested too deeply")
            open_ones.append(_Open(tree, isinstance(event, kinds.MappingStartEvent)))
    return root


class _Open:
    """A collection that is being read: keys and values of a mapping come in turn."""

    def __init__(self, tree: Tree, is_mapping: bool) -> None:
        self.tree = tree
        self.is_mapping = is_mapping
        self.merged: list[Tree] = []
        self.key: tuple[str | None, int] | None = None

    def add(self, tree: Tree, text: str | None) -> None:
        if not self.is_mapping:
            self.tree.items.append(tree)
        elif self.key is None:
            self.key = text, tree.line
        else:
            (name, line), self.key = self.key, None
            if name == "<<":
                self.merged.append(tree)
            elif name is not None:
                self.tree.fields[name] = tree
                # People look for the key, not for what stands under it; what has a name of its own
                # (an anchor) stays where it is.
                tree.line = min(tree.line, line)

    def close(self) -> None:
        for merged in self.merged:
            for source in merged.items or [merged]:
                for name, value in source.fields.items():
                    self.tree.fields.setdefault(name, value)


_JSON_PARTS = lazy_regex(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.S)
_JSON_KEY = lazy_regex(r'"((?:[^"\\]|\\.)*)"\s*:', re.S)
_LAST_COMMA = lazy_regex(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.S)


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
