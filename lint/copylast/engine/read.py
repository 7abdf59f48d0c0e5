"""Reading one Dockerfile from disk, or saying in one line why that cannot be done."""

from __future__ import annotations

import errno
import os
import stat

from copylast.dockerfile.source import Source
from copylast.ondisk import read_bytes
from copylast.records import NamedTuple

SIZE_LIMIT = 4_000_000
"""Bytes. Real Dockerfiles stay far below; a larger file is something else with that name."""

_MARKS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


class Failure(NamedTuple):
    """Why the job could not be done, for one place; ``line`` and ``column`` are 0 where there is none.

    A failure is never a finding: it cannot be ignored or selected away, and the run ends with exit code 2.
    """

    path: str
    message: str
    line: int = 0
    column: int = 0
    detail: str = ""
    """What only ``-v`` shows: the traceback of a crash."""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        return f"{place}: {self.message}" if place else self.message


class ReadError(Exception):
    """Carries the :class:`Failure` of a file that could not be read."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class Original(NamedTuple):
    """A file as it was read: the text, and the bytes to compare with before it is replaced."""

    source: Source
    data: bytes


def read(path: str, shown: str) -> Original:
    """The text of ``path``, which is called ``shown`` in messages. Raises :class:`ReadError`."""
    try:
        # Not blocking: a FIFO with the name of a Dockerfile must not hold the run.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                what = "is a directory" if stat.S_ISDIR(found.st_mode) else "is not a regular file"
                raise ReadError(Failure(shown, what))
            data = read_bytes(descriptor, found.st_size, SIZE_LIMIT + 1)
            size = max(found.st_size, len(data))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ReadError(Failure(shown, reason(path, error))) from None
    except ValueError:
        raise ReadError(Failure(shown, "is not a possible path")) from None
    if len(data) > SIZE_LIMIT:
        message = f"is too large for a Dockerfile ({size / 1e6:.1f} MB; the limit is {SIZE_LIMIT // 1_000_000} MB)"
        raise ReadError(Failure(shown, message))
    return Original(decode(data, shown), data)


def decode(data: bytes, shown: str) -> Source:
    """Bytes to text, byte order mark and line ends kept. Raises :class:`ReadError`."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise ReadError(Failure(shown, f"is encoded in {name}; a Dockerfile is UTF-8", 1, 1))
    zero = data.find(b"\0")
    if zero >= 0:
        raise ReadError(Failure(shown, "is a binary file", *_place(data, zero)))
    try:
        return Source(data.decode("utf-8"), shown)
    except UnicodeDecodeError as error:
        byte = data[error.start]
        message = f"is not UTF-8 (byte 0x{byte:02x}); a Dockerfile is UTF-8"
        raise ReadError(Failure(shown, message, *_place(data, error.start))) from None


def _place(data: bytes, at: int) -> tuple[int, int]:
    start = data.rfind(b"\n", 0, at) + 1
    return data.count(b"\n", 0, at) + 1, len(data[start:at].decode("utf-8", "replace")) + 1


def reason(path: str, error: OSError) -> str:
    """Why a file could not be read, in words that follow its name."""
    if error.errno == errno.ENOENT:
        if os.path.islink(path):
            return "is a broken link"
        return "no such file"
    if error.errno == errno.EACCES or error.errno == errno.EPERM:
        return "permission denied"
    if error.errno == errno.ELOOP:
        return "is a link that leads back to itself"
    if error.errno == errno.ENOTDIR:
        return "no such file (a part of the path is not a directory)"
    if error.errno == errno.EISDIR:
        return "is a directory"
    return (error.strerror or str(error)).lower()
