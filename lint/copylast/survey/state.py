"""A Dockerfile with its context as they are, as they were at a commit, and as the fixes would leave them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack

from copylast.context.commit import CommitContext
from copylast.context.disk import DiskContext
from copylast.context.files import BuildContext
from copylast.context.gitrun import GitError, GitObjects, Repository, find_repository, git_output
from copylast.context.memory import OverlayContext
from copylast.context.revisions import PastContext, between, resolve_commit, since
from copylast.dockerfile.nodes import Dockerfile
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.engine.opened import Opened
from copylast.engine.read import Failure, Original, ReadError, decode
from copylast.records import NamedTuple


class State(NamedTuple):
    """A Dockerfile and its context at one time; ``opened`` is what fixes of that time are made from."""

    opened: Opened
    context: BuildContext | None
    dockerfile: Dockerfile

    @property
    def texts(self) -> tuple[str, str | None]:
        """What fixes edit: the Dockerfile and the ignore file."""
        ignore = self.context.ignore if self.context is not None else None
        return self.dockerfile.source.text, ignore.text if ignore is not None else None


class Span(NamedTuple):
    """Two states, and by path what happened between them (as in ``Situation.versions``).

    ``past`` is None where nothing could be built then; ``why`` says of each step that it is new, ``remark`` of
    the whole file.
    """

    past: State | None
    now: State
    versions: Mapping[str, str]
    why: str = ""
    remark: str = ""


class _NotThere(Exception):
    """The commit has no such context or Dockerfile; ``what`` that is, and the sentence that says so."""

    def __init__(self, what: str, sentence: str) -> None:
        super().__init__(what, sentence)
        self.what = what
        self.sentence = sentence


class History:
    """What git was asked in one run. Many Dockerfiles of one repository ask the same."""

    def __init__(self) -> None:
        self._commits: dict[tuple[str, str], str] = {}
        self._changes: dict[tuple[str, str], Mapping[str, str]] = {}

    def commit(self, repository: Repository, name: str) -> str:
        """The id of a commit. Raises :class:`GitError`."""
        key = repository.git_dir, name
        found = self._commits.get(key)
        if found is None:
            found = self._commits[key] = resolve_commit(*key)
        return found

    def since(self, commit: str, old: CommitContext, repository: Repository, disk: DiskContext) -> Mapping[str, str]:
        """In what the folder of a context differs from a commit. Raises :class:`GitError`."""
        key = commit, os.path.realpath(disk.root)
        found = self._changes.get(key)
        if found is None:
            found = self._changes[key] = since(old, repository, disk)
        return found


def present(opened: Opened) -> State:
    """What is on the disk."""
    return State(opened, opened.context, opened.dockerfile)


def require_builds(dockerfile: Dockerfile, when: str = "") -> None:
    """A text that BuildKit refuses has no layers. Raises :class:`ReadError` with the first problem."""
    if dockerfile.problems:
        problem, source = dockerfile.problems[0], dockerfile.source
        place = source.position(problem.span.start)
        raise ReadError(Failure(source.path, f"{problem.message}{when}", place.line, place.column))


def look_back(reference: str, opened: Opened, stack: ExitStack, history: History) -> Span:
    """From a commit to what is on the disk, or between two commits (``A..B``).

    A context or a Dockerfile that the first of them does not have is new. What the contexts need is closed with
    ``stack``. Raises GitError, and ReadError for the Dockerfile.
    """
    root = opened.place.root if opened.place is not None else None
    repository = find_repository(root) if root is not None else None
    if repository is None or not isinstance(opened.context, DiskContext):
        raise GitError("the build context is in no git repository")
    first, dots, second = reference.partition("..")
    if second.startswith(".") or not first or (dots and not second):
        raise GitError(f"{reference} is neither a commit nor two with .. between")
    begin = _Commit(repository, first, history.commit(repository, first))
    new = None
    state = present(opened)
    if dots:
        end = _Commit(repository, second, history.commit(repository, second))
        try:
            new = stack.enter_context(_commit(end, opened))
            state = _at(end, opened, new)
        except _NotThere as error:
            # What is not there at the end has no layers to tell of.
            if error.what == "the Dockerfile":
                raise ReadError(Failure(opened.original.source.path, f"is not in {second}")) from None
            raise GitError(error.sentence) from None
    versions: Mapping[str, str] = {}
    try:
        old = stack.enter_context(_commit(begin, opened))
        past: BuildContext = old
        if new is None:
            versions = history.since(begin.id, old, repository, opened.context)
            past = PastContext(opened.context, old, versions)
        else:
            versions = between(old, new)
        return Span(_at(begin, opened, past), state, versions)
    except _NotThere as error:
        return Span(None, state, versions, f"{error.what} is new", f"{error.sentence}, so all steps are new")


class _Commit(NamedTuple):
    """A commit as the user calls it, and its id."""

    repository: Repository
    name: str
    id: str


def _commit(commit: _Commit, opened: Opened) -> CommitContext:
    assert opened.place is not None
    repository = commit.repository
    root = _from_top(repository, opened.place.root)
    if root is None:
        raise GitError(f"the build context {opened.place.root} is outside of the repository")
    try:
        return CommitContext(repository.git_dir, commit.id, root, _from_top(repository, opened.path))
    except GitError:
        if root and _missing(commit, root):
            sentence = f"the build context {opened.place.root} is not in {commit.name}"
            raise _NotThere("the build context", sentence) from None
        raise


def _at(commit: _Commit, opened: Opened, context: BuildContext) -> State:
    """The Dockerfile as it was at a commit, over ``context``."""
    shown = opened.original.source.path
    path = _from_top(commit.repository, opened.path)
    if path is None:
        raise ReadError(Failure(shown, "is outside of the repository"))
    try:
        with GitObjects(commit.repository.git_dir) as objects:
            data = objects.read(f"{commit.id}:{path}")
    except GitError:
        if _missing(commit, path):
            raise _NotThere("the Dockerfile", f"{shown} is not in {commit.name}") from None
        raise ReadError(Failure(shown, f"cannot be read at {commit.name}")) from None
    dockerfile = parse(decode(data, shown))
    require_builds(dockerfile, f" (at {commit.name})")
    original = Original(dockerfile.source, data)
    there = Opened(original, opened.path, dockerfile, opened.bench, opened.place, context, opened.build)
    return State(there, context, dockerfile)


def _missing(commit: _Commit, path: str) -> bool:
    """Whether a commit has nothing at ``path``. Its content need not be here, as in a partial clone."""
    arguments = ["--literal-pathspecs", "ls-tree", "-z", "--name-only", "--full-tree", commit.id, "--", path]
    return not git_output(commit.repository.git_dir, arguments)


def _from_top(repository: Repository, path: str) -> str | None:
    """A path from the top of the repository, empty for the top; None if it is outside."""
    folder, name = os.path.split(os.path.abspath(path))
    found = os.path.relpath(os.path.join(os.path.realpath(folder), name), os.path.realpath(repository.top))
    found = found.replace(os.sep, "/")
    return None if found == ".." or found.startswith("../") else "" if found == "." else found


def patched(state: State, texts: Mapping[str, str]) -> State:
    """A state with the new texts of fixes, by their shown paths."""
    source = state.dockerfile.source
    text = texts.get(source.path)
    dockerfile = parse(Source(text, source.path)) if text is not None else state.dockerfile
    context = state.context
    if context is not None:
        names = {context.shown(name): name for name in context.ignore_names}
        over = {names[path]: new for path, new in texts.items() if path in names}
        context = OverlayContext(context, over) if over else context
    return State(state.opened, context, dockerfile)
