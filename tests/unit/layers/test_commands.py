"""Which commands read no project file, and which of them leave the project's tree alone."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.layers.writes import leaves_alone

FILES = {"requirements.txt": "flask\n", "logs/x": "", "package.json": "{}", "app.py": ""}


def _look(command: str) -> tuple[list[str], bool]:
    text = f"FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    model, _ = lint(Source(text), MemoryContext(FILES))
    copy, run = model.stages[0].steps[1:]
    assert copy.copy is not None
    facts = model.facts(run)
    return [fact.role for fact in facts], all(leaves_alone(fact, [copy.copy]) for fact in facts)


@pytest.mark.parametrize(
    ("command", "role"),
    [
        ("pip install -r requirements.txt", "install"),
        ("pip install gunicorn", "free"),
        ("npm cache clean --force", "free"),
        ("npm config set fund false", "free"),
        ("pip cache purge", "free"),
        ("npm prune", "open"),
        ("npm rebuild", "open"),
        ("pip freeze", "open"),
        ("pip install .", "build"),
        ("chown -R app /app", "open"),
        ("cat requirements.txt", "open"),
        ("export A=1", "carry"),
        ("rm -rf /var/lib/apt/lists/*", "free"),
        ("rm -rf build", "open"),
    ],
)
def test_roles(command: str, role: str) -> None:
    assert _look(command)[0] == [role]


@pytest.mark.parametrize(
    ("command", "alone"),
    [
        ("mkdir -p /data", True),
        ("mkdir -p cache", True),
        ("mkdir -p cache/deep", True),
        ("mkdir -p logs", False),
        ("mkdir -p logs/today", False),
        ("mkdir -p /app", False),
        ("mkdir -m 700 cache", False),
        ("mkdir -p $HOME/x", False),
        ("echo a > /tmp/note", True),
        ("echo a > note", False),
        ("rm -rf /root/.cache", True),
        ("useradd --create-home app", True),
        ("useradd --home-dir /app app", False),
        ("useradd --home-dir=/app app", False),
        ("useradd -d /home/app app", True),
    ],
)
def test_leaves_the_tree_alone(command: str, alone: bool) -> None:
    assert _look(command)[1] == alone
