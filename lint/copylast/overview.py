"""``copylast layers``: the layer table of each Dockerfile, and what a change rebuilds now and after the fixes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from copylast.app import App
from copylast.context.gitrun import GitError
from copylast.engine.error import ConfigError
from copylast.engine.lint import internal_error
from copylast.engine.opened import Opened
from copylast.engine.read import Failure, ReadError
from copylast.engine.target import Contexts
from copylast.fix.loop import ORDER, FixOutcome
from copylast.layers.model import build_model
from copylast.layers.profiles import PROFILES
from copylast.layers.situations import Settings, Situation
from copylast.prove.progress import BuiltStep
from copylast.records import NamedTuple
from copylast.repair import Proposal, propose
from copylast.rule.plugins import PluginError
from copylast.survey.buildlog import open_log
from copylast.survey.changed import Changed, locate, of_versions
from copylast.survey.compared import compared
from copylast.survey.judged import judged
from copylast.survey.remarks import remarks_on
from copylast.survey.rows import Asked, Build, answer
from copylast.survey.shared import Member, shared_steps
from copylast.survey.state import History, Span, State, look_back, patched, present, require_builds
from copylast.survey.timed import Matched, match_log
from copylast.survey.units import stage_name
from copylast.survey.values import Shared, Survey, Table
from copylast.survey.whose import Fit, of_log


class Question(NamedTuple):
    """What the user asks.

    ``changed`` are paths as written (``-PATH``: removed), ``since`` a commit, or two with ``..`` between.
    ``arguments`` are build arguments: with ``changed`` or ``since`` both builds get them, else giving them is
    the change. ``timings`` is the path of a log, ``why`` that of the build in question, and perhaps of one before
    it, which then says what changed.
    """

    changed: tuple[str, ...] = ()
    since: str | None = None
    arguments: Mapping[str, str] = {}
    builder: str = "buildkit"
    timings: str | None = None
    why: tuple[str, ...] = ()


def survey(app: App, question: Question) -> tuple[Survey, tuple[Failure, ...]]:
    """The layer table of every Dockerfile that was asked for, and why others have none. Nothing is written."""
    files, failures = app.files()
    more: list[Failure] = list(failures)
    tables: list[Table] = []
    try:
        contexts = Contexts(app.request.context)
        overview = Overview(question)
    except ReadError as error:
        return Survey(()), (*more, error.failure)
    for file in files:
        try:
            tables.append(overview.table(app.open(file, contexts)))
        except ReadError as error:
            more.append(error.failure)
        except (ConfigError, PluginError) as error:
            # The settings of a folder below; the other files have their tables all the same.
            more.append(Failure("", str(error)))
        except Exception as error:
            more.append(internal_error(file, "copylast itself", error))
    # Between two commits there is no one state that could be shared, and a build that was is not about it.
    shared = overview.shared() if len(tables) > 1 and question.since is None and not question.why else None
    return Survey(of_log(tables, overview.fits, bool(question.why)), shared), tuple(dict.fromkeys(more))


class Overview:
    """Answers one question about several Dockerfiles. Those of one folder are compared without reading its files."""

    def __init__(self, question: Question) -> None:
        """Raises :class:`ReadError` for a log that cannot be read or has no steps."""
        self.question = question
        self.profile = next(one for one in PROFILES.values() if one.name == question.builder)
        self.why, self.earlier = (open_log(next(iter(question.why[at:]), None)) for at in (0, 1))
        self.timings = open_log(question.timings) or self.why
        self.fits: list[Fit] = []
        self.history = History()
        self._origins: dict[str, object] = {}
        self._members: list[Member] = []

    def table(self, opened: Opened) -> Table:
        """The table of one Dockerfile. Raises :class:`ReadError` where there is none to be had."""
        with ExitStack() as stack:
            case = _Case(self, opened, stack)
            table = case.table()
        self.fits.append(case.fit())
        self._members.append(Member(table.dockerfile, case.settled, table.rows))
        return table

    def shared(self) -> tuple[Shared, ...]:
        """What the Dockerfiles so far have in common."""
        return shared_steps(self._members, self.profile)

    def origin(self, root: str | None) -> object:
        """What stands for the files of a folder: equal for equal folders."""
        return object() if root is None else self._origins.setdefault(os.path.realpath(root), object())


class _Case:
    """One Dockerfile under one question."""

    def __init__(self, overview: Overview, opened: Opened, stack: ExitStack) -> None:
        self.question = overview.question
        self.overview = overview
        self.opened = opened
        self.path = opened.original.source.path
        self.root = opened.place.root if opened.place is not None else None
        self.origin = overview.origin(self.root)
        require_builds(opened.dockerfile)
        self.span = self._span(stack)
        if self.question.since is None:
            self.changed: Changed = locate(self.question.changed, self.root, opened.context)
        else:
            self.changed = of_versions(self.span.versions)
        asked = self._asked(self.span.past, self.span.now)
        if asked.now.evaluation.target is None:
            raise ReadError(Failure(self.path, f"has no stage called {opened.build.target}"))
        self.now = asked.now
        # Of a file that changes nobody knows to what; so what Dockerfiles share is asked of the files before.
        self.settled = asked.before if self.question.changed and asked.before is not None else asked.now
        self.build = self._build(asked)

    def _span(self, stack: ExitStack) -> Span:
        if self.question.since is None:
            now = present(self.opened)
            return Span(now, now, {})
        try:
            return look_back(self.question.since, self.opened, stack, self.overview.history)
        except GitError as error:
            raise ReadError(Failure("--since", str(error))) from None

    def _asked(self, past: State | None, state: State) -> Asked:
        """The build in question and the one before it."""
        question, build = self.question, self.opened.build
        settings = Settings(build.arguments, build.target, build.platform, build.named_contexts)
        given = settings._replace(build_args={**settings.build_args, **question.arguments})
        now = Situation(state.dockerfile, state.context, given, origin=self.origin, versions=self.span.versions)
        if past is None:
            return Asked(now, None, self.span.why)
        if question.since is not None:
            return Asked(now, Situation(past.dockerfile, past.context, given, origin=self.origin))
        if question.changed:
            return Asked(now.with_changed(tuple(self.changed.words), self.changed.words), now)
        return Asked(now, now.with_settings(settings)) if question.arguments else Asked(now)

    def _build(self, asked: Asked) -> Build:
        now = asked.now
        model = build_model(now.dockerfile, now.evaluation, now.context, self.opened.bench.tools.registry)
        return Build(asked, model, self.overview.profile)

    def _fixed(self) -> tuple[Build | None, tuple[str, ...], tuple[str, ...]]:
        """The same question to the fixed file, the rules whose fixes it has, and remarks."""
        proposal = self._propose(self.span.now)
        outcome = proposal.outcome
        if proposal.failures:
            return None, (), tuple(f"what the fixes would change is not known: {one}" for one in proposal.failures)
        said = (
            *(f"{one.code} in line {one.line} would not be fixed: {one.reason}" for one in outcome.skipped),
            *self._unfixed(outcome),
        )
        if not outcome.texts:
            return None, (), said
        state = past = patched(self.span.now, outcome.texts)
        if self.question.since is not None:
            past = self._fixed_past(outcome.texts)
        codes = tuple(sorted({one.code for one in outcome.applied}))
        return self._build(self._asked(past, state)), codes, said

    def _propose(self, state: State) -> Proposal:
        """The fixes for the build in question, with its arguments."""
        build = self.opened.build
        return propose(state.opened, build=build._replace(arguments={**build.arguments, **self.question.arguments}))

    def _unfixed(self, outcome: FixOutcome) -> Iterator[str]:
        """Why a step that runs again has a finding about order, and no fix that may be applied."""
        if outcome.texts:
            # What remains is about the fixed text, whose lines are others.
            return
        source = self.now.dockerfile.source
        rebuilt = {unit.line for unit in self.build.units if (found := self.build.outcome(unit)) and found.why.text}
        for one in outcome.remaining:
            line = source.position(one.span.start).line
            if not one.code.startswith(ORDER) or line not in rebuilt:
                continue
            if one.fix is not None and one.fix.edits:
                why = f": {one.withheld}" if one.withheld else ""
                yield f"{one.code} in line {line} has only an unsafe fix (--unsafe-fixes){why}"
            elif one.withheld:
                yield f"{one.code} in line {line} has no fix: {one.withheld}"

    def _fixed_past(self, texts: Mapping[str, str]) -> State:
        """The fixes as they would have been at the commit, where the files that they edit were others."""
        past = self.span.past
        assert past is not None
        if past.texts != self.span.now.texts:
            proposal = self._propose(past)
            texts = {} if proposal.failures else proposal.outcome.texts
        return patched(past, texts)

    def table(self) -> Table:
        """All of it."""
        build = self.build
        # A log is of a build that was: the fixes have no part in it.
        # Nor has it any in a first build, where nothing could come from the cache.
        before = build.asked and self.span.past is not None
        fixed, codes, said = self._fixed() if before and self.overview.why is None else (None, (), ())
        matched = self._match(self.overview.timings)
        found = answer(build, fixed, matched.timings)
        rows = found.rows
        if self.overview.earlier is not None:
            rows = compared(rows, self._match(self.overview.why), self._match(self.overview.earlier), build)
        elif self.overview.why is not None:
            rows = judged(rows, self._match(self.overview.why), build, self.question.since)
        live = {unit.stage for unit in build.units}
        dead = [stage for stage in range(len(self.now.dockerfile.stages)) if stage not in live]
        return Table(
            self.path,
            self.root,
            self.opened.place.guessed if self.opened.place is not None else False,
            self.opened.build.target,
            self.question.builder,
            self._change(),
            rows,
            found.now,
            found.after,
            codes,
            tuple(stage_name(self.now, stage) or "the only one" for stage in dead),
            (*self.changed.remarks, *self._remarks(), *said),
            matched.unmatched,
            self.overview.timings is not None,
        )

    def fit(self) -> Fit:
        """How much of the log, if there is one, is of this Dockerfile."""
        told = self._match(self.overview.timings).timings
        own = [unit.key for unit in self.build.units if unit.key is not None and unit.kind != "base"]
        return Fit(sum(key in told for key in own), len(own))

    def _match(self, log: tuple[BuiltStep, ...] | None) -> Matched:
        return match_log(log, self.now, self.build.units) if log is not None else Matched({}, ())

    def _change(self) -> tuple[str, ...]:
        if self.overview.earlier is not None:
            return (f"since the build of {self.question.why[1]}",)
        arguments = [f"--build-arg {name}={value}" for name, value in self.question.arguments.items()]
        if self.question.since is not None:
            return (f"since {self.question.since}", *self.changed.shown, *arguments)
        return (*self.changed.shown, *arguments) if self.build.asked else ()

    def _remarks(self) -> Iterator[str]:
        profile, question = self.overview.profile, self.question
        if not profile.verified:
            yield f"what {profile.name} does was never held against {profile.name} itself"
        if self.span.remark:
            yield self.span.remark
        words: Mapping[str, str] = self.changed.words if question.changed else {}
        yield from remarks_on(self.build, words, question.arguments, question.since is not None)
