"""The COPY that carries an install's manifests, put where the broad COPY stood."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable

from copylast.context.files import BuildContext
from copylast.dockerfile.source import Source
from copylast.ecosystem.readers import Need
from copylast.layers.model import LayerModel
from copylast.layers.paths import relative, within
from copylast.layers.steps import Step, rights
from copylast.layers.tree import ImageTree, Origin
from copylast.layers.writes import may_change
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.rule.blocks import cased, flags_text
from copylast.rule.refusal import Refused

_PLAIN = lazy_regex(r"[A-Za-z0-9_.,+@%=:/~()#!&;'\" -]+")
MOST_COPIES = 80
"""How many COPYs a fix may add: Docker's overlay2 stacks no more than 128 layers, those of the base included."""
_DROPPED = frozenset({"parents", "exclude", "from", "checksum", "keep-git-dir", "unpack"})
"""Flags that do not belong on the early COPY: it names its files one by one."""


class Carried(NamedTuple):
    """One path that must come early: where it is in the context, where in the image, and who brings it today."""

    context_path: str
    image_path: str
    is_dir: bool
    origin: Origin


def carried_by(
    model: LayerModel, step: Step, needs: Iterable[Need], guilty: Iterable[Step], tree: ImageTree | None = None
) -> dict[int, list[Carried]]:
    """The needed paths that only the guilty steps bring, by the index of the guilty step.

    ``tree`` is where they are looked for, the files that ``step`` sees if none is given. Raises
    :class:`Refused` where a needed path does not come from the context as it is written there.
    """
    if model.context is None:
        raise Refused(4, "there is no build context to look into")
    tree = tree or model.tree(step)
    indexes = {g.index for g in guilty}
    found: dict[int, list[Carried]] = {}
    seen: set[str] = set()
    for need in needs:
        if need.path in seen:
            continue
        seen.add(need.path)
        origin = tree.origin(need.path)
        if origin is None:
            if need.required and tree.kind(need.path) is None:
                raise Refused(4, f"{tree.shown(need.path)} ({need.why}) is not in the build context")
            continue
        if origin.step.index not in indexes:
            continue
        if origin.copy.stage is not None:
            raise Refused(7, f"{tree.shown(need.path)} comes from another stage")
        if need.what == "file" and _there_already(model, origin, need.path, indexes):
            continue
        one = carried(model, origin.path, need.path, origin)
        if one.is_dir and need.what == "stub":
            # An empty directory cannot be copied; that it exists only matters to the tool.
            raise Refused(3, f"the directory {origin.path} only has to exist, which a COPY cannot say")
        found.setdefault(origin.step.index, []).append(one)
    return found


def carried(model: LayerModel, context_path: str, image_path: str, origin: Origin) -> Carried:
    """One path of the context, as a COPY can name it. Raises :class:`Refused` where none can."""
    assert model.context is not None
    _refuse_links(model.context, context_path)
    entry = model.context.entry(context_path)
    if not _PLAIN.fullmatch(context_path) or context_path.startswith("-"):
        raise Refused(4, f"the path {context_path} has characters that COPY would read as a pattern")
    return Carried(context_path, image_path, entry is not None and entry.kind == "dir", origin)


def _there_already(model: LayerModel, origin: Origin, path: str, guilty: set[int]) -> bool:
    """True if a COPY that stays above the install brings the same file, for the same owner and with the same mode.

    Not if a command may have changed it since: the guilty COPY puts back what the context has.
    """
    for step in reversed(model.before(origin.step)):
        if step.keyword == "RUN" and any(may_change(fact, path) for fact in model.facts(step)):
            return False
        if step.copy is None or step.index in guilty or not within(path, step.copy.dest):
            continue
        if step.copy.selection is None or step.copy.selection.context_path(path) != origin.path:
            if step.copy.selection is None or step.copy.selection.context_path(path) is not None:
                return False
            continue
        return rights(step) == rights(origin.step)
    return False


def _refuse_links(context: BuildContext, path: str) -> None:
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        entry = context.entry("/".join(parts[:depth]))
        if entry is not None and entry.kind == "link":
            raise Refused(11, f"{entry.path} is a symbolic link")


def lines(source: Source, step: Step, carried: Iterable[Carried]) -> list[str]:
    """One COPY a directory, sorted, with the flags of the COPY at ``step`` and a destination that ends in ``/``.

    Raises :class:`Refused` where an image could not hold so many layers.
    """
    assert step.copy is not None
    head = cased(source, step.instruction, "COPY") + " " + flags_text(source, step.instruction, _DROPPED)
    groups: dict[str, list[Carried]] = {}
    singles: list[tuple[str, str, str]] = []
    paths = list(carried)
    dirs = [c for c in paths if c.is_dir]
    for one in paths:
        if any(d is not one and one.context_path.startswith(f"{d.context_path}/") for d in dirs):
            continue
        folder, name = posixpath.split(one.image_path)
        if one.is_dir:
            singles.append((one.image_path, one.context_path, _dest(step, one.image_path)))
        elif posixpath.basename(one.context_path) != name:
            singles.append((one.image_path, one.context_path, _dest(step, folder) + name))
        else:
            groups.setdefault(folder, []).append(one)
    found = [
        (folder, [c.context_path for c in sorted(group)], _dest(step, folder)) for folder, group in groups.items()
    ]
    found += [(key, [origin], dest) for key, origin, dest in singles]
    if len(found) > MOST_COPIES:
        count = f"{len(found):,}"
        raise Refused(2, f"what the install reads lies in {count} directories, more than an image has layers for")
    return [head + _arguments([*sources, dest]) for _, sources, dest in sorted(found)]


def _dest(step: Step, folder: str) -> str:
    """The directory ``folder`` as the destination of a COPY at ``step``, in the manner of its own destination."""
    written = step.instruction.words[-1].text
    copy = step.copy
    assert copy is not None
    if "$" in written and not any(c in written for c in "\"'\\`"):
        rest = relative(folder, copy.dest)
        if rest is not None:
            return f"{written.rstrip('/')}/" if rest == "." else f"{written.rstrip('/')}/{rest}/"
    if not copy.absolute:
        # Relative destinations stay relative, also below a working directory that nobody can name.
        rest = relative(folder, step.cwd)
        if rest is not None:
            return "./" if rest == "." else f"{rest}/"
    if folder.startswith("?"):
        raise Refused(7, "the working directory of the base image is not known")
    return folder.rstrip("/") + "/"


def _arguments(words: list[str]) -> str:
    if any(c in word for word in words for c in " '\""):
        return json.dumps(words, ensure_ascii=False)
    return " ".join(words)
