"""The tag of a base image moves.

What it finds
=============

A `FROM` whose image has no tag, or one that is another image from time to time (`latest`, `lts`, `stable`, `edge`,
`nightly` and the like), above a step that installs packages or dependencies.

Why it matters
==============

The digest of the image behind the tag is part of the cache key of all steps below. Whenever the tag moves, a machine
that asks the registry runs everything again, at a time that nobody chose; a machine that still has the old image
builds on that, so that two builds of one commit differ.

What the fix does
=================

There is none: which version the image is meant for is not in the file. Write the version, or a digest with it.

When it stays silent
====================

It runs only where it is selected. With a version, a date or a digest; for `scratch`, other stages and named contexts,
and for bare names as people give them to stages (`base`, `builder`), which may come from a file that is put together of
several; where a variable without a known value decides; above cheap steps only; in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Label, LayerModel, Rule, Severity, Span, View, command_name, kind_of

_MOVING = frozenset(
    "latest lts stable current edge nightly rolling dev devel canary next main master mainline testing unstable"
    " sid".split()
)
_STAGES = frozenset(
    "base build builder deps dependencies dev development final prod production release runtime test".split()
)


class FloatingBase(Rule):
    """The tag of a base image moves."""

    code = "CPL504"
    name = "floating-base"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example("No tag", "FROM ubuntu\nRUN apt-get update && apt-get install -y curl\n", found=True),
        Example(
            "A tag that moves",
            "ARG NODE=lts\nFROM node:${NODE}-alpine\nCOPY package.json package-lock.json ./\nRUN npm ci\n",
            {"package.json": '{"name": "a"}', "package-lock.json": "{}"},
            found=True,
        ),
        Example(
            "A stage that goes on",
            "FROM python:latest AS base\nFROM base\nRUN pip install gunicorn\n",
            found=True,
        ),
        Example(
            "A version",
            "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y curl\n",
            silent="the tag says which one",
        ),
        Example(
            "The image of a day",
            "FROM debian:testing-20250203-slim\nRUN apt-get update && apt-get install -y curl\n",
            silent="the tag says which one",
        ),
        Example(
            "A digest",
            f"FROM ubuntu@sha256:{'0' * 64}\nRUN apt-get update && apt-get install -y curl\n",
            silent="it is always the same image",
        ),
        Example(
            "Nothing that takes time",
            "FROM nginx\nCOPY site /usr/share/nginx/html\n",
            {"site/index.html": ""},
            silent="there is little to do again",
        ),
        Example(
            "A version that is passed",
            "ARG BASE\nFROM ${BASE}\nRUN apt-get update && apt-get install -y curl\n",
            silent="nobody knows which image that is",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each image, at the first FROM that has it."""
        model = view.layers
        found: dict[str, list[tuple[Span, Label]]] = {}
        for stage in model.stages:
            image = stage.image
            if image is None or not _moves(image) or stage.index not in model.reachable():
                continue
            costly = _costly(model, stage.index)
            if costly is not None:
                from_ = model.dockerfile.stages[stage.index].from_
                found.setdefault(image, []).append((from_.span, costly))
        for image, places in found.items():
            span, costly = places[0]
            yield Diagnostic(
                self.code,
                self.name,
                f"{image} is another image from time to time",
                span,
                self.severity,
                label="the cache key of all steps below holds its digest",
                labels=(costly, *(Label(other, "the same image") for other, _ in places[1:])),
                help="name the version, or the digest",
            )


def _moves(image: str) -> bool:
    name = image.rpartition("/")[2]
    if "@" in image or "$" in image or image == "scratch" or image in _STAGES:
        return False
    _, colon, tag = name.partition(":")
    first, *others = tag.split("-")
    return not colon or (first.lower() in _MOVING and not any(len(o) > 5 and o.isdigit() for o in others))


def _costly(model: LayerModel, stage: int) -> Label | None:
    """The first step on that image, in a stage that the build needs, that installs something."""
    for other in model.stages:
        if other.index not in model.reachable() or model.chain(other.index)[0].index != stage:
            continue
        for step in other.steps:
            for fact in model.facts(step) if step.keyword == "RUN" else ():
                if kind_of((fact,)) != "run":
                    return Label(fact.command.span, f"`{command_name(fact)}` runs again with it")
    return None
