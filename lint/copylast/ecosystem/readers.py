"""What a reader of manifests gets and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copylast.context.entry import Kind
from copylast.ecosystem.descriptor import Match
from copylast.records import NamedTuple
from copylast.typed import Literal, Protocol


class ProjectFiles(Protocol):
    """The files that came from the build context, as the command sees them: by image path.

    Paths are absolute and normal (``/app/requirements.txt``); where the working directory is the
    base image's own and not known, they begin with ``?`` instead (``?/requirements.txt``).
    """

    def kind(self, path: str) -> Kind | None:
        """What is at ``path``, links not followed; None if the context brought nothing there."""
        ...

    def names(self, path: str) -> tuple[str, ...]:
        """Base names in the directory ``path``, sorted."""
        ...

    def shown(self, path: str) -> str:
        """How people call ``path``: by its place in the build context, where a COPY would bring it from there."""
        ...

    def read(self, path: str) -> str:
        """The text of a file. Raises :class:`~copylast.context.files.ContextError`."""
        ...


class Need(NamedTuple):
    """One path that the install reads.

    ``file``: that file. ``dir``: everything below. ``stub``: only that it exists matters.
    ``required`` is False for files that come along because the tool looks for them and they exist.
    ``why`` names the place that asks for it: ``-r in requirements/prod.txt:1``.
    """

    path: str
    what: Literal["file", "dir", "stub"]
    why: str
    required: bool = True


class Refusal(NamedTuple):
    """Why no fix may be built on this closure: the number of the gate, one sentence, the place.

    ``safe_with``: what would unlock it, in a few words, or empty.
    """

    gate: int
    reason: str
    path: str | None = None
    line: int | None = None


class Closure(NamedTuple):
    """Everything that an install reads.

    ``unsafe`` are reasons why a fix is only unsafe (the install may rewrite a lock that is not proved
    in sync, say). ``writes`` are image paths of directories and files that the install makes or
    changes inside the project tree (``/app/node_modules``). ``idle`` says why the command fetches
    nothing (vendored, no dependencies), else None.
    """

    needs: tuple[Need, ...]
    refusals: tuple[Refusal, ...] = ()
    unsafe: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    idle: str | None = None


class InstallRequest(NamedTuple):
    """An install as it stands in the Dockerfile.

    ``cwd`` is the image path of the directory in which it runs (``cd`` and directory options already
    applied). ``environment`` holds the variables that the step sees; a value that is not known is None.
    ``base_image`` is the stage's base as written after expansion (``node:20-alpine``), or None.
    """

    match: Match
    cwd: str
    files: ProjectFiles
    environment: Mapping[str, str | None]
    base_image: str | None = None
    instead_of: Match | None = None
    """For a dependency step that does not stand in the Dockerfile (yet): the command whose downloads it takes over."""
    configured: Mapping[str, str] = {}
    """Settings of the tool's own, as commands above have made them (``poetry config virtualenvs.create false``)."""


Reader = Callable[[InstallRequest], Closure]
