"""How often the build context is found that people say is the right one.

    python -m benchmarks.contexts --labels TABLE.tsv --repos DIR

TABLE has the columns repo, dockerfile and context; DIR holds a checkout of each repo, called OWNER__NAME. Fails below
95 %, and where a context is called certain by guessing and is wrong.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections import Counter
from pathlib import Path

from copylast.app import App, Request
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.engine.target import Contexts, Place


def place(repo: Path, dockerfile: str) -> Place:
    """Where the context of a Dockerfile is, as ``check`` in its repository finds it."""
    path = str((repo / dockerfile).absolute())
    app = App(Request((path,), isolated=True))
    text = Path(path).read_bytes().decode("utf-8", "surrogateescape")
    return Contexts(None).place(parse(Source(text, dockerfile)), path, app.settings, app.tools.registry)


def main(argv: list[str] | None = None) -> int:
    """Print the misses and a summary; the exit code is 1 where the limits do not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--repos", type=Path, required=True)
    options = parser.parse_args(argv)
    repos = options.repos.absolute()
    with open(options.labels, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    start = os.getcwd()
    counts: Counter[str] = Counter()
    for row in rows:
        repo = repos / row["repo"].replace("/", "__")
        if not (repo / row["dockerfile"]).is_file():
            counts["not there"] += 1
            continue
        os.chdir(repo)
        found = place(repo, row["dockerfile"])
        right = os.path.abspath(found.root) == os.path.abspath(row["context"] or ".")
        how = ("guessed" if found.guessed else "declared", "certain" if found.certain else "uncertain")
        counts[" ".join(("right" if right else "WRONG", *how))] += 1
        if not right:
            print(f"{row['repo']} {row['dockerfile']}: {row['context']} is right, {found.root} was {how[0]}")
        os.chdir(start)
    right = sum(count for name, count in counts.items() if name.startswith("right"))
    seen = sum(counts.values()) - counts["not there"]
    for name, count in sorted(counts.items()):
        print(f"{count:5d} {name}")
    print(f"found: {right} of {seen}, {100 * right / max(seen, 1):.1f} %")
    return int(not seen or right < 0.95 * seen or counts["WRONG guessed certain"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
