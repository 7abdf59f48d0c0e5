"""Where a value in a GitHub workflow comes from: other steps, other jobs, variables, and who calls the workflow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from copylast.context.assigned import assigned
from copylast.context.changing import COMMIT, DATE, VERSION, changing, without_questions
from copylast.context.target import read
from copylast.context.tree import Tree, TreeError, from_yaml
from copylast.regexes import lazy_regex

_EXPRESSION = lazy_regex(r"\$\{\{(.*?)\}\}")
_SOURCE = lazy_regex(
    r"\bsteps\.(?P<step>[\w-]+)\.outputs\.(?P<output>[\w-]+)|\bneeds\.(?P<job>[\w-]+)\.outputs\.(?P<given>[\w-]+)"
    r"|\benv\.(?P<env>\w+)|(?<!event\.)\binputs\.(?P<input>[\w-]+)"
)
_ACTIONS = {
    "docker/metadata-action": VERSION,
    "crazy-max/ghaction-docker-meta": VERSION,
    "gittools/actions/gitversion/execute": VERSION,
    "paulhatch/semantic-version": VERSION,
    "mathieudutour/github-tag-action": VERSION,
    "googleapis/release-please-action": VERSION,
    "google-github-actions/release-please-action": VERSION,
    "cycjimmy/semantic-release-action": VERSION,
    "wyrihaximus/github-action-get-previous-tag": VERSION,
    "josstorer/get-current-time": DATE,
    "gerred/actions/current-time": DATE,
    "1466587594/get-current-time": DATE,
    "benjlevesque/short-sha": COMMIT,
}
"""Actions whose outputs are another text for each commit, release or run, as their documentation says."""
_DEPTH = 6


class WorkflowValues:
    """The values of one job of the workflow ``tree``, which is the file ``path``."""

    def __init__(self, tree: Tree, job: str, path: str, depth: int = 0) -> None:
        self._tree = tree
        self._job = tree.get("jobs", job)
        self._path = path
        self._depth = depth

    def changing(self, text: str, step: Tree | None = None) -> str | None:
        """What is another one at each build in ``text``, which ``step`` uses; None if nothing says so."""
        return changing(text, lambda name: self._variable(name, step)) or self._expressions(text, step)

    def _expressions(self, text: str, step: Tree | None) -> str | None:
        for expression in _EXPRESSION.finditer(text) if self._depth < _DEPTH else ():
            for source in _SOURCE.finditer(without_questions(expression[1])):
                if source["step"]:
                    found = self._output(source["step"], source["output"])
                elif source["job"]:
                    found = self._of_job(source["job"], source["given"])
                elif source["env"]:
                    found = self._first(self._variable(source["env"], step), step)
                else:
                    found = self._input(source["input"])
                if found is not None:
                    return found
        return None

    def _deeper(self) -> WorkflowValues:
        deeper = WorkflowValues(self._tree, "", self._path, self._depth + 1)
        deeper._job = self._job
        return deeper

    def _first(self, texts: Iterable[str], step: Tree | None) -> str | None:
        deeper = self._deeper()
        return next((found for text in texts if (found := deeper.changing(text, step)) is not None), None)

    def _output(self, name: str, output: str) -> str | None:
        for step in self._job.get("steps").items:
            if step.get("id").text == name:
                known = _ACTIONS.get((step.get("uses").text or "").partition("@")[0].lower())
                return known or self._first(_given(step, output), step)
        return None

    def _of_job(self, name: str, output: str) -> str | None:
        text = self._tree.get("jobs", name, "outputs", output).text
        if text is None:
            return None
        return WorkflowValues(self._tree, name, self._path, self._depth + 1).changing(text)

    def _variable(self, name: str, step: Tree | None) -> Iterator[str]:
        """The texts of an environment variable: from the maps ``env``, and from what scripts of the job say."""
        for holder in (step, self._job, self._tree):
            text = holder.get("env", name).text if holder is not None else None
            if text is not None:
                yield text
        for other in self._job.get("steps").items:
            if other is step or "GITHUB_ENV" in (other.get("run").text or ""):
                yield from assigned(other.get("run").text or "", name)

    def _input(self, name: str) -> str | None:
        """What the workflows beside this one, which call it, pass for the input ``name``."""
        folder, own = os.path.split(self._path)
        wanted = f"/.github/workflows/{own}"
        try:
            others = sorted(one for one in os.listdir(folder) if one.endswith((".yml", ".yaml")) and one != own)
        except OSError:
            return None
        for other in others:
            path = os.path.join(folder, other)
            text = read(path)
            if text is None or wanted not in text:
                continue
            try:
                tree = from_yaml(text)
            except TreeError:
                continue
            for job_name, job in tree.get("jobs").fields.items():
                value = job.get("with", name).text if (job.get("uses").text or "").endswith(wanted) else None
                if value is not None:
                    found = WorkflowValues(tree, job_name, path, self._depth + 1).changing(value)
                    if found is not None:
                        return found
        return None


def _given(step: Tree, output: str) -> Iterator[str]:
    """The texts that the script of a step gives one of its outputs."""
    script = step.get("run").text or ""
    yield from assigned(script, output)
    marker = f"::set-output name={output}::"
    for line in script.splitlines():
        if marker in line:
            yield line.partition(marker)[2]
