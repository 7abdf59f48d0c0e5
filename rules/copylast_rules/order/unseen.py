"""What an install does not see of the manifests that it looks for: what CPL104 and CPL105 share."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from copylast import Closure, Facts, ImageTree, LayerModel, NamedTuple, Need, Step, View
from copylast_rules.order.installs import installs_below_source, installs_dependencies


class Unseen(NamedTuple):
    """An install that misses files. ``full`` is what it reads once it sees them, ``tree`` where they are."""

    step: Step
    install: Facts
    full: Closure
    missing: tuple[Need, ...]
    tree: ImageTree

    @property
    def manifests(self) -> tuple[Need, ...]:
        """What is missing and is no setting, manifests before what they refer to; without lockfiles if only they are.

        Settings only steer what is installed, and the build works without them today.
        """
        assert self.install.match is not None
        ecosystem, settings = self.install.match.ecosystem, self.settings
        needs = [need for need in self.missing if need not in settings]
        if all(_one_of(need.path, ecosystem.lockfiles) for need in needs):
            return ()
        return tuple(sorted(needs, key=lambda need: not _one_of(need.path, ecosystem.manifests)))

    @property
    def settings(self) -> tuple[Need, ...]:
        """What is missing and only steers what is installed."""
        assert self.install.match is not None
        manager = self.install.match.ecosystem
        return tuple(
            need
            for need in self.missing
            if not need.required or (_one_of(need.path, manager.settings) and not _one_of(need.path, manager.manifests))
        )


def _one_of(path: str, globs: Iterable[str]) -> bool:
    """True if the file, or a directory that holds it, is named by one of the globs (``.yarn/plugins``)."""
    parts = path.split("/")
    tails = ["/".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)]
    return any(fnmatchcase(tail, glob) for glob in globs for tail in tails if tail.count("/") == glob.count("/"))


def unseen_manifests(view: View) -> Iterator[Unseen]:
    """Every install above the source, in the stages that the build needs, that misses what comes later."""
    model = view.layers
    if view.context is None:
        return
    spoken = {below.step.index for below in installs_below_source(view)}
    for stage in model.stages:
        if stage.index not in model.reachable():
            continue
        seen: set[tuple[str, str | None]] = set()
        for step in stage.steps:
            if step.keyword != "RUN" or step.index in spoken:
                continue
            for fact in model.facts(step):
                if fact.match is None or fact.closure is None or not installs_dependencies(fact):
                    continue
                if (fact.match.ecosystem.id, fact.cwd) in seen:
                    continue
                seen.add((fact.match.ecosystem.id, fact.cwd))
                if fact.match.kind == "fetch" and not fact.closure.refusals:
                    # It only fills a cache, and has found what it asks for.
                    continue
                found = _missing(model, step, fact)
                if found is not None:
                    yield found


def _missing(model: LayerModel, step: Step, fact: Facts) -> Unseen | None:
    here = model.tree(step)
    for stage in _continued(model, step.stage):
        tree = model.final_tree(stage)
        if fact.closure is not None and tree.answers_as(here):
            continue
        full = model.closure(step, fact, tree)
        if full is None:
            continue
        missing = tuple(n for n in full.needs if n.what != "stub" and tree.origin(n.path) and not here.origin(n.path))
        if missing:
            return Unseen(step, fact, full, missing, tree)
    return None


def _continued(model: LayerModel, stage: int) -> list[int]:
    """The stage, and those that go on with its files in the same place: its children, and who copies from it."""
    found = [stage]
    for other in model.stages:
        if other.index not in model.reachable() or other.index == stage:
            continue
        chain = {part.index for part in model.chain(other.index)}
        copies = [step.copy for step in other.steps if step.copy is not None]
        if all(copy.stage == stage or copy.image is not None for copy in copies):
            continue  # it brings nothing that the stage itself does not have
        takes = (copy for copy in copies if copy.stage == stage)
        if stage in chain or any(posixpath.basename(s) == posixpath.basename(c.dest) for c in takes for s in c.sources):
            found.append(other.index)
    return found
