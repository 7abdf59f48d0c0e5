"""What a COPY copies: the file system that a real BuildKit makes, and what the selection says."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.projects import write_files
from tests.conformance.buildkit.selections import CASES, DEAD, FILES, Case

from copylast.context.disk import DiskContext
from copylast.context.select import select
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.prove.docker import Request
from copylast.prove.filesystem import digest, read_tree

TO = {"to": ("dir", ""), ".": ("dir", "")}

Tree = dict[str, tuple[str, str]]
"""Kind and content (a digest, or the target of a link) by path."""


def built(case: Case, project: Path, folder: Path, private: PrivateDocker) -> Tree | None:
    """What the builder copies; None if it fails."""
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(case.dockerfile)
    made = private.docker.build(Request(str(project), str(dockerfile), output=str(folder / "image.tar")))
    if not made.ok:
        (folder / "log").write_text(made.log)
        return None
    return {path: (one.kind, one.content) for path, one in read_tree(str(folder / "image.tar")).items()}


def answered(case: Case, project: Path) -> Tree | None:
    """What the selection says; None if it says that the build fails."""
    context = DiskContext(project)
    tree = parse(Source(case.dockerfile))
    evaluation, step = evaluate(tree), tree.instructions[1]
    *sources, dest = [evaluation.expand(step, word.text).text for word in step.words]
    selection = select(context, sources, dest, is_add=case.keyword == "ADD")
    if selection.missing:
        return None
    found: Tree = {}
    sent: set[str] = set()
    for pair in selection.pairs():
        content = ""
        if pair.entry.kind == "file":
            content = digest((project / pair.entry.path).read_bytes())
        elif pair.entry.kind == "link":
            content = os.readlink(project / pair.entry.path)
        found[pair.image_path.strip("/")] = (pair.entry.kind, content)
        sent.add(pair.entry.path)
    # An empty folder is not sent for the sake of what is in it, and no other COPY here asks for it.
    folders = [context.resolve(one[:-2]) for one in selection.unmatched if re.fullmatch(r"[^*?[]+/\*", one)]
    if any(folder and folder not in sent and not context.children(folder) for folder in folders):
        return None
    return found


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_selection_is_what_the_builder_copies(case: Case, private: PrivateDocker, tmp_path: Path) -> None:
    # One folder each: a builder keeps what it was sent of a folder, and finds there what this build did not send.
    project = write_files(tmp_path / "context", {**FILES, **DEAD} if case.dead else FILES)
    real, said = built(case, project, tmp_path, private), answered(case, project)
    assert (real is None) == (said is None), (tmp_path / "log").read_text()[-300:] if real is None else real
    if real is not None and said is not None:
        # The directory that is copied into is there even where nothing comes into it.
        assert {path: one for path, one in real.items() if one != TO.get(path)} == said
