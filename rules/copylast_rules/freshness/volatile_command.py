"""A file that is another one each time makes the stages that copy it start anew.

What it finds
=============

A `RUN` below a `COPY` of source that writes the time, a random number or a new key into a file (`date > build-info`,
`uuidgen`, `openssl req -x509`, `ssh-keygen`), in a stage from which another one copies the file, or a folder with it,
above a step that installs or builds something with it.

Why it matters
==============

A `COPY --from` is taken from the cache if what it copies is the same, even though the other stage ran again. A date in
it makes it another one each time, and all steps below run again after every edit of the source.

What the fix does
=================

There is none: whether the image needs the file, and whether it can come last, is for its author to say.

When it stays silent
====================

Within one stage, where the result of a step does not matter to the cache; where nothing above the step changes with
the source, so that it does not run again; where files of the source are copied along, which change anyway; where the
command has a fixed time (`SOURCE_DATE_EPOCH`, `date -d`); in stages that the build does not need.
"""

from __future__ import annotations

import posixpath
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
    lazy_regex,
    within,
)

_WORDS = lazy_regex(r"\bdate\b|uuidgen|\$\{?RANDOM|urandom|openssl|ssh-keygen")
"""A RUN without one of these is none."""
_FILES = {"package.json": '{"name": "a"}', "package-lock.json": "{}", "index.js": ""}
_BUILD = """\
FROM node:20 AS build
WORKDIR /src
COPY . .
RUN npm run generate -- --out /out && date > /out/build-info
"""
_REST = """\
FROM node:20
WORKDIR /app
COPY --from=build /out ./
RUN npm ci
"""


class VolatileCommand(Rule):
    """A file that is another one each time makes the stages that copy it start anew."""

    code = "CPL406"
    name = "volatile-command"
    severity = Severity.INFO
    examples = (
        Example("The time of the build", _BUILD + _REST, _FILES, found=True),
        Example(
            "A certificate of its own",
            _BUILD.replace(
                "date > /out/build-info", "openssl req -x509 -nodes -subj /CN=a -keyout /out/key -out /out/crt"
            )
            + _REST,
            _FILES,
            found=True,
        ),
        Example(
            "It is copied last",
            _BUILD.replace("/out/build-info", "/build-info") + f"{_REST}COPY --from=build /build-info ./\n",
            _FILES,
            silent="what is above it stays in the cache",
        ),
        Example(
            "Within one stage",
            "FROM node:20\nCOPY . .\nRUN date > build-info\nRUN npm ci\n",
            _FILES,
            silent="the text of the step is its key, not what it wrote",
        ),
        Example(
            "Nothing runs it again",
            "FROM node:20 AS build\nRUN mkdir /out && date > /out/build-info\n" + _REST,
            _FILES,
            silent="no source stands above it",
        ),
        Example(
            "The source comes along",
            _BUILD.replace("/out/build-info", "build-info") + _REST.replace("/out", "/src"),
            _FILES,
            silent="it changes with each edit anyway",
        ),
        Example(
            "The time of the commit",
            _BUILD.replace("date >", "date -u -d @$SOURCE_DATE_EPOCH >") + _REST,
            _FILES,
            silent="it is the same for the same source",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each such file, at the command that writes it."""
        model = view.layers
        if len(model.stages) < 2:
            return
        source = model.dockerfile.source
        for stage in model.stages:
            for step in stage.steps if stage.index in model.reachable() else ():
                text = source.slice(step.instruction.span) if step.keyword == "RUN" else ""
                if _WORDS.search(text) and "SOURCE_DATE_EPOCH" not in text and _runs_again(model, step):
                    for made in _volatile(model.facts(step)):
                        yield from self._found(model, step, made)

    def _found(self, model: LayerModel, step: Step, made: _Made) -> Iterator[Diagnostic]:
        for taker, run, tool in _taken(model, step.stage, made.path):
            yield Diagnostic(
                self.code,
                self.name,
                f"`{command_name(tool)}` runs again with {made.path}, which `{made.what}` makes another file each time",
                made.fact.command.span,
                self.severity,
                label="writes another text each time",
                labels=(
                    Label(taker.instruction.span, "brings it"),
                    *((Label(tool.command.span, "runs again with it"),) if run is not taker else ()),
                ),
                help=f"leave it out, or copy it below line {run.line}",
            )
            return


class _Made(NamedTuple):
    """A file that a command writes anew each time."""

    fact: Facts
    what: str
    path: str


def _runs_again(model: LayerModel, step: Step) -> bool:
    return any(
        other.copy is not None and other.copy.selection is not None and other.copy.selection.folders
        for other in model.before(step)
    )


def _volatile(facts: Iterable[Facts]) -> Iterator[_Made]:
    known = list(facts)
    for fact in known:
        what = _what(fact)
        if what is None or fact.cwd is None:
            continue
        targets = [word for word in _options(fact)]
        for other in known:
            if other.command.item == fact.command.item:
                targets += [
                    r.target.value for r in other.command.redirects if r.operator in (">", ">>") and r.target.value
                ]
                if other.command.argv[:1] == ("tee",):
                    targets += [word for word in other.command.argv[1:] if not word.startswith("-")]
        for target in dict.fromkeys(targets):
            if "$" not in target and not target.startswith("/dev/"):
                yield _Made(fact, what, posixpath.normpath(posixpath.join(fact.cwd, target)))


def _what(fact: Facts) -> str | None:
    argv = fact.command.argv
    name = argv[0].rpartition("/")[2] if argv else ""
    if name == "date" and not any(word.startswith(("-d", "--date", "-r", "--reference", "-s")) for word in argv):
        return "date"
    if name in ("uuidgen", "ssh-keygen"):
        return name
    if name == "openssl" and len(argv) > 1 and argv[1] in ("rand", "genrsa", "genpkey", "req", "dhparam"):
        return f"openssl {argv[1]}"
    if name in ("echo", "printf") and any("$RANDOM" in word or "${RANDOM}" in word for word in argv):
        return name
    return "head" if name == "head" and "/dev/urandom" in argv else None


def _options(fact: Facts) -> Iterator[str]:
    argv = fact.command.argv
    for flag, value in zip(argv, argv[1:], strict=False):
        if flag in ("-out", "-keyout", "-f") and argv[0].rpartition("/")[2] in ("openssl", "ssh-keygen"):
            yield value


def _taken(model: LayerModel, stage: int, path: str) -> Iterator[tuple[Step, Step, Facts]]:
    """Steps that take the file from ``stage``, each with the first step below that does something with it."""
    tree = model.final_tree(stage)
    for other in model.stages:
        for step in other.steps if other.index in model.reachable() else ():
            copies = [step.copy, *(mount.copy for mount in step.mounts)]
            for copy in copies:
                if copy is None or copy.stage != stage:
                    continue
                sources = [posixpath.normpath(posixpath.join("/", source)) for source in copy.sources]
                if not any(within(path, one) for one in sources):
                    continue
                if any(tree.origin(one) is not None or tree.names(one) for one in sources):
                    continue
                for run in other.steps:
                    if run.keyword == "RUN" and run.index >= step.index:
                        for fact in model.facts(run):
                            if fact.match is not None and fact.role in ("install", "build"):
                                yield step, run, fact
                                return
