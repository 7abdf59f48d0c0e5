"""CPU time of reading alone, in one process: long files, many files, a context of 100,000 files. Fails over a limit.

    python -m benchmarks.reading [--runs 5]

Each figure is the least of the runs: what the work costs where nothing else disturbs it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpus import make
from copylast.context.disk import DiskContext
from copylast.context.files import BuildContext
from copylast.context.select import select
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source

FOLDERS, FILES = 1000, 100
"""100,000 files, as many folders as a monorepo has packages; and as much again that is excluded."""


class Figure(NamedTuple):
    """What was measured, the seconds that it took and may take."""

    name: str
    seconds: float
    limit: float


def least(work: Callable[[], object], runs: int) -> float:
    """CPU seconds of the fastest run."""
    found: list[float] = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


def long_file(lines: int) -> str:
    """An ordinary file, only longer: what people write, again and again."""
    block = (
        "# the service\nARG VERSION=1.2\nFROM golang:${VERSION} AS build\nWORKDIR /src\nENV CGO_ENABLED=0 \\\n"
        "    GOFLAGS=-mod=readonly\nCOPY go.mod go.sum ./\nRUN --mount=type=cache,target=/root/.cache go mod download\n"
        "COPY . .\nRUN apt-get update \\\n && apt-get install -y --no-install-recommends \\\n      curl \\\n"
        "      git \\\n    # keep the image small\n && rm -rf /var/lib/apt/lists/*\nRUN go build -o /out ./...\n\n"
        'LABEL org.opencontainers.image.title="service"\nEXPOSE 8080\nCMD ["/out/service", "--port", "8080"]\n'
    )
    whole = block * (lines // block.count("\n") + 1)
    return "".join(whole.splitlines(keepends=True)[:lines])


def continued(lines: int) -> str:
    """One RUN of so many lines."""
    return "FROM debian:12\nRUN true \\\n" + " && echo one more step \\\n" * (lines - 2) + " && true\n"


def big_context(root: Path) -> Iterator[Path]:
    """Make the context file by file, and yield the folders that must not be entered."""
    (root / ".dockerignore").write_text("**/node_modules\n*.log\n.git\n")
    for number in range(FOLDERS):
        folder = root / f"group{number // 50}" / f"package{number}"
        for part, count in (("", FILES // 2), ("src", FILES // 2), ("node_modules", 5)):
            (folder / part).mkdir(parents=True, exist_ok=True)
            for file in range(count):
                (folder / part / f"file{file}.py").touch()
        yield folder / "node_modules"


def listing(context: BuildContext) -> int:
    """The whole context, as a rule sees it that needs all of it."""
    return sum(1 for pair in select(context, ["."], "/app/").pairs() if pair.entry.kind == "file")


def one_name(context: BuildContext) -> bool:
    """What most rules ask."""
    chosen = select(context, ["group0/package1/file1.py"], "/app/")
    return not chosen.missing and chosen.context_path("/app/file1.py") is not None


def figures(runs: int) -> Iterator[Figure]:
    """Everything, in the order of the page."""
    ten_thousand = Source(long_file(10_000))
    yield Figure("10,000 lines", least(lambda: parse(Source(ten_thousand.text)), runs), 0.120)
    half = least(lambda: parse(Source(continued(20_000))), runs)
    whole = least(lambda: parse(Source(continued(40_000))), runs)
    yield Figure("one RUN of 40,000 lines", whole, 0.300)
    yield Figure("  the same, over half of it (linear: 2)", whole / half, 2.6)
    with tempfile.TemporaryDirectory() as place:
        texts = [path.read_text() for path in make(Path(place), 1000)]
    yield Figure("1,000 ordinary files", least(lambda: [parse(Source(text)) for text in texts], runs), 0.600)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        shut = list(big_context(root))
        assert listing(DiskContext(root)) == FOLDERS * FILES + 1, "not the files that were made"
        yield Figure("context of 100,000 files, all listed", least(lambda: listing(DiskContext(root)), runs), 1.5)
        yield Figure("  the same, one file asked for", least(lambda: one_name(DiskContext(root)), runs), 0.005)
        for folder in shut:
            # What cannot be listed leaves a note; root may list anything, so the files are counted above as well.
            folder.chmod(0)
        context = DiskContext(root)
        listing(context)
        assert not context.notes, "an excluded folder was entered"
        for folder in shut:
            folder.chmod(0o755)


def main(argv: list[str] | None = None) -> int:
    """Print a table; the exit code is 1 if a figure is over its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(argv)
    over = 0
    print(f"{'':42s} {'CPU s':>8s} {'limit':>8s}")
    for figure in figures(options.runs):
        late = figure.seconds >= figure.limit
        over += late
        print(f"{figure.name:42s} {figure.seconds:8.3f} {figure.limit:8.3f}{'  OVER' if late else ''}", flush=True)
    return int(over > 0)


if __name__ == "__main__":
    raise SystemExit(main())
