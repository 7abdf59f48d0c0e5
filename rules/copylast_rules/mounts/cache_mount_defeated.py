"""A step has a cache mount, and says at the same time that nothing shall be kept in it.

What it finds
=============

In a `RUN --mount=type=cache`: options that turn the cache off which the mount holds (`pip install --no-cache-dir`,
`apk add --no-cache`), variables that do so (`PIP_NO_CACHE_DIR=1`), commands that empty it (`apt-get clean`,
`npm cache clean`, `rm -rf /root/.cache/pip`), and apt's own `docker-clean`, with which Debian's and Ubuntu's images
throw away each package after it is installed.

Why it matters
==============

Such habits keep a layer small. What lies in a cache mount is in no layer, so that they spare nothing there: the mount
is empty at the next build, and everything is downloaded again.

What the fix does
=================

It takes away the option, or the command that removes what lies in the mount. The image stays the same. It is withheld
where it is not known in which directory the cache would be without the option, for variables, for `docker-clean`
(delete `/etc/apt/apt.conf.d/docker-clean` in an earlier step), and where the command cannot be cut out.

When it stays silent
====================

Where the mount holds something else than the cache in question, and for `rm` of single files in a mount.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copylast import (
    Defeat,
    Diagnostic,
    Example,
    Facts,
    Label,
    LayerModel,
    Rule,
    Severity,
    Step,
    View,
    command_name,
    defeats,
    holder,
    offer,
    overlap,
    trim,
    uses,
)

_DEBS = "/var/cache/apt/archives"
_CONF = "/etc/apt/apt.conf.d"


class CacheMountDefeated(Rule):
    """A step has a cache mount, and says at the same time that nothing shall be kept in it."""

    code = "CPL402"
    name = "cache-mount-defeated"
    severity = Severity.INFO
    examples = (
        Example(
            "An option",
            """\
FROM python:3.12
COPY requirements.txt /
RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir -r /requirements.txt
""",
            {"requirements.txt": "flask\n"},
            fixed="""\
FROM python:3.12
COPY requirements.txt /
RUN --mount=type=cache,target=/root/.cache/pip pip install -r /requirements.txt
""",
        ),
        Example(
            "A command",
            """\
FROM node:22
COPY package.json package-lock.json /app/
RUN --mount=type=cache,target=/root/.npm cd /app && npm ci \\
    && npm cache clean --force
""",
            {"package.json": "{}", "package-lock.json": "{}"},
            fixed="""\
FROM node:22
COPY package.json package-lock.json /app/
RUN --mount=type=cache,target=/root/.npm cd /app && npm ci
""",
        ),
        Example(
            "A removal of other things, too",
            """\
FROM debian:12
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt,sharing=locked \\
    apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/* /tmp/* && apt-get clean
""",
            fixed="""\
FROM debian:12
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt,sharing=locked \\
    apt-get update && apt-get install -y curl && rm -rf /tmp/*
""",
        ),
        Example(
            "Another user",
            """\
FROM python:3.12
USER app
RUN --mount=type=cache,target=/home/app/.cache/pip,uid=1000 pip install --no-cache-dir flask
""",
            withheld="where the cache lies without it is not known",
        ),
        Example(
            "A variable",
            """\
FROM python:3.12
ENV PIP_NO_CACHE_DIR=1
RUN --mount=type=cache,target=/root/.cache/pip pip install flask
""",
            withheld="other steps may want PIP_NO_CACHE_DIR",
        ),
        Example(
            "Commands that go on after a failure",
            """\
FROM node:22
RUN --mount=type=cache,target=/root/.npm npm install -g pnpm; npm cache clean --force
""",
            withheld="something else than `&&`",
        ),
        Example(
            "Debian throws the packages away",
            """\
FROM debian:12
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt,sharing=locked \\
    apt-get update && apt-get install -y curl
""",
            withheld="docker-clean has to go in an earlier step",
        ),
        Example(
            "Debian keeps the packages",
            """\
FROM debian:12
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt,sharing=locked \\
    apt-get update && apt-get install -y curl
""",
            silent="docker-clean is gone",
        ),
        Example(
            "No mount for it",
            """\
FROM python:3.12
RUN --mount=type=cache,target=/root/.npm pip install --no-cache-dir flask
RUN pip install --no-cache-dir flask && rm -rf /root/.cache
""",
            silent="without a mount the cache would be part of the image",
        ),
        Example(
            "A misplaced mount",
            """\
FROM python:3.12
ENV PIP_CACHE_DIR=/var/cache/pip
RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir flask
""",
            silent="without the option the cache would not be in the mount either",
        ),
        Example(
            "An image of one's own",
            "FROM our-base\nRUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir flask\n",
            withheld="where the cache lies without it is not known",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for all that can go from a RUN, and one for each thing that cannot."""
        model = view.layers
        for stage in model.stages:
            for step in stage.steps:
                if step.keyword == "RUN" and step.mounts and stage.index in model.reachable():
                    yield from self._of_step(model, step)

    def _of_step(self, model: LayerModel, step: Step) -> Iterator[Diagnostic]:
        found = defeats(model, step)
        sure = [one for one in found if one.words is not None]
        if sure:
            title = f"Remove {', '.join(f'`{one.said}`' for one in sure)}"
            fix, withheld = offer(lambda: trim(model, step, sure, title))
            yield self._finding(sure)._replace(fix=fix, withheld=withheld)
        for one in found:
            if one.words is None:
                yield self._finding([one])._replace(withheld=one.why)
        keeper = _thrown_away(model, step)
        if keeper is not None:
            yield Diagnostic(
                self.code,
                self.name,
                "apt throws each package away after it is installed, and its cache mount stays empty",
                keeper.command.span,
                self.severity,
                help=f"before it, RUN rm -f {_CONF}/docker-clean",
                withheld="docker-clean has to go in an earlier step, for every install below",
            )

    def _finding(self, found: list[Defeat]) -> Diagnostic:
        first = found[0]
        does = {"option": "turns off", "variable": "turns off"}.get(first.how, "empties")
        name = f"`{command_name(first.fact)}` " if first.how == "variable" else ""
        message = f"`{first.said}` {does} the cache that {name or 'the step '}has a mount for"
        return Diagnostic(
            self.code,
            self.name,
            message,
            first.fact.command.span,
            self.severity,
            label=f"{first.mount.target} is in no layer",
            labels=tuple(Label(one.fact.command.span, f"`{one.said}`, too") for one in found[1:]),
            help=f"leave `{first.said}` out",
        )


def _thrown_away(model: LayerModel, step: Step) -> Facts | None:
    """An install by apt whose packages docker-clean removes from the mount that is there for them."""
    installs = (one for one in model.facts(step) if (lists := uses(one)) and overlap(lists.directory, "/var/lib/apt"))
    install = next(installs, None)
    if install is None or holder(step, _DEBS) is None:
        return None
    image = (model.base_image(step.stage) or "?/").removeprefix("docker.io/").removeprefix("library/")
    if "/" in image:
        return None
    source = model.dockerfile.source
    for one in (*model.before(step), step):
        if one.copy is not None and overlap(one.copy.dest, _CONF):
            return None
        if one.keyword == "RUN":
            text = source.slice(one.instruction.span).lower()
            if any(word in text for word in ("docker-clean", "keep-downloaded-packages", "apt.conf")):
                return None
    return install
