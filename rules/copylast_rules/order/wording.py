"""What is said of a COPY that brings source, and of an install that reads little of it."""

from __future__ import annotations

from copylast import Guilt, LayerModel, Need, Step

_MANY = 10_000


def brings(model: LayerModel, guilt: Guilt) -> str:
    """How much changes the step that brings the source."""
    if guilt.copy.selection is None:
        if guilt.example is None:
            return "any file of the build context changes this step"
        return f"changes with the source, such as {guilt.example}"
    count = guilt.copy.selection.count(_MANY + 1)
    if count > _MANY:
        return f"more than {_MANY:,} files change this step"
    after = " (after .dockerignore)" if model.context is not None and model.context.ignore is not None else ""
    return f"{count:,} file{'' if count == 1 else 's'}{after} change{'s' if count == 1 else ''} this step"


def reads(model: LayerModel, step: Step, needs: tuple[Need, ...]) -> str:
    """What the install reads of all that."""
    tree = model.tree(step)
    paths: dict[str, None] = {}
    for need in needs:
        origin = tree.origin(need.path)
        if origin is not None:
            paths[origin.path + ("/" if need.what == "dir" else "")] = None
    if not paths:
        return "runs again with it"
    names = sorted(paths, key=lambda path: (path.count("/"), path))
    if len(names) > 3:
        return f"runs again with it, but reads only {', '.join(names[:2])} and {len(names) - 2} more"
    return f"runs again with it, but reads only {' and '.join(names)}"
