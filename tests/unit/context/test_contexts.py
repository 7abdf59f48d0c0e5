"""Every kind of context answers the same; none leaves its root."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from copylast.context.commit import CommitContext
from copylast.context.disk import DiskContext
from copylast.context.entry import ContextError
from copylast.context.files import BuildContext
from copylast.context.gitrun import GitError, find_repository
from copylast.context.listings import Listings
from copylast.context.memory import Content, Link, MemoryContext, Moded, OverlayContext

FILES: dict[str, Content] = {
    "Dockerfile": "FROM scratch\n",
    ".dockerignore": "\ufeff*\n!src\nsrc/**/*.log\n!keep/deep/file\n!ln*\n",
    "src/a.py": "\ufeffprint()\n",
    "src/sub/x.log": "",
    "src/sub/run.sh": Moded("#!/bin/sh\n", 0o755),
    "src/latin": b"\xe9",
    "keep/deep/file": "k",
    "keep/other": "o",
    "other.txt": "o",
    "ln_in": Link("src/a.py"),
    "ln_dir": Link("src/sub"),
    "ln_up": Link("../../src/a.py"),
    "ln_abs": Link("/src/a.py"),
    "ln_out": Link("/etc/passwd"),
    "ln_loop": Link("ln_loop"),
    "ln_ignored": Link("other.txt"),
}
Make = Callable[[Mapping[str, Content]], BuildContext]


def write(root: Path, files: Mapping[str, Content]) -> Path:
    for name, content in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            place.symlink_to(content.target)
            continue
        mode = content.mode if isinstance(content, Moded) else 0o644
        body = content.content if isinstance(content, Moded) else content
        place.write_bytes(body.encode() if isinstance(body, str) else body)
        place.chmod(mode)
    return root


def commit(root: Path, message: str = "one") -> None:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a"}
    env = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_COMMITTER_EMAIL": "a@b", **identity}
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", message]):
        subprocess.run(["git", *arguments], cwd=root, env=env, check=True)


@pytest.fixture(params=["disk", "memory", "overlay", "commit"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    opened: list[CommitContext] = []

    def build(files: Mapping[str, Content]) -> BuildContext:
        if request.param == "memory":
            return MemoryContext(files)
        if request.param == "overlay":
            return OverlayContext(MemoryContext(files), {})
        os.umask(0o022)
        root = write(tmp_path / "root", files)
        if request.param == "disk":
            return DiskContext(root, root / "Dockerfile")
        commit(root)
        opened.append(CommitContext(str(root / ".git"), "HEAD", "", "Dockerfile"))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


def test_listing(make: Make) -> None:
    context = make(FILES)
    links = [f"ln_{name}" for name in ("abs", "dir", "ignored", "in", "loop", "out", "up")]
    assert [entry.path for entry in context.files()] == [
        "keep",
        "keep/deep",
        "keep/deep/file",
        *links,
        "src",
        "src/a.py",
        "src/latin",
        "src/sub",
        "src/sub/run.sh",
    ]
    assert [entry.path for entry in context.children("")] == ["keep", *links, "src"]
    assert [entry.path for entry in context.children("keep")] == ["keep/deep"]
    assert [entry.path for entry in context.files("src/sub")] == ["src/sub/run.sh"]
    assert context.ignore_path == ".dockerignore"
    assert context.has_ignore_file


def test_entries(make: Make) -> None:
    context = make(FILES)
    run = context.entry("src/sub/run.sh")
    assert run is not None and (run.kind, run.size, run.mode) == ("file", 10, 0o755)
    plain = context.entry("src/a.py")
    assert plain is not None and plain.mode == 0o644
    assert context.entry("keep") is not None
    for absent in (
        "other.txt",
        "src/sub/x.log",
        "keep/other",
        "ln_dir/run.sh",
        "../x",
        "/src",
        "src/../src",
        "nope",
    ):
        assert context.entry(absent) is None, absent
    assert context.raw_entry("other.txt") is not None
    root = context.entry("")
    assert root is not None and root.kind == "dir"


def test_links_are_followed_inside_only(make: Make) -> None:
    context = make(FILES)
    for name in ("ln_in", "ln_up", "ln_abs", "src/../src/./a.py", "/src/a.py"):
        assert context.resolve(name) == "src/a.py"
    assert context.resolve("ln_dir/run.sh") == "src/sub/run.sh"
    for name in ("ln_out", "ln_loop", "ln_ignored", "src/a.py/x", "nope"):
        assert context.resolve(name) is None
    assert context.resolve("") == ""


def test_reading(make: Make) -> None:
    context = make(FILES)
    assert context.read_text("src/a.py") == "print()\n"
    assert context.read_text("ln_in") == "print()\n"
    for name, why in (
        ("other.txt", "not in the build context"),
        ("src", "not a regular file"),
        ("src/latin", "not UTF-8"),
        ("ln_out", "not in the build context"),
    ):
        with pytest.raises(ContextError, match=why):
            context.read_text(name)
    with pytest.raises(ContextError, match="larger than 3 bytes"):
        context.read_text("src/a.py", 3)
    with pytest.raises(ContextError):
        context.raw_read("ln_in", 10)
    with pytest.raises(ContextError):
        context.raw_link("src/a.py")


def test_the_ignore_file_of_the_dockerfile_replaces_the_other(make: Make) -> None:
    context = make({"Dockerfile": "", "Dockerfile.dockerignore": "a\n", ".dockerignore": "b\n", "a": "", "b": ""})
    assert context.ignore_path == "Dockerfile.dockerignore"
    assert context.entry("a") is None
    assert context.entry("b") is not None


@pytest.mark.parametrize(
    ("ignore", "kept"),
    [
        ("*\n!a/*/**", []),
        ("*\n!a/*/**\n!src/?*", ["a", "a/b", "a/b/c", "a/b/c/g", "a/b/f"]),
        ("*\n!a/*/*", ["a", "a/b", "a/b/c", "a/b/c/g", "a/b/f"]),
    ],
)
def test_a_real_build_does_not_enter_for_two_stars_after_one(ignore: str, kept: list[str]) -> None:
    """Seen with BuildKit 0.13.2 for each of the three ignore files."""
    context = MemoryContext({"a/b/f": "", "a/b/c/g": "", ".dockerignore": ignore})
    assert [entry.path for entry in context.files()] == kept
    assert (context.entry("a/b/f") is not None) == bool(kept)
    assert bool(context.children("a/b")) == bool(kept)


def test_no_ignore_file(make: Make) -> None:
    context = make({"a/b": "x"})
    assert context.ignore is None and context.ignore_path is None and not context.has_ignore_file
    assert [entry.path for entry in context.files()] == ["a", "a/b"]


def test_ignore_file_beside_a_dockerfile_outside_the_root(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {"docker/x.Dockerfile": "", "docker/x.Dockerfile.dockerignore": "a", "app/a": "", "app/b": ""},
    )
    context = DiskContext(root / "app", root / "docker/x.Dockerfile")
    assert context.ignore_path == "../docker/x.Dockerfile.dockerignore"
    assert [entry.path for entry in context.files()] == ["b"]
    commit(root)
    with CommitContext(str(root / ".git"), "HEAD", "app", "docker/x.Dockerfile") as stored:
        assert stored.ignore_path == context.ignore_path
        assert [entry.path for entry in stored.files()] == ["b"]
    over = OverlayContext(context, {"../docker/x.Dockerfile.dockerignore": "b"})
    assert [entry.path for entry in over.files()] == ["a"]
    assert not DiskContext(root / "app", root / "docker/x.Dockerfile", use_ignore_file=False).has_ignore_file


def test_unsaved_texts_count() -> None:
    base = MemoryContext({"a": "old", ".dockerignore": "b", "b": "", "run": Moded("x", 0o755)})
    over = OverlayContext(base, {"a": "new", "c/d": "made", ".dockerignore": "run", "../x": "outside"})
    assert over.read_text("a") == "new"
    assert [entry.path for entry in over.files()] == [".dockerignore", "a", "b", "c", "c/d"]
    run = OverlayContext(base, {"run": "longer"}).entry("run")
    assert run is not None and (run.mode, run.size) == (0o755, 6)
    assert OverlayContext(MemoryContext({"a": ""}), {".dockerignore": "a"}).entry("a") is None


def test_special_files_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    server = socket.socket(socket.AF_UNIX)
    with server:
        server.bind(str(tmp_path / "sock"))
        context = DiskContext(tmp_path)
        assert [entry.kind for entry in context.files()] == ["other", "other"]
        with pytest.raises(ContextError, match="not a regular file"):
            context.read_text("fifo")


def test_a_file_that_turned_into_a_fifo_does_not_block(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    context = DiskContext(tmp_path)
    assert context.entry("f") is not None
    (tmp_path / "f").unlink()
    os.mkfifo(tmp_path / "f")
    with pytest.raises(ContextError):
        context.read_text("f")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_directory_is_absent_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0)
    context = DiskContext(tmp_path)
    assert [entry.path for entry in context.files()] == ["shut"]
    assert context.notes == ["shut: Permission denied, taken as absent"]


def test_excluded_directories_are_never_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path,
        {
            ".dockerignore": "node_modules\n*.d\n!x.d/keep\n",
            "node_modules/a": "",
            "x.d/keep": "",
            "y.d/z": "",
        },
    )
    listed: list[str] = []
    scandir = os.scandir

    def spy(path: str) -> object:
        listed.append(os.path.relpath(path, tmp_path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", spy)
    context = DiskContext(tmp_path)
    assert listed == []
    assert [entry.path for entry in context.files()] == [".dockerignore", "x.d", "x.d/keep"]
    assert listed == [".", "x.d"]


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff")).write_text("x")
    (tmp_path / os.fsdecode(b"b\xff")).write_text("x")
    (tmp_path / ".dockerignore").write_bytes(b"b\xff\n.dockerignore")
    assert [entry.path for entry in DiskContext(tmp_path).files()] == ["a\udcff"]


def test_a_missing_folder_is_empty(tmp_path: Path) -> None:
    context = DiskContext(tmp_path / "nope")
    assert list(context.files()) == []
    assert context.notes


def test_commits_that_are_not_there(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {"a": ""})
    commit(root)
    repository = find_repository(str(root / "deep" / "er"))
    assert repository is not None and repository.top == str(root)
    for revision, folder in (("nope", ""), ("HEAD", "nope"), ("--output=x", ""), ("HEAD\n", "")):
        with pytest.raises(GitError):
            CommitContext(repository.git_dir, revision, folder)


def test_object_ids_tell_equal_contents(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {"a": "x", "b": "x", "c": "y"})
    commit(root)
    with CommitContext(str(root / ".git"), "HEAD") as context:
        assert context.object_id("a") == context.object_id("b") != context.object_id("c")
        assert context.object_id("nope") is None


def test_a_hostile_repository_starts_nothing(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {"a": "x", ".gitattributes": "* diff=bad filter=bad\n"})
    commit(root)
    mark = tmp_path / "mark"
    script = tmp_path / "bad.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    with (root / ".git" / "config").open("a") as config:
        config.write(
            f"[core]\nfsmonitor={script}\npager={script}\n[log]\nshowSignature=true\n[gpg]\nprogram={script}\n"
        )
        config.write(
            f'[diff "bad"]\ncommand={script}\ntextconv={script}\n[filter "bad"]\nsmudge={script}\nclean={script}\n'
        )
        config.write(f"[diff]\nexternal={script}\n")
    with CommitContext(str(root / ".git"), "HEAD") as context:
        assert context.read_text("a") == "x"
    assert not mark.exists()


DEEP = "a/" * 1900 + "f"


@pytest.mark.parametrize("ignore", [None, "b", "**/a\n!**/f"])
def test_paths_as_deep_as_a_system_allows(ignore: str | None, tmp_path: Path) -> None:
    files = {".dockerignore": ignore} if ignore else {}
    for context in (MemoryContext({**files, "b": ""}), MemoryContext({**files, DEEP: ""}), DiskContext(tmp_path)):
        assert isinstance(context, BuildContext)
        if ignore:
            context.use_ignore(".dockerignore", ignore)
        context.entry(DEEP)
        context.resolve(DEEP)
        context.ignored(DEEP)
        context.children(DEEP[:-2])
        assert not context.entry("/" + DEEP)
    assert (MemoryContext({DEEP: ""}).entry(DEEP)) is not None


@pytest.mark.parametrize("listings", [None, Listings()])
def test_the_root_may_be_reached_through_a_link(tmp_path: Path, listings: Listings | None) -> None:
    (tmp_path / "real" / "src").mkdir(parents=True)
    (tmp_path / "real/src/a.py").touch()
    (tmp_path / "link").symlink_to("real")
    context = DiskContext(tmp_path / "link", listings=listings)
    assert [entry.path for entry in context.files()] == ["src", "src/a.py"]
    assert not context.notes


def test_a_listing_that_the_run_has_answers_for_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("x")
    (tmp_path / "to").symlink_to("src")
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o755)
    alone, listings = DiskContext(tmp_path), Listings()
    assert Listings().of(str(tmp_path / "none")) is None
    assert listings.known(str(tmp_path)) is None and listings.exists(str(tmp_path), "src/a.py")
    assert listings.of(str(tmp_path)) == {"src": "dir", "to": "link", "run.sh": "file"}
    assert [listings.exists(str(tmp_path), path) for path in ("to", "no", "src/a.py", "src/no", ".", "../no")] == [
        True, False, True, False, True, False,
    ]  # fmt: skip
    together = DiskContext(tmp_path, listings=listings)
    monkeypatch.setattr(os, "scandir", None)
    names = ("run.sh", "to", "src", "no", "to/a.py")
    assert [together.raw_entry(name) for name in names] == [alone.raw_entry(name) for name in names]
    assert [entry.path for entry in together.raw_children("")] == ["run.sh", "src", "to"]
    entry = together.raw_entry("run.sh")
    assert entry is not None and (entry.size, entry.mode) == (10, 0o755)
