"""History from git: counts, thresholds, the cache, and repositories that are odd or hostile."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from copylast.context import history as module
from copylast.context.history import History, load_history


def git(root: Path, *arguments: str) -> None:
    identity = {f"GIT_{role}_{what}": "a@b" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env = {"PATH": os.environ["PATH"], "HOME": str(root), **identity}
    subprocess.run(["git", *arguments], cwd=root, env=env, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """25 commits: all change ``app/src/busy``, two change ``app/lock``, one makes everything."""
    root = tmp_path_factory.mktemp("repository")
    git(root, "init", "-q", "-b", "main")
    (root / "app" / "src").mkdir(parents=True)
    (root / "app" / "once").write_text("x")
    (root / "top").write_text("x")
    for number in range(25):
        (root / "app" / "src" / "busy").write_text(str(number))
        if number in (0, 12):
            (root / "app" / "lock").write_text(str(number))
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", f"{number}\n:odd\n")
    return root


def test_counts_are_asked_from_the_context(repository: Path, tmp_path: Path) -> None:
    found, note = load_history(str(repository / "app"), cache_dir=str(tmp_path))
    assert note is None and found is not None
    assert len(found.commits) == 25
    assert [found.changes(path) for path in ("src/busy", "src", "lock", "once", "top", "")] == [
        25,
        25,
        2,
        1,
        0,
        25,
    ]
    assert found.changes("lock", "once") == 2
    assert found.mask(["src/busy"]) & 1
    assert [found.tendency(path) for path in ("src", "lock", "nothing")] == ["volatile", "ordinary", "stable"]


def test_thresholds() -> None:
    fifty = tuple(f"{number:040x}" for number in range(50))
    masks = {"one": 1, "two": 3, "nine": (1 << 9) - 1, "ten": (1 << 10) - 1}
    found = History(fifty, masks)
    assert [found.tendency(path) for path in masks] == ["stable", "ordinary", "ordinary", "volatile"]
    assert History(fifty[:19], masks).tendency("ten") == "unknown"


def test_second_run_needs_no_git(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_history(str(repository), cache_dir=str(tmp_path)).history
    monkeypatch.setenv("PATH", "")
    again = load_history(str(repository), cache_dir=str(tmp_path)).history
    assert first is not None and again is not None
    assert (again.commits, again.masks) == (first.commits, first.masks)
    git_less = load_history(str(repository), cache_dir="")
    assert git_less == (None, "no history: git is not installed")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": 0}', '{"version": 1, "commits": 1, "masks": {}}'])
def test_broken_cache_is_made_again(repository: Path, tmp_path: Path, text: str) -> None:
    load_history(str(repository), cache_dir=str(tmp_path))
    (kept,) = tmp_path.iterdir()
    kept.write_text(text)
    found = load_history(str(repository), cache_dir=str(tmp_path)).history
    assert found is not None and len(found.commits) == 25


def test_cache_that_cannot_be_written_is_no_error(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert load_history(str(repository), cache_dir=str(tmp_path / "file" / "x")).history is not None


def test_cache_stays_small(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT_FILES", 2)
    for limit in range(1, 6):
        load_history(str(repository), limit, str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 2


def test_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert module.cache_home() == str(tmp_path / "copylast")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert module.cache_home() == str(tmp_path / ".cache" / "copylast")


def test_limit_is_kept(repository: Path) -> None:
    found, note = load_history(str(repository), 10, "")
    assert found is not None and len(found.commits) == 10
    assert note == "short history: 10 commits, the repository is young"


def test_no_repository(tmp_path: Path) -> None:
    assert load_history(str(tmp_path), cache_dir="") == (None, "no history: not in a git repository")


def test_no_commit_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    found, note = load_history(str(tmp_path), cache_dir="")
    assert found is None and note is not None and note.startswith("no history:")


def test_shallow_clone_says_so_and_forgets_the_cut(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "5", f"file://{repository}", str(clone))
    found, note = load_history(str(clone), cache_dir="")
    assert found is not None and note == "short history: 4 commits, the clone is shallow"
    assert found.changes("app/once") == 0


def test_packed_branches_detached_heads_and_linked_trees(repository: Path, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(repository, root)
    git(root, "pack-refs", "--all")
    git(root, "worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    git(root, "checkout", "-q", "--detach")
    for place in (root, tmp_path / "linked"):
        found = load_history(str(place), cache_dir="").history
        assert found is not None and len(found.commits) == 25


def test_hostile_configuration_starts_nothing(repository: Path, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(repository, root)
    mark = tmp_path / "mark"
    script = tmp_path / "bad.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    with (root / ".git" / "config").open("a") as config:
        config.write(f"[log]\nshowSignature=true\n[gpg]\nprogram={script}\n[core]\nfsmonitor={script}\n")
        config.write(f"[diff]\nexternal={script}\nrelative=true\n[color]\nui=always\n[format]\npretty=short\n")
    found = load_history(str(root), cache_dir="").history
    assert found is not None and found.changes("app/src/busy") == 25
    assert not mark.exists()
    (root / ".git" / "HEAD").write_text("ref: refs/../../../../etc/passwd\n")
    assert load_history(str(root), cache_dir="").history is None
