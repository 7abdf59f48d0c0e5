"""What a COPY, an ADD or a bind mount brings, and where to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copylast.context.files import BuildContext
from copylast.context.select import Selection, select
from copylast.dockerfile.expand import Expansion, ExpansionError
from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.dockerfile.scope import Evaluation, evaluate
from copylast.layers.paths import UNKNOWN, join
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

TREE = frozenset({"COPY", "ADD"})
"""Instructions that lay files into the image."""


_NO_FLAGS: Mapping[str, str] = {}


class Copy(NamedTuple):
    """What a COPY, an ADD or a bind mount brings.

    ``dest`` is an image path, without the trailing slash that ``dest_is_dir`` remembers. ``stage`` is the
    index of the stage that it copies from; ``image`` an outside image or named context. With neither it
    comes from the build context, and ``selection`` is there if the context and all variables are known.
    ``inline`` are the names of heredoc files; ``remote`` is True if a source is a URL or a git repository.
    ``absolute`` is True if ``dest`` does not hang on the working directory, ``unpack`` for an ADD that
    unpacks local archives. ``rights`` are what ``--chown`` and ``--chmod`` say.
    """

    sources: tuple[str, ...]
    dest: str
    dest_is_dir: bool
    stage: int | None
    image: str | None
    selection: Selection | None
    inline: tuple[str, ...]
    remote: bool
    absolute: bool = True
    unpack: bool = False
    rights: tuple[str, str] = ("", "")

    @property
    def local(self) -> bool:
        """True if it reads the build context."""
        return self.stage is None and self.image is None and bool(self.sources)

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for copies that bring the same files to the same places, as far as the tree of an image knows."""
        chosen = self.selection.asked if self.selection is not None else None
        return (self.sources, self.dest, self.dest_is_dir, self.stage, self.image, self.inline, self.unpack, chosen)

    @property
    def archives(self) -> bool:
        """True if it unpacks something, so that nobody knows what it brings."""
        if not self.unpack or self.selection is None:
            return False
        from copylast.layers.archives import brings_archive

        return brings_archive(self.selection)


class Mount(NamedTuple):
    """A ``RUN --mount``: ``kind`` is its type, ``target`` an image path, ``copy`` what a bind mount shows."""

    kind: str
    target: str | None
    options: dict[str, str]
    copy: Copy | None


def expand(evaluation: Evaluation, instruction: Instruction, word: str) -> Expansion:
    """``word`` expanded; a word that the build refuses counts as unknown."""
    try:
        return evaluation.expand(instruction, word)
    except ExpansionError:
        return Expansion(word, unknown=frozenset({word}))


def copy_of(
    instruction: Instruction,
    cwd: str,
    evaluation: Evaluation,
    context: BuildContext | None,
    known_dir: Callable[[str], bool],
) -> Copy | None:
    """What a COPY or ADD brings. ``known_dir`` says if an image path is a directory already."""
    if len(instruction.words) < 2 and not instruction.heredocs:
        return None
    expanded = [expand(evaluation, instruction, word.text) for word in instruction.words]
    flags = {flag.name: flag.value or "" for flag in instruction.flags} if instruction.flags else _NO_FLAGS
    known = not any([e.unknown for e in expanded])
    texts = [e.text for e in expanded]
    inline = tuple([heredoc.name for heredoc in instruction.heredocs])
    sources = tuple([t for t in texts[:-1] if not _is_heredoc(t, inline)] if inline else texts[:-1])
    dest_text = texts[-1]
    stage, image = None, None
    reference = evaluation.source_of(instruction)
    if reference is not None:
        stage = reference.stage
        image = reference.name if stage is None else None
    is_add = instruction.keyword == "ADD"
    remote = is_add and any(_is_remote(s) for s in sources)
    dest = join(cwd, dest_text) if known else None
    into = dest_text.endswith(("/", "/.")) or dest_text in (".", "..") or (dest is not None and known_dir(dest))
    selection = None
    if dest is not None and context is not None and reference is None and sources and not remote:
        left_out = [f.value or "" for f in instruction.flags if f.name == "exclude"]
        excludes = tuple(expand(evaluation, instruction, pattern).text for pattern in left_out)
        selection = select(
            context,
            sources,
            dest + ("/" if into else ""),
            parents=flags.get("parents", "false") != "false",
            exclude=excludes,
            is_add=is_add,
        )
    return Copy(
        sources,
        dest if dest is not None else f"{UNKNOWN}{instruction.index}",
        into or len(sources) + len(inline) > 1,
        stage,
        image,
        selection,
        inline,
        remote,
        known and dest_text.startswith("/"),
        is_add and flags.get("unpack") != "false",
        (flags.get("chown", ""), flags.get("chmod", "")),
    )


def _is_heredoc(text: str, names: tuple[str, ...]) -> bool:
    return "<<" in text and text.split("<<", 1)[1].lstrip("-").strip("'\"") in names


def _is_remote(source: str) -> bool:
    return source.startswith(("http://", "https://", "git@", "git://", "ssh://")) or ".git#" in source


def mount_of(
    instruction: Instruction, value: str, cwd: str, evaluation: Evaluation, context: BuildContext | None
) -> Mount:
    """A ``--mount`` flag, taken apart."""
    expanded = expand(evaluation, instruction, value)
    options: dict[str, str] = {}
    for part in expanded.text.split(","):
        key, _, text = part.partition("=")
        options[_ALIASES.get(key.lower(), key.lower())] = text
    kind = options.get("type", "bind")
    target = join(cwd, options["target"]) if options.get("target") else None
    copy = None
    if kind == "bind" and target is not None:
        source = options.get("source", "") or "."
        stage, image = None, None
        if "from" in options:
            reference = evaluation.mount_source(options["from"])
            stage = reference.stage
            image = reference.name if stage is None else None
        selection = None
        if "from" not in options and context is not None and not expanded.unknown:
            selection = select(context, (source,), target)
        copy = Copy((source,), target, False, stage, image, selection, (), False)
    return Mount(kind, target, options, copy)


def local_sources(dockerfile: Dockerfile, arguments: Mapping[str, str]) -> list[str]:
    """What all COPY, ADD and bind mounts of a file name in the build context, expanded, without a context.

    ``arguments`` are the build's. The file is evaluated only if a word of them needs it.
    """
    evaluation: Evaluation | None = None
    found: list[str] = []
    for instruction in dockerfile.instructions:
        names = [flag.name for flag in instruction.flags] if instruction.flags else ()
        brings = instruction.keyword in TREE and "from" not in names
        mounts = "mount" in names and instruction.keyword == "RUN"
        if not brings and not mounts:
            continue
        if brings and not instruction.heredocs and all([_PLAIN.fullmatch(word.text) for word in instruction.words]):
            found += [word.text for word in instruction.words[:-1]]
            continue
        evaluation = evaluation or evaluate(dockerfile, arguments)
        copies = [copy_of(instruction, "/", evaluation, None, lambda _: False)] if brings else []
        if mounts:
            values = [flag.value for flag in instruction.flags if flag.name == "mount" and flag.value]
            copies += [mount_of(instruction, value, "/", evaluation, None).copy for value in values]
        found += [one for copy in copies if copy is not None and copy.local and not copy.remote for one in copy.sources]
    return found


_ALIASES = {"src": "source", "dst": "target", "destination": "target"}
_PLAIN = lazy_regex(r"[\w./*@+-]+")
"""Words that mean themselves: no variable, quote or escape character, and no address."""
