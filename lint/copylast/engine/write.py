"""Replacing files, all of them or none.

Every new text is first written completely beside the file that it replaces. Only when all of them
are on the disk are they renamed into place; if a rename fails, those before it are taken back.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Mapping

from copylast.engine.read import Failure
from copylast.records import NamedTuple


class WriteError(Exception):
    """Carries the :class:`Failure`; nothing was changed on the disk."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class Change(NamedTuple):
    """``before`` are the bytes that were read; None for a file that is to be made."""

    text: str
    before: bytes | None


class _Staged(NamedTuple):
    shown: str
    place: str
    temporary: str
    backup: str | None
    """Another name of the old file: taking a change back needs no space on the disk."""


def write(changes: Mapping[str, Change], project: str) -> None:
    """Replace the files (paths as shown to people). Links are followed as long as they stay in ``project``.

    Raises :class:`WriteError`, and then every file is as it was.
    """
    staged: list[_Staged] = []
    done: list[_Staged] = []
    shown = ""
    try:
        for shown, change in changes.items():
            staged.append(_stage(shown, change, project))
        for one in staged:
            shown = one.shown
            if one.backup is None:
                _create(one)
            else:
                os.replace(one.temporary, one.place)
            done.append(one)
    except OSError as error:
        for one in reversed(done):
            if one.backup is None:
                _remove(one.place)
            else:
                os.replace(one.backup, one.place)
        raise WriteError(Failure(shown, f"cannot be written, nothing was changed: {_reason(error)}")) from None
    finally:
        for one in staged:
            _remove(one.temporary)
            if one.backup is not None:
                _remove(one.backup)


def _create(one: _Staged) -> None:
    """Put a new file in its place; what came there in the meantime is never replaced. Raises OSError."""
    try:
        os.link(one.temporary, one.place)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links.
        if os.path.lexists(one.place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), one.place) from None
        os.rename(one.temporary, one.place)


def _stage(shown: str, change: Change, project: str) -> _Staged:
    place = os.path.realpath(shown)
    if os.path.islink(shown) and os.path.commonpath([place, os.path.realpath(project)]) != os.path.realpath(project):
        raise WriteError(Failure(shown, f"is a link to {place}, outside the project; it was not changed"))
    mode = 0o644
    owner: tuple[int, int] | None = None
    if change.before is not None:
        with open(place, "rb") as stream:
            found = os.fstat(stream.fileno())
            if stream.read() != change.before:
                raise WriteError(Failure(shown, "was changed while it was checked; it was left alone"))
        mode, owner = stat.S_IMODE(found.st_mode), (found.st_uid, found.st_gid)
        # A rename would succeed all the same, and for root every file is writable.
        if not mode & 0o222 or not os.access(place, os.W_OK):
            raise WriteError(Failure(shown, "is read-only; it was not changed"))
    elif os.path.lexists(shown):
        raise WriteError(Failure(shown, "appeared while the Dockerfile was checked; it was left alone"))
    temporary = _temporary(place, change.text.encode("utf-8", "surrogateescape"), mode, owner)
    backup = None if change.before is None else _backup(place, temporary, change.before, mode, owner)
    return _Staged(shown, place, temporary, backup)


def _backup(place: str, temporary: str, before: bytes, mode: int, owner: tuple[int, int] | None) -> str:
    backup = temporary + ".before"
    try:
        os.link(place, backup)
    except OSError:
        # A file system without hard links.
        try:
            return _temporary(place, before, mode, owner)
        except BaseException:
            _remove(temporary)
            raise
    return backup


def _temporary(place: str, data: bytes, mode: int, owner: tuple[int, int] | None) -> str:
    folder, name = os.path.split(place)
    descriptor, temporary = tempfile.mkstemp(dir=folder or os.curdir, prefix=f".{name[:100]}.", suffix=".copylast")
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            if owner is not None and owner != (os.geteuid(), os.getegid()):
                try:
                    os.fchown(descriptor, *owner)
                except PermissionError:
                    pass  # only root may give files away; the content matters more than the owner
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
    except BaseException:
        _remove(temporary)
        raise
    return temporary


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "no space left on the device"
    if error.errno == errno.EROFS:
        return "the file system is read-only"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "permission denied"
    return (error.strerror or str(error)).lower()
