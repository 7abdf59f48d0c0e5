"""Two builds, told as lines: what tests of the key model compare."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from copylast.context.memory import Content, MemoryContext
from copylast.layers.profiles import BUILDKIT, Profile
from copylast.layers.simulate import StepOutcome, simulate, simulate_change
from copylast.layers.situations import Settings, Situation, read_situation

FILES: Mapping[str, Content] = {"requirements.txt": "flask\n", "app.py": "1\n", "src/main.py": "2\n"}


def situation(text: str, files: Mapping[str, Content] = FILES, settings: Settings | None = None) -> Situation:
    """The lines of ``text`` as a Dockerfile, over ``files``."""
    return read_situation(text, MemoryContext(files), settings)


def tell(outcomes: Collection[StepOutcome]) -> list[str]:
    """One line a step: its line number, a letter for what became of it, and why. Cached images are left out."""
    letters = {"cached": "C", "rebuilt": "X", "cached-if-same": "?"}
    return [
        f"{one.step.line}{'+' if one.part == 'link' else ''} {letters[one.status]} {one.why.text}".rstrip()
        for one in outcomes
        if one.part not in ("from", "image") or one.status != "cached"
    ]


def changed(text: str, *paths: str, files: Mapping[str, Content] = FILES, profile: Profile = BUILDKIT) -> list[str]:
    """What becomes of the steps after these files changed."""
    return tell(simulate_change(situation(text, files), paths, profile))


def edited(before: str, after: str, profile: Profile = BUILDKIT, settings: Settings | None = None) -> list[str]:
    """What becomes of the steps after the Dockerfile was edited."""
    return tell(simulate(situation(before, settings=settings), situation(after, settings=settings), profile))
