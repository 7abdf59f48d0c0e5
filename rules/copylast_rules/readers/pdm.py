"""What PDM reads when it installs dependencies: pyproject.toml, pdm.lock, settings, local packages.

Sources: https://pdm-project.org/latest/usage/dependency/, https://pdm-project.org/latest/usage/lockfile/ and
https://pdm-project.org/latest/reference/pep621/; the hash is that of ``PyProject.content_hash``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, Gathering, gather, of_manifests
from copylast_rules.readers.local_project import need_project
from copylast_rules.readers.places import join, parent
from copylast_rules.readers.requirement_lines import target
from copylast_rules.readers.toml_files import entries, project_above, table, texts

_ROOT = lazy_regex(r"^(?:file:/*)?(?:\$\{PROJECT_ROOT\}|%7BPROJECT_ROOT%7D)/*")


def read(request: InstallRequest) -> Closure:
    """The closure of one PDM command."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if not of_manifests(request, g, "pdm"):
        return
    project = project_above(request, g, "PDM")
    if project is None:
        return
    manifest, top = project
    root = parent(manifest)
    if table(top, "tool", "pdm").get("plugins"):
        g.refuse(LOCAL, "plugins of PDM may read any file", manifest)
    _settings(request, g, root)
    given = [*match.options.get("-L", ()), *match.options.get("--lockfile", ())]
    lock = join(root, given[-1] if given else request.environment.get("PDM_LOCKFILE") or "pdm.lock")
    local = list(_named(top))
    if g.need_if_there(lock, "beside pyproject.toml", required=True):
        text = g.text(lock)
        if text is None:
            return
        local += _locked(text)
        if "[[package]]" not in text:
            g.idle = "no dependencies"
        if not _keeps_lock(request) and not _fits(text, top):
            g.unsafe("pdm.lock may be written again, and the later COPY puts it back; `--frozen-lockfile` prevents it")
            g.writes(lock)
    elif not g.linked(lock):
        if match.subcommand == ("sync",) or "--check" in match.options:
            g.refuse(ABSENT, "there is no pdm.lock in the build context", lock)
        g.unsafe("there is no pdm.lock, so that the versions of an earlier build stay until pyproject.toml changes")
        g.writes(lock)
    for path in dict.fromkeys(local):
        place = join(root, path)
        if place == root:
            g.refuse(PROJECT, "the project is a dependency of itself", manifest)
        elif re.search(r"\.(?:whl|zip|tar\.gz)$", path):
            g.need_file(place, "a dependency by path")
        else:
            need_project(g, place, f"the dependency {path}", None)


def _settings(request: InstallRequest, g: Gathering, root: str) -> None:
    environment = request.environment
    home = environment.get("HOME") or "/root"
    g.need_if_there(environment.get("PDM_CONFIG_FILE") or f"{home}/.config/pdm/config.toml", "PDM's settings")
    for file in ("pdm.toml", ".pdm-python", ".python-version"):
        g.need_if_there(join(root, file), "PDM looks for it in the project")
    for directory in (".venv", "__pypackages__"):
        # Which of them is made may be said by a setting that is not seen.
        if directory == ".venv" or g.kind(join(root, directory)) is not None:
            g.writes(join(root, directory))


def _keeps_lock(request: InstallRequest) -> bool:
    options = request.match.options
    if request.match.subcommand == ("sync",):
        return True
    if any(option in options for option in ("--check", "--frozen-lockfile", "--no-lock")):
        return True
    return bool(request.environment.get("PDM_FROZEN_LOCKFILE") or request.environment.get("PDM_NO_LOCK"))


def _fits(lock: str, top: Mapping[str, object]) -> bool:
    """True if the lock was made for this pyproject.toml, by the hash that both must have."""
    import hashlib
    import json

    written = re.search(r'(?m)^content_hash = "sha256:([0-9a-f]{64})"', lock)
    project, settings = table(top, "project"), table(top, "tool", "pdm")
    groups: dict[str, list[object]] = {}
    for source in (table(top, "dependency-groups"), table(settings, "dev-dependencies")):
        for name, wanted in source.items():
            groups.setdefault(re.sub(r"[-_.]+", "-", name).lower(), []).extend(entries(wanted))
    content = {
        "sources": settings.get("source", []),
        "dependencies": project.get("dependencies", []),
        "dev-dependencies": groups,
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
        "resolution": settings.get("resolution", {}),
    }
    try:
        text = json.dumps(content, sort_keys=True)
    except TypeError:  # a date, which no such table has
        return False
    return written is not None and hashlib.sha256(text.encode()).hexdigest() == written[1]


def _locked(text: str) -> Iterator[str]:
    """Paths of local packages in a lockfile."""
    for m in re.finditer(r'(?m)^(path|url) = "([^"\\]*)"', text):
        if m[1] == "path" or _ROOT.match(m[2]):
            yield _ROOT.sub("./", m[2]).split("#", 1)[0]


def _named(top: Mapping[str, object]) -> Iterator[str]:
    """Paths of local packages in pyproject.toml, editable ones among them."""
    project = table(top, "project")
    groups = [project.get("dependencies"), *table(project, "optional-dependencies").values()]
    groups += table(top, "dependency-groups").values()
    groups += table(top, "tool", "pdm", "dev-dependencies").values()
    for requirement in (r for group in groups for r in texts(group)):
        text = re.sub(r"^-e\s+", "", requirement)
        url = text.split("@", 1)[-1].strip()
        if _ROOT.match(url):
            yield _ROOT.sub("./", url).split("#", 1)[0]
        elif target(text).what == "path":
            yield target(text).path
