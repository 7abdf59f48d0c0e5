"""CPU time of ``copylast layers`` on a large project: 8 stages, 60 steps, 20,000 files in the build context.

    python benchmarks/layers.py [--runs 5] [--files 20000]

Every figure is user plus system time of the whole process, start-up included, the median of the runs. What is
promised is under half a second for each.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from compare import middle

STAGES = 8
STEPS = 60


def make(root: Path, files: int) -> None:
    """Write the project."""
    for number in range(files):
        folder = root / f"part{number % 40}" / f"package{number % 400}"
        if number < 400:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"module{number}.py").write_bytes(b"x = 1\n" * (number % 7))
    (root / "requirements.txt").write_text("flask==3.0.0\n")
    (root / ".dockerignore").write_text("**/*.log\n.git\n**/__pycache__\n!keep.log\ndocs/**/draft\n")
    (root / "Dockerfile").write_text(dockerfile())


def dockerfile() -> str:
    """Steps of all kinds, each stage with a broad COPY and an install that it runs again."""
    lines = ["ARG BASE=python:3.12-slim"]
    each = STEPS // STAGES
    steps = 0
    for stage in range(STAGES):
        lines += [f"FROM ${{BASE}} AS stage{stage}", f"ARG VERSION{stage}=1", "WORKDIR /app"]
        body = [f"COPY . /app/{stage}", f"RUN pip install -r {stage}/requirements.txt"]
        if stage:
            body.append(f"COPY --from=stage{stage - 1} /app/out{stage - 1} /app/in")
        body += [f"COPY part{n} /app/part{n}/" for n in range(3)]
        body += [f"RUN make part{n} VERSION=$VERSION{stage}" for n in range(9)]
        last = STEPS - steps - 2 if stage == STAGES - 1 else each - 2
        lines += body[:last]
        steps += 2 + last
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Print one line for each question."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=20_000)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        make(root, options.files)
        (root / ".git").mkdir()
        print(f"{STAGES} stages, {STEPS} steps, {options.files} files")
        bare = middle([sys.executable, "-c", "pass"], root, options.runs)
        print(f"{bare.cpu:6.3f} s  {bare.memory:5.0f} MiB  bare interpreter")
        changed = "part3/package3/module3.py"
        for question in ([], ["--changed", changed], ["--format", "json"], ["--changed", changed, "--format", "json"]):
            command = [sys.executable, "-m", "copylast", "layers", *question]
            # Exit code 1 is also what Python gives for a module that is not there.
            subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
            used = middle(command, root, options.runs)
            print(f"{used.cpu:6.3f} s  {used.memory:5.0f} MiB  copylast layers {' '.join(question)}".rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
