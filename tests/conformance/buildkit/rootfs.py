"""Root file systems for base images: busybox with stub installers, and Debian for real installs."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from tests.conformance.buildkit.managers import CALLS, PLACES, script
from tests.conformance.buildkit.prepare import Tools

STUBS = Path(__file__).parent / "stubs"
"""Shell scripts that take the place of package managers, one a file; those of ``managers.py`` are added to them."""

_IMAGES = {"node": 1000, "bun": 1001, "deno": 1002, "mamba": 1003, "opam": 1004}
_USERS = {"root": 0, "www-data": 33, **_IMAGES, "nobody": 65534}
_HOMES = {"root": "/root", "node": "/home/node"}
_PASSWD = "".join(f"{name}:x:{it}:{it}::{_HOMES.get(name, '/tmp')}:/bin/sh\n" for name, it in _USERS.items())
_GROUP = "".join(f"{name}:x:{number}:\n" for name, number in {**_USERS, "nogroup": 65534}.items())
_FOLDERS = (
    *("bin", "etc", "home", "home/node", "opt", "root", "srv", "tmp", "usr", "usr/bin", "usr/local", "usr/local/bin"),
    *("runtime", "var"),
)

SETTINGS = ("ENV PATH=/usr/local/bin:/usr/bin:/bin:/sbin", 'CMD ["/bin/sh"]')
"""What the images say about themselves."""

_CALLERS = (Path(__file__).parent, Path(__file__).parents[2] / "cases")
_ALWAYS = {"[", "[[", "ash", "sh"}


def busybox_tar(tools: Tools, place: Path, more: Mapping[str, str] | None = None) -> Path:
    """Write a tar of busybox and the stubs; ``more`` are further files by path, so that two images differ."""
    own = io.BytesIO()
    with tarfile.open(fileobj=own, mode="w") as archive:
        for name, text in sorted((more or {}).items()):
            _add(archive, name, text.encode(), 0o644)
    place.write_bytes(_common(tools.busybox) + own.getvalue())
    return place


@cache
def _common(busybox: Path) -> bytes:
    """The entries of busybox and the stubs, without what ends a tar."""
    listed = _applets(busybox)
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for folder in _FOLDERS:
            _add(archive, folder, None, 0o1777 if folder == "tmp" else 0o755)
        _add(archive, "bin/busybox", busybox.read_bytes(), 0o755)
        for name in listed:
            if name != "busybox":
                _link(archive, f"bin/{name}", "busybox")
        if "bash" not in listed:
            _link(archive, "bin/bash", "/usr/local/bin/bash")
        _link(archive, "sbin", "bin")
        _link(archive, "usr/bin/env", "/bin/env")
        _add(archive, "etc/passwd", _PASSWD.encode(), 0o644)
        _add(archive, "etc/group", _GROUP.encode(), 0o644)
        for stub in sorted(STUBS.iterdir()):
            _add(archive, f"usr/local/bin/{stub.name}", stub.read_bytes(), 0o755)
        for program in CALLS:
            _add(archive, f"usr/local/bin/{program}", script(program).encode(), 0o755)
        for path, program in PLACES.items():
            _add(archive, path, script(program).encode(), 0o755)
        for name, alias in ALIASES:
            _link(archive, f"usr/local/bin/{name}", alias)
        return written.getvalue()[: archive.offset]


@cache
def _applets(busybox: Path) -> list[str]:
    """The programs of busybox that a stub, a case or a test names: an image is written and read for each proof."""
    listed = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
    named = set(_ALWAYS)
    for folder in _CALLERS:
        for file in folder.rglob("*"):
            if file.is_file() and file.suffix != ".pyc":
                named.update(re.findall(r"[\w.-]+", file.read_text(encoding="utf-8", errors="replace")))
    return [name for name in listed if name in named]


ALIASES = (
    *(("pip3", "pip"), ("python3", "python"), ("apt", "apt-get"), ("cc", "gcc"), ("mamba", "conda")),
    *(("micromamba", "conda"), ("piptools", "pip-sync")),
    *((tool, "node-tool") for tool in ("next", "node-pre-gyp", "nuxt", "patch-package", "tsc", "vite")),
)


def stubbed_programs() -> frozenset[str]:
    """The programs for which a stub stands."""
    return frozenset((*(stub.name for stub in STUBS.iterdir()), *CALLS, *(name for name, _ in ALIASES)))


def _add(archive: tarfile.TarFile, name: str, content: bytes | None, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.mode = mode
    if content is None:
        entry.type = tarfile.DIRTYPE
        archive.addfile(entry)
    else:
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))


def _link(archive: tarfile.TarFile, name: str, target: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.SYMTYPE
    entry.linkname = target
    archive.addfile(entry)


def debian_tar(
    root: Path,
    place: Path,
    more: Mapping[str, tuple[Path, int]],
    texts: Mapping[str, str],
    without: Sequence[str] = (),
) -> Path:
    """Write a tar of a Debian root with ``more`` files of the machine and ``texts``, by their path inside.

    ``without`` are patterns of paths that are left out.
    """

    def kept(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        name = entry.name.removeprefix("./")
        return None if any(fnmatchcase(name, pattern) for pattern in without) else _as_root(entry)

    with tarfile.open(place, "w") as archive:
        archive.add(root, ".", filter=kept)
        for name, text in sorted(texts.items()):
            _add(archive, name, text.encode(), 0o644)
        for name, (source, mode) in sorted(more.items()):
            if source.is_dir():
                archive.add(source, name, filter=_as_root)
            else:
                _add(archive, name, source.read_bytes(), mode)
    return place


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def needs_of(program: Path) -> dict[str, Path]:
    """The shared libraries that a program of this machine is started with, by name."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    found: dict[str, Path] = {}
    for line in said.splitlines():
        name, arrow, rest = line.strip().partition(" => ")
        place = rest.partition(" (")[0]
        if arrow and os.path.isabs(place) and stat.S_ISREG(os.stat(place).st_mode):
            found[name] = Path(place)
    return found
