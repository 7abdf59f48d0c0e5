"""What a rule says, and the fix it offers, as data."""

from __future__ import annotations

from enum import IntEnum

from copylast.dockerfile.source import Span
from copylast.records import NamedTuple


class Severity(IntEnum):
    """How bad a finding is; errors and warnings fail the gate by default."""

    INFO = 0
    WARNING = 1
    ERROR = 2


class Safety(IntEnum):
    """How far a fix may be trusted: SHOWN is never applied, UNSAFE only when asked for."""

    SHOWN = 0
    UNSAFE = 1
    SAFE = 2


class Edit(NamedTuple):
    """Replace ``[start, end)`` of the file ``path`` by ``text``.

    ``path`` is written as :attr:`Source.path` is: the Dockerfile's own, or that of the ignore file.
    A path that does not exist yet is created (``start == end == 0``).
    """

    path: str
    start: int
    end: int
    text: str


class Effect(NamedTuple):
    """What a fix says that it does to the Dockerfile; everything that is not named must stay as it was.

    Instructions are named by their index in the file before the fix.
    ``moves``: instructions that change their place. ``adds``: texts of new instructions.
    ``removes``: instructions taken away. ``rewrites``: an instruction and the texts that take its
    place, in order. ``excludes``: patterns added to the ignore file. ``drops_comments``: comments lost.
    """

    moves: tuple[int, ...] = ()
    adds: tuple[str, ...] = ()
    removes: tuple[int, ...] = ()
    rewrites: tuple[tuple[int, tuple[str, ...]], ...] = ()
    excludes: tuple[str, ...] = ()
    drops_comments: bool = False
    completes: tuple[int, ...] = ()
    """RUNs that come to see more of the manifests that they look for, and read nothing else."""
    brings: tuple[str, ...] = ()
    """Image paths of files that come into the image, or come earlier, and that steps below come to see."""
    drops: tuple[str, ...] = ()
    """Context paths that are part of the repository and that ``excludes`` keeps out of the build, with all below."""
    fits: tuple[int, ...] = ()
    """RUNs in which a command gets options that a command of the next RUN has; ``rewrites`` has the texts."""
    joins: tuple[tuple[int, int], ...] = ()
    """A RUN that fetched lists of packages, and a later one that gets its command in front of all others: the later
    one's text is in ``rewrites``, and the first is one of ``removes`` if that is all it did."""
    trims: tuple[int, ...] = ()
    """RUNs from which options and commands go that keep their cache mounts empty; ``rewrites`` has the texts."""
    mounts: tuple[int, ...] = ()
    """RUNs that get cache mounts; ``rewrites`` has the texts."""
    later: tuple[str, ...] = ()
    """Variables that are set further down: RUNs that do not read them lose them."""
    new_stage: int | None = None
    """Index, after the fix, of a stage that took the first part of the stage that stood there."""


class Fix(NamedTuple):
    """``edits`` are applied together or not at all; fixes of one ``group`` belong together."""

    title: str
    edits: tuple[Edit, ...]
    safety: Safety
    effect: Effect
    group: str = ""


class Label(NamedTuple):
    """A remark at a place that belongs to the finding."""

    span: Span
    text: str


class Diagnostic(NamedTuple):
    """One finding.

    ``span`` is the guilty place and ``label`` the remark under it; ``labels`` are other places.
    ``notes`` are sentences below the excerpt; ``help`` says what to do. ``withheld`` says in one
    sentence why there is no fix, or why it is not a safe one.
    """

    code: str
    name: str
    message: str
    span: Span
    severity: Severity
    label: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    fix: Fix | None = None
    withheld: str | None = None
