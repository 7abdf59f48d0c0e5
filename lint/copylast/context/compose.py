"""Builds that compose files declare.

Source of fact: the Compose specification (``build``, ``extends``, ``include``, merging, interpolation)
and docker-compose's choice of files: the first default name, and one override beside it. Profiles do not
matter: a service that is off by default is built all the same some day.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from copylast.context.changing import changing
from copylast.context.names import DEFAULT_NAMES, OVERRIDE_NAMES
from copylast.context.target import BuildTarget, Passed, is_remote, place, read
from copylast.context.tree import Tree, from_yaml
from copylast.context.variables import interpolate, read_env
from copylast.records import NamedTuple

_DEPTH = 8


class _Build(NamedTuple):
    """A ``build`` with its paths made absolute, so that it can be merged over folders."""

    context: str | None = None
    dockerfile: str | None = None
    inline: str | None = None
    target: str | None = None
    args: Mapping[str, str | None] = {}
    named: Mapping[str, str] = {}
    platforms: tuple[str, ...] = ()
    folder: str = ""
    source: str = ""
    line: int = 0
    written: Mapping[str, str] = {}
    """The arguments with their variables as they stand there."""
    exports: tuple[str, ...] = ()


def compose_builds(path: str) -> list[BuildTarget]:
    """The builds of the compose file at ``path`` (with its override, if it has a default name).

    A file with another name is merged over the default file beside it, as people use such files; only
    services that it builds or changes are given. Raises :class:`~copylast.context.tree.TreeError`.
    """
    folder, name = os.path.split(path)
    services: dict[str, _Build] = {}
    own: set[str] | None = None
    if name.lower() not in DEFAULT_NAMES + OVERRIDE_NAMES:
        base = _first(folder, DEFAULT_NAMES)
        if base:
            services.update(_Reader(folder).services(base))
        mine = _Reader(folder).services(path)
        own = set(mine)
        services = _over(services, mine)
    else:
        base = _first(folder, DEFAULT_NAMES) if name.lower() in OVERRIDE_NAMES else path
        for one in (base, _first(folder, OVERRIDE_NAMES)):
            if one:
                services = _over(services, _Reader(folder).services(one))
    return [_target(service, build) for service, build in services.items() if own is None or service in own]


def _first(folder: str, names: tuple[str, ...]) -> str:
    return next((path for one in names if os.path.isfile(path := os.path.join(folder, one))), "")


def _over(base: dict[str, _Build], top: dict[str, _Build]) -> dict[str, _Build]:
    return base | {name: _merged(base[name], build) if name in base else build for name, build in top.items()}


def _merged(base: _Build, top: _Build) -> _Build:
    return _Build(
        top.context or base.context,
        top.dockerfile or (None if top.inline else base.dockerfile),
        top.inline or (None if top.dockerfile else base.inline),
        top.target or base.target,
        {**base.args, **top.args},
        {**base.named, **top.named},
        top.platforms or base.platforms,
        base.folder,
        top.source,
        top.line,
        {**base.written, **top.written},
        top.exports or base.exports,
    )


def _target(service: str, build: _Build) -> BuildTarget:
    context = build.context or build.folder
    remote = is_remote(context)
    dockerfile = "" if build.inline is not None else build.dockerfile or "Dockerfile"
    if dockerfile and not remote:
        dockerfile = place(context, dockerfile)
    return BuildTarget(
        dockerfile,
        context,
        "remote" if remote else "folder",
        f"{os.path.basename(build.source)} service {service}",
        build.source,
        build.line,
        build.target,
        build.args,
        build.named,
        build.platforms,
        build.inline,
        tuple(Passed(name, text, changing(text)) for name, text in build.written.items()),
        build.exports,
    )


class _Reader:
    """Reads one compose file and what it includes or extends; ``folder`` is the project's."""

    def __init__(self, folder: str, seen: frozenset[str] = frozenset()) -> None:
        self.folder = folder
        self.seen = seen
        env = read(os.path.join(folder, ".env"))
        self.values = read_env(env) if env else {}

    def services(self, path: str) -> dict[str, _Build]:
        """The services of ``path`` that are built, by name."""
        text = read(path)
        if text is None or path in self.seen or len(self.seen) > _DEPTH:
            return {}
        tree = from_yaml(text)
        found: dict[str, _Build] = {}
        for include in tree.get("include").items:
            found.update(self._included(include, path))
        for name in tree.get("services").fields:
            build = self._service(tree, name, path, 0)
            if build is not None:
                found[name] = build
        return found

    def _included(self, include: Tree, path: str) -> dict[str, _Build]:
        found: dict[str, _Build] = {}
        names = include.strings() or include.get("path").strings()
        for name in names:
            file = place(self.folder, self._text(name) or "")
            wanted = self._text(include.get("project_directory").text)
            folder = place(self.folder, wanted) if wanted else os.path.dirname(place(self.folder, names[0]))
            if not is_remote(file):
                found = _over(found, _Reader(folder, self.seen | {path}).services(file))
        return found

    def _service(self, tree: Tree, name: str, path: str, depth: int) -> _Build | None:
        service = tree.get("services", name)
        own = self._build(service.get("build"), path)
        extends = service.get("extends")
        if not extends or depth > _DEPTH:
            return own
        base_name = self._text(extends.text or extends.get("service").text) or ""
        file = self._text(extends.get("file").text)
        if not file:
            base = self._service(tree, base_name, path, depth + 1)
        else:
            other = place(self.folder, file)
            text = None if is_remote(other) or other in self.seen else read(other)
            if text is None:
                return own
            reader = _Reader(os.path.dirname(other), self.seen | {path})
            reader.values = self.values
            base = reader._service(from_yaml(text), base_name, other, depth + 1)
        if base is None:
            return own
        return _merged(base, own) if own else base._replace(source=path, line=extends.line)

    def _build(self, build: Tree, path: str) -> _Build | None:
        if not build:
            return None
        short = self._text(build.text)
        context = short if short is not None else self._text(build.get("context").text)
        named = {name: self._text(value) or "" for name, value in build.get("additional_contexts").pairs()}
        return _Build(
            place(self.folder, context) if context else None,
            self._text(build.get("dockerfile").text),
            self._text(build.get("dockerfile_inline").text),
            self._text(build.get("target").text),
            {name: self._text(value) for name, value in build.get("args").pairs()},
            {name: self._named(value) for name, value in named.items()},
            tuple(self._text(one) or "" for one in build.get("platforms").strings()),
            self.folder,
            path,
            build.line,
            {name: f"${{{name}}}" if text is None else text for name, text in build.get("args").pairs()},
            tuple(self._text(one) or "" for one in build.get("cache_to").strings()),
        )

    def _named(self, value: str) -> str:
        return value if ":" in value else place(self.folder, value)

    def _text(self, text: str | None) -> str | None:
        return None if text is None else interpolate(text, self.values)
