"""Every situation that the description of the cache names: what a real BuildKit does, and what the model says."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from tests.conformance.buildkit import pairs_files, pairs_mounts, pairs_stages, pairs_words
from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.pairs import Observation, Shown
from tests.conformance.buildkit.prepare import Tools
from tests.conformance.buildkit.projects import write_files
from tests.conformance.buildkit.rootfs import SETTINGS, busybox_tar
from tests.conformance.buildkit.situations import Content, Moded, Pair

from copylast.prove.docker import Request

PAIRS: tuple[Pair, ...] = (
    *(*pairs_files.PAIRS, *pairs_words.PAIRS),
    *(*pairs_mounts.PAIRS, *pairs_stages.PAIRS),
)


def _letters(shown: tuple[Shown, ...]) -> str:
    return " ".join(one.letter for one in shown)


@pytest.mark.parametrize("one", PAIRS, ids=[one.name for one in PAIRS])
def test_builder_does_what_its_keys_say(one: Pair, observations: dict[str, Future[Observation]]) -> None:
    seen = observations[one.name].result()
    if "F" not in seen.expected:
        assert seen.first.ok, seen.first.log
        assert seen.second.ok, seen.second.log
    assert _letters(seen.real) == seen.expected, seen.real


@pytest.mark.parametrize("one", PAIRS, ids=[one.name for one in PAIRS])
def test_model_agrees_with_the_builder(one: Pair, observations: dict[str, Future[Observation]]) -> None:
    seen = observations[one.name].result()
    assert seen.answer == seen.real
    # Without being told what outputs are, it may leave open what it cannot know, and must be right in the rest.
    assert [(s.stage, s.keyword) for s in seen.guess] == [(s.stage, s.keyword) for s in seen.real]
    both = zip(seen.guess, seen.real, strict=True)
    assert all(guess.letter in ("?", real.letter) for guess, real in both), seen.guess


def test_folders_of_one_name_are_taken_for_one(private: PrivateDocker, tools: Tools, tmp_path: Path) -> None:
    """What a daemon remembers: the mode of a directory is not looked at again. The model answers for a fresh look."""
    private.load(busybox_tar(tools, tmp_path / "base.tar"), "remembering", SETTINGS)

    def copied(folder: str, mode: int) -> str:
        files: dict[str, Content] = {
            "d/": Moded("", mode),
            "d/f": "remembered\n",
            "Dockerfile": "FROM remembering\nCOPY d /c/\n",
        }
        root = write_files(tmp_path / folder, files)
        built = private.docker.build(Request(str(root), str(root / "Dockerfile"), options=("--network=none",)))
        assert built.ok, built.log
        return built.steps[-1].status

    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert copied("one/remembered", 0o755) == "executed"
    assert copied("two/remembered", 0o700) == "cached"
    assert copied("two/seen-anew", 0o700) == "executed"


def test_names_are_unlike() -> None:
    names = [one.name for one in PAIRS]
    assert len(names) == len(set(names))
