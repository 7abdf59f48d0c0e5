"""The small edit of a source file that shows what a day's work rebuilds."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from copylast.layers.model import LayerModel
from copylast.layers.paths import within
from copylast.layers.simulate import simulate_change
from copylast.layers.situations import Situation

_COMMENTS = (
    ("#", ".py .pyi .rb .sh .pl .r .ex .exs .nim .cr .jl .tf"),
    ("//", ".js .mjs .cjs .jsx .ts .mts .cts .tsx .go .rs .java .kt .kts .scala .cs .swift .dart .zig"),
    ("//", ".c .h .cc .cpp .hpp"),
    ("--", ".lua .hs .sql .elm"),
)
_CODE = {suffix: mark for mark, suffixes in _COMMENTS for suffix in suffixes.split()}
_OTHER_CODE = frozenset(".php .html .css .scss .less .vue .svelte .twig .erb .cshtml .razor .fs .vb .clj .erl".split())
"""Code in which a line of comment at the end would show, or has many forms."""
_MARKS = {**_CODE, ".yml": "#", ".yaml": "#", ".toml": "#"}
"""How a line of comment begins, by the file's ending; settings are not what is edited all day."""


def touched(path: str, content: bytes, token: str) -> bytes:
    """``content`` with a harmless last line that holds ``token``; blank space where no comment is known."""
    mark = _MARKS.get(posixpath.splitext(path)[1].lower())
    gap = b"" if not content or content.endswith(b"\n") else b"\n"
    if mark is None:
        # Blank lines have to be as unlike from run to run as the token is.
        return content + gap + b"\n" * (1 + int(token, 16) % 499)
    return content + gap + f"{mark} {token}\n".encode()


def source_file(model: LayerModel, fixed: LayerModel) -> str | None:
    """The file of the context whose edit shows what the fix is good for, of those that the target copies.

    That is source code which no install reads, neither before nor after the fix, if by the keys of its steps the
    fix spares a command; else another file of which that is true (a manifest, where tools went above it); else
    just source code.
    """
    needed: set[str] = set()
    directories: list[str] = []
    candidates: dict[str, int] = {}
    for what, path in (*_needs(model), *_needs(fixed)):
        if what == "dir":
            directories.append(path)
        else:
            needed.add(path)
    for path, broad in _copied(model):
        read = path in needed or any(directory and within(path, directory) for directory in directories)
        ending = posixpath.splitext(path)[1].lower()
        code = ending in _CODE or ending in _OTHER_CODE
        quiet = posixpath.basename(path).lower().startswith(("dockerfile", ".", "containerfile"))
        rank = 2 if quiet else 0 if code else 1
        # Code that came with its whole folder is what is edited all day.
        candidates[path] = min(candidates.get(path, 99), 10 * read + 2 * rank + (not broad))
    ranked = sorted(candidates, key=lambda path: (candidates[path], path))
    # Files that no install reads are much alike; those that one reads are few.
    tried = [path for path in ranked if candidates[path] < 10][:_TRIED] + [p for p in ranked if p in needed][:_TRIED]
    return next((path for path in tried if spares(model, fixed, path)), ranked[0] if ranked else None)


_TRIED = 20


def spares(model: LayerModel, fixed: LayerModel, path: str) -> bool:
    """Whether after an edit of ``path`` the cache surely gives a command that it did not give before the fix."""
    before, after = (
        {
            one.step.instruction.rest
            for one in simulate_change(Situation(m.dockerfile, m.context, evaluation=m.evaluation), [path])
            if one.step.instruction.keyword == "RUN" and one.status != "rebuilt"
        }
        for m in (model, fixed)
    )
    return not after <= before


def _needs(model: LayerModel) -> Iterator[tuple[str, str]]:
    """What the installs read of the context, and whether it is a file or a directory."""
    for stage in sorted(model.reachable()):
        for step in model.stages[stage].steps:
            if step.keyword == "RUN":
                tree = model.tree(step)
                for need in model.reads(step).needs:
                    origin = tree.origin(need.path)
                    if origin is not None:
                        yield need.what, origin.path


def _copied(model: LayerModel) -> Iterator[tuple[str, bool]]:
    for stage in sorted(model.reachable()):
        for step in model.stages[stage].steps:
            for copy in (step.copy, *(mount.copy for mount in step.mounts)):
                if copy is None or copy.selection is None:
                    continue
                broad = copy.selection.is_broad
                for entry, _ in copy.selection.pairs():
                    if entry.kind == "file":
                        yield entry.path, broad
