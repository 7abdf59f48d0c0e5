"""All package managers that are known, each loaded when a command could be its own.

Parsing every descriptor costs a good part of the time in which a file is checked, so a source may
bring a generated index that says with which words the commands of a descriptor begin, and each descriptor as
JSON, which counts where its checksum fits.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from copylast.context.entry import ContextError
from copylast.ecosystem.descriptor import Ecosystem, Match
from copylast.ecosystem.load import build, load
from copylast.ecosystem.matching import base_name, match
from copylast.ecosystem.readers import ProjectFiles
from copylast.ecosystem.table import DescriptorError, Table
from copylast.records import NamedTuple
from copylast.typed import cast

INDEX = "index.json"
"""Name of the generated index in a folder of descriptors."""
PARSED = "parsed"
"""Name of the generated folder with the same descriptors as JSON."""

_REMEMBERED = 2000


class EcosystemSource(NamedTuple):
    """What a plugin gives: a folder of ``*.toml`` descriptors, with or without an index.

    ``origin`` is the distribution's name, for error messages.
    """

    folder: str
    origin: str


class _File(NamedTuple):
    path: str
    origin: str


class Registry:
    """Package managers from all sources; a later source replaces descriptors of the same file name."""

    def __init__(self, sources: Iterable[EcosystemSource]) -> None:
        self._always: list[str] = []
        self._stems: dict[str, list[str]] = {}
        self._files: dict[str, _File] = {}
        self._loaded: dict[str, Ecosystem] = {}
        self._candidates: dict[tuple[str, ...], tuple[Match, ...]] = {}
        for source in sources:
            self._add(source)

    def _add(self, source: EcosystemSource) -> None:
        try:
            names = sorted(n for n in os.listdir(source.folder) if n.endswith(".toml"))
        except OSError as e:
            raise DescriptorError(source.folder, "", f"cannot be listed: {e.strerror}") from None
        index = read_index(source.folder)
        for name in names:
            stems = index.get(name)
            if name in self._files:
                self._forget(name)
            self._files[name] = _File(os.path.join(source.folder, name), source.origin)
            if stems is None:
                self._always.append(name)
            for stem in stems or ():
                self._stems.setdefault(stem, []).append(name)

    def _forget(self, name: str) -> None:
        for files in (self._always, *self._stems.values()):
            if name in files:
                files.remove(name)

    def ecosystem(self, name: str) -> Ecosystem:
        """The ecosystem of the descriptor file ``name``, loaded now if need be. Raises DescriptorError."""
        got = self._loaded.get(name)
        if got is None:
            file = self._files[name]
            try:
                with open(file.path, encoding="utf-8") as f:
                    text = f.read()
            except (OSError, UnicodeDecodeError) as e:
                raise DescriptorError(file.path, "", f"cannot be read: {e}") from None
            table = _known(text, file.path)
            got = load(text, file.path, file.origin) if table is None else build(table, file.origin)
            self._loaded[name] = got
        return got

    def all(self) -> tuple[Ecosystem, ...]:
        """Every ecosystem, by file name. Raises DescriptorError, also for an id that is given twice."""
        out = tuple(self.ecosystem(name) for name in sorted(self._files))
        seen: dict[str, Ecosystem] = {}
        for e in out:
            if e.id in seen:
                raise DescriptorError(
                    e.origin, "id", f"{e.id!r} is also the id of one from {seen[e.id].origin}"
                )
            seen[e.id] = e
        return out

    @property
    def loaded(self) -> tuple[str, ...]:
        """Names of the descriptor files that were parsed so far, for tests of the start-up budget."""
        return tuple(sorted(self._loaded))

    def candidates(self, argv: Sequence[str]) -> tuple[Match, ...]:
        """What ``argv`` may be: one match for each manager that knows it, weak ones only if alone.

        Pipelines and wrappers (``sudo``, ``env``) are already taken away by the shell splitter.
        """
        key = tuple(argv)
        known = self._candidates.get(key)
        if known is None:
            known = self._matches(argv)
            # Many files say the same; what is unlike must not fill the memory.
            if len(self._candidates) < _REMEMBERED:
                self._candidates[key] = known
        return known

    def _matches(self, argv: Sequence[str]) -> tuple[Match, ...]:
        strong: list[Match] = []
        weak: list[Match] = []
        for name in self._possible(argv):
            ecosystem = self.ecosystem(name)
            for matcher in ecosystem.matchers:
                found = match(ecosystem, matcher, argv)
                if found is not None:
                    (weak if matcher.weak else strong).append(found)
                    break
        return tuple(strong or weak)

    def classify(self, argv: Sequence[str]) -> Match | None:
        """What ``argv`` is, or None for a command that nobody knows.

        Where several managers share a program this is the first one; with the project's files at
        hand ask :meth:`candidates` and :func:`decide`.
        """
        return next(iter(self.candidates(argv)), None)

    def _possible(self, argv: Sequence[str]) -> list[str]:
        """Descriptor files whose programs may occur among the first words."""
        if not argv:
            return []
        names = list(self._always)
        for word in argv[:6]:
            word = base_name(word)
            names += self._stems.get("=" + word, ())
            for end in range(1, len(word) + 1):
                names += self._stems.get(word[:end], ())
        return sorted(set(names))


def decide(matches: Sequence[Match], cwd: str, files: ProjectFiles) -> Match | None:
    """The match whose manager's markers are found in ``cwd`` or above, else one that has no markers."""
    if len(matches) < 2:
        return matches[0] if matches else None
    for found in matches:
        if any(_marked(found.ecosystem, directory, files) for directory in upward(cwd)):
            return found
    return next((m for m in matches if not m.ecosystem.markers), matches[0])


def upward(directory: str) -> list[str]:
    """The directory and those above it (``/a/b``, ``/a``, ``/``); ``?/a`` ends at ``?``."""
    out = [directory]
    while "/" in directory and directory not in ("/", "?"):
        directory = directory.rsplit("/", 1)[0] or "/"
        out.append(directory)
    return out


def _marked(ecosystem: Ecosystem, directory: str, files: ProjectFiles) -> bool:
    for marker in ecosystem.markers:
        path = f"{directory.rstrip('/')}/{marker.file}"
        if files.kind(path) != "file":
            continue
        try:
            if not marker.contains or marker.contains in files.read(path):
                return True
        except ContextError:
            continue
    return False


def parsed_name(name: str) -> str:
    """Where the JSON of the descriptor ``name`` lies in its folder."""
    return f"{PARSED}/{name.removesuffix('.toml')}.json"


def _known(text: str, path: str) -> Table | None:
    """The descriptor as it was generated; None where there is none, or one of another text."""
    import json
    from binascii import crc32

    folder, name = os.path.split(path)
    try:
        with open(os.path.join(folder, parsed_name(name)), encoding="utf-8") as f:
            data = json.load(f)
        if data["crc"] == crc32(text.encode()):
            return Table(data["toml"], path, known=True)
    except (OSError, ValueError, LookupError, TypeError):
        pass
    return None


def read_index(folder: str) -> Mapping[str, list[str]]:
    """File name -> beginnings of its programs (``=word``: the whole); empty where there is no index."""
    import json

    path = os.path.join(folder, INDEX)
    try:
        with open(path, encoding="utf-8") as f:
            data: object = json.load(f)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as e:
        raise DescriptorError(path, "", f"cannot be read: {e}") from None
    if not isinstance(data, dict):
        raise DescriptorError(path, "", "must be an object: file name -> words")
    out: dict[str, list[str]] = {}
    for name, words in cast("dict[str, object]", data).items():
        if not isinstance(words, list):
            raise DescriptorError(path, name, "must be a list of words")
        out[name] = [str(w) for w in cast("list[object]", words)]
    return out
