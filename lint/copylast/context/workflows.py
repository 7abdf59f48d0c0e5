"""Builds in GitHub workflows and in dev container files."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Mapping

from copylast.context.commandline import build_lines, declared
from copylast.context.target import BuildTarget, Passed, Where, is_remote, place
from copylast.context.tree import Tree, from_json, from_yaml
from copylast.context.workflow_values import WorkflowValues
from copylast.regexes import lazy_regex

_ACTION = lazy_regex(r"[\w.-]+/build-push-action(?:@|\Z)")
_MATRIX = lazy_regex(r"\$\{\{\s*matrix\.([\w.-]+)\s*\}\}")
_TOP = lazy_regex(r"\$\{\{\s*github\.workspace\s*\}\}")
_GIT = lazy_regex(r"\{\{\s*defaultContext\s*\}\}")
_LIMIT = 64


def workflow_builds(path: str, text: str, top: str) -> list[BuildTarget]:
    """The builds of a workflow, with its matrix written out. Raises ``TreeError``.

    Without ``context`` the action builds from the repository as git has it: no ignore file counts.
    """
    tree = from_yaml(text)
    out: list[BuildTarget] = []
    name = os.path.basename(path)
    for job_name, job in tree.get("jobs").fields.items():
        sources = WorkflowValues(tree, job_name, path)
        for step in job.get("steps").items:
            label = f"{name} job {job_name}"
            if _ACTION.match(step.get("uses").text or ""):
                for values in _matrix(job.get("strategy", "matrix")):
                    build = _action(step, values, path, top, label, sources)
                    if build is not None and build not in out:
                        out.append(build)
            elif step.get("run").text:
                out += _run(step, job, tree, path, top, label, sources)
    return out


def _matrix(matrix: Tree) -> Iterator[dict[str, str]]:
    lists = {name: value.items for name, value in matrix.fields.items() if name not in ("include", "exclude")}
    combined = [
        {f"{name}{key}": text for name, item in zip(lists, chosen, strict=True) for key, text in _flat(item)}
        for chosen in itertools.islice(itertools.product(*lists.values()), _LIMIT)
    ]
    for item in matrix.get("include").items[:_LIMIT]:
        extra = {key[1:]: text for key, text in _flat(item)}
        fitting = [one for one in combined if one and all(one.get(key, text) == text for key, text in extra.items())]
        for one in fitting:
            one.update(extra)
        if not fitting:
            combined.append(extra)
    yield from combined


def _flat(item: Tree) -> Iterator[tuple[str, str]]:
    if item.text is not None:
        yield "", item.text
    for name, below in item.fields.items():
        for key, text in _flat(below):
            yield f".{name}{key}", text


def _action(
    step: Tree, values: Mapping[str, str], path: str, top: str, label: str, sources: WorkflowValues
) -> BuildTarget | None:
    def text(name: str) -> str | None:
        found = step.get("with", name).text
        if found is None:
            return None
        found = _MATRIX.sub(lambda one: values.get(one[1], one[0]), _TOP.sub(".", found)).strip()
        return found or None

    context = text("context")
    where: Where = "folder"
    if context is None or _GIT.match(context):
        # Copies of the action by other builders take the working directory instead.
        where = "git" if (step.get("uses").text or "").startswith("docker/") else "folder"
        context = _GIT.sub("", context or "").lstrip(":") or "."
    file = text("file")
    if "${{" in context + (file or "") or is_remote(context):
        return None
    folder = place(top, context)
    # The action hands paths to buildx, which takes them from the working directory, except in git.
    dockerfile = place(folder if where == "git" else top, file) if file else os.path.join(folder, "Dockerfile")
    args = dict(one.split("=", 1) for one in (text("build-args") or "").splitlines() if "=" in one)
    named = dict(one.split("=", 1) for one in (text("build-contexts") or "").splitlines() if "=" in one)
    return BuildTarget(
        dockerfile,
        folder,
        where,
        label,
        path,
        step.line,
        text("target"),
        {key.strip(): None if "${{" in value else value.strip() for key, value in args.items()},
        {key.strip(): one if ":" in one else place(top, one.strip()) for key, one in named.items()},
        tuple(filter(None, re.split(r"[,\s]+", text("platforms") or ""))),
        passed=tuple(Passed(key.strip(), value.strip(), sources.changing(value, step)) for key, value in args.items()),
        exports=tuple(line.strip() for line in (text("cache-to") or "").splitlines() if line.strip()),
    )


def _run(
    step: Tree, job: Tree, tree: Tree, path: str, top: str, label: str, sources: WorkflowValues
) -> Iterator[BuildTarget]:
    script = step.get("run").text or ""
    holders = (step.get("working-directory"), job.get("defaults", "run", "working-directory"))
    wanted = next((one.text for one in (*holders, tree.get("defaults", "run", "working-directory")) if one), None)
    folder = place(top, wanted) if wanted and "$" not in wanted else top
    for build in build_lines(script):
        found = declared(build, (folder,), path, label, step.line, lambda text: sources.changing(text, step))
        if found is not None:
            yield found


def devcontainer_builds(path: str, text: str) -> list[BuildTarget]:
    """The build of a ``devcontainer.json``; its paths are from that file. Raises ``TreeError``."""
    tree = from_json(text)
    build = tree.get("build")
    file = build.get("dockerfile").text or tree.get("dockerFile").text
    if file is None:
        return []
    folder = os.path.dirname(path)
    context = build.get("context").text or tree.get("context").text or "."
    args = {name: None if "${" in (value or "") else value for name, value in build.get("args").pairs()}
    return [
        BuildTarget(
            place(folder, file),
            place(folder, context),
            "folder",
            "dev container",
            path,
            (build or tree.get("dockerFile")).line,
            build.get("target").text,
            args,
        )
    ]
