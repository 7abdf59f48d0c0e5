"""What COPY, ADD and bind mounts bring into a key."""

from __future__ import annotations

import re

from copylast.context.gopath import clean, in_root
from copylast.context.select import select
from copylast.dockerfile.mounts import MountError, mount_fields
from copylast.dockerfile.nodes import Instruction
from copylast.dockerfile.scope import Reference
from copylast.layers.contents import Files, sources_of
from copylast.layers.inputs import Input, Output
from copylast.layers.places import Place, place
from copylast.layers.situations import Situation
from copylast.layers.walk import Walk
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_REMOTE = lazy_regex(r"https?://|git://|ssh://|git@[^/]+:", re.I)
_SAME = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly", "rw": "readwrite"}


class Arguments(NamedTuple):
    """The arguments of a COPY or ADD, expanded. ``known`` is False where a source hangs on the base image."""

    sources: tuple[str, ...]
    known: bool
    dest: str
    inline: tuple[tuple[str, str], ...]
    """Names and contents of heredocs."""


def arguments_of(instruction: Instruction, state: Place) -> Arguments:
    """Take a COPY or ADD apart."""
    heredocs = {heredoc.operator.start: heredoc for heredoc in instruction.heredocs}
    sources: list[str] = []
    inline: list[tuple[str, str]] = []
    known = True
    for word in instruction.words[:-1]:
        heredoc = heredocs.get(word.span.start)
        if heredoc is None:
            text, sure = state.expand(instruction, word.text)
            sources.append(text)
            known = known and sure
            continue
        content = heredoc.content
        if heredoc.chomp:
            content = re.sub(r"(?m)^\t+", "", content)
        if heredoc.expand:
            content = state.expand(instruction, content, heredoc=True)[0]
        inline.append((heredoc.name, content))
    dest = state.expand(instruction, instruction.words[-1].text)[0] if instruction.words else ""
    return Arguments(tuple(sources), known, dest, tuple(inline))


def files_input(
    walk: Walk, instruction: Instruction, arguments: Arguments, *, own: bool = True, mode: str = ""
) -> Input:
    """The files that the local sources of a COPY or ADD select."""
    situation, state = walk.situation, walk.place
    sources = [source for source in arguments.sources if not is_remote(instruction, source)]
    excludes = [state.expand(instruction, flag.value or "")[0] for flag in instruction.flags if flag.name == "exclude"]
    parents = flag_value(instruction, "parents", "false") != "false"
    # Where the files land is another input; here it only keeps them apart.
    inside = arguments.dest.endswith(("/", "/.")) or arguments.dest in (".", "..")
    selection = None
    if situation.context is not None and arguments.known:
        selection = select(
            situation.context,
            sources,
            "/" if inside or len(sources) > 1 else "/dest",
            parents=parents,
            exclude=excludes,
            is_add=instruction.keyword == "ADD",
        )
    asked = (*(in_root(source) if not parents else source for source in sources), f"{parents} {inside}", *excludes)
    roots = sources_of(selection) if own and selection is not None else ()
    shown = " ".join(source or "." for source in sources)
    return Input("files", shown, "", Files(situation, selection, asked, roots, mode))


def is_remote(instruction: Instruction, source: str) -> bool:
    """True for a source of ADD that is an address."""
    return instruction.keyword == "ADD" and bool(_REMOTE.match(source))


def remote_input(situation: Situation, instruction: Instruction, source: str) -> Input:
    """What an address brings: pinned by a checksum, or asked again at each build."""
    checksum = flag_value(instruction, "checksum", "")
    if checksum:
        return Input("pinned", source, checksum)
    return Input("address", source, situation.settings.remotes.get(source, source))


def flag_value(instruction: Instruction, name: str, default: str) -> str:
    """The value of a flag; ``true`` for one without."""
    flag = instruction.flag(name)
    return default if flag is None else "true" if flag.value is None else flag.value


def base_name(source: str) -> str:
    """The last name of a source, ``/`` for the root: all of its path that a key holds."""
    return clean("/" + source).rpartition("/")[2] or "/"


class Bind(NamedTuple):
    """A ``--mount``, its keys under one spelling each."""

    kind: str
    fields: dict[str, str]

    def get(self, name: str, default: str = "") -> str:
        """The value of a key."""
        return self.fields.get(name, default)


def mounts_of(instruction: Instruction, state: Place) -> list[Bind]:
    """The mounts of a RUN, in the order in which they are written."""
    found: list[Bind] = []
    for flag in instruction.flags:
        if flag.name != "mount" or not flag.value:
            continue
        fields: dict[str, str] = {}
        try:
            for field in mount_fields(flag.value):
                text = "true" if field.value is None else state.expand(instruction, field.value)[0]
                fields[_SAME.get(field.key, field.key)] = text
        except MountError:
            fields = {"type": "broken", "text": flag.value}
        found.append(Bind(fields.pop("type", "bind").lower(), fields))
    return found


def bind_content(walk: Walk, instruction: Instruction, mount: Bind) -> Files | Output | None:
    """What a mount shows: files of the context, or of a stage or an image."""
    source = mount.get("source") or "/"
    situation = walk.situation
    if mount.get("from") and mount.kind in ("bind", "cache"):
        reference = situation.evaluation.mount_source(mount.get("from"))
        step = walk.end_of(reference, instruction)
        path = "/cache" if made_directory(mount) else clean("/" + source)
        return None if step is None else Output(step, path, reference.name)
    if mount.kind != "bind":
        return None
    asked = (in_root(source),)
    if situation.context is None:
        return Files(situation, None, asked)
    selection = select(situation.context, (source,), "/dest")
    return Files(situation, selection, asked, sources_of(selection))


_UMASK = 0o022
"""What Docker's daemon, where BuildKit runs in it, takes off the mode of a directory that it makes."""


def made_directory(mount: Bind) -> str:
    """Mode and owner of the directory that a cache mount begins with; empty if none is made for it.

    With a mode or an owner BuildKit makes a directory ``/cache`` and mounts that (``setCacheUIDGID``). It
    enters by content: what is asked in other words and gives the same directory is the same.
    """
    asked = [mount.get(name) for name in ("mode", "uid", "gid")]
    if mount.kind != "cache" or clean("/" + mount.get("source")) != "/" or not any(asked):
        return ""
    mode, uid, gid = asked
    try:
        shown = oct(int(mode or "755", 8) & 0o777 & ~_UMASK)
    except ValueError:
        # A variable whose value is not known.
        shown = mode
    return f"{shown} {uid or 0}:{gid or 0}"


def output_inputs(walk: Walk, instruction: Instruction, arguments: Arguments, reference: Reference) -> list[Input]:
    """What a COPY --from brings."""
    step = walk.end_of(reference, instruction)
    return [
        Input(
            "output",
            source,
            base_name(source),
            Output(step, clean("/" + source), reference.name) if step is not None else None,
        )
        for source in arguments.sources
    ]


def bind_place(mount: Bind, cwd: str) -> str:
    """Where a mount appears."""
    target = mount.get("target")
    if not target and mount.kind == "secret":
        return "/run/secrets/" + (mount.get("id") or mount.get("source")).rpartition("/")[2]
    return place(cwd, target) if target else ""
