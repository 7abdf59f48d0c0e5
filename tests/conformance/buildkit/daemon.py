"""A dockerd of one's own: on a unix socket in a temporary folder, ended by its process handle."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tests.conformance.buildkit.prepare import Tools, Unavailable

from copylast.prove.docker import Docker, Ran, run_process

_OFF = ("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--bridge=none")
"""Nothing of the machine's network is touched: builds have none, or the machine's own."""

_HOST = ("BUILDX_", "DOCKER_", "COMPOSE_", "BUILDKIT_")
"""What the machine says about its own docker is not meant for this one."""


_FRUGAL = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}
"""Programs of Go that live for a moment collect no garbage, and the daemon little: memory is cheaper than time here."""

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
            **_FRUGAL,
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
        # A hundred thousand small files: Python takes thrice the time for them.
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)

    def run(self, command: Sequence[str], timeout: float = 600) -> Ran:
        """The runner for everything that talks to this daemon."""
        # The plugin itself: docker would start it twice, once to ask what it is.
        if list(command[:2]) == ["docker", "buildx"]:
            command = [str(self._tools.buildx), *command[2:]]
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
        query = [("fromSrc", "-"), *(("changes", setting) for setting in settings), *_named(tag)]
        self._post("/images/create", query, tar)

    def tag(self, image: str, tag: str) -> None:
        """Give an image another name."""
        self._post(f"/images/{image}/tag", _named(tag))

    def _post(self, path: str, query: Sequence[tuple[str, str]], body: Path | None = None) -> None:
        """What ``docker import`` and ``docker tag`` do, without starting a program for each of hundreds."""
        connection = _Connection(f"{self.folder}/docker.sock")
        try:
            with open(body or os.devnull, "rb") as stream:
                connection.request("POST", f"{path}?{urlencode(query)}", stream)
            answer = connection.getresponse()
            said = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        # A failure in the middle comes as a line of the answer.
        if answer.status >= 300 or '"errorDetail"' in said:
            raise RuntimeError(f"{path} {query}: {said}")


class _Connection(HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, place: str) -> None:
        super().__init__("localhost", timeout=600)
        self._place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._place)


def _named(tag: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """An image's name as the daemon is told it: what stands behind the last colon is its tag, unless it is a port."""
    name, _, last = tag.rpartition(":")
    return (("repo", name), ("tag", last)) if name and "/" not in last else (("repo", tag), ("tag", "latest"))
