"""A dockerd of one's own: on a unix socket in a temporary folder, ended by its process handle."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.conformance.buildkit.prepare import Tools, Unavailable

from copylast.prove.docker import Docker, Ran, run_process

_OFF = ("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--bridge=none")
"""Nothing of the machine's network is touched: builds have none, or the machine's own."""

_HOST = ("BUILDX_", "DOCKER_", "COMPOSE_", "BUILDKIT_")
"""What the machine says about its own docker is not meant for this one."""


_ENOUGH = 6_000_000_000
"""Bytes that all builds of the tier take at most."""


def _memory() -> str | None:
    """A folder in memory if there is room: nothing here has to last, and taking it away costs seconds, not a minute."""
    place = "/dev/shm"
    try:
        there = os.statvfs(place)
    except OSError:
        return None
    return place if there.f_bavail * there.f_frsize > _ENOUGH and os.access(place, os.W_OK) else None


class PrivateDocker:
    """Starts on entry, ends on exit. ``containerd_store``: images live in containerd, as ``COPY --link`` needs it.

    ``environment`` is that of a program whose docker is this one.
    """

    def __init__(self, tools: Tools, containerd_store: bool = False) -> None:
        self._tools = tools
        self._containerd = containerd_store

    def __enter__(self) -> Self:
        # The paths of unix sockets are limited, and pytest's temporary folders are long.
        self.folder = Path(tempfile.mkdtemp(prefix="cpl-", dir=_memory()))
        plugins = self.folder / "cfg/cli-plugins"
        plugins.mkdir(parents=True)
        (plugins / "docker-buildx").symlink_to(self._tools.buildx)
        socket = f"unix://{self.folder}/docker.sock"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_HOST)}
        self.environment = {
            **inherited,
            "PATH": self._tools.path,
            "DOCKER_HOST": socket,
            "DOCKER_CONFIG": str(self.folder / "cfg"),
        }
        # What a builder throws away to make room goes by the size of the disk, and would pass for a miss.
        settings: dict[str, object] = {"builder": {"gc": {"enabled": False}}}
        if self._containerd:
            settings["features"] = {"containerd-snapshotter": True}
        (self.folder / "daemon.json").write_text(json.dumps(settings))
        self._log = self.folder / "dockerd.log"
        command = ["dockerd", "--config-file", f"{self.folder}/daemon.json", "--host", socket]
        command += ["--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec"]
        command += ["--pidfile", f"{self.folder}/dockerd.pid", "--userland-proxy=false", *_OFF]
        try:
            with open(self._log, "wb") as log:
                self._process = subprocess.Popen(
                    command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise Unavailable(f"dockerd could not be started: {error.strerror}") from error
        try:
            self._wait()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while self.run(["docker", "version"]).code:
            if self._process.poll() is not None or time.monotonic() > end:
                lines = self._log.read_text(errors="replace").splitlines()
                raise Unavailable(f"dockerd does not run here: {lines[-1] if lines else 'it says nothing'}")
            time.sleep(0.1)

    def close(self) -> None:
        """End the daemon that was started here, and take its folder away."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        with open("/proc/mounts", encoding="utf-8", errors="replace") as mounts:
            inside = [line.split()[1] for line in mounts if line.split()[1].startswith(f"{self.folder}/")]
        for place in sorted(inside, reverse=True):
            subprocess.run(["umount", "-l", place], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, command: Sequence[str], timeout: float = 600) -> Ran:
        """The runner for everything that talks to this daemon."""
        return run_process(command, timeout, self.environment)

    @property
    def docker(self) -> Docker:
        """The docker that the code of ``copylast prove`` is given."""
        return Docker(run=self.run, timeout=600)

    @cached_property
    def version(self) -> tuple[int, int]:
        """The version of the BuildKit in this daemon."""
        said = self.run(["docker", "buildx", "inspect"])
        found = re.search(r"(?im)^buildkit(?: version)?: *v(\d+)\.(\d+)", said.out)
        if found is None:
            raise RuntimeError(f"docker buildx inspect tells no version: {said.out}{said.log}")
        return int(found[1]), int(found[2])

    def load(self, tar: Path, tag: str, settings: Sequence[str] = ()) -> None:
        """Make an image of a root file system, under any name; what had the name before loses it."""
        changes = [word for setting in settings for word in ("--change", setting)]
        done = self.run(["docker", "import", *changes, str(tar), tag])
        if done.code:
            raise RuntimeError(f"docker import of {tag}: {done.log}")

    def tag(self, image: str, tag: str) -> None:
        """Give an image another name."""
        done = self.run(["docker", "tag", image, tag])
        if done.code:
            raise RuntimeError(f"docker tag {tag}: {done.log}")
