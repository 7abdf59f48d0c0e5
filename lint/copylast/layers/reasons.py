"""Why a step is rebuilt, said for people: the piece of its key that is not what it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from copylast.context.gopath import glob_matcher, has_wildcard, in_root
from copylast.layers.contents import Difference, Files, differences
from copylast.layers.inputs import Input, StepKey
from copylast.records import NamedTuple

_COUNTED = 50
"""So many changed files are counted; past that people do not care, and each may have to be read."""


class Reason(NamedTuple):
    """A cause. ``text`` is a whole short sentence without its full stop.

    ``kind`` is the kind of input (files, command, variable, ...), or ``after`` for a step that is rebuilt
    because the one at ``line`` is, ``output`` for what hangs on the output of another stage, ``new`` for a
    step that no build had, ``forced`` and ``lost``. ``names`` are the guilty files, variables or mounts.
    """

    kind: str
    text: str
    names: tuple[str, ...] = ()
    line: int | None = None


_OTHER_SOURCES = "it copies other sources"
_WORDS = {
    "user": "another USER is in force",
    "cwd": "it runs in another directory",
    "directory": "it makes another directory",
    "network": "another network mode is in force",
    "platform": "it is built for another platform",
    "security": "another security mode is in force",
    "destination": "it copies to another place",
    "epoch": "SOURCE_DATE_EPOCH changed",
    "image": "the base image is another",
    "context": "the named context is another",
    "unpack": "ADD and COPY never share a result",
    "option": "options for running commands changed",
    "device": "its devices changed",
    "text": "its text changed",
    "output": "it copies something else from the other stage",
    "pinned": "its checksum changed",
    "address": "what stands at the address changed",
}


def causes(old: StepKey, new: StepKey) -> list[Reason]:
    """What differs between a step and its former self, besides what it runs on; the most telling first."""
    moved = [one.value for one in _of(old, "source")] != [one.value for one in _of(new, "source")]
    found = [*(() if moved else _files(old, new)), *_command(old, new), *_variables(old, new), *_mounts(old, new)]
    done = {"files", "command", "variable", "mount"}
    kinds = dict.fromkeys(one.kind for one in (*new.inputs, *old.inputs))
    for kind in kinds:
        before, after = _of(old, kind), _of(new, kind)
        if kind in done or [one.value for one in before] == [one.value for one in after]:
            continue
        names = tuple(dict.fromkeys(one.name for one in (*after, *before) if one.name))
        found.append(Reason(kind, _other(kind, before, after), names))
    return found


def _of(step: StepKey, kind: str) -> list[Input]:
    return [one for one in step.inputs if one.kind == kind]


def _other(kind: str, before: Sequence[Input], after: Sequence[Input]) -> str:
    if kind == "source":
        old, new = [one.value for one in before], [one.value for one in after]
        return "its sources come in another order" if sorted(old) == sorted(new) else _OTHER_SOURCES
    if kind == "inline":
        return "the text of its heredoc changed"
    if kind == "flag":
        changed = [one.name for one in (*after, *before) if (one.kind, one.value) not in _both(before, after)]
        return f"{changed[0]} changed"
    if kind in _WORDS:
        return _WORDS[kind]
    return "it is built on something else"


def _both(before: Sequence[Input], after: Sequence[Input]) -> set[tuple[str, str]]:
    return {(one.kind, one.value) for one in before} & {(one.kind, one.value) for one in after}


def _files(old: StepKey, new: StepKey) -> Iterator[Reason]:
    for before, after in zip(_of(old, "files"), _of(new, "files"), strict=False):
        if isinstance(before.content, Files) and isinstance(after.content, Files):
            yield from _changed(before.content, after, _OTHER_SOURCES)


def _changed(before: Files, after: Input, elsewhere: str) -> Iterator[Reason]:
    """What changed in the files, or ``elsewhere`` if they are not the files that were asked for before."""
    assert isinstance(after.content, Files)
    found = list(islice(differences(before, after.content), _COUNTED))
    if found and before.asked != after.content.asked:
        yield Reason("source", elsewhere, (after.name,))
    elif found:
        yield Reason("files", _told(found, after.name), tuple(one.path for one in found))


def _told(found: Sequence[Difference], sources: str) -> str:
    first = found[0]
    if len(found) == 1:
        pattern = _pattern(first, sources)
        if pattern is not None:
            return f"another file matches {pattern}: {first.path}"
        return f"{first.path} {first.what}"
    others = f"{len(found) - 1} other file{'s' if len(found) > 2 else ''}"
    if len(found) == _COUNTED:
        others = "many other files"
    what = first.what if all(one.what == first.what for one in found) else "changed"
    what = {"is new": "are new", "was removed": "were removed", "has another mode": "have another mode"}.get(what, what)
    return f"{first.path} and {others} {what}"


def _pattern(difference: Difference, sources: str) -> str | None:
    """The wildcard that a new file matches itself."""
    if difference.what != "is new":
        return None
    parts = difference.path.split("/")
    for source in sources.split(" "):
        patterns = in_root(source).split("/")
        if has_wildcard(source) and len(patterns) == len(parts):
            try:
                if all(glob_matcher(pattern)(part) for pattern, part in zip(patterns, parts, strict=True)):
                    return source
            except ValueError:
                continue
    return None


def _command(old: StepKey, new: StepKey) -> Iterator[Reason]:
    before = [one.value for one in _of(old, "command")]
    after = [one.value for one in _of(new, "command")]
    if before == after:
        return
    squeezed = ["".join(text.split()) for text in before], ["".join(text.split()) for text in after]
    if squeezed[0] == squeezed[1]:
        yield Reason("command", "the white space of its command changed, and that counts")
    elif before and after and before[0].rpartition("\0")[2] == after[0].rpartition("\0")[2]:
        yield Reason("command", "another SHELL is in force")
    else:
        yield Reason("command", "its command changed")


def _variables(old: StepKey, new: StepKey) -> Iterator[Reason]:
    before = {one.name.partition(" ")[2]: one for one in _of(old, "variable")}
    after = {one.name.partition(" ")[2]: one for one in _of(new, "variable")}
    some = False
    for name, one in after.items():
        former = before.get(name)
        if former is None or former.value != one.value:
            some = True
            yield Reason("variable", f"{one.name} {'is new' if former is None else 'changed'}", (name,))
    for name, one in before.items():
        if name not in after:
            some = True
            yield Reason("variable", f"{one.name} is gone", (name,))
    if not some and list(before) != list(after):
        yield Reason("variable", "ENV and ARG come in another order, and that counts")


def _mounts(old: StepKey, new: StepKey) -> Iterator[Reason]:
    before, after = _of(old, "mount"), _of(new, "mount")
    if [one.value for one in before] != [one.value for one in after]:
        changed = [one.name for one in (*after, *before) if (one.kind, one.value) not in _both(before, after)]
        yield Reason("mount", f"the mount at {changed[0]} changed" if changed else "its mounts changed", tuple(changed))
        return
    for former, one in zip(before, after, strict=True):
        if isinstance(former.content, Files) and isinstance(one.content, Files):
            yield from _changed(former.content, one, f"the mount at {one.name} shows something else")
