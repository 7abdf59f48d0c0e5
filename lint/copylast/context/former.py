"""How a file read in the commits that changed it last."""

from __future__ import annotations

import os

from copylast.context.gitrun import GitError, GitObjects, find_repository
from copylast.context.history import load_history

_SIZE = 1_000_000


def former_texts(path: str) -> tuple[str, ...]:
    """The texts of the file at ``path`` after each commit of the window that changed it, the newest first.

    Empty where there is no history. Git is run for it, with bounds; renamed files begin with their new name.
    """
    folder, name = os.path.split(os.path.realpath(path))
    history, repository = load_history(folder).history, find_repository(folder)
    if history is None or repository is None:
        return ()
    place = os.path.relpath(os.path.join(folder, name), os.path.realpath(repository.top)).replace(os.sep, "/")
    changed = history.mask([name])
    texts: list[str] = []
    with GitObjects(repository.git_dir) as objects:
        for at, commit in enumerate(history.commits):
            if changed >> at & 1:
                try:
                    texts.append(objects.read(f"{commit}:{place}", _SIZE).decode("utf-8", "replace"))
                except GitError:
                    # It was taken away there.
                    continue
    return tuple(texts)
