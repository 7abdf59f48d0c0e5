"""Unpacks a private Docker, a busybox and a small Debian from packages, into a folder of their own.

Nothing is installed and no state of the machine's package manager is changed: the lists, the cache and
the packages live in the folder. What is there already is used again. As a program, it prepares the folder
that is given, or ``$CPL_BUILDKIT``, or one below ``~/.cache``::

    python tests/conformance/buildkit/prepare.py [FOLDER]
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

FORMAT = "3"
"""Written into finished folders; a folder of another format is made again."""

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

DOCKER = ("docker.io", "docker-buildx", "docker-cli")
HELPERS = ("containerd", "runc", "busybox-static")

DEBIAN = (
    *("base-files", "base-passwd", "bash", "coreutils", "dash", "debianutils", "diffutils", "findutils"),
    *("grep", "gzip", "hostname", "libc-bin", "sed", "tar", "ca-certificates"),
    *("python3", "python3-pip", "python3-venv", "python3-wheel", "libstdc++6", "libatomic1"),
)
"""What the image for real installs is made of, with all that it depends on; node comes from the machine."""

_FOLDERS = ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "tmp", "root", "etc", "var", "dev", "proc", "sys")


class Unavailable(Exception):
    """The real builder cannot be had here; the text says why."""


class Tools(NamedTuple):
    """Where the private programs are."""

    root: Path

    @property
    def path(self) -> str:
        """The value of PATH that finds the private programs first."""
        own = (self.root / "usr/sbin", self.root / "usr/bin", self.root / "sbin", self.root / "bin")
        return os.pathsep.join((*map(str, own), os.environ.get("PATH", os.defpath)))

    @property
    def buildx(self) -> Path:
        """The buildx plugin."""
        return self.root / "usr/libexec/docker/cli-plugins/docker-buildx"

    @property
    def busybox(self) -> Path:
        """A static busybox."""
        found = [place for place in (self.root / "bin/busybox", self.root / "usr/bin/busybox") if place.is_file()]
        if not found:
            raise Unavailable(f"no busybox in {self.root}")
        return found[0]


def home() -> Path:
    """The folder that is prepared once and kept."""
    # Not COPYLAST_...: copylast refuses a variable of that kind that it does not know.
    chosen = os.environ.get("CPL_BUILDKIT")
    return Path(chosen) if chosen else Path("~/.cache/copylast-buildkit").expanduser()


def prepare(folder: Path) -> Tools:
    """The private Docker below ``folder``, unpacked if it is not there. Raises :class:`Unavailable`."""
    _possible()
    release = _release()
    with _once(folder / "docker") as fresh:
        if fresh is not None:
            suite = "trixie" if release == 12 else None
            # Debian 12 has no buildx; 13's programs of Go need nothing that 12 has not.
            own = HELPERS if suite else (*HELPERS, *DOCKER)
            packages = _download(fresh / "own", own, None)
            if suite:
                packages += _download(fresh / "later", DOCKER, suite)
            root = fresh / "root"
            for package in packages:
                _run(["dpkg-deb", "-x", str(package), str(root)])
            for place in (fresh / "own", fresh / "later"):
                shutil.rmtree(place, ignore_errors=True)
    return Tools(folder / "docker/root")


def prepare_debian(folder: Path) -> Path:
    """The root of a small Debian with Python and pip below ``folder``. Raises :class:`Unavailable`."""
    _possible()
    _release()
    with _once(folder / "debian") as fresh:
        if fresh is not None:
            packages = _download(fresh / "apt", DEBIAN, None, closure=True)
            root = fresh / "root"
            for name in _FOLDERS:
                (root / name).mkdir(parents=True)
            for name in ("bin", "sbin", "lib", "lib64"):
                (root / name).symlink_to(f"usr/{name}")
            for package in packages:
                # tar follows the links of the merged /usr where dpkg-deb -x would replace them.
                _run(["sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --keep-directory-symlink', "sh",
                      str(package), str(root)])  # fmt: skip
            if not (root / "usr/bin/sh").exists():
                (root / "usr/bin/sh").symlink_to("dash")
            shutil.rmtree(fresh / "apt")
            # As the packages' own scripts do; without it each start of pip would do it, and keep it in its layer.
            _run(["chroot", str(root), "/usr/bin/python3", "-m", "compileall", "-q", "/usr/lib/python3",
                  *(f"/{one.relative_to(root)}" for one in sorted(root.glob("usr/lib/python3.*")))])  # fmt: skip
    return folder / "debian/root"


def _possible() -> None:
    if sys.platform != "linux":
        raise Unavailable("it needs Linux")
    if os.geteuid() != 0:
        raise Unavailable("it needs root, to start a private dockerd")
    for program in ("apt-get", "dpkg-deb", "tar"):
        if shutil.which(program) is None:
            raise Unavailable(f"there is no {program}, to unpack Debian packages")


def _release() -> int:
    """The Debian release of this machine."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    facts = {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
    number = facts.get("VERSION_ID", "").partition(".")[0]
    if facts.get("ID") != "debian" or not number.isdigit() or int(number) < 12:
        raise Unavailable(f"it knows the packages of Debian 12 and later, and this is {facts.get('PRETTY_NAME')}")
    return int(number)


@contextmanager
def _once(place: Path) -> Generator[Path | None]:
    """A fresh folder that becomes ``place`` at the end, or None if ``place`` is finished.

    Of several processes one prepares and the others wait.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{place}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = place / "format"
        if stamp.is_file() and stamp.read_text() == FORMAT:
            yield None
            return
        fresh = place.with_name(place.name + ".new")
        for old in (fresh, place):
            shutil.rmtree(old, ignore_errors=True)
        fresh.mkdir()
        yield fresh
        (fresh / "format").write_text(FORMAT)
        fresh.rename(place)


def _download(place: Path, names: Sequence[str], suite: str | None, closure: bool = False) -> list[Path]:
    """Fetch packages by the machine's own sources, or the same mirror's ``suite``."""
    for name in ("lists/partial", "cache/archives/partial", "debs"):
        (place / name).mkdir(parents=True)
    options = ["-q", "-o", f"Dir::State::lists={place}/lists", "-o", f"Dir::Cache={place}/cache"]
    options += ["-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=1"]
    if suite is not None:
        source = place / "suite.sources"
        source.write_text(f"Types: deb\nURIs: {_mirror()}\nSuites: {suite}\nComponents: main\nSigned-By: {KEYRING}\n")
        options += ["-o", f"Dir::Etc::sourcelist={source}", "-o", "Dir::Etc::sourceparts=/dev/null"]
    if suite is not None or closure:
        # What this machine has installed must not decide what is fetched.
        options += ["-o", "Dir::State::status=/dev/null"]
    _run(["apt-get", *options, "update"])
    if not closure:
        _run(["apt-get", *options, "download", *names], place / "debs")
        return sorted((place / "debs").glob("*.deb"))
    _run(["apt-get", *options, "install", "--download-only", "--yes", "--no-install-recommends", *names])
    return sorted((place / "cache/archives").glob("*.deb"))


def _mirror() -> str:
    """The address that the machine itself fetches Debian from."""
    places = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for place in places:
        if not place.is_file() or place.suffix not in (".list", ".sources"):
            continue
        for line in place.read_text(encoding="utf-8", errors="replace").splitlines():
            words = line.split()
            if words[:1] in (["URIs:"], ["deb"]):
                for word in words[1:]:
                    if word.startswith(("http://", "https://")) and "security" not in word:
                        return word
    raise Unavailable("apt has no source of Debian to fetch from")


def _run(command: Sequence[str], cwd: Path | None = None) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, cwd=cwd, env=environment, text=True, capture_output=True, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{command[0]}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Unavailable(f"{' '.join(command[:1])} failed: {said[-1] if said else done.returncode}")


if __name__ == "__main__":
    chosen = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else home()
    try:
        print(prepare(chosen).root)
        print(prepare_debian(chosen))
    except Unavailable as error:
        sys.exit(f"cannot prepare a real builder: {error}")
