"""A package manager as data: how its commands look and what they mean for the cache.

One TOML file describes one manager; :mod:`copylast.ecosystem.load` turns it into these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from re import Pattern

from copylast.records import NamedTuple
from copylast.typed import Literal

InstallKind = Literal["deps", "project", "deps+project", "tool", "fetch", "build", "lock", "noop"]
"""What a command does.

``deps``: installs what manifests name; the manifest closure is enough.
``project``: builds or installs the project itself; needs the source.
``deps+project``: both in one command.
``tool``: installs packages named on the command line; reads nothing of the project.
``fetch``: only fills a download cache from manifests.
``build``: compiles or runs the project; may resolve dependencies on the way.
``lock``: rewrites or derives a manifest.
``noop``: touches only what is installed (rebuild, prune, audit).
"""


class KindRule(NamedTuple):
    """The kind of a command if all the tests hold; a rule without tests always holds."""

    kind: InstallKind | None
    """None: nobody can tell what it does; the command counts as unknown."""
    has: tuple[str, ...] = ()
    """Any of these options is given (``--x=V`` and ``-xV`` count)."""
    has_all: tuple[str, ...] = ()
    positional: Pattern[str] | None = None
    """Some positional argument matches (``re.search``)."""
    number: int | None = None
    """Exactly that many positional arguments."""
    given: Pattern[str] | None = None
    """Some option, spelled ``name=value``, matches (``re.search``): for options whose value decides."""


class Matcher(NamedTuple):
    """One way to call the program."""

    program: Pattern[str]
    """Full match on the base name of the program."""
    before: tuple[Pattern[str], ...]
    """Words that stand before it (``python -m``).

    A pattern that ends in ``)?`` or ``)*`` is optional or repeats.
    """
    global_values: frozenset[str]
    """Options before the subcommand that take a value of their own."""
    subcommands: tuple[tuple[str, ...], ...]
    """Accepted subcommand words; empty: none needed; ``()`` inside: the bare program."""
    values: frozenset[str]
    """Options after the subcommand that take a value of their own."""
    kinds: tuple[KindRule, ...]
    anywhere: bool = False
    """Subcommands (goals) may stand anywhere among the arguments."""
    weak: bool = False
    """Dropped where another manager's matcher fits too."""
    bundled: bool = False
    """Single-dash words are bundles of one-letter options (``-qr FILE``), as in pip and apt."""


class CacheDir(NamedTuple):
    """Where the tool keeps downloads: an image path for root, and below HOME for others."""

    target: str
    home: str | None
    environment: tuple[str, ...]
    sharing: Literal["shared", "locked", "private"]
    later_runs: bool
    """True where later steps need the directory's content too."""
    drop_flags: tuple[str, ...] = ()
    results: bool = False
    """True where it keeps what was built, and nothing that was downloaded."""
    offline: tuple[str, ...] = ()
    """Options with which later commands download nothing that is missing in it; ``*``: no later command does."""
    options: tuple[str, ...] = ()
    """Options whose value is the directory."""
    below: str = ""
    """Where the directory lies below the one that the last of the variables names, if it is not that one."""
    images: Pattern[str] | None = None
    """Base images in which ``target`` is its place (full match); in any other it is the one below HOME."""
    aside: bool = False
    """True where a mount alone spares nothing, or where the image itself needs what is in it."""
    drop_environment: tuple[str, ...] = ()
    """Variables that turn it off where they are ``1`` or ``true``."""


class Prefetch(NamedTuple):
    """The dependency step for commands that resolve on the way (``go build`` -> ``go mod download``).

    Of several the first that fits a command counts.
    """

    command: str
    """The early command; empty: the command itself with ``append`` at its end.

    ``{program}`` stands for the program as the command calls it (``./mvnw``). Several commands may be joined
    by ``&&``; the last of them gets the options and arguments.
    """
    append: tuple[str, ...]
    kinds: tuple[str, ...]
    """The kinds of command that it serves."""
    subcommands: tuple[str, ...]
    """The subcommands that it serves, words joined by a blank; empty: all of these kinds."""
    keep_options: tuple[str, ...]
    """Globs of options of the command that the early command gets too, with their values; ``!-x`` leaves one out."""
    keep_positional: bool
    """True if the early command gets the positional arguments too (the project file)."""
    drop_positional: Pattern[str] | None
    """Positional arguments that it does not get all the same (full match)."""
    translate: tuple[tuple[str, str], ...]
    """Options that the early command spells otherwise; not where ``false`` is their value."""
    environment: tuple[str, ...]
    """Globs of variables that go along when the command sets them as a prefix."""
    provides: tuple[str, ...]
    """Commands (words joined by a blank) after which the dependencies are already there."""
    halves: tuple[str, ...]
    """Commands of the manager that do only a part of it (``mix deps.get``, ``stack setup``)."""
    behind: bool
    """True if this step has its place behind one of those, and is nothing without it."""
    safety: Literal["safe", "unsafe", "shown"]
    """``shown``: there is no early command that may be written for people; ``note`` says what to do."""
    note: str
    """Why it is not safe, or the advice, in one sentence without a full stop."""


class Listed(NamedTuple):
    """Says that an install reads the manifests, lockfiles and settings of its directory, and nothing else."""

    local: tuple[Pattern[str], ...]
    """How a manifest or a setting names other files of the project; there is no fix then."""
    opaque: tuple[str, ...]
    """Base-name globs of programs that may read any file; where one exists there is no fix."""
    frozen: tuple[str, ...]
    """Options with which the lock is never written."""
    keeps_lock: bool
    """True if no install ever writes the lock."""
    doubt: str
    """Why a fix is never a safe one; empty if it may be."""
    unsure: tuple[str, ...] = ()
    """Base-name globs of files and directories on whose presence it depends what the install makes."""


class Fit(NamedTuple):
    """A dependency step that is of use only to commands with the same options (``cargo chef cook --release``)."""

    early: tuple[tuple[str, ...], ...]
    """Its subcommands."""
    late: tuple[tuple[str, ...], ...]
    """Subcommands of the commands that it serves."""
    alike: tuple[str, ...]
    """Spellings of the option that both or none must have."""
    only_with: tuple[str, ...]
    """Options of the late command without which the option matters little; empty: it always matters."""
    unclear: tuple[str, ...]
    """Globs of options and variables with which nobody can tell."""
    images: Pattern[str] | None
    """Base images that are known to set nothing of the kind on their own (full match); None: no image can."""
    settled: Pattern[str] | None
    """Text in a manifest or a setting that may say the same as the option does (``re.search``)."""


class Again(NamedTuple):
    """When a second command of the manager does again what an earlier one did."""

    anew: tuple[tuple[str, ...], ...]
    """Subcommands that remove what is installed in their directory, and install all of it."""
    options: tuple[str, ...]
    """Options with which what is there already is installed once more."""
    beside: bool
    """True if packages are copied into a directory beside the manifest, where no other directory finds them."""
    choose: tuple[str, ...]
    """Globs of options and variables that choose among the dependencies."""
    unclear: tuple[str, ...]
    """Globs of options with which a command installs nothing, or something else."""
    prune: str
    """The command that removes what is not chosen and leaves the rest; empty if there is none."""
    fits: tuple[Fit, ...]


class PackageLists(NamedTuple):
    """Lists of what can be installed: one command fetches them, and others never look whether they are old."""

    program: Pattern[str]
    """Full match on the program whose subcommands these are."""
    fetch: tuple[tuple[str, ...], ...]
    """Subcommands that fetch the lists, and do nothing else where no package is named."""
    renew: tuple[tuple[str, ...], ...]
    """Subcommands that fetch them, and do more."""
    use: tuple[tuple[str, ...], ...]
    """Subcommands that install what the lists say."""
    also: Pattern[str] | None
    """Other programs that fetch them (full match)."""
    directory: str
    """The image path of the lists."""
    sources: tuple[str, ...]
    """Image paths of what says where they come from."""
    steered_by: Pattern[str] | None
    """Programs that change that (full match)."""


class Marker(NamedTuple):
    """A file whose presence decides between managers that share a program (yarn 1 and later)."""

    file: str
    contains: str = ""


class Example(NamedTuple):
    """A command and what it is; None: not a command of this manager."""

    command: str
    kind: InstallKind | None


class Ecosystem(NamedTuple):
    """One package manager."""

    id: str
    title: str
    language: str
    matchers: tuple[Matcher, ...]
    reader: str | None
    """``module:function`` of the :data:`~copylast.ecosystem.readers.Reader`; None: nothing is read."""
    manifests: tuple[str, ...]
    """Base-name globs of files that say what to install."""
    lockfiles: tuple[str, ...]
    settings: tuple[str, ...]
    """Base-name globs (or relative paths) of files that steer the tool."""
    source_suffixes: tuple[str, ...]
    """File endings of this language's source (``.py``)."""
    dependency_dirs: tuple[str, ...]
    """Directories that an install makes beside the manifest (``node_modules``)."""
    directory_options: tuple[str, ...]
    """Options whose value is the directory that the command works in (``--prefix``)."""
    environment: tuple[str, ...]
    """Globs of variables that the tool reads (``PIP_*``)."""
    caches: tuple[CacheDir, ...]
    prefetches: tuple[Prefetch, ...]
    origin: str = ""
    """The distribution or file that it comes from."""
    markers: tuple[Marker, ...] = ()
    """Any of them, in the command's directory or above, says that it is this manager."""
    listed: Listed | None = None
    """For managers without a reader; None: nothing is known of what they read."""
    again: Again | None = None
    """None: a second command is taken to be cheap."""
    foreign: str | None = None
    """``module:function`` that is asked of a build: what it reads if nothing that it builds is the project's own,
    or None."""
    config: tuple[str, ...] = ()
    """The subcommand that keeps a setting in the user's home, for later commands, given its name and a value."""
    lists: tuple[PackageLists, ...] = ()
    examples: tuple[Example, ...] = ()
    """Commands with their kinds; tests hold the matchers against them."""

    @property
    def system(self) -> bool:
        """True for a manager of the operating system's packages."""
        return self.language == "system"


class Match(NamedTuple):
    """A command recognised."""

    ecosystem: Ecosystem
    kind: InstallKind
    program: str
    subcommand: tuple[str, ...]
    positional: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]
    """Option -> the values it was given, in order; an option without a value maps to ``("",)`` entries."""
    directory: str | None
    """The value of a directory option."""
    called: str = ""
    """The program as the command calls it (``./mvnw``)."""
