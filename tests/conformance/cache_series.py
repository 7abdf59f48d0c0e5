"""Recorded series of real builds, made into situations of the key model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

from copylast.context.entry import Entry
from copylast.context.memory import Content, Link, MemoryContext, Moded
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.layers.profiles import BUILDAH, BUILDKIT, BUILDKIT_OVERLAY, CLASSIC, Profile
from copylast.layers.situations import Image, Settings, Situation

DATA = Path(__file__).parent.parent / "data" / "cache-builds.json"
BASE = "base:1"

BUILDERS: dict[str, Profile] = {
    "bk28c": BUILDKIT,
    "bk28": BUILDKIT_OVERLAY,
    "bk26": BUILDKIT_OVERLAY,
    "bk20": BUILDKIT_OVERLAY,
    "bh128ov": BUILDAH,
    "legacy": CLASSIC,
}


class Build(TypedDict, total=False):
    df: str
    dfname: str
    files: dict[str, str | None]
    args: list[str]
    extra: list[str]
    base: str | list[str | list[str]] | None
    target: str
    pre: bool
    ctxname: str


class Observed(TypedDict):
    rc: int
    steps: list[str]


class Series(TypedDict):
    name: str
    builds: list[Build]
    observed: dict[str, list[Observed]]


class Change(NamedTuple):
    """What a ``pre`` does: files written or removed, modes of directories, what an address gives then."""

    files: Mapping[str, Content | None] = {}
    directories: Mapping[str, int] = {}
    remote: str = ""


_NOTHING = Change()
"""What a fresh transfer does not show: times, owners of files, extended attributes, links to one inode."""

_FILES = {"a.txt": "one\n", "b.txt": "two\n", "d/x.txt": "x\n", "d/y.txt": "y\n"}
_UMASK = {path: Moded(text, 0o664) for path, text in _FILES.items()}
_ONE = Change(remote="body 1")
_TWO = Change(remote="body 2")

NAMED: dict[str, tuple[Change | None, ...]] = {
    "mtime changed": (None, _NOTHING),
    "mode 644->755": (None, Change({"a.txt": Moded("one\n", 0o755)})),
    "COPY --chmod=644, source mode changed": (None, Change({"a.txt": Moded("one\n", 0o755)})),
    "owner changed (chown 1000)": (None, _NOTHING),
    "xattr user.foo set": (None, _NOTHING),
    "COPY dir: file mtime": (None, _NOTHING),
    "COPY dir: dir mtime": (None, _NOTHING),
    "COPY dir: dir mode 755->700": (None, Change(directories={"d": 0o700})),
    "COPY dir: empty subdir added": (None, Change({"d/empty/": ""})),
    "COPY dir: symlink target text changed": (Change({"d/l": Link("x.txt")}), Change({"d/l": Link("y.txt")})),
    "COPY symlink src: target content changed": (Change({"l": Link("a.txt")}), None),
    "COPY . .: other dir, fresh mtimes + umask 002": (None, Change(_UMASK, {"d": 0o775})),
    "ADD tar: repacked, mtimes differ": (Change({"t.tar": "tar 1"}), Change({"t.tar": "tar 2"})),
    "mount bind file: mtime": (None, _NOTHING),
    # A secret lies outside the context.
    "secret value changed": (_NOTHING, _NOTHING),
    "secret id changed (same target)": (_NOTHING, None),
    "secret mount target changed": (_NOTHING, None),
    "secret required=true added": (_NOTHING, None),
    "ADD url content changed": (_ONE, _TWO),
    "ADD url Last-Modified changed, same bytes": (_ONE, _ONE),
    "ADD url etag same (304)": (_ONE, _ONE),
    "ADD url etag changed, same bytes": (_ONE, _ONE),
    "ADD url no Last-Modified, same bytes": (_ONE, _ONE),
    "ADD url --checksum, server now serves other bytes": (_ONE, _TWO),
    "fresh ctx dir: dir mode of COPY'd dir 755->700": (None, Change(directories={"d": 0o700})),
    "fresh ctx dir: subdir mode 755->700": (None, Change(directories={"d/s": 0o700})),
    "fresh ctx dir: file owner 1000": (None, _NOTHING),
    "fresh ctx dir: file mode 644->600": (None, Change({"a.txt": Moded("one\n", 0o600)})),
    "fresh ctx dir: xattr user.foo": (None, _NOTHING),
    "fresh ctx dir: file -> hardlink": (None, _NOTHING),
    "fresh ctx: COPY . . with subdir mode changed (umask 002 dirs only)": (None, Change(directories={"d": 0o775})),
    ".dockerignore 'd/*': whole d removed": (None, Change({"d/x.txt": None, "d/y.txt": None})),
}
"""The changes that a series tells by its name only, build by build."""


class ModedContext(MemoryContext):
    """A context in memory whose directories have modes of their own."""

    def __init__(self, files: Mapping[str, Content], modes: Mapping[str, int], dockerfile: str) -> None:
        self._modes = modes
        super().__init__(files, dockerfile)

    def _moded(self, entry: Entry) -> Entry:
        mode = self._modes.get(entry.path)
        return entry if mode is None else Entry(entry.path, entry.kind, entry.size, mode)

    def raw_entry(self, path: str) -> Entry | None:
        found = super().raw_entry(path)
        return self._moded(found) if found is not None else None

    def raw_children(self, path: str) -> tuple[Entry, ...]:
        return tuple(self._moded(entry) for entry in super().raw_children(path))


def load() -> list[Series]:
    """All series, in the order of the file."""
    return cast("list[Series]", json.loads(DATA.read_text("utf-8"))["experiments"])


def situations(series: Series, profile: Profile) -> list[Situation]:
    """The builds of a series, each with the files as they were then."""
    found: list[Situation] = []
    files: dict[str, Content] = {}
    modes: dict[str, int] = {}
    text, remote = "", ""
    image = Image("the base", "", ("PATH=/bin:/sbin",), "/")
    named = NAMED.get(series["name"], ())
    for number, build in enumerate(series["builds"]):
        change = named[number] if number < len(named) else None
        assert (change is not None) == bool(build.get("pre")), series["name"]
        written: dict[str, Content | None] = {**build.get("files", {}), **(change.files if change else {})}
        for path, content in written.items():
            if content is None:
                files.pop(path, None)
            else:
                files[path] = content
        if change is not None:
            modes.update(change.directories)
            remote = change.remote
        text = build.get("df", text).replace("@B@", BASE)
        image = _image(build, image, number)
        name = build.get("dfname", "Dockerfile")
        files[name] = text
        context = ModedContext(dict(files), dict(modes), "" if profile is CLASSIC else name)
        found.append(Situation(parse(Source(text)), context, _settings(build, image, remote, profile)))
    return found


def _image(build: Build, former: Image, number: int) -> Image:
    base = build.get("base")
    if base is None:
        return former
    layers, config = (base, []) if isinstance(base, str) else (base[0], base[1])
    variables = [line.removeprefix("ENV ") for line in config if line.startswith("ENV ")]
    # Each import makes an image of another identity, whatever is in it.
    triggers = tuple(line.removeprefix("ONBUILD ") for line in config if line.startswith("ONBUILD "))
    return Image(str(layers), f"import {number}", tuple(variables or former.env), "/", triggers)


def _settings(build: Build, image: Image, remote: str, profile: Profile) -> Settings:
    network, platform = "none", "linux/amd64"
    options: list[str] = []
    no_cache: list[str] = []
    extra = list(build.get("extra", ()))
    while extra:
        name, equals, value = extra.pop(0).partition("=")
        if not equals and name not in ("--pull",):
            value = extra.pop(0)
        if name == "--network":
            network = value
        elif name == "--platform":
            platform = value
        elif name in ("--shm-size", "--ulimit"):
            options.append(f"{name}={value}")
        elif name == "--no-cache-filter":
            no_cache.append(value)
        else:
            assert name in ("--secret", "-t", "--pull"), name
    return Settings(
        build_args=dict(_pair(argument) for argument in build.get("args", ())),
        target=build.get("target"),
        # The classic builder defines no arguments for the platform.
        platform=None if profile is CLASSIC else platform,
        network=network,
        run_options=tuple(options),
        no_cache=tuple(no_cache),
        images={BASE: image},
        remotes={"http://127.0.0.1:@P@/@S@/f": remote} if remote else {},
    )


def _pair(argument: str) -> tuple[str, str]:
    name, _, value = argument.partition("=")
    return name, value
