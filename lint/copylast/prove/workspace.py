"""Private copies of a build context: what is built, edited and thrown away is never the user's own folder."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from copylast.context.disk import DiskContext
from copylast.records import NamedTuple


class Workspace(NamedTuple):
    """A copy of a context, and the Dockerfile in it or beside it."""

    context: Path
    dockerfile: Path


def copy_context(source: DiskContext, dockerfile: Path, texts: Mapping[str, str], place: Path) -> Workspace:
    """Copy what a build can see of ``source`` below ``place``, with ``texts`` in place of what is stored.

    ``texts`` are by path from the context's root; ``../`` stands for the folder of a Dockerfile outside of it.
    Modes and links stay as they are; owners do not count in a build.
    """
    # A daemon takes folders of one name for one folder and does not look at the modes of its directories again.
    root = place / f"context-{secrets.token_hex(8)}"
    root.mkdir(parents=True)
    shutil.copymode(source.root, root)
    modes: list[tuple[Path, int]] = []
    for entry in source.files():
        target = root / entry.path
        if entry.kind == "dir":
            target.mkdir(exist_ok=True)
            modes.append((target, entry.mode))
        elif entry.kind == "link":
            target.symlink_to(source.raw_link(entry.path))
        elif entry.kind == "file":
            shutil.copyfile(os.path.join(source.root, entry.path), target)
            target.chmod(entry.mode)
    inside = os.path.relpath(dockerfile.absolute(), source.root).replace(os.sep, "/")
    # A build reads these two even where the ignore file leaves them out of every COPY.
    for name in (inside, *source.ignore_names):
        text = texts[name] if name in texts else None
        stored = Path(source.root, name)
        target = _place(root, name)
        if text is None and (not stored.is_file() or target.exists()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            with open(target, "w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
                stream.write(text)
        else:
            shutil.copyfile(stored, target)
        if stored.is_file():
            shutil.copymode(stored, target)
        else:
            target.chmod(0o644)
    for directory, mode in reversed(modes):
        directory.chmod(mode)
    return Workspace(root, _place(root, inside))


def _place(root: Path, name: str) -> Path:
    if name.startswith("../"):
        return root.with_name("beside") / os.path.basename(name)
    return root / name
