"""Sentences about a question whose answer would surprise without them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from copylast.context.select import Selection
from copylast.dockerfile.scope import PROXY_ARGUMENTS
from copylast.layers.contents import Files
from copylast.survey.rows import Build, some

_ASKED = 20
"""Of so many changed files at most it is said that nothing copies them."""
_PREDEFINED = PROXY_ARGUMENTS | {"SOURCE_DATE_EPOCH"}


def remarks_on(
    build: Build, changed: Mapping[str, str], arguments: Collection[str], commits: bool
) -> Iterator[str]:
    """Files that nothing reads, arguments that nothing declares, and git's own folder in an image."""
    selections = [
        content.selection
        for key in build.keys
        for content in key.contents
        if isinstance(content, Files) and content.selection is not None
    ]
    yield from _unread(build, list(changed)[:_ASKED], selections)
    instructions = [unit.instruction for unit in build.units] + list(build.situation.dockerfile.globals)
    declared = {pair.name.text for one in instructions if one.keyword == "ARG" for pair in one.pairs}
    unknown = [name for name in arguments if name not in declared and name not in _PREDEFINED]
    if unknown:
        yield f"no ARG in a stage that is built declares {some(unknown, 'or')}, so no step sees it"
    if commits and any(one.image_path(".git") is not None for one in selections):
        yield "git's own folder is copied too, and every commit changes it (.dockerignore does not name .git)"


def _unread(build: Build, paths: list[str], selections: list[Selection]) -> Iterator[str]:
    context = build.situation.context
    if context is None:
        return
    unread = [
        path for path in paths if not context.ignored(path) and all(one.image_path(path) is None for one in selections)
    ]
    if unread:
        yield f"no step that is built reads {some(unread)}"
