"""The page ``docs/ecosystems.md``: what copylast knows of each package manager, from the descriptors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from copylast.ecosystem.descriptor import Again, CacheDir, Ecosystem, Fit, Prefetch
from copylast.ecosystem.registry import EcosystemSource, Registry

_INTRODUCTION = """\
# Package managers

What copylast knows of each package manager. A *manifest* says what to install, a *lockfile* in which version,
*settings* steer the tool. All three are files that an install may read, so they are what a fix copies before it.

*Follows manifests* says how sure copylast can be of what an install reads:

- **yes**: it reads the manifests and follows every file of the project that they name (nested requirements,
  workspace members, path dependencies, scripts that run during the install). Where one cannot be followed, the
  finding stays, the fix is withheld, and one sentence says why.
- **the listed files**: the tool reads the files in the table and no others. A manifest that names files of the
  project withholds the fix.
- **no**: its commands are understood, but nobody can say what an install reads, so there is never a fix.
- **nothing to follow**: what it installs is named on the command line.

*Installs again* says when a second command does the work of an earlier one once more (CPL106), and *chosen by* names
the options and variables that choose among the dependencies: where they differ, only what removes the first counts.

One that is missing here is one TOML file: CONTRIBUTING.md says how, and a plugin can bring it."""

_KINDS: Mapping[str, str] = {
    "deps": "installs what manifests name",
    "fetch": "only fills the download cache",
    "deps+project": "installs what manifests name and the project itself",
    "project": "builds or installs the project itself",
    "build": "builds or runs the project, and may fetch what is missing",
    "tool": "installs what the command line names",
    "lock": "writes a manifest or a lockfile",
    "noop": "works on what is already there",
}
_SAFETY = {"safe": "a safe fix", "unsafe": "an unsafe fix", "shown": "advice only"}
_COMMANDS = 4


def managers(folder: Path) -> list[Ecosystem]:
    """All package managers of a folder of descriptors, those of the system last, by title."""
    registry = Registry([EcosystemSource(str(folder), "copylast")])
    found = [registry.ecosystem(path.name) for path in folder.glob("*.toml")]
    return sorted(found, key=lambda one: (one.system, one.title.lower()))


def managers_page(note: str, ecosystems: Sequence[Ecosystem]) -> str:
    """The whole page; ``note`` says where it comes from."""
    rows = ["| package manager | for | manifests | lockfiles | follows manifests |", "|---|---|---|---|---|"]
    for one in ecosystems:
        link = f"[{_cell(one.title)}](#{_anchor(one.title)})"
        rows.append(
            f"| {link} | {one.language} | {_files(one.manifests)} | {_files(one.lockfiles)} | {_followed(one)} |"
        )
    parts = [note, _INTRODUCTION, "\n".join(rows), *(_section(one) for one in ecosystems)]
    return "\n\n".join(parts) + "\n"


def _section(one: Ecosystem) -> str:
    facts: list[str] = []
    for what, names in (("Settings", one.settings), ("Makes beside the manifest", one.dependency_dirs)):
        if names:
            facts.append(f"- {what}: {_files(names)}")
    facts += [f"- Downloads are kept in {_cache(cache)}" for cache in one.caches if not cache.results]
    facts += [_early(prefetch) for prefetch in one.prefetches]
    if one.again is not None:
        facts += _again(one.again)
    if one.listed is not None and one.listed.doubt:
        facts.append(f"- A fix is an unsafe one: {one.listed.doubt}.")
    parts = [f"## {one.title}"]
    if facts:
        parts.append("\n".join(facts))
    commands = _commands(one)
    if commands:
        parts.append("\n".join(["| command | what it does |", "|---|---|", *commands]))
    return "\n\n".join(parts)


def _commands(one: Ecosystem) -> list[str]:
    """Some of the descriptor's examples of each kind; they are tests, so the page cannot be wrong."""
    rows: list[str] = []
    for kind, meaning in _KINDS.items():
        told = [example.command for example in one.examples if example.kind == kind][:_COMMANDS]
        rows += [f"| {_code(command)} | {meaning} |" for command in told]
    return rows


def _followed(one: Ecosystem) -> str:
    if one.reader is not None:
        return "yes"
    if one.listed is not None:
        return "the listed files"
    return "no" if one.manifests or one.lockfiles else "nothing to follow"


def _early(prefetch: Prefetch) -> str:
    served = ", ".join(_code(words) for words in prefetch.subcommands) or "any build"
    note = f" ({prefetch.note})" if prefetch.note else ""
    if prefetch.safety == "shown":
        return f"- Before {served}: {_SAFETY['shown']}{note}"
    command = _code(prefetch.command.replace("{program}", "PROGRAM")) if prefetch.command else ""
    if prefetch.append:
        command = f"{command or 'the command itself'} with {_code(' '.join(prefetch.append))}"
    return f"- Before {served}: {command}, {_SAFETY[prefetch.safety]}{note}"


def _again(again: Again) -> list[str]:
    """When an install does again what an earlier one did, and what has to fit for it not to."""
    ways = [f"with {_files(again.options)}"] if again.options else []
    if again.anew:
        ways.insert(0, f"as {_files(' '.join(words) for words in again.anew)}")
    if again.beside:
        ways.append("in another directory, or by another lockfile")
    facts = [f"- Installs again: {', '.join(ways)}"] if ways else []
    if again.choose:
        facts.append(f"- Dependencies are chosen by {_files(again.choose)}")
    if again.prune:
        facts.append(f"- Removes what is not chosen, and installs nothing: {_code(again.prune)}")
    return facts + [_fit(fit) for fit in again.fits]


def _fit(fit: Fit) -> str:
    early, late = (_files(" ".join(words) for words in side) for side in (fit.early, fit.late))
    where = f" where that has {_files(fit.only_with)}" if fit.only_with else ""
    return f"- {early} is of use to {late}{where} only if both or none have {' or '.join(map(_code, fit.alike))}"


def _cache(cache: CacheDir) -> str:
    by = f", or where {_files(cache.environment)} says" if cache.environment else ""
    return f"{_code(cache.target)}{by}"


def _files(names: Iterable[str]) -> str:
    return ", ".join(_code(name) for name in names)


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if "`" not in text else f"`` {_cell(text)} ``"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _anchor(title: str) -> str:
    """As the usual Markdown renderers make it."""
    kept = "".join(char for char in title.lower() if char.isalnum() or char in " -_")
    return kept.replace(" ", "-")
