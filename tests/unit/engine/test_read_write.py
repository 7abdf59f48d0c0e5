"""Reading what may be anything, and replacing files without losing any."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from tests.conftest import Project

from copylast.engine.read import ReadError, read
from copylast.engine.write import Change, WriteError, write


def why(path: str) -> str:
    with pytest.raises(ReadError) as caught:
        read(path, path)
    return str(caught.value.failure)


def test_bad_input_has_one_clear_line(project: Project) -> None:
    top = project({"folder/x": "", "big": "#" * 5_000_000})
    (top / "utf16").write_bytes("FROM a".encode("utf-16"))
    (top / "latin").write_bytes(b"FROM a\n# caf\xe9\n")
    (top / "binary").write_bytes(b"FROM a\n\0\0")
    (top / "broken").symlink_to("nowhere")
    (top / "circle").symlink_to("circle")
    os.mkfifo(top / "fifo")
    assert why("gone") == "gone: no such file"
    assert why("folder") == "folder: is a directory"
    assert why("folder/x/y") == "folder/x/y: no such file (a part of the path is not a directory)"
    assert why("big") == "big: is too large for a Dockerfile (5.0 MB; the limit is 4 MB)"
    assert why("utf16") == "utf16:1:1: is encoded in UTF-16; a Dockerfile is UTF-8"
    assert why("latin") == "latin:2:6: is not UTF-8 (byte 0xe9); a Dockerfile is UTF-8"
    assert why("binary") == "binary:2:1: is a binary file"
    assert why("broken") == "broken: is a broken link"
    assert why("circle") == "circle: is a link that leads back to itself"
    assert why("fifo") == "fifo: is not a regular file"
    assert why("a\0b") == "a\0b: is not a possible path"


def test_every_character_is_kept(project: Project) -> None:
    top = project({})
    data = "\ufeffFROM a\r\nRUN \u2028 \x0c x\n\n".encode()
    (top / "Dockerfile").write_bytes(data)
    assert read("Dockerfile", "Dockerfile").source.text.encode() == data


def contents(top: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(top.iterdir()) if path.is_file()}


def test_mode_is_kept_and_nothing_is_left_over(project: Project) -> None:
    top = project({"Dockerfile": "old"})
    os.chmod("Dockerfile", 0o640)
    write({"Dockerfile": Change("new", b"old"), ".dockerignore": Change("x", None)}, str(top))
    assert contents(top) == {"Dockerfile": "new", ".dockerignore": "x"}
    assert stat.S_IMODE(os.stat("Dockerfile").st_mode) == 0o640


def test_a_link_in_the_project_is_followed_and_one_out_of_it_is_not(project: Project) -> None:
    top = project({"real": "old"})
    (top / "Dockerfile").symlink_to("real")
    write({"Dockerfile": Change("new", b"old")}, str(top))
    assert (top / "Dockerfile").is_symlink() and (top / "real").read_text() == "new"
    outside = top.parent / "outside"
    outside.write_text("old")
    (top / "Link").symlink_to(outside)
    with pytest.raises(WriteError, match="outside the project"):
        write({"Link": Change("new", b"old")}, str(top))
    assert outside.read_text() == "old"


def test_read_only(project: Project) -> None:
    top = project({"Dockerfile": "old"})
    os.chmod("Dockerfile", 0o444)
    with pytest.raises(WriteError, match="Dockerfile: is read-only; it was not changed"):
        write({"Dockerfile": Change("new", b"old")}, str(top))
    assert contents(top) == {"Dockerfile": "old"}


def test_changed_meanwhile(project: Project) -> None:
    top = project({"Dockerfile": "other"})
    with pytest.raises(WriteError, match="was changed while it was checked"):
        write({"Dockerfile": Change("new", b"old")}, str(top))
    with pytest.raises(WriteError, match="appeared while"):
        write({"Dockerfile": Change("new", None)}, str(top))
    os.unlink("Dockerfile")
    with pytest.raises(WriteError, match="cannot be written, nothing was changed"):
        write({"Dockerfile": Change("new", b"old")}, str(top))


def test_a_full_disk_loses_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    top = project({"Dockerfile": "old"})

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="nothing was changed: no space left on the device"):
        write({"Dockerfile": Change("new", b"old")}, str(top))
    assert contents(top) == {"Dockerfile": "old"}


@pytest.mark.parametrize("links", [True, False])
def test_the_first_file_is_taken_back_if_the_second_fails(
    project: Project, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    top = project({"Dockerfile": "old", ".dockerignore": "old"})
    real = os.replace
    calls: list[str] = []

    def replace(old: str, new: str) -> None:
        calls.append(new)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        real(old, new)

    def link(old: str, new: str) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "replace", replace)
    if not links:
        monkeypatch.setattr(os, "link", link)
    changes = {"Dockerfile": Change("new", b"old"), ".dockerignore": Change("new", b"old")}
    with pytest.raises(WriteError, match=".dockerignore: cannot be written"):
        write(changes, str(top))
    assert contents(top) == {"Dockerfile": "old", ".dockerignore": "old"}


def test_a_new_first_file_is_taken_away_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    top = project({"Dockerfile": "old"})
    real = os.replace

    def replace(old: str, new: str) -> None:
        if new.endswith("/Dockerfile"):
            raise OSError(errno.EIO, "Input/output error")
        real(old, new)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(WriteError):
        write({".dockerignore": Change("new", None), "Dockerfile": Change("new", b"old")}, str(top))
    assert contents(top) == {"Dockerfile": "old"}


@pytest.mark.parametrize("hard_links", [True, False])
def test_a_new_file_never_replaces_what_came_meanwhile(
    project: Project, monkeypatch: pytest.MonkeyPatch, hard_links: bool
) -> None:
    top = project({"Dockerfile": "old"})
    flush = os.fsync

    def somebody_else_is_faster(descriptor: int) -> None:
        flush(descriptor)
        if any(".dockerignore." in path.name for path in top.iterdir()):
            (top / ".dockerignore").write_text("theirs")

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fsync", somebody_else_is_faster)
    if not hard_links:
        monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(WriteError, match="nothing was changed: file exists"):
        write({"Dockerfile": Change("new", b"old"), ".dockerignore": Change("ours", None)}, str(top))
    assert contents(top) == {"Dockerfile": "old", ".dockerignore": "theirs"}
