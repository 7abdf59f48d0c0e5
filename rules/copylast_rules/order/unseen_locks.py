"""Lockfiles that stand beside a manifest in the build context and that the install cannot see."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from copylast import (
    BuildContext,
    Command,
    Ecosystem,
    Facts,
    ImageTree,
    Kind,
    LayerModel,
    NamedTuple,
    Refusal,
    Step,
    View,
    any_of,
    prefetches_of,
    within,
)
from copylast_rules.order.installs import installs_below_source, installs_dependencies
from copylast_rules.order.undivided import undivided_builds
from copylast_rules.order.unseen import unseen_manifests

_WITHOUT = frozenset({"--no-lock", "--no-lockfile", "--skip-lock"})
"""Options with which a manager does without its lockfile; what else says so, its reader knows."""
_ANEW = frozenset({"--package-lock-only", "--lockfile-only"})
"""Options with which an install installs nothing and only writes its lockfile."""

_NEWER = frozenset({"upgrade", "downgrade"})
"""Subcommands of installs (``dart pub upgrade``) that look for other versions, whatever the lockfile says."""


class UnseenLock(NamedTuple):
    """An install that misses its lockfile.

    ``locks`` are the lockfiles that it would read, image path -> place in the context, and ``manifest`` the image
    path of the manifest that they belong to. ``refusals`` are those that seeing them brings with it.
    """

    step: Step
    install: Facts
    locks: Mapping[str, str]
    manifest: str
    refusals: tuple[Refusal, ...]


class WithLocks:
    """The files that a step sees, and lockfiles of the context beside them: what a reader of manifests asks."""

    def __init__(self, tree: ImageTree, context: BuildContext, locks: Mapping[str, str]) -> None:
        """``locks``: image path -> place in the context."""
        self._tree = tree
        self._context = context
        self._locks = locks

    def kind(self, path: str) -> Kind | None:
        """What is at ``path``."""
        return "file" if path in self._locks else self._tree.kind(path)

    def names(self, path: str) -> tuple[str, ...]:
        """Base names in the directory ``path``, sorted."""
        beside = (posixpath.basename(lock) for lock in self._locks if posixpath.dirname(lock) == path)
        return tuple(sorted({*self._tree.names(path), *beside}))

    def shown(self, path: str) -> str:
        """How people call ``path``."""
        return self._locks[path] if path in self._locks else self._tree.shown(path)

    def read(self, path: str) -> str:
        """The text of a file. Raises :class:`ContextError`."""
        return self._context.read_text(self._locks[path]) if path in self._locks else self._tree.read(path)


def unseen_locks(view: View) -> Iterator[UnseenLock]:
    """Every install, in the stages that the build needs, that misses a lockfile, and that no other rule speaks of."""
    model = view.layers
    if view.context is None:
        return
    # What is asked first costs least: most Dockerfiles have no such install, and then nobody asks the other rules.
    found = [one for stage in model.stages if stage.index in model.reachable() for one in _of_stage(model, stage.steps)]
    if not found:
        return
    spoken = {below.step.index for below in installs_below_source(view)}
    spoken |= {unseen.step.index for unseen in unseen_manifests(view) if unseen.manifests}
    spoken |= {build.step.index for build in undivided_builds(view)}
    copies: set[tuple[int, str]] = set()
    for one in found:
        origin = model.tree(one.step).origin(one.manifest)
        assert origin is not None
        fresh = {(origin.step.index, lock) for lock in one.locks} - copies
        if one.step.index not in spoken and fresh:
            copies |= fresh
            yield one


def _of_stage(model: LayerModel, steps: Iterable[Step]) -> Iterator[UnseenLock]:
    """The first install of each manager and directory that misses a lockfile."""
    seen: set[tuple[str, str | None]] = set()
    for step in steps:
        for fact in model.facts(step) if step.keyword == "RUN" else ():
            if fact.match is None or not fact.match.ecosystem.lockfiles or fact.cwd is None:
                continue
            if (_WITHOUT | _ANEW) & fact.match.options.keys() or _NEWER & set(fact.match.subcommand[-1:]):
                continue
            place = (fact.match.ecosystem.id, fact.cwd)
            install = _installing(model, step, fact) if place not in seen else None
            if install is None:
                continue
            seen.add(place)
            found = _missing(model, step, install)
            if found is not None:
                yield found


def _installing(model: LayerModel, step: Step, fact: Facts) -> Facts | None:
    """The command itself if it installs dependencies; the download that a build does on its way; else None."""
    assert fact.match is not None
    if installs_dependencies(fact):
        return fact
    if fact.match.kind not in ("build", "deps+project") or not prefetches_of(fact.match):
        return None
    here = _manifests(model.tree(step), fact.cwd or "", fact.match.ecosystem)
    if here and not _beside(model, step, fact):
        return None  # which is quicker told than what the build reads
    fetch = model.prefetch(step, fact)
    if fetch is None or fetch.prefetch.behind:
        return None
    # People are told of the command that stands there, and its manager of the download that it stands for.
    return fetch.facts._replace(command=fact.command)


def _missing(model: LayerModel, step: Step, install: Facts) -> UnseenLock | None:
    assert install.match is not None and model.context is not None
    tree, ecosystem = model.tree(step), install.match.ecosystem
    beside = _beside(model, step, install)
    if not beside:
        return None
    locks = {lock: place for lock, (place, _) in beside.items()}
    full = model.closure(step, install, WithLocks(tree, model.context, locks))
    if full is None or full.idle is not None:
        return None
    wanted = [need.path for need in full.needs if need.path in locks]
    wanted = [lock for lock in wanted if not _made(model, step, install, ecosystem, lock)]
    wanted = [lock for lock in wanted if model.context.tracked(locks[lock])]
    if not wanted:
        return None
    before = install.closure.refusals if install.closure is not None else ()
    refusals = tuple(refusal for refusal in full.refusals if refusal not in before)
    return UnseenLock(step, install, {lock: locks[lock] for lock in wanted}, beside[wanted[0]][1], refusals)


def _beside(model: LayerModel, step: Step, install: Facts) -> dict[str, tuple[str, str]]:
    """Lockfiles that the context has beside the manifests: image path -> place in the context, and the manifest."""
    assert install.match is not None and install.cwd is not None and model.context is not None
    tree, ecosystem = model.tree(step), install.match.ecosystem
    needs = install.closure.needs if install.closure is not None else ()
    folders = dict.fromkeys([install.cwd, *(posixpath.dirname(need.path) for need in needs)])
    is_lock = any_of(ecosystem.lockfiles)
    found: dict[str, tuple[str, str]] = {}
    known = {posixpath.dirname(origin.path) for need in needs if (origin := tree.origin(need.path)) is not None}
    # Most often there is none where the manifests come from, and that is soonest told.
    if needs and not any(
        is_lock(entry.path.rpartition("/")[2]) for at in known for entry in model.context.children(at)
    ):
        return {}
    for folder in folders:
        for manifest, place in _manifests(tree, folder, ecosystem):
            for entry in model.context.children(posixpath.dirname(place)):
                base = entry.path.rpartition("/")[2]
                if not is_lock(base) or entry.kind != "file":
                    continue
                lock = f"{folder.rstrip('/')}/{base}"
                if tree.kind(lock) is None:
                    found.setdefault(lock, (entry.path, manifest))
    return found


_WILD = frozenset("*?[")


def _manifests(tree: ImageTree, folder: str, ecosystem: Ecosystem) -> list[tuple[str, str]]:
    """The manifests of a directory that the context has under the same name, and their places there."""
    found: list[tuple[str, str]] = []
    names: Iterable[str] = sorted(ecosystem.manifests)
    if not _WILD.isdisjoint("".join(names)):
        # Who asks for all names has each of them looked up.
        names = filter(any_of(ecosystem.manifests), tree.names(folder))
    for name in names:
        path = f"{folder.rstrip('/')}/{name}"
        origin = tree.origin(path)
        if origin is not None and posixpath.basename(origin.path) == name:
            found.append((path, origin.path))
    return found


def _made(model: LayerModel, step: Step, install: Facts, ecosystem: Ecosystem, lock: str) -> bool:
    """True if something above the install may have made the lockfile: a command, or what is not the context's."""
    if any(_may_bring(model, above, lock) for above in model.before(step)):
        return True
    name = posixpath.basename(lock)
    for above in (*(s for s in model.before(step) if s.keyword == "RUN"), step):
        for fact in model.facts(above):
            if above is step and fact.command.span.start >= install.command.span.start:
                break
            if fact.match is not None and fact.match.ecosystem.id == ecosystem.id:
                if fact.match.kind == "lock" or _ANEW & fact.match.options.keys():
                    return True
            if _names(fact.command, name):
                return True
    return False


def _may_bring(model: LayerModel, step: Step, lock: str) -> bool:
    """True if a COPY may have the lockfile among what it brings, although it is not the context's."""
    copy = step.copy
    if copy is None:
        return False
    folder, name = posixpath.split(lock)
    if copy.inline:
        return lock == copy.dest or (copy.dest == folder and name in copy.inline)
    if (copy.selection is not None and not copy.archives) or not within(lock, copy.dest):
        return False
    if copy.stage is None:
        return True
    # What a stage has from the context is known; a directory may hold what its commands made.
    inside = model.final_tree(copy.stage)
    for source in copy.sources:
        base = posixpath.basename(source.rstrip("/"))
        if inside.kind(posixpath.join("/", source)) != "file" and (base == name or not posixpath.splitext(base)[1]):
            return True
    return False


def _names(command: Command, name: str) -> bool:
    """True for a command that names the lockfile and does not only ask whether it is there."""
    targets = [one.target.value for one in command.redirects if not one.heredoc and one.target.value is not None]
    argv = command.argv
    words = argv[1:] if argv and argv[0] not in ("[", "test", "[[") else ()
    return any(posixpath.basename(word) == name for word in (*words, *targets))
