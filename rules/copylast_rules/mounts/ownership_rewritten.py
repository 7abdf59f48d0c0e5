"""A step changes the owner or the mode of a whole directory that a COPY brought.

What it finds
=============

`chown -R` and `chmod -R` in a `RUN` of the image that is built, on a directory into which an earlier `COPY` or `ADD`
brought several files.

Why it matters
==============

A layer holds whole files. Where only their owner or mode changes, all of them are stored a second time: the image is
larger by the size of the directory, and the step, which may take long, runs again after every edit of what is copied.

What the fix does
=================

There is none, since `COPY --chown=app:app` and `COPY --chmod=755` are not quite the same: directories above the
destination keep their owner, and one mode holds for files and directories alike. The rule says what to write.

When it stays silent
====================

In stages that the image is not made of, where the extra layer is thrown away; where the `COPY` brought no more than a
single file; where the files were made by the same step; and for `chown` and `chmod` without `-R`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from copylast import (
    Copy,
    Diagnostic,
    Example,
    Facts,
    Label,
    LayerModel,
    Rule,
    Severity,
    Step,
    View,
    within,
)

_FLAGS = {"chown": "--chown", "chmod": "--chmod"}
_LETTERS = frozenset("RfvcLHP")


class OwnershipRewritten(Rule):
    """A step changes the owner or the mode of a whole directory that a COPY brought."""

    code = "CPL407"
    name = "ownership-rewritten"
    severity = Severity.INFO
    examples = (
        Example(
            "The owner of the program",
            """\
FROM node:22
WORKDIR /app
COPY . .
RUN chown -R node:node /app
USER node
""",
            {"index.js": "", "lib/a.js": ""},
            found=True,
        ),
        Example(
            "The mode of what another stage made",
            """\
FROM node:22 AS build
COPY . /src
FROM nginx:1
COPY --from=build /src/dist /usr/share/nginx/html
RUN set -e; chmod -R 755 /usr/share/nginx/html/*
""",
            {"index.js": "", "lib/a.js": ""},
            found=True,
        ),
        Example(
            "As it is copied",
            """\
FROM node:22
WORKDIR /app
COPY --chown=node:node . .
USER node
""",
            {"index.js": "", "lib/a.js": ""},
            silent="nothing is stored twice",
        ),
        Example(
            "One file",
            """\
FROM debian:12
COPY entrypoint.sh /usr/local/bin/
RUN chmod +x /usr/local/bin/entrypoint.sh && chown -R www-data /usr/local/bin
""",
            {"entrypoint.sh": "", "other": ""},
            silent="a single file is stored twice",
        ),
        Example(
            "A directory of the program's own",
            """\
FROM debian:12
WORKDIR /app
COPY . .
RUN mkdir -p /data && chown -R www-data /data
""",
            {"a.py": "", "b.py": ""},
            silent="no COPY brought anything to /data",
        ),
        Example(
            "In a stage that is thrown away",
            """\
FROM node:22 AS build
COPY . /src
RUN chown -R node /src
FROM nginx:1
COPY --from=build /src/dist /usr/share/nginx/html
""",
            {"index.js": "", "lib/a.js": ""},
            silent="the layers of the stage are no part of the image",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each such command of the image's own stages."""
        model = view.layers
        target = model.evaluation.target
        for stage in model.chain(target) if target is not None else ():
            copies = [step for step in stage.chain_steps if step.copy is not None]
            for step in stage.steps if copies else ():
                if step.keyword == "RUN":
                    yield from self._of_step(model, step, copies)

    def _of_step(self, model: LayerModel, step: Step, copies: list[Step]) -> Iterator[Diagnostic]:
        for fact in model.facts(step):
            if fact.match is not None or not fact.command.argv:
                continue
            name = fact.command.argv[0].rsplit("/", 1)[-1]
            if name not in _FLAGS:
                continue
            value, paths = _taken_apart(fact)
            guilty = [
                one
                for one in copies
                if one.index < step.index and one.copy is not None and any(_brings(one.copy, path) for path in paths)
            ]
            if guilty and value is not None:
                flag = f"{_FLAGS[name]}={'...' if '$' in value else value}"
                advice = f"write {guilty[-1].keyword} {flag} ..."
                if name == "chown" and _adds_users(model, guilty[-1], step):
                    advice = f"add the user above line {guilty[-1].line}, and {advice}"
                yield self._finding(fact, f"{name} -R", advice, guilty)

    def _finding(self, fact: Facts, said: str, advice: str, guilty: list[Step]) -> Diagnostic:
        return Diagnostic(
            self.code,
            self.name,
            f"`{said}` stores every file that line {guilty[-1].line} copied a second time",
            fact.command.span,
            self.severity,
            label="changes what a COPY brought",
            labels=tuple(Label(one.instruction.span, "brings the files") for one in guilty),
            help=advice,
        )


def _adds_users(model: LayerModel, copy: Step, last: Step) -> bool:
    """True if a user is added only below the COPY, where it cannot name it yet."""
    steps = [one for one in (*model.before(last), last) if one.index > copy.index and one.keyword == "RUN"]
    return any(fact.command.argv[:1] in (("useradd",), ("adduser",)) for one in steps for fact in model.facts(one))


def _taken_apart(fact: Facts) -> tuple[str | None, list[str]]:
    """The owner or mode that a recursive command sets, and the image paths of the directories; None for any other."""
    words = fact.command.words[1:]
    options = [w.raw for w in words if w.raw == "--recursive" or w.raw[:1] == "-" and _LETTERS.issuperset(w.raw[1:])]
    rest = [word for word in words if word.raw not in options]
    if not any("R" in option or option == "--recursive" for option in options) or len(rest) < 2:
        return None, []
    if rest[0].raw.startswith("--") or fact.cwd is None:
        return None, []
    paths: list[str] = []
    for word in rest[1:]:
        text = (word.value or "").removesuffix("/*")
        if not text or word.names or any(c in text for c in "*?[{~$"):
            continue
        paths.append(posixpath.normpath(posixpath.join(fact.cwd, text)))
    return rest[0].raw, paths


def _brings(copy: Copy, path: str) -> bool:
    """True if a COPY surely brought several files to, or below, a path."""
    if copy.selection is not None:
        files = (place for entry, place in copy.selection.pairs() if entry.kind != "dir" and within(place, path))
        return next(files, None) is not None and next(files, None) is not None
    if copy.stage is None and copy.image is None:
        return False
    many = any("." not in source.rsplit("/", 1)[-1] for source in copy.sources)
    return many and within(copy.dest, path)
