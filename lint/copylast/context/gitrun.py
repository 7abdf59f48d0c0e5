"""Running git on a repository that nobody vouches for.

A repository's own configuration can name programs (fsmonitor, hooks, signature checks, textconv,
transports). Nothing here lets git start one, reach a network, take a lock or ask a question. Without
git, or where git refuses, the answer is :class:`GitError`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType

from copylast.records import NamedTuple

_CONFIG = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.sshCommand=false",
    "core.attributesFile=/dev/null",
    "log.showSignature=false",
    "protocol.allow=never",
    "maintenance.auto=false",
    "gc.auto=0",
)


class GitError(Exception):
    """git is not there, or says no; the text is for people."""


class Repository(NamedTuple):
    """Where git keeps its things: the working tree's ``top`` and the ``git_dir`` that belongs to it."""

    top: str
    git_dir: str


def find_repository(path: str) -> Repository | None:
    """The repository around ``path``, found by looking for ``.git`` upwards; git itself is not run."""
    here = os.path.abspath(path)
    while True:
        place = os.path.join(here, ".git")
        if os.path.isdir(place):
            return Repository(here, place)
        if os.path.isfile(place):
            try:
                with open(place, encoding="utf-8", errors="surrogateescape") as stream:
                    kind, _, target = stream.read(4096).partition(":")
            except OSError:
                return None
            target = os.path.join(here, target.strip())
            return Repository(here, target) if kind == "gitdir" and os.path.isdir(target) else None
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def git_environment() -> dict[str, str]:
    """The environment without ``GIT_*``, with everything optional switched off."""
    scrubbed = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    scrubbed.update(
        GIT_ALLOW_PROTOCOL="none",
        GIT_NO_LAZY_FETCH="1",
        GIT_NO_REPLACE_OBJECTS="1",
        GIT_OPTIONAL_LOCKS="0",
        GIT_TERMINAL_PROMPT="0",
        GIT_PAGER="cat",
        LC_ALL="C",
    )
    return scrubbed


def git_command(git_dir: str, arguments: Sequence[str]) -> list[str]:
    """The argument list for one git call on the repository whose git directory is ``git_dir``."""
    options = [option for setting in _CONFIG for option in ("-c", setting)]
    return ["git", "--no-pager", "--no-optional-locks", *options, f"--git-dir={git_dir}", *arguments]


def git_output(git_dir: str, arguments: Sequence[str], timeout: float = 60) -> bytes:
    """What git prints. Raises :class:`GitError`."""
    import subprocess

    try:
        done = subprocess.run(
            git_command(git_dir, arguments),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=git_environment(),
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except (OSError, subprocess.SubprocessError) as error:
        raise GitError(f"git could not be run: {error}") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(lines[0] if lines else f"git ended with status {done.returncode}")
    return done.stdout


class GitObjects:
    """One ``git cat-file --batch`` for many objects, started when the first is asked for."""

    def __init__(self, git_dir: str) -> None:
        self.git_dir = git_dir
        self._process: object | None = None

    def read(self, name: str, limit: int | None = None) -> bytes:
        """The content of the object called ``name`` (first ``limit`` bytes). Raises :class:`GitError`."""
        import subprocess

        if "\n" in name:
            raise GitError(f"{name!r} is not a name of a git object")
        process = self._process
        if not isinstance(process, subprocess.Popen):
            try:
                process = subprocess.Popen(
                    git_command(self.git_dir, ["cat-file", "--batch"]),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=git_environment(),
                )
            except OSError:
                raise GitError("git is not installed") from None
            self._process = process
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            process.stdin.flush()
            head = process.stdout.readline().split()
            if len(head) != 3 or not head[2].isdigit():
                raise GitError(f"{name}: no such git object")
            size = int(head[2])
            wanted = size if limit is None else min(limit, size)
            data: bytes = process.stdout.read(wanted)
            rest = size - wanted + 1
            while rest > 0:
                skipped = len(process.stdout.read(min(rest, 1 << 20)))
                if not skipped:
                    raise GitError("git ended early")
                rest -= skipped
        except OSError as error:
            raise GitError(f"git ended early: {error.strerror}") from None
        return data

    def close(self) -> None:
        """End the process, if there is one."""
        import subprocess

        process, self._process = self._process, None
        if isinstance(process, subprocess.Popen):
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    try:
                        stream.close()
                    except OSError:
                        # It died before it read everything; there is nothing left to say to it.
                        pass
            process.wait()

    def __enter__(self) -> GitObjects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
