"""Folders of files, made exactly as they are said to be, whatever the machine's umask."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from copylast.context.memory import Content, Link, Moded


def write_files(root: Path, files: Mapping[str, Content | None]) -> Path:
    """Make ``root`` with these files; ``name/`` is a directory, None is nothing. Files are 644, directories 755."""
    modes: dict[Path, int] = {}
    root.mkdir(parents=True)
    for path, content in files.items():
        if content is None:
            continue
        place = root / path
        for above in reversed(place.relative_to(root).parents):
            (root / above).mkdir(exist_ok=True)
            modes.setdefault(root / above, 0o755)
        mode = content.mode if isinstance(content, Moded) else None
        if path.endswith("/"):
            place.mkdir(exist_ok=True)
            modes[place] = mode if mode is not None else 0o755
            continue
        if isinstance(content, Link):
            place.symlink_to(content.target)
            continue
        text = content.content if isinstance(content, Moded) else content
        place.write_bytes(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)
        modes[place] = mode if mode is not None else 0o644
    # From below upwards: a directory may be closed to writing.
    for place in sorted(modes, reverse=True):
        place.chmod(modes[place])
    return root
