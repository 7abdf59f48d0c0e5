"""Cutting a RUN in two between top-level commands: the installs first, the rest after the source."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence

from copylast.dockerfile.shell import Script
from copylast.dockerfile.source import Source
from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel
from copylast.layers.paths import join, within
from copylast.layers.reads import Reads, put_together
from copylast.layers.steps import Step
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.rule.blocks import flags_text
from copylast.rule.refusal import Refused

_NOT_REPEATABLE = frozenset({"umask", "trap", "exec", "exit", "return", "pushd", "popd", "unset"})
_REMOVERS = frozenset({"rm", "rmdir", "unlink", "shred", "truncate", "mv"})
_PURGES = frozenset({"del", "purge", "remove", "autoremove", "prune", "clean", "uninstall", "erase", "cache"})


class Head(NamedTuple):
    """The part of a RUN that may come before the source.

    ``reads`` are its own. ``items`` of the top-level list belong to it; ``cut`` is where it ends and
    ``resume`` where the rest begins, both offsets in the file, or None if the whole RUN is the head.
    ``repeated`` are the texts of the commands whose setting the rest needs again, ``joint`` is what stands
    between two commands of one line, and ``closing`` the delimiter that ends the head of a heredoc.
    """

    reads: Reads
    facts: tuple[Facts, ...]
    cut: int | None
    resume: int | None
    repeated: tuple[str, ...]
    joint: str = " && "
    closing: str = ""


def _installs(fact: Facts) -> bool:
    return fact.role == "install"


def run_head(
    model: LayerModel,
    step: Step,
    anchor: Callable[[Facts], bool] = _installs,
    stop_at: Callable[[Facts], bool] = lambda fact: False,
) -> Head:
    """The longest head of the RUN that ends with an ``anchor`` and reads only what its closures name.

    It ends before the first command that ``stop_at`` picks. Raises :class:`Refused` if there is none, or if the
    RUN cannot be cut after it.
    """
    facts = model.facts(step)
    at = next((number for number, fact in enumerate(facts) if stop_at(fact)), len(facts))
    whole = put_together(facts[:at])
    if whole.closed and at == len(facts):
        return Head(whole, facts, None, None, ())
    script = model.script(step)
    spoiler = whole.open or (facts[at] if at < len(facts) and not whole.refusals else None)
    if script.opaque is not None or not script.items:
        raise Refused(7, f"the commands of the step cannot be followed: {script.opaque or 'nothing to cut'}")
    if whole.refusals and (spoiler is None or _first_refused(facts) < facts.index(spoiler)):
        raise Refused(whole.refusals[0].gate, whole.refusals[0].reason)
    assert spoiler is not None
    if spoiler is whole.open and spoiler.match is not None and spoiler.match.kind in ("deps", "fetch"):
        raise Refused(4, spoiler.why)
    stop = spoiler.command.item
    installs = [f.command.item for f in facts if anchor(f) and f.command.item < stop]
    same = any(anchor(f) and f.command.item == stop for f in facts[: facts.index(spoiler)])
    if not installs and (same or spoiler is not whole.open):
        raise Refused(7, "the step groups its commands, so that it cannot be cut in two")
    if not installs:
        raise Refused(7, f"{spoiler.why}, and it runs before the install in the same step")
    last = max(installs)
    # What only tidies up after the install belongs to its layer.
    while last + 1 < stop and all(_tidies(f) for f in facts if f.command.item == last + 1):
        last += 1
    kept = tuple(f for f in facts if f.command.item <= last)
    rest = tuple(f for f in facts if f.command.item > last)
    reads = put_together(kept)
    if reads.refusals:
        raise Refused(reads.refusals[0].gate, reads.refusals[0].reason)
    joint = _check_cut(model, step, last, kept, rest)
    source = model.dockerfile.source
    cut, resume, closing = script.items[last].span.end, script.items[last + 1].span.start, ""
    if step.instruction.heredocs:
        # Lines between the two, comments of the shell among them, stay with the rest.
        cut = source.text.index("\n", cut) - len(source.newline) + 1
        resume, closing = cut + len(source.newline), step.instruction.heredocs[0].name
    repeated = tuple(source.slice(script.items[f.command.item].span) for f in kept if f.role == "carry")
    return Head(reads, kept, cut, resume, repeated, joint, closing)


def _tidies(fact: Facts) -> bool:
    """True for a command that leaves nothing in the project: what clears caches and lists, above all."""
    return fact.role == "free" and fact.command.argv[:1] != ("mkdir",) and not fact.command.redirects


def _first_refused(facts: tuple[Facts, ...]) -> int:
    return next(i for i, f in enumerate(facts) if f.closure is not None and f.closure.refusals)


def _check_cut(
    model: LayerModel, step: Step, last: int, kept: tuple[Facts, ...], rest: tuple[Facts, ...]
) -> str:
    """What the commands are joined with. Raises :class:`Refused`."""
    script = model.script(step)
    instruction = step.instruction
    if instruction.json or (instruction.heredocs and not _is_script(model.dockerfile.source, step)):
        raise Refused(7, "the step is written in a form that cannot be cut in two")
    operators = {item.operator for item in script.items[:-1]}
    # Each command must end the step when it fails, as each of two steps does.
    if operators <= {"\n" if instruction.heredocs else ";"}:
        if not _ends_on_error(script, step) or any(f.command.ignored for f in kept if f.role != "carry"):
            raise Refused(7, "the step may go on when one of its commands fails, which two steps would not")
    elif operators != {"&&"} or instruction.heredocs:
        raise Refused(7, "the step joins its commands with something else than `&&`")
    if not all(item.plain for item in script.items[: last + 1]):
        raise Refused(7, "the step groups its commands, so that it cannot be cut in two")
    for mount in step.mounts:
        if mount.kind == "tmpfs" or (mount.kind == "bind" and _writable(mount.options)):
            raise Refused(7, f"the step writes into a {mount.kind} mount that only it can see")
    for fact in kept:
        name = fact.command.argv[0] if fact.command.words else ""
        if name in _NOT_REPEATABLE:
            raise Refused(7, f"`{name}` comes before the place where the step would be cut")
    refuse_removals(rest, [path for f in kept if f.closure is not None for path in f.closure.writes])
    return " && " if operators == {"&&"} else "; "


def _ends_on_error(script: Script, step: Step) -> bool:
    options = [word[1:] for word in (step.shell or ()) if re.fullmatch(r"-[a-z]+", word)]
    return "e" in script.options or any("e" in word for word in options)


def _is_script(source: Source, step: Step) -> bool:
    """True for a RUN whose one heredoc is its whole script, for the shell in force."""
    instruction = step.instruction
    if len(instruction.heredocs) != 1 or not instruction.words:
        return False
    heredoc = instruction.heredocs[0]
    text = instruction.words[0].text.split("\n", 1)[0].strip()
    return text == source.slice(heredoc.operator) and not heredoc.content.startswith("#!")


def _writable(options: dict[str, str]) -> bool:
    return options.get("rw", options.get("readwrite", "false")) != "false" or options.get("ro") == "false"


def refuse_removals(rest: Iterable[Facts], made: Sequence[str]) -> None:
    """The rest of a step must not remove what its head made: it would stay in the head's layer.

    ``made`` are image paths. Raises :class:`Refused`.
    """
    for fact in rest:
        _refuse_removal(fact, made)


def _refuse_removal(fact: Facts, made: Sequence[str]) -> None:
    argv = fact.command.argv
    if not argv:
        return
    name = posixpath.basename(argv[0])
    if name in _REMOVERS:
        words = [word for word in argv[1:] if not word.startswith("-")]
        for word in words[:-1] if name == "mv" else words:
            if word in ("/tmp/*", "/var/tmp/*") and not any(within(m, posixpath.dirname(word)) for m in made):
                continue
            path = join(fact.cwd, word) if fact.cwd is not None else None
            inside = not word.startswith(("/", "~", "$")) and ".." not in word and path is not None
            inside = inside and not any(c in word for c in "*?[$")
            if not inside or any(within(path or "", m) or within(m, path or "") for m in made):
                raise Refused(7, f"`{name} {word}` in the same step may remove what the install made")
    elif fact.match is not None and any(word in _PURGES for word in argv[1:3]):
        raise Refused(7, f"`{' '.join(argv[:3])}` in the same step removes what came before it")


class Tail(NamedTuple):
    """What stands between the two halves: comments of the continuation, a line each, and the start of the new RUN."""

    comments: tuple[str, ...]
    start: str


def tail_of(source: Source, step: Step, cut: Head) -> Tail:
    """The second half's comments, keyword, flags (in lines as they are written) and repeated commands."""
    assert cut.cut is not None and cut.resume is not None
    instruction = step.instruction
    comments = tuple(
        source.slice(comment.span).strip()
        for comment in instruction.comments
        if cut.cut <= comment.span.start < cut.resume
    )
    start = f"{source.slice(instruction.keyword_span)} {flags_text(source, instruction)}"
    if instruction.flags and instruction.words:
        command = instruction.words[0].span.start
        if not any(comment.span.start < command for comment in instruction.comments):
            start = source.text[instruction.span.start : command]
    if cut.closing:
        operator = source.slice(instruction.heredocs[0].operator)
        repeated = "".join(f"{text}{source.newline}" for text in cut.repeated)
        start = f"{source.slice(instruction.keyword_span)} {flags_text(source, instruction)}{operator}{source.newline}"
        return Tail((), start + repeated)
    return Tail(comments, start + "".join(f"{text}{cut.joint}" for text in cut.repeated))


_OF_THE_BUILD = lazy_regex(r"(?i)build|compil|bundl|generat|transpil|asset|minif|publish|release|test|lint|collect")
_OF_THE_INSTALL = lazy_regex(
    r"(?i)install|depend|\bdeps?\b|packag|modul|requirement|restor|fetch|download|librar|tool|vendor|update|set ?up"
)


def says_what_follows(source: Source, step: Step, cut: Head) -> bool:
    """True if the comments above the RUN speak of its second half only, so that they belong there."""
    said = " ".join(source.slice(comment.span) for comment in step.instruction.leading)
    return not cut.closing and _OF_THE_BUILD.search(said) is not None and _OF_THE_INSTALL.search(said) is None
