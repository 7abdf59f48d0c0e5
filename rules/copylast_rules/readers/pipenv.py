"""What Pipenv reads: Pipfile, Pipfile.lock, and the local packages that they name.

Sources: https://pipenv.pypa.io/en/latest/pipfile.html and https://pipenv.pypa.io/en/latest/configuration.html;
runs pipenv/* of the evidence table; the hash is that of plette, ``Pipfile.get_hash``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.local_project import need_project
from copylast_rules.readers.places import join, parent
from copylast_rules.readers.requirement_lines import ARCHIVE, URL, target
from copylast_rules.readers.toml_files import entries, parsed, table

_SECTIONS = frozenset({"source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv"})
_OTHER = frozenset({"_meta", "source", "requires", "scripts", "pipfile", "pipenv"})
"""Sections that hold no packages."""
_PYPI = {"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True}
_KEEP = frozenset({"--deploy", "--ignore-pipfile", "--skip-lock"})
"""Options with which the lockfile is not written."""
_MAX_LOCK = 5_000_000


def read(request: InstallRequest) -> Closure:
    """The closure of one Pipenv command."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match, environment = request.match, request.environment
    if match.kind == "noop":
        return
    if match.kind != "deps":
        g.refuse(PROJECT, f"pipenv {' '.join(match.subcommand)} needs the source")
        return
    named = environment.get("PIPENV_PIPFILE")
    if "PIPENV_PIPFILE" in environment and (named is None or "$" in named):
        g.refuse(SURROUNDINGS, "the value of PIPENV_PIPFILE is not known")
        return
    manifest = join(request.cwd, named) if named else g.above(request.cwd, "Pipfile") or join(request.cwd, "Pipfile")
    lock = manifest + ".lock"
    locked = _locked(request, g, lock)
    if not g.is_file(manifest) and locked is not None and match.subcommand == ("sync",):
        top: Mapping[str, object] = {}
    else:
        if not g.need_file(manifest, "Pipenv's project file"):
            return
        found = parsed(g, manifest)
        if found is None:
            return
        top = found
    _lock_may_change(request, g, lock, locked, top)
    for path in dict.fromkeys([*_local(locked or {}), *_local(top)]):
        place = join(parent(manifest), path)
        if ARCHIVE.search(path) and g.kind(place) != "dir":
            g.need_file(place, "a package by path")
        else:
            need_project(g, place, f"the package {path}", None)
    if environment.get("PIPENV_VENV_IN_PROJECT") or g.kind(join(parent(manifest), ".venv")) is not None:
        if "--system" not in match.options:
            g.writes(join(parent(manifest), ".venv"))


def _locked(request: InstallRequest, g: Gathering, lock: str) -> Mapping[str, object] | None:
    """The lockfile; None where there is none, and after a refusal."""
    if not g.need_if_there(lock, "beside Pipfile", required=True):
        asked = request.match.subcommand == ("sync",) or "--ignore-pipfile" in request.match.options
        if asked and not g.linked(lock):
            g.refuse(ABSENT, "there is no Pipfile.lock in the build context", lock)
        return None
    text = g.text(lock)
    if text is None:
        return None
    import json

    try:
        if len(text) > _MAX_LOCK:
            raise ValueError("it is too big")
        return table(json.loads(text))
    except (ValueError, RecursionError) as e:
        g.refuse(LOCAL, f"Pipfile.lock cannot be read: {e}", lock)
        return None


def _lock_may_change(
    request: InstallRequest, g: Gathering, lock: str, locked: Mapping[str, object] | None, top: Mapping[str, object]
) -> None:
    if request.match.subcommand == ("sync",) or _KEEP & request.match.options.keys():
        return
    if locked is None:
        g.unsafe("there is no Pipfile.lock, so that the versions of an earlier build stay until Pipfile changes")
        g.writes(lock)
    elif not _fits(locked, top):
        g.unsafe("Pipfile.lock may be written again, and the later COPY puts it back; `--deploy` prevents it")
        g.writes(lock)


def _fits(locked: Mapping[str, object], top: Mapping[str, object]) -> bool:
    """True if the lock was made for this Pipfile, by the hash that it keeps."""
    import hashlib
    import json

    content: dict[str, object] = {
        "_meta": {"sources": top.get("source", [_PYPI]), "requires": top.get("requires", {})},
        "default": top.get("packages", {}),
        "develop": top.get("dev-packages", {}),
    }
    content |= {key: value for key, value in top.items() if key not in _SECTIONS | {"default", "develop"}}
    try:
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    except TypeError:  # a date, which no such table has
        return False
    return table(locked, "_meta", "hash").get("sha256") == hashlib.sha256(text.encode()).hexdigest()


def _local(sections: Mapping[str, object]) -> Iterator[str]:
    """Paths of the packages in all sections."""
    for section, packages in sections.items():
        for package in table(packages).values() if section not in _OTHER else ():
            row = table(package)
            for value in (v for key in ("path", "file") for v in entries(row.get(key))):
                if isinstance(value, str) and value.lower().startswith("file:"):
                    yield target(value).path
                elif isinstance(value, str) and not URL.match(value):
                    yield value
