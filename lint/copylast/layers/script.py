"""The commands of a RUN, whatever form it is written in."""

from __future__ import annotations

from copylast.dockerfile.nodes import Instruction
from copylast.dockerfile.places import locator
from copylast.dockerfile.shell import Command, Item, Script, ShellWord, argv_of, is_opaque_shell, split, split_script
from copylast.dockerfile.shell_options import SHELLS
from copylast.layers.steps import Step


def script_of(step: Step) -> Script:
    """The script of a RUN in shell, JSON or heredoc form."""
    instruction = step.instruction
    if instruction.json:
        given = [word.text for word in instruction.words]
        if len(given) > 2 and given[0].rsplit("/", 1)[-1] in SHELLS and given[1].startswith("-"):
            # No shell reads these words before the named one does.
            text = " ".join("'" + word.replace("'", "'\\''") + "'" for word in given)
            return split(text, lambda offset: instruction.span.start)
        words = tuple(ShellWord(w.text, w.text, w.span, frozenset(), False) for w in instruction.words)
        command = Command(words, argv_of(words), (), (), (), (), "certain", 0, 0, instruction.span)
        item = Item(instruction.span, "", instruction.span, True)
        return Script((command,), (item,), None, frozenset())
    opaque = is_opaque_shell(step.shell) if step.shell is not None else None
    if opaque is not None:
        return Script((), (), opaque, frozenset())
    if not instruction.words:
        return Script((), (), None, frozenset())
    text, start = _command_text(instruction)
    if instruction.heredocs and text.strip() == text.split("\n", 1)[0].strip() and text.startswith("<<"):
        heredoc = instruction.heredocs[0]
        body = heredoc.body.start
        if len(text.split()) == 1:
            return split_script(heredoc.content, lambda offset: body + offset)
    return split(text, locator(instruction.segments, start))


def _command_text(instruction: Instruction) -> tuple[str, int]:
    """The text that the shell gets, and where it begins in ``rest``."""
    text = instruction.words[0].text
    start = instruction.rest.rfind(text)
    return (text, start) if start >= 0 else (instruction.rest, 0)
