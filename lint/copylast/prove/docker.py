"""Asking a docker to build."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from copylast.prove.progress import BuiltStep, read_progress
from copylast.records import NamedTuple


class DockerError(Exception):
    """There is no docker that can be asked; the text is for people."""


class Ran(NamedTuple):
    """How a program ended, and what it wrote."""

    code: int
    out: str
    log: str


Runner = Callable[[Sequence[str], float], Ran]
"""Runs a command, at most so many seconds. Raises :class:`DockerError` if it cannot be started or ended."""


def run_process(command: Sequence[str], timeout: float, environment: Mapping[str, str] | None = None) -> Ran:
    """The runner that starts a process."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
        )
    except FileNotFoundError:
        raise DockerError(f"there is no program {command[0]} here, and fixes are proved by building") from None
    except OSError as error:
        raise DockerError(f"{command[0]} could not be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise DockerError(f"{command[0]} gave no answer in {timeout:g} s") from None
    return Ran(done.returncode, done.stdout, done.stderr)


class Request(NamedTuple):
    """One build. ``output`` is the file that the final file system is written to, as tar; None for no output.

    ``options`` are passed on as they are (secrets, network, ...).
    """

    context: str
    dockerfile: str
    target: str | None = None
    arguments: Mapping[str, str] = {}
    platform: str | None = None
    options: tuple[str, ...] = ()
    output: str | None = None


class Built(NamedTuple):
    """What came of a build; ``log`` ends with the reason of a failure."""

    ok: bool
    steps: tuple[BuiltStep, ...]
    log: str

    @property
    def complaint(self) -> str:
        """The last line that says something about a failure."""
        lines = [line.strip() for line in self.log.splitlines()]
        said = [line for line in lines if line.startswith("ERROR")] or [line for line in lines if line]
        return said[-1] if said else "no reason given"


@dataclass(frozen=True)
class Docker:
    """A docker command line, and how it is run."""

    command: tuple[str, ...] = ("docker",)
    run: Runner = run_process
    timeout: float = 3600.0

    def build(self, request: Request) -> Built:
        """Build, and tell what each step did. A build that fails is an answer; no docker is an error."""
        # Attestations would be laid beside the files, and an answer from a registry is nobody's business.
        command = [*self.command, "buildx", "build", "--progress=rawjson", "--provenance=false", "--sbom=false"]
        command += ["--file", request.dockerfile]
        for name, value in request.arguments.items():
            command += ["--build-arg", f"{name}={value}"]
        if request.target is not None:
            command += ["--target", request.target]
        if request.platform is not None:
            command += ["--platform", request.platform]
        command += ["--output", f"type=tar,dest={request.output}" if request.output else "type=cacheonly"]
        command += [*request.options, request.context]
        ran = self.run(command, self.timeout)
        steps = read_progress(ran.log)
        if ran.code and not steps:
            _explain(ran)
        return Built(ran.code == 0, steps, ran.log)


def _explain(ran: Ran) -> None:
    """Raise if the failure is docker's own and not the build's."""
    said = ran.log.lower()
    if "failed to solve" in said:
        return  # a builder answered: of the Dockerfile, whose flags and words stand in the log too
    for line in said.splitlines():
        if line.startswith(("unknown flag", "unknown shorthand flag")) and not any(flag in line for flag in _OURS):
            raise DockerError(f"docker buildx build: {line.strip()}")
    if "rawjson" in said or "unknown flag" in said or "is not a docker command" in said:
        raise DockerError("docker buildx 0.13 or later is needed, to read what each step did")
    if any(words in said for words in _UNREACHABLE):
        lines = [line.strip() for line in ran.log.splitlines() if any(words in line.lower() for words in _UNREACHABLE)]
        raise DockerError(lines[-1].removeprefix("ERROR: "))


_OURS = ("--progress", "--provenance", "--sbom", "--output")
"""Options that every build is given, and old versions do not know."""
_UNREACHABLE = (
    "cannot connect to the docker daemon",
    "failed to connect to the docker api",
    "error during connect",
    "permission denied while trying to connect",
)
"""What docker says, in its versions, when no daemon answers."""


def host_environment(**more: str) -> dict[str, str]:
    """This process's environment with ``more``, for a runner of one's own."""
    return {**os.environ, **more}
