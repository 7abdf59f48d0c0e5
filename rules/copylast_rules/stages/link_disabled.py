"""A `COPY --link` is no linked one, since `--chmod` switches that off.

What it finds
=============

A `COPY` or `ADD` with both `--link` and `--chmod`.

Why it matters
==============

With `--link` a copy is a layer of its own: it is taken from the cache although a step above it ran again or the base
image is a new one. BuildKit does that only without `--chmod`. With both flags the copy is an ordinary one, and no
message says so.

What the fix does
=================

There is none: the mode has to come from elsewhere. Set it where the file comes from (`git update-index --chmod=+x
FILE`, or `chmod` in the stage that is copied from) and drop `--chmod`; or drop `--link`, which has no effect.

When it stays silent
====================

With one of the two flags, or `--link=false`; in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Label, Rule, Severity, View

_BOTH = "FROM alpine:3.20\nCOPY --link --chmod=755 entrypoint.sh /usr/local/bin/\n"
_FILES = {"entrypoint.sh": "#!/bin/sh\n"}


class LinkDisabled(Rule):
    """A `COPY --link` is no linked one, since `--chmod` switches that off."""

    code = "CPL501"
    name = "link-disabled"
    severity = Severity.INFO
    examples = (
        Example("A script that is made executable", _BOTH, _FILES, found=True),
        Example(
            "From another stage",
            """\
FROM golang:1.22 AS build
COPY . /src
RUN go build -C /src -o /app
FROM alpine:3.20
COPY --link=true --chmod=0755 --from=build /app /app
""",
            {"main.go": "", "go.mod": ""},
            found=True,
        ),
        Example(
            "The mode is the file's own", _BOTH.replace(" --chmod=755", ""), _FILES, silent="the copy is a linked one"
        ),
        Example("No link is wanted", _BOTH.replace("--link", "--link=false"), _FILES, silent="nothing is switched off"),
        Example("Only the mode", _BOTH.replace("--link ", ""), _FILES, silent="nothing is switched off"),
        Example(
            "A stage that nobody needs",
            f"{_BOTH.replace('3.20', '3.20 AS old')}FROM alpine:3.20\nCOPY entrypoint.sh /\n",
            _FILES,
            silent="the build leaves the stage out",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each such instruction."""
        for instruction in view.dockerfile.instructions:
            if instruction.keyword not in ("COPY", "ADD") or not instruction.flags:
                continue
            link, mode = instruction.flag("link"), instruction.flag("chmod")
            if link is None or mode is None or (link.value or "true").lower() != "true":
                continue
            step = view.layers.step(instruction.index)
            if step is not None and step.stage in view.layers.reachable():
                yield Diagnostic(
                    self.code,
                    self.name,
                    f"this {instruction.keyword} is an ordinary one: --chmod switches --link off",
                    link.span,
                    self.severity,
                    label="has no effect",
                    labels=(Label(mode.span, "because of this"),),
                    help="set the mode where the file comes from, and drop --chmod; or drop --link",
                )
