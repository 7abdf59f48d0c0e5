"""Which files a folder differs in from a commit, and the folder as it was then."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from copylast.context.commit import CommitContext
from copylast.context.disk import DiskContext
from copylast.context.gitrun import GitError, Repository
from copylast.context.revisions import PastContext, between, resolve_commit, since


def git(place: Path, *arguments: str) -> str:
    """git with an identity."""
    command = ["git", "-C", str(place), "-c", "user.name=x", "-c", "user.email=x@y.example", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with one commit, and ``app`` as a build context in it."""
    for name in ("app/a.py", "app/b.py", "app/old/c.py", "app/run.sh", "outside.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "app/link").symlink_to("a.py")
    (tmp_path / ".gitignore").write_text("*.tmp\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def changes(top: Path, root: str = "app") -> dict[str, str]:
    """What differs on the disk, in words."""
    repository = Repository(str(top), str(top / ".git"))
    with CommitContext(repository.git_dir, "HEAD", root) as commit:
        found = since(commit, repository, DiskContext(top / root if root else top))
    return {path: version.partition("\0")[0] for path, version in found.items()}


def test_nothing_changed(top: Path) -> None:
    assert changes(top) == {}
    assert changes(top, "") == {}


def test_every_kind_of_change(top: Path) -> None:
    (top / "app/a.py").write_text("other")
    (top / "app/b.py").unlink()
    (top / "app/run.sh").chmod(0o755)
    (top / "app/link").unlink()
    (top / "app/link").symlink_to("run.sh")
    (top / "app/new").mkdir()
    (top / "app/new/d.py").write_text("")
    (top / "app/x.tmp").write_text("git ignores it")
    (top / "outside.txt").write_text("not in the context")
    assert changes(top) == {
        "a.py": "changed", "b.py": "was removed", "run.sh": "has another mode", "link": "changed", "new/d.py": "is new"
    }  # fmt: skip
    git(top, "add", "-A")
    assert changes(top)["new/d.py"] == "is new"


def test_an_edit_of_the_same_size_right_after_the_commit(top: Path) -> None:
    (top / "app/a.py").write_text("app/A.py")
    assert changes(top) == {"a.py": "changed"}


def test_an_edit_that_was_staged_and_taken_back(top: Path) -> None:
    (top / "app/a.py").write_text("other")
    git(top, "add", "-A")
    (top / "app/a.py").write_text("app/a.py")
    assert changes(top) == {}


def test_a_file_that_became_a_directory(top: Path) -> None:
    (top / "app/a.py").unlink()
    (top / "app/a.py").mkdir()
    (top / "app/a.py/inner").write_text("")
    assert changes(top) == {"a.py": "was removed", "a.py/inner": "is new"}


def test_names_that_are_no_text(top: Path) -> None:
    name = os.fsencode(top / "app") + b"/\xff\n"
    with open(name, "wb") as stream:
        stream.write(b"x")
    assert changes(top) == {"\udcff\n": "is new"}


def test_two_commits(top: Path) -> None:
    (top / "app/a.py").write_text("other")
    (top / "app/run.sh").chmod(0o755)
    git(top, "add", "-A")
    git(top, "commit", "-qm", "two")
    folder = str(top / ".git")
    with CommitContext(folder, "HEAD~1", "app") as old, CommitContext(folder, "HEAD", "app") as new:
        forth, back = between(old, new), between(new, old)
        assert between(new, new) == {}
    words = {path: version.partition("\0")[0] for path, version in forth.items()}
    assert words == {"a.py": "changed", "run.sh": "has another mode"}
    assert forth.keys() == back.keys()


def test_the_folder_as_it_was(top: Path) -> None:
    (top / "app/a.py").write_text("other")
    (top / "app/old/c.py").unlink()
    (top / "app/old").rmdir()
    (top / "app/new.py").write_text("")
    (top / "app/x.tmp").write_text("kept: nobody knows better")
    repository = Repository(str(top), str(top / ".git"))
    disk = DiskContext(top / "app")
    with CommitContext(repository.git_dir, "HEAD", "app") as commit:
        past = PastContext(disk, commit, since(commit, repository, disk))
        assert [entry.path for entry in past.files()] == [
            "a.py", "b.py", "link", "old", "old/c.py", "run.sh", "x.tmp"
        ]  # fmt: skip
        assert past.read_text("a.py") == "app/a.py"
        assert past.read_text("old/c.py") == "app/old/c.py"
        assert past.entry("new.py") is None
        assert past.resolve("link") == "a.py"


def test_names_of_commits(top: Path) -> None:
    folder = str(top / ".git")
    assert resolve_commit(folder, "main") == git(top, "rev-parse", "HEAD")
    for name in ("nope", "HEAD:app", "--help", ""):
        with pytest.raises(GitError, match="is no commit of this repository"):
            resolve_commit(folder, name)
