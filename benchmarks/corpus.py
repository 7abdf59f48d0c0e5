"""Varied, realistic Dockerfiles with small build contexts, made the same way each time."""

from __future__ import annotations

import json
import random
from pathlib import Path

_BASES = {"pip": "python:3.12-slim", "npm": "node:20-alpine", "go": "golang:1.22"}


def make(root: Path, count: int, seed: int = 7) -> list[Path]:
    """Write ``count`` projects below ``root``; returns their Dockerfiles."""
    dice = random.Random(seed)
    files: list[Path] = []
    for number in range(count):
        folder = root / f"service-{number:04d}"
        folder.mkdir(parents=True)
        kind = dice.choice(("pip", "npm", "go"))
        _context(folder, kind, dice)
        (folder / "Dockerfile").write_text(_dockerfile(kind, dice, number))
        files.append(folder / "Dockerfile")
    return files


def _context(folder: Path, kind: str, dice: random.Random) -> None:
    (folder / ".dockerignore").write_text(".git\n**/node_modules\n*.log\n!keep.log\n")
    for number in range(dice.randint(3, 12)):
        source = folder / "src" / f"part{number % 3}" / f"file{number}.{ {'pip': 'py', 'npm': 'js', 'go': 'go'}[kind] }"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text("x\n" * dice.randint(5, 60))
    if kind == "pip":
        (folder / "requirements.txt").write_text("-r base.txt\nflask>=3\n")
        (folder / "base.txt").write_text("requests\n")
    elif kind == "npm":
        manifest = {"name": folder.name, "version": "1.0.0", "dependencies": {"left-pad": "^1.3.0"}}
        lock = {"name": folder.name, "lockfileVersion": 3, "packages": {"": manifest}}
        (folder / "package.json").write_text(json.dumps(manifest))
        (folder / "package-lock.json").write_text(json.dumps(lock))
    else:
        (folder / "go.mod").write_text("module example.org/x\n\ngo 1.22\n\nrequire example.org/y v1.0.0\n")
        (folder / "go.sum").write_text("example.org/y v1.0.0 h1:a=\nexample.org/y v1.0.0/go.mod h1:b=\n")


def _dockerfile(kind: str, dice: random.Random, number: int) -> str:
    right = dice.random() < 0.5
    install = {"pip": "pip install -r requirements.txt", "npm": "npm ci", "go": "go mod download"}[kind]
    manifests = {"pip": "requirements.txt base.txt", "npm": "package.json package-lock.json", "go": "go.mod go.sum"}
    build = {"pip": "python -m compileall src", "npm": "npm run build", "go": "go build -o /out ./..."}[kind]
    lines = [
        "# syntax=docker/dockerfile:1",
        f"ARG BASE={_BASES[kind]}",
        "FROM ${BASE} AS build",
        "WORKDIR /srv/app",
        f"ENV APP_NUMBER={number} \\",
        "    APP_HOME=/srv/app",
    ]
    if dice.random() < 0.4:
        lines += [
            "RUN apt-get update \\",
            " && apt-get install -y --no-install-recommends curl git \\",
            " && rm -rf /var/lib/apt/lists/*",
        ]
    lines += [f"COPY {manifests[kind]} ./", f"RUN {install}", "COPY . ."] if right else ["COPY . .", f"RUN {install}"]
    lines += [f"RUN {build}", "", "FROM debian:12-slim"]
    lines += ['LABEL org.opencontainers.image.title="service"', "COPY --from=build /srv/app /srv/app", "USER 1000"]
    lines += [f"EXPOSE {8000 + number % 1000}", 'HEALTHCHECK CMD ["true"]', 'CMD ["/srv/app/run"]']
    return "\n".join(lines) + "\n"
