"""The proof: four builds of private copies.

Nothing is written to the user's folder. What is left behind is the builder's cache, as after every build.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from copylast.context.disk import DiskContext
from copylast.prove.docker import Built, Docker, Request
from copylast.prove.filesystem import Allowance, Difference, File, compare, digest, read_tree
from copylast.prove.report import Phase, ProofReport
from copylast.prove.touch import touched
from copylast.prove.workspace import Workspace, copy_context
from copylast.records import NamedTuple


class Plan(NamedTuple):
    """What to prove.

    ``fixed`` are the new texts of files, by their path from the context's root (``../NAME`` for what stands
    beside a Dockerfile outside of it). ``edited`` is the file of the context to edit. ``options`` go to
    ``docker buildx build`` as they are.
    """

    dockerfile: Path
    context: Path
    fixed: Mapping[str, str]
    edited: str
    target: str | None = None
    arguments: Mapping[str, str] = {}
    platform: str | None = None
    options: tuple[str, ...] = ()


def prove(plan: Plan, docker: Docker, say: Callable[[str], None] = lambda name: None) -> ProofReport:
    """Build before and after the fix, compare, edit a source file, build both again.

    ``say`` hears the name of each build before it begins. Raises :class:`DockerError` where no docker answers,
    and OSError where the context cannot be copied.
    """
    old_context = DiskContext(plan.context, plan.dockerfile)
    with tempfile.TemporaryDirectory(prefix="copylast-") as folder:
        work = Path(folder)
        before = copy_context(old_context, plan.dockerfile, {}, work / "before")
        # The copy keeps what the old ignore file kept; what a new one leaves out has to be there to be left out.
        after = copy_context(old_context, plan.dockerfile, plan.fixed, work / "after")
        builds = _Builds(plan, docker, say)
        first = builds.build("before the fix", before, work / "before.tar")
        if not first.built.ok:
            return ProofReport(plan.edited, first, None, None, None, (), ())
        fixed = builds.build("after the fix", after, work / "after.tar")
        if not fixed.built.ok:
            return ProofReport(plan.edited, first, fixed, None, None, (), ())
        excuses = _Excuses(plan, before, after)
        differences, excused = excuses.split(read_tree(str(work / "before.tar")), read_tree(str(work / "after.tar")))
        token = secrets.token_hex(8)
        for workspace in (before, after):
            _edit(workspace.context, plan.edited, token)
        first_edited = builds.build("before the fix", before)
        fixed_edited = builds.build("after the fix", after)
    return ProofReport(plan.edited, first, fixed, first_edited, fixed_edited, differences, excused)


def _edit(root: Path, name: str, token: str) -> None:
    place = root / name
    mode = place.stat().st_mode
    # A file that nobody may write to stays one: its mode is in the key.
    place.chmod(mode | 0o600)
    place.write_bytes(touched(name, place.read_bytes(), token))
    place.chmod(mode)


class _Builds(NamedTuple):
    plan: Plan
    docker: Docker
    say: Callable[[str], None]

    def build(self, name: str, workspace: Workspace, output: Path | None = None) -> Phase:
        plan = self.plan
        self.say(name if output is not None else f"{name}, after an edit of {plan.edited}")
        request = Request(
            str(workspace.context),
            str(workspace.dockerfile),
            plan.target,
            plan.arguments,
            plan.platform,
            plan.options,
            str(output) if output is not None else None,
        )
        built: Built = self.docker.build(request)
        return Phase(name, built)


class _Excuses:
    """Differences of the images that are the fix itself, or that say nothing."""

    def __init__(self, plan: Plan, before: Workspace, after: Workspace) -> None:
        self._allowance = Allowance()
        old = DiskContext(before.context, before.dockerfile)
        new = DiskContext(after.context, after.dockerfile)
        kept = {entry.path for entry in new.files()}
        self._left_out = tuple("/" + entry.path for entry in old.files() if entry.path not in kept)
        self._texts: dict[str, set[str]] = {}
        for name, text in plan.fixed.items():
            self._texts.setdefault(os.path.basename(name), set()).add(digest(text))

    def split(
        self, before: Mapping[str, File], after: Mapping[str, File]
    ) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
        """The differences that count, and those that are excused, with the reason."""
        counted: list[Difference] = []
        excused: list[Difference] = []
        for difference in compare(before, after):
            reason = self._reason(difference.path, before, after)
            if reason is None:
                counted.append(difference)
            else:
                excused.append(difference._replace(excuse=reason))
        return tuple(counted), tuple(excused)

    def _reason(self, path: str, before: Mapping[str, File], after: Mapping[str, File]) -> str | None:
        new = after.get(path)
        if new is not None and new.content in self._texts.get(os.path.basename(path), ()):
            return "it is the file that the fix writes"
        if new is None and f"/{path}".endswith(self._left_out):
            return "the new ignore file leaves it out"
        return self._allowance.reason(path)
