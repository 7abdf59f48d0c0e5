"""Showing that a fix did what it declared, and nothing else.

The proof does not trust the rule: it compares the layer models of the two texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from copylast.dockerfile.nodes import Dockerfile
from copylast.fix.excluded import same_context
from copylast.fix.files import same_files
from copylast.fix.later import same_variables
from copylast.fix.pairing import moved, stage_pairs, text_of
from copylast.fix.split import same_commands
from copylast.layers.model import LayerModel
from copylast.layers.steps import Copy
from copylast.rule.diagnostic import Effect


def prove(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """None if ``after`` is ``before`` with exactly ``effect``; else one sentence that says what is not so."""
    own = (_same_text, _same_comments, _same_stages, _same_places)
    for check in (*own, same_variables, same_commands, same_files, same_context):
        reason = check(before, after, effect)
        if reason is not None:
            return reason
    return None


def _same_text(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every instruction is there as often as before, but for what the effect names."""
    old, new = before.dockerfile, after.dockerfile
    if len(new.problems) > len(old.problems):
        return f"the result would not parse: {new.problems[-1].message}"
    parts = dict(effect.rewrites)
    gone = set(effect.moves) | set(effect.removes)
    still: list[str] = []
    expected: Counter[str] = Counter(effect.adds)
    for instruction in old.instructions:
        texts = parts.get(instruction.index, (text_of(old, instruction),))
        if instruction.index not in effect.removes:
            expected.update(texts)
        if instruction.index not in gone:
            still.extend(texts)
    found = [text_of(new, instruction) for instruction in new.instructions]
    if Counter(found) != expected:
        changed = (expected - Counter(found)) or (Counter(found) - expected)
        return f"an instruction would not be as declared: {next(iter(changed))[:60]!r}"
    at = iter(found)
    if not all(any(text == other for other in at) for text in still):
        return "instructions that should keep their order would change it"
    if [(d.name, d.value) for d in old.directives] != [(d.name, d.value) for d in new.directives]:
        return "a parser directive would change"
    if ("\r\n" in new.source.text) != ("\r\n" in old.source.text):
        return "line ends would change"
    if "\r\n" in old.source.text and _bare(old.source.text) == 0 and _bare(new.source.text):
        return "line ends would be mixed"
    if old.source.text[:1] == "\ufeff" and new.source.text[:1] != "\ufeff":
        return "the byte order mark would be lost"
    return None


def _bare(text: str) -> int:
    return text.count("\n") - text.count("\r\n")


def _same_comments(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every comment is there once, and those above an instruction are still above it."""
    old, new = before.dockerfile, after.dockerfile
    if effect.drops_comments:
        return None
    if Counter(_comments(old)) != Counter(_comments(new)):
        return "a comment would be lost or doubled"
    parts = dict(effect.rewrites)
    above: Counter[tuple[str, str]] = Counter()
    for instruction in new.instructions:
        above.update((text_of(new, instruction), comment.text) for comment in instruction.leading)
    for instruction in old.instructions:
        if instruction.index in effect.removes:
            continue
        texts = parts.get(instruction.index, (text_of(old, instruction),))
        for comment in instruction.leading:
            # Of a step that was cut it may speak of either half.
            text = next((one for one in texts if above[one, comment.text]), None)
            if text is None:
                return f"the comment {comment.text.strip()[:40]!r} would leave its instruction"
            above[text, comment.text] -= 1
    return None


def _comments(dockerfile: Dockerfile) -> Iterator[str]:
    return (comment.text.strip() for comment in dockerfile.comments)


def _same_stages(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    parts = dict(effect.rewrites)
    old: list[str] = []
    for written in before.dockerfile.stages:
        old.extend(parts.get(written.from_.index, (text_of(before.dockerfile, written.from_),)))
    new = [text_of(after.dockerfile, stage.from_) for stage in after.dockerfile.stages]
    if effect.new_stage is not None:
        if not 0 <= effect.new_stage < len(new) - 1:
            return "the new stage is not where it was declared"
        # The line that was put in belongs to the stage that was split; the new stage took its FROM.
        old.insert(effect.new_stage + 1, new[effect.new_stage + 1])
    if old != new:
        return "the stages would change"
    for index, stage in enumerate(before.stages):
        twin = after.stages[moved(index, effect)]
        if stage.name != twin.name or before.base_image(index) != after.base_image(twin.index):
            return "a stage would have another name or base"
        if (stage.cwd, stage.user, stage.shell) != (twin.cwd, twin.user, twin.shell):
            return "a stage would end in another directory, with another user or shell"
    return None


def _same_places(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every step runs in the same directory, as the same user, and says the same."""
    for stage in stage_pairs(before, after, effect):
        for old, new, _ in stage.pairs:
            name = text_of(before.dockerfile, old.instruction)[:60]
            # Of a WORKDIR it counts where it goes to.
            goes = old.keyword == "WORKDIR" and old.into is not None and old.into == new.into
            if old.keyword in ("RUN", "WORKDIR", "SHELL") and (old.cwd, old.shell) != (new.cwd, new.shell) and not goes:
                return f"{name!r} would run in another directory or shell"
            if old.keyword in ("RUN", "WORKDIR") and old.user != new.user:
                return f"{name!r} would run as another user"
            if old.copy is not None and new.copy is not None and not _says_the_same(old.copy, new.copy, effect):
                return f"{name!r} would copy other files or to another place"
    return None


def _says_the_same(old: Copy, new: Copy, effect: Effect) -> bool:
    if (old.sources, old.dest, old.image, old.inline) != (new.sources, new.dest, new.image, new.inline):
        return False
    if new.stage != (None if old.stage is None else moved(old.stage, effect)):
        return False
    if old.dest_is_dir == new.dest_is_dir:
        return True
    # A destination that has become a directory takes a file into it; for the contents of a directory it is the same.
    if old.selection is None or old.inline:
        return False
    there = [old.selection.context.entry(place) for place in old.selection.places(old.dest)]
    kinds = [entry.kind for entry in there if entry is not None]
    return bool(kinds) and "file" not in kinds
