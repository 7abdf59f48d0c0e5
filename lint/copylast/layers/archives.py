"""Whether an ADD would unpack what it brings: BuildKit looks at the first bytes, not at the name.

Source of fact: the archive detection of BuildKit's file operations (tar, plain or behind gzip, bzip2, xz or zstd).
"""

from __future__ import annotations

from copylast.context.entry import ContextError
from copylast.context.select import Selection

_MAGIC = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_TAR_AT = 257
_SUFFIXES = (".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")


def brings_archive(selection: Selection) -> bool:
    """True if a source of an ADD is, or may be, a local archive. Files inside a directory are never unpacked."""
    for source in selection.sources:
        for path in _named_files(selection, source):
            if path.lower().endswith(_SUFFIXES):
                return True
            try:
                head = selection.context.raw_read(path, _TAR_AT + 8)
            except ContextError:
                return True
            if head.startswith(_MAGIC) or head[_TAR_AT : _TAR_AT + 5] == b"ustar":
                return True
    return False


def _named_files(selection: Selection, source: str) -> list[str]:
    """The files that a source names itself, a wildcard included."""
    context = selection.context
    if not any(c in source for c in "*?[\\"):
        path = context.resolve(source.strip("/"))
        entry = context.entry(path) if path is not None else None
        return [path] if path is not None and entry is not None and entry.kind == "file" else []
    depth = source.strip("/").removeprefix("./").count("/")
    return [e.path for e, _ in selection.pairs() if e.kind == "file" and e.path.count("/") == depth]
