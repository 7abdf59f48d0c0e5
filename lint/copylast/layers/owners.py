"""Who makes a directory first, and for whom: the owner of a directory stays what its maker says.

COPY and ADD make missing directories as root, or as ``--chown`` says; WORKDIR makes them as the USER in force,
and so may a command that names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from copylast.layers.commands import Facts
from copylast.layers.paths import join, parent_of, within
from copylast.layers.steps import Copy, Step

ROOTS = frozenset({"root", "0", "root:root", "0:0", "root:0", "0:root"})
"""How people write that user, with a group or without."""

_USUAL = frozenset(
    "/bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin "
    "/usr/include /usr/lib /usr/lib64 /usr/local /usr/local/bin /usr/local/etc /usr/local/include /usr/local/lib "
    "/usr/local/sbin /usr/local/share /usr/local/src /usr/sbin /usr/share /usr/src /var /var/cache /var/lib "
    "/var/local /var/log /var/run /var/spool /var/tmp".split()
)
"""Directories of the Filesystem Hierarchy Standard: an image in which commands run has them."""


def made_by(step: Step) -> tuple[tuple[str, ...], str]:
    """The directories that must be there after a step, and the owner that they get if the step makes them."""
    if step.into is not None:
        return _up(step.into), _plain(step.user) if step.user is not None else "?"
    copy = step.copy
    if copy is None:
        return (), ""
    flag = step.instruction.flag("chown")
    # The destination itself is a directory or a file: for the second nobody asks.
    return _up(copy.dest), _plain(flag.value or "") if flag is not None else "root"


def touched(facts: Iterable[Facts]) -> tuple[str, ...]:
    """The paths that commands name, and the directories on the way to them: what is missing they may make."""
    found: dict[str, None] = {}
    for fact in facts:
        if fact.command.argv[:1] == ("rm",):
            continue
        words = [word.value or "" for word in fact.command.words[1:]]
        words += [redirect.target.value or "" for redirect in fact.command.redirects if not redirect.heredoc]
        makes = fact.command.argv[:1] == ("mkdir",)
        for word in words:
            place = word[word.find("=/") + 1 :]
            if fact.cwd is None or "://" in word or not (makes or "/" in place):
                continue
            found.update(dict.fromkeys(_up(join(fact.cwd, place) or "")))
    return tuple(path for path in found if path not in _USUAL)


class Makers:
    """Directory -> the owner that its first maker, in build order, gives it (``found``); steps come one by one.

    Directories inside what a COPY brings are there only if another step names them too.
    """

    __slots__ = ("_brought", "found")

    def __init__(self, before: Makers | None = None) -> None:
        """Nobody yet, or all of ``before``, which stays as it is."""
        self.found: dict[str, str] = dict(before.found) if before is not None else {}
        self._brought: list[tuple[Copy, str]] = list(before._brought) if before is not None else []

    def add(self, steps: Iterable[Step], touches: Callable[[Step], Iterable[str]] | None = None) -> Makers:
        """Let ``steps`` follow, and give this back.

        ``touches`` says which paths a RUN may make; nobody knows that it does, so ask once with it and once without.
        """
        found, brought = self.found, self._brought
        for step in steps:
            paths: Iterable[str]
            paths, owner = made_by(step)
            if step.keyword == "RUN" and touches is not None:
                # Who is no known user writes into what root made today, so it is root.
                paths, owner = touches(step), _plain(step.user) if step.user is not None else "root"
            for path in paths:
                if path not in found:
                    found[path] = next((whose for copy, whose in brought if _brings(copy, path)), owner)
            if step.copy is not None:
                brought.append((step.copy, owner))
        return self

    def name(self, paths: Iterable[str]) -> Makers:
        """Let directories be asked for that the COPYs may have brought, and give this back."""
        for path in paths:
            owners = [whose for copy, whose in self._brought if _brings(copy, path)]
            if owners:
                self.found.setdefault(path, owners[0])
        return self


def _brings(copy: Copy, path: str) -> bool:
    if copy.selection is None or path == copy.dest or not within(path, copy.dest):
        return False
    return copy.selection.context_path(path) is not None


def _plain(user: str) -> str:
    return "root" if user in ROOTS else user


def _up(path: str) -> tuple[str, ...]:
    found: list[str] = []
    while path not in ("/", "", "?"):
        found.append(path)
        path = parent_of(path)
    return tuple(found)
