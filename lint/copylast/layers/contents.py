"""Whether two selections of files are the same, read as little as the answer needs.

What counts is BuildKit's ``contenthash``: names, kinds, permission bits, link targets and bytes; not times,
nor owners (a client sends files as root's).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from copylast.context.entry import ContextError, Entry
from copylast.context.gopath import has_wildcard, in_root
from copylast.context.select import Selection
from copylast.layers.situations import Situation
from copylast.records import NamedTuple


class Files(NamedTuple):
    """Files of the build context that enter a key by content.

    ``selection`` is None where nobody knows which files it takes. ``asked`` are the sources and filters that
    it was made with: equal ones select alike from equal trees. ``own`` are directories that are sources
    themselves, whose own mode counts. ``mode`` is the mode that the files get whatever theirs is.
    """

    situation: Situation
    selection: Selection | None
    asked: tuple[str, ...]
    own: tuple[Entry, ...] = ()
    mode: str = ""


class Difference(NamedTuple):
    """A path of the context, and what happened to it in words that follow its name."""

    path: str
    what: str


def sources_of(selection: Selection) -> tuple[Entry, ...]:
    """The directories that sources without wildcards name."""
    found: list[Entry] = []
    for source in selection.sources:
        if has_wildcard(source):
            continue
        place = selection.context.resolve(in_root(source))
        entry = selection.context.entry(place) if place is not None else None
        if entry is not None and entry.kind == "dir":
            found.append(entry)
    return tuple(found)


def same_files(one: Files, two: Files) -> bool | None:
    """Whether the two have equal content; None if nobody can say."""
    if one.selection is None or two.selection is None:
        return True if not one.situation.differing(two.situation) and _same_tree(one, two) else None
    return next(differences(one, two), None) is None


def differences(old: Files, new: Files) -> Iterator[Difference]:
    """What differs, the cheapest to find first. Contents are read only while names and sizes agree."""
    if old.selection is None or new.selection is None:
        return
    known = old.situation.differing(new.situation)
    if known is not None and _same_tree(old, new):
        for path, what in known.items():
            if _takes(old.selection, path) or _takes(new.selection, path):
                yield Difference(path, what)
        return
    yield from _by_listing(old, new, known)


def _same_tree(one: Files, two: Files) -> bool:
    """True if the two ask for the same of trees that differ only where the situations say so."""
    if one.situation.origin is not two.situation.origin or (one.asked, one.mode) != (two.asked, two.mode):
        return False
    first, second = one.situation.context, two.situation.context
    if first is second or first is None or second is None:
        return True
    texts = [context.ignore.text if context.ignore else None for context in (first, second)]
    return texts[0] == texts[1]


def _takes(selection: Selection, path: str) -> bool:
    return selection.image_path(path) is not None


def _by_listing(old: Files, new: Files, known: dict[str, str] | None) -> Iterator[Difference]:
    before, after = _listing(old), _listing(new)
    names = [name for name, _ in before]
    if names != [name for name, _ in after]:
        there, here = dict(before), dict(after)
        some = False
        for name, entry in after:
            if name not in there:
                some = True
                yield Difference(entry.path, "is new")
        for name, entry in before:
            if name not in here:
                some = True
                yield Difference(entry.path, "was removed")
        if not some and after:
            yield Difference(after[0][1].path, "comes in another order")
        return
    # An entry that stands at the same path of the same tree is the same unless somebody said otherwise.
    doubtful = [
        (a, b)
        for (_, a), (_, b) in zip(before, after, strict=True)
        if known is None or a.path != b.path or a.path in known
    ]
    for a, b in zip(old.own, new.own, strict=False):
        if a.mode != b.mode and not old.mode and known is None:
            yield Difference(b.path or ".", "has another mode")
    left: list[tuple[Entry, Entry]] = []
    for a, b in doubtful:
        if a.kind != b.kind:
            yield Difference(b.path, "is something else now")
        elif a.kind != "link" and a.mode != b.mode and not (new.mode and old.mode):
            yield Difference(b.path, "has another mode")
        elif a.kind == "file" and a.size != b.size:
            yield Difference(b.path, "changed")
        elif a.kind in ("file", "link"):
            left.append((a, b))
    for a, b in left:
        if digest_of(old.situation, a) != digest_of(new.situation, b):
            yield Difference(b.path, "points elsewhere" if b.kind == "link" else "changed")


def _listing(files: Files) -> list[tuple[str, Entry]]:
    assert files.selection is not None
    known = files.situation.listings.get(files.asked)
    if known is None:
        known = [(image_path, entry) for entry, image_path in files.selection.pairs()]
        files.situation.listings[files.asked] = known
    return known


def amount(files: Files) -> tuple[int, int]:
    """How many files a selection that is known brings (directories not counted), and how many bytes."""
    assert files.selection is not None
    known = files.situation.amounts.get(files.asked)
    if known is None:
        entries = [entry for entry in files.selection.entries() if entry.kind != "dir"]
        size = sum([entry.size for entry in entries if entry.kind == "file"])
        known = files.situation.amounts[files.asked] = (len(entries), size)
    return known


def digest_of(situation: Situation, entry: Entry) -> str:
    """The digest of a file's bytes or a link's target; of its version where only that is known."""
    known = situation.digests.get(entry.path)
    if known is not None:
        return known
    context = situation.context
    assert context is not None
    version = situation.versions.get(entry.path)
    try:
        if version is not None:
            digest = f"version {version}"
        elif entry.kind == "link":
            digest = f"link {context.raw_link(entry.path)}"
        else:
            digest = hashlib.sha256(context.raw_read(entry.path, entry.size + 1)).hexdigest()
    except ContextError as error:
        # Unreadable now and then: the same; unreadable once: a change.
        digest = f"unreadable {error}"
    situation.digests[entry.path] = digest
    return digest


def digest_files(files: Files) -> str:
    """One digest for all: what a key holds. Reads every file."""
    if files.selection is None:
        return "unknown"
    digest = hashlib.sha256()
    for entry in files.own:
        digest.update(f"own {entry.mode:o}\n".encode())
    for name, entry in _listing(files):
        mode = files.mode or ("" if entry.kind == "link" else f"{entry.mode:o}")
        content = digest_of(files.situation, entry) if entry.kind in ("file", "link") else ""
        digest.update(f"{name}\0{entry.kind}\0{mode}\0{content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
