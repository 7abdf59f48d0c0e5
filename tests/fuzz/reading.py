"""One text through everything that reads: what must hold for any bytes whatever.

An input is a Dockerfile, then files of its context, each behind a line ``=== PATH``. Where none of these is the
ignore file, there is none. A handful of manifests is always there, so that package managers have work to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from copylast.context.entry import ContextError
from copylast.context.files import BuildContext
from copylast.context.memory import Content, Link, MemoryContext
from copylast.context.select import select
from copylast.dockerfile.expand import ExpansionError
from copylast.dockerfile.nodes import Dockerfile, Instruction, Token
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import Evaluation, evaluate
from copylast.dockerfile.shell import split, split_script
from copylast.dockerfile.source import Source, Span
from copylast.ecosystem.registry import Registry
from copylast.engine.lint import Build, Checker
from copylast.engine.own import own_rules
from copylast.fix.loop import fix
from copylast.layers.model import LayerModel
from copylast.rule.diagnostic import Diagnostic
from copylast.rule.plugins import load_plugins

SEPARATOR = "\n=== "
_BASE: dict[str, Content] = {
    "package.json": '{"name": "a", "version": "1.0.0", "workspaces": ["packages/*"], "dependencies": {"b": "^1"}}',
    "packages/c/package.json": '{"name": "c", "scripts": {"postinstall": "node hook.js"}}',
    "requirements.txt": "-r more.txt\nflask\n",
    "more.txt": "-e ./lib\n",
    "go.mod": "module a\n\nrequire b v1.0.0\n\nreplace b => ./b\n",
    "go.sum": "b v1.0.0 h1:x\n",
    "src/main.py": "import a\n",
    "link": Link("src"),
    "loop": Link("loop"),
}
_PLUGINS = load_plugins()
_RULES = (*_PLUGINS.rules, *own_rules())
_REGISTRY = Registry(_PLUGINS.ecosystems)


def decoded(data: bytes) -> str:
    """Any bytes as a text, as a file with them would be read."""
    return data.decode("utf-8", "surrogateescape")


def context_of(text: str) -> tuple[Source, BuildContext]:
    """The Dockerfile and the context in an input."""
    dockerfile, *others = text.split(SEPARATOR)
    files = dict(_BASE)
    for other in others:
        name, _, content = other.partition("\n")
        parts = [part for part in name.strip().split("/") if part not in ("", ".", "..")]
        # What stands there as a folder, or below a file, would be no tree.
        path = "/".join(parts)
        below = any(one.startswith(path + "/") for one in files)
        above = any("/".join(parts[:end]) in files for end in range(1, len(parts)))
        if path and not below and not above:
            files[path] = content
    return Source(dockerfile), MemoryContext({"Dockerfile": dockerfile, **files})


def read_everything(text: str) -> None:
    """Parse, evaluate, read shells, walk the context, lint and fix. Raises what is a bug."""
    for _, step in stages_of(text):
        step()


def costs(text: str) -> dict[str, float]:
    """CPU seconds of each part of :func:`read_everything`."""
    found: dict[str, float] = {}
    for name, step in stages_of(text):
        begin = time.process_time()
        step()
        found[name] = time.process_time() - begin
    return found


def stages_of(text: str) -> Sequence[tuple[str, Callable[[], object]]]:
    """The parts of the reading by name, to be called in order."""
    source, context = context_of(text)
    tree = parse(source)
    evaluation = evaluate(tree)
    checker = Checker(_RULES, _RULES, _REGISTRY, lambda rule: rule.load().Options())
    return (
        ("parse", lambda: _tree(parse(source))),
        ("evaluate", lambda: _evaluation(evaluate(tree, {"A": "x"}))),
        ("shell", lambda: _shells(tree)),
        ("context", lambda: _context(tree, evaluation, context)),
        ("lint", lambda: _lint(checker, source, context)),
        ("fix", lambda: _fix(checker, source, context)),
    )


def _tree(tree: Dockerfile) -> None:
    text = tree.source.text
    at = 0
    for piece in tree.pieces():
        assert piece.span.start == at, "pieces leave a gap"
        at = piece.span.end
    assert at == len(text), "pieces end too early"
    for step in tree.instructions:
        _covers(step.tokens(), step.span)
        for span in (*(flag.span for flag in step.flags), *(word.span for word in step.words)):
            assert step.span.start <= span.start <= span.end <= step.span.end, "a word lies outside"
    for problem in tree.problems:
        assert problem.message and 0 <= problem.span.start <= problem.span.end <= len(text)


def _covers(tokens: tuple[Token, ...], span: Span) -> None:
    at = span.start
    for token in tokens:
        assert token.span.start == at < token.span.end, "tokens leave a gap"
        if token.children:
            _covers(token.children, token.span)
        at = token.span.end
    assert at == span.end, "tokens end too early"


def _evaluation(evaluation: Evaluation) -> None:
    evaluation.reachable()
    for stage in evaluation.dockerfile.stages:
        evaluation.final_environment(stage.index).bindings()
        for step in stage.instructions:
            for word in step.words:
                try:
                    evaluation.expand(step, word.text)
                except ExpansionError:
                    pass


def _shells(tree: Dockerfile) -> None:
    size = len(tree.source.text)
    for step in tree.instructions:
        if step.keyword == "RUN" and not step.json:
            _inside(step, size)
            for doc in step.heredocs:
                split_script(doc.content, doc.body.start.__add__)


def _inside(step: Instruction, size: int) -> None:
    for command in split(step.rest, step.locate).commands:
        assert 0 <= command.span.start < command.span.end <= size, "a command lies outside"
        for word in command.words:
            assert 0 <= word.span.start <= word.span.end <= size, "a shell word lies outside"


def _context(tree: Dockerfile, evaluation: Evaluation, context: BuildContext) -> None:
    entries = list(context.files())
    for entry in entries[:50]:
        assert context.entry(entry.path) == entry, f"{entry.path} is listed and not there"
        try:
            context.read_text(entry.path)
        except ContextError:
            pass
    for step in tree.instructions:
        if step.keyword in ("COPY", "ADD") and len(step.words) > 1:
            words = [word.text for word in step.words]
            for parents in (False, True):
                exclude = [flag.value or "" for flag in step.flags if flag.name == "exclude"]
                chosen = select(context, words[:-1], words[-1], parents=parents, exclude=exclude)
                assert isinstance(chosen.missing, tuple) and isinstance(chosen.unmatched, tuple)
                for pair in chosen.pairs():
                    assert context.entry(pair.entry.path) is not None, f"{pair.entry.path} is selected and not there"


def _lint(checker: Checker, source: Source, context: BuildContext | None) -> tuple[LayerModel, Sequence[Diagnostic]]:
    checked = checker.check(source, context, Build())
    assert not checked.failures, "\n".join(one.detail or one.message for one in checked.failures)
    for diagnostic in checked.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(source.text), "a finding lies outside"
    return checked.model, checked.diagnostics


def _fix(checker: Checker, source: Source, context: BuildContext) -> None:
    for unsafe in (False, True):
        fix(source, context, lambda text, here: _lint(checker, text, here), allow_unsafe=unsafe)
