"""Two Dockerfiles install the same on the same base, and share no layer.

What it finds
=============

A `RUN` that installs packages without reading the project, where another Dockerfile of the build context does the same
on the same base image, for the same user and with the same variables, with the same commands above it, but in other
words (another order of the packages, other spaces), in another order or in another directory.

Why it matters
==============

Equal steps in the same order on the same base are one layer: it is built, stored, pushed and pulled once. One blank
or one line more above makes them two, and each image installs its own.

What the fix does
=================

There is none: which of the two is the better wording is for their author to say. Write both alike, from the `FROM` on,
and what differs below.

When it stays silent
====================

It runs only where it is selected. Where the layers are shared already; below a `COPY` or `ADD` in one of the two, which
makes them different anyway; where the packages, the commands above, the variables or the user differ; for other base
images or platforms;
for Dockerfiles that are not in the same build context, or heed an ignore file of their own; in stages that the build
does not need. Of two files the one whose path comes later has the finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copylast import (
    Diagnostic,
    Example,
    Facts,
    Label,
    LayerModel,
    NamedTuple,
    Rule,
    Severity,
    Step,
    View,
    command_name,
    kind_of,
    sharing,
)

_INSTALL = "RUN apt-get update && apt-get install -y curl git\n"
_OWN = f"FROM debian:12\n{_INSTALL}COPY web /web\n"
_WEB = {"web/index.html": ""}


class PrefixNotShared(Rule):
    """Two Dockerfiles install the same on the same base, and share no layer."""

    code = "CPL505"
    name = "prefix-not-shared"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example(
            "Another order of the packages",
            _OWN,
            {**_WEB, "Api.Dockerfile": f"FROM debian:12\n{_INSTALL.replace('curl git', 'git curl')}CMD api\n"},
            found=True,
        ),
        Example(
            "In another order",
            f"FROM debian:12\n{_INSTALL}RUN npm install -g serve\nCOPY web /web\n",
            {**_WEB, "Api.Dockerfile": f"FROM debian:12\nRUN npm install -g serve\n{_INSTALL}CMD api\n"},
            found=True,
        ),
        Example(
            "In another directory",
            _OWN,
            {**_WEB, "Api.Dockerfile": f"FROM debian:12\nWORKDIR /api\n{_INSTALL}CMD api\n"},
            found=True,
        ),
        Example(
            "One layer for both",
            _OWN,
            {**_WEB, "Api.Dockerfile": f"FROM debian:12\nLABEL a=1\n{_INSTALL}WORKDIR /api\n"},
            silent="both have the same steps above",
        ),
        Example(
            "Other packages",
            _OWN,
            {**_WEB, "Api.Dockerfile": "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"},
            silent="they are not the same",
        ),
        Example(
            "More above it",
            _OWN,
            {**_WEB, "Api.Dockerfile": f"FROM debian:12\nRUN useradd api\n{_INSTALL}CMD api\n"},
            silent="the user is no use to the other image",
        ),
        Example(
            "Another base",
            _OWN,
            {**_WEB, "Api.Dockerfile": f"FROM debian:11\n{_INSTALL.replace('curl git', 'git curl')}"},
            silent="its packages are others",
        ),
        Example(
            "Another environment",
            _OWN,
            {**_WEB, "Api.Dockerfile": f"FROM debian:12\nENV TZ=UTC\n{_INSTALL.replace('curl git', 'git curl')}"},
            silent="the step may do something else with it",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each install, with the first other Dockerfile that has it."""
        own = list(_installs(view.layers))
        if not own or view.context is None:
            return
        path = view.context.ignore_names[0].removesuffix(".dockerignore")
        others: list[tuple[str, _Install]] = []
        for name, model in sharing(view.layers):
            if model is not view.layers and (name < path or not path):
                others += [(name, one) for one in _installs(model)]
        said: set[int] = set()
        for install in own:
            alike = [(name, one) for name, one in others if (one.base, one.does) == (install.base, install.does)]
            # What stands below a step that differs is another layer, too: once is enough.
            if alike and install.step.stage not in said and not any(one.above == install.above for _, one in alike):
                said.add(install.step.stage)
                yield self._found(install, *alike[0])

    def _found(self, install: _Install, name: str, other: _Install) -> Diagnostic:
        same = install.above[-1] == other.above[-1]
        how = "below other steps" if same else "in other words or another order"
        apart = next(
            (step for step, a, b in zip(install.steps, install.above, other.above, strict=False) if a != b), None
        )
        labels = (
            (Label(apart.instruction.span, "from here on the two differ"),) if apart not in (None, install.step) else ()
        )
        return Diagnostic(
            self.code,
            self.name,
            f"`{command_name(install.fact)}` installs what {name}:{other.step.line} does {how}, so they share no layer",
            install.fact.command.span,
            self.severity,
            label="is built and stored twice",
            labels=labels if apart is not None else (),
            help="write both alike from the FROM on",
        )


class _Install(NamedTuple):
    """A RUN that installs and reads nothing of the project.

    ``does`` is equal for installs of the same, below the same commands, in any words and order, ``above`` for those
    that are one layer; ``steps`` are those that ``above`` speaks of.
    """

    step: Step
    fact: Facts
    base: tuple[object, ...]
    does: tuple[object, ...]
    above: tuple[object, ...]
    steps: tuple[Step, ...]


def _installs(model: LayerModel) -> Iterator[_Install]:
    for stage in model.stages:
        if stage.index not in model.reachable():
            continue
        bottom = model.chain(stage.index)[0]
        platform = model.dockerfile.stages[bottom.index].from_.flag("platform")
        base = (bottom.image, platform.value if platform is not None else None)
        above: list[object] = []
        steps: list[Step] = []
        done: set[object] = set()
        if bottom.image in (None, "scratch"):
            continue
        for step in stage.chain_steps:
            if step.keyword in ("COPY", "ADD"):
                break
            if step.keyword not in ("RUN", "WORKDIR"):
                continue
            steps.append(step)
            if step.keyword == "WORKDIR":
                above.append(("WORKDIR", step.into, step.user))
                continue
            facts = model.facts(step)
            variables = model.variables(step)
            above.append((step.instruction.rest, _flags(step), variables, step.cwd, step.user, step.shell))
            if not all(fact.role in ("free", "carry") for fact in facts):
                break
            done.add(tuple(map(_does, facts)))
            costly = next((fact for fact in facts if _brings(fact)), None)
            # Of a stage that goes on, the parent speaks.
            if costly is not None and step.stage == stage.index and not step.mounts:
                does = (frozenset(done), frozenset(variables), step.user, step.shell)
                yield _Install(step, costly, base, does, tuple(above), tuple(steps))


def _brings(fact: Facts) -> bool:
    """Whether a command installs packages that it names."""
    return (
        kind_of((fact,)) != "run"
        and fact.match is not None
        and bool(fact.match.positional)
        and fact.match.program != "venv"
    )


def _flags(step: Step) -> tuple[tuple[str, str | None], ...]:
    return tuple((flag.name, flag.value) for flag in step.instruction.flags)


def _does(fact: Facts) -> object:
    """Equal for commands that differ in the order of their packages and options at most."""
    match = fact.match
    if match is None:
        return fact.command.argv
    return match.program, match.subcommand, frozenset(match.positional), frozenset(match.options.items())
