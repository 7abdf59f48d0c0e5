"""A build exports its cache without the stages that do the work.

What it finds
=============

A build in a workflow, a compose or bake file or a script that exports its cache (`cache-to`, `--cache-to`) without
`mode=max`, or inside the image (`type=inline`), where a stage that does not end up in the image installs or builds
something.

Why it matters
==============

Unless `mode=max` is given, the export holds the layers of the final image only. A fresh machine, as most CI gives,
finds nothing of the other stages: after an edit of the source it installs the packages of the build stage again,
although nothing about them has changed.

What the fix does
=================

There is none: the declaration is another file, and `mode=max` takes more room in the cache. `type=inline` cannot do it;
a cache of its own (`type=registry,ref=...` or `type=gha`) can.

When it stays silent
====================

With `mode=max`, and with `mode=min`, which somebody chose; where one of several exports has it; where a variable may
bring it; where all the work is done in the stages that the image is made of. Without a file that speaks of such an
export; compose files and workflows are read where PyYAML is installed, bake files in HCL where python-hcl2 is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copylast import Diagnostic, Example, Export, Facts, Label, LayerModel, Rule, Severity, Step, View

_TYPES = frozenset({"registry", "gha", "local", "s3", "azblob", "inline"})
_STAGES = """\
FROM node:20 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
FROM nginx:1.27
COPY --from=build /app/dist /usr/share/nginx/html
"""
_ONE = _STAGES.partition("FROM nginx")[0]
_FILES = {"package.json": '{"name": "a", "scripts": {"build": "x"}}', "package-lock.json": "{}", "index.js": ""}


def _with(cache: str) -> dict[str, str]:
    return {**_FILES, "build.sh": f"docker buildx build --cache-to {cache} -t me/app .\n"}


class CacheExportMin(Rule):
    """A build exports its cache without the stages that do the work."""

    code = "CPL503"
    name = "cache-export-min"
    severity = Severity.INFO
    examples = (
        Example("A cache in a registry", _STAGES, _with("type=registry,ref=me/app:cache"), found=True),
        Example("A cache in the image", _STAGES, _with("type=inline"), found=True),
        Example("All stages", _STAGES, _with("type=registry,ref=me/app:cache,mode=max"), silent="they are exported"),
        Example("Somebody chose it", _STAGES, _with("type=gha,mode=min"), silent="it takes less room"),
        Example("A variable", _STAGES, _with("$CACHE_TO"), silent="it may say mode=max"),
        Example("One stage", _ONE, _with("type=gha"), silent="its layers are those of the image"),
        Example(
            "The work is done for the image",
            f"FROM alpine:3.20 AS conf\nRUN mkdir /conf\n{_ONE}COPY --from=conf /conf /conf\n",
            _with("type=gha"),
            silent="the other stage takes no time",
        ),
        Example("No export", _STAGES, _FILES, silent="nothing is known of one"),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each stage that is in no export of some build."""
        model = view.layers
        if len(model.stages) < 2 or view.context is None:
            return
        work = {stage.index: found for stage in model.stages if (found := _work(model, stage.steps)) is not None}
        if not any(stage in model.reachable() for stage in work):
            return
        said: set[int] = set()
        for export in view.context.exports():
            kinds = [kind for cache in export.caches if (kind := _least(cache)) is not None]
            if len(kinds) != len(export.caches):
                continue
            for stage in _left_out(model, export):
                if stage in work and stage not in said:
                    said.add(stage)
                    yield self._found(model, export, kinds[0], *work[stage])

    def _found(self, model: LayerModel, export: Export, kind: str, step: Step, fact: Facts) -> Diagnostic:
        from copylast import command_name

        end = model.dockerfile.stages[step.stage].from_.span
        how = "with a cache of its own and mode=max" if kind == "inline" else "with mode=max"
        return Diagnostic(
            self.code,
            self.name,
            f"the cache that {export.where} exports (type={kind}) does not hold `{command_name(fact)}`",
            fact.command.span,
            self.severity,
            label="runs again on a machine that has only that cache",
            labels=(Label(end, "this stage is not part of the image"),),
            help=f"export {how}",
        )


def _work(model: LayerModel, steps: Iterable[Step]) -> tuple[Step, Facts] | None:
    """The first command that installs or builds."""
    for step in steps:
        for fact in model.facts(step) if step.keyword == "RUN" else ():
            if fact.match is not None and fact.role in ("install", "build"):
                return step, fact
    return None


def _least(cache: str) -> str | None:
    """The type of an export that surely holds the layers of the image only; None for any other."""
    parts = [part.partition("=") for part in cache.split(",")]
    if any("$" in name for name, _, _ in parts) or any(name == "mode" for name, _, _ in parts):
        return None
    kind = next((value for name, _, value in parts if name == "type"), "registry")
    return kind if kind in _TYPES else None


def _left_out(model: LayerModel, export: Export) -> Iterator[int]:
    """The stages that the build needs and that are not part of its image."""
    stages = model.stages
    names = [stage.index for stage in stages if export.target in (stage.name, str(stage.index))]
    target = stages[-1].index if export.target is None else names[-1] if names else None
    if target is not None:
        image = {stage.index for stage in model.chain(target)}
        yield from sorted(model.evaluation.reachable(target) - image)
