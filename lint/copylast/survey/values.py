"""The layer table as data: what every format of ``copylast layers`` gets."""

from __future__ import annotations

from copylast.layers.cache import Status
from copylast.records import NamedTuple
from copylast.typed import Literal

Kind = Literal["base", "layer", "config"]
"""``base`` is a FROM, ``layer`` a step that changes files, ``config`` an instruction that only writes settings."""


class Read(NamedTuple):
    """Something that a step reads.

    ``kind`` is one of: ``context`` (sources of the build context, with how many ``files`` and ``bytes`` they
    bring), ``stage`` and ``image`` (files of another stage or an image), ``address``, ``heredoc``, ``cache``,
    ``secret``, ``file`` (a file of the context that a command is known to read, and it reads no other),
    ``any`` (files of the project, nobody knows which; ``name`` says why), ``missing`` (a source that is not
    in the context, so that the build fails).
    """

    kind: str
    name: str
    files: int | None = None
    bytes: int | None = None


class Cause(NamedTuple):
    """Something whose change runs a step again, besides the text of the step itself.

    ``kind`` is one of: ``image``, ``files`` (of the context), ``output`` (files of another stage or an image),
    ``address``, ``argument`` (ARG), ``variable`` (ENV), ``step`` (whatever invalidates the step at ``line``).
    ``line`` is where the step stands that it enters by: the step itself, or one that it is built on.
    """

    kind: str
    name: str
    line: int


class Row(NamedTuple):
    """One instruction.

    ``line`` is None for a step that only the fixed file has. ``now`` and ``after_fix`` are None where no
    change is asked about, where no builder runs the instruction, and where the file in question has it not.
    ``seconds`` are ``measured`` if they come from a log. ``log`` is what the step did in the build whose log
    was given: ``cached``, ``executed``, ``failed`` or ``stopped``.
    """

    stage: int
    stage_name: str
    line: int | None
    instruction: str
    kind: Kind
    reads: tuple[Read, ...]
    invalidated_by: tuple[Cause, ...]
    now: Status | None
    after_fix: Status | None
    why: str
    seconds: float
    measured: bool
    log: str | None = None


class Totals(NamedTuple):
    """How many steps a build has, how many run again, how many perhaps, and how long those that surely do take."""

    steps: int
    rebuilt: int
    maybe: int
    seconds: float


class Table(NamedTuple):
    """One Dockerfile.

    ``change`` says in words what is asked about, empty for nothing. ``target`` is None for the last stage.
    ``now`` and ``after`` are there if a change is asked about; ``after`` also needs a fix that can be applied
    (``fixes`` names the rules). ``not_built`` are the stages that the target does not need. ``remarks`` are
    sentences about the question, ``unmatched`` steps of the given log that the file does not have.
    """

    dockerfile: str
    context: str | None
    guessed: bool
    target: str | None
    builder: str
    change: tuple[str, ...]
    rows: tuple[Row, ...]
    now: Totals | None = None
    after: Totals | None = None
    fixes: tuple[str, ...] = ()
    not_built: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    timed: bool = False


class Shared(NamedTuple):
    """Steps that several Dockerfiles have in common, so that they are built and stored once.

    ``lines`` are those of the steps, by Dockerfile; ``steps`` and ``seconds`` count each of them once.
    """

    lines: tuple[tuple[str, tuple[int, ...]], ...]
    steps: int
    seconds: float


class Survey(NamedTuple):
    """A whole answer: a table for each Dockerfile, and what they share (None where only one was asked about)."""

    tables: tuple[Table, ...]
    shared: tuple[Shared, ...] | None = None
