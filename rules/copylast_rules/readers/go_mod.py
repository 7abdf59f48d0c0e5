"""What Go reads before it downloads modules: go.mod, go.sum, go.work and what they point to.

Sources: https://go.dev/ref/mod (workspaces, replace directives, vendoring, ``go mod download``);
runs go/replace-gomod-only, go/work-members-missing, go/work-all-gomods of the evidence table.
"""

from __future__ import annotations

import shlex

from copylast import Closure, InstallRequest, NamedTuple
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.go_files import GoFile, GoSyntaxError, Replacement, parse, replacements
from copylast_rules.readers.places import join, name, parent, upward, within


class Module(NamedTuple):
    """A main module: the file that describes it, and its directory."""

    path: str
    directory: str
    file: GoFile
    replaced: tuple[Replacement, ...]


def read(request: InstallRequest) -> Closure:
    """The closure of ``go mod download`` in the request's directory, for any Go command there."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    kind = request.match.kind
    if kind == "noop":
        return
    if kind == "tool":
        _toolchain(request, g)
        return
    if kind in ("lock", "project"):
        g.refuse(PROJECT, f"go {' '.join(request.match.subcommand)} needs the source")
        return
    flags = _flags(request, g)
    if request.environment.get("GO111MODULE") == "off":
        g.refuse(ABSENT, "GO111MODULE=off: there are no modules to download")
        return
    modules = _workspace(request, g) if "-modfile" not in flags else None
    if modules is None:
        path = flags.get("-modfile")
        path = join(request.cwd, path) if path else g.above(request.cwd, "go.mod")
        if path is None:
            g.idle = "no module"
            if not any(g.linked(f"{d.rstrip('/')}/go.mod") for d in upward(request.cwd)):
                g.refuse(ABSENT, "no go.mod in this directory or above", join(request.cwd, "go.mod"))
            return
        if not g.need_file(path, "go.mod"):
            return
        module = _module(g, path)
        modules = [module] if module else []
        g.need_if_there(_sum(path), f"beside {name(path)}", required=True)
        if module and _vendored(g, module, flags):
            g.idle = "dependencies are vendored"
    for module in modules:
        _local_replacements(g, module.path, module.directory, module.replaced)
    if modules and g.idle is None and not any(m.file.of("require") for m in modules):
        g.idle = "no dependencies"
    if kind == "deps" and g.idle is None:
        _sums(g, modules)
    for variable in ("GOMODCACHE", "GOPATH"):
        value = request.environment.get(variable)
        if value and value.startswith("/") and within(value, request.cwd) and value != request.cwd:
            g.writes(value)


def _flags(request: InstallRequest, g: Gathering) -> dict[str, str]:
    """``-mod`` and ``-modfile``, from GOFLAGS and from the command line."""
    out: dict[str, str] = {}
    words: list[str] = []
    if "GOFLAGS" in request.environment:
        value = request.environment["GOFLAGS"]
        if value is None or "$" in value:
            g.refuse(SURROUNDINGS, "the value of GOFLAGS is not known")
        else:
            try:
                words = shlex.split(value)
            except ValueError:
                g.refuse(SURROUNDINGS, "GOFLAGS cannot be read")
    for word in words:
        option, _, value = word.partition("=")
        out["-" + option.lstrip("-")] = value
    for option, values in request.match.options.items():
        out["-" + option.lstrip("-")] = values[-1] if values else ""
    if "$" in out.get("-modfile", ""):
        g.refuse(LOCAL, "-modfile names a file by a variable")
    return {k: v for k, v in out.items() if k in ("-mod", "-modfile") and v}


def _parsed(g: Gathering, path: str) -> GoFile | None:
    text = g.text(path)
    if text is None:
        return None
    try:
        return parse(text)
    except GoSyntaxError as e:
        g.refuse(LOCAL, f"{name(path)} cannot be read: {e}", path, e.line)
        return None


def _module(g: Gathering, path: str) -> Module | None:
    file = _parsed(g, path)
    if file is None:
        return None
    try:
        return Module(path, parent(path), file, tuple(replacements(file)))
    except GoSyntaxError as e:
        g.refuse(LOCAL, f"{name(path)} cannot be read: {e}", path, e.line)
        return None


def _workspace(request: InstallRequest, g: Gathering) -> list[Module] | None:
    """The modules of the go.work that is in effect, or None without one."""
    path: str | None
    if "GOWORK" in request.environment:
        value = request.environment["GOWORK"]
        if value is None or "$" in value:
            g.refuse(SURROUNDINGS, "the value of GOWORK is not known")
            return None
        if value == "off":
            return None
        if value:
            path = join(request.cwd, value)
            if not g.need_file(path, "GOWORK"):
                return []
        else:
            path = g.above(request.cwd, "go.work")
    else:
        path = g.above(request.cwd, "go.work")
    if path is None:
        return None
    g.need(path, "go.work in this directory or above")
    g.need_if_there(path + ".sum", "beside go.work", required=True)
    file = _parsed(g, path)
    if file is None:
        return []
    directory = parent(path)
    modules: list[Module] = []
    for use in file.of("use"):
        if len(use.words) != 1:
            g.refuse(LOCAL, "use does not name one directory", path, use.line)
            continue
        member = join(directory, use.words[0] + "/go.mod")
        if not g.need_file(member, f"use in go.work:{use.line}", use.line):
            continue
        g.need_if_there(_sum(member), f"use in go.work:{use.line}", required=True)
        module = _module(g, member)
        if module:
            modules.append(module)
    try:
        _local_replacements(g, path, directory, tuple(replacements(file)))
    except GoSyntaxError as e:
        g.refuse(LOCAL, f"go.work cannot be read: {e}", path, e.line)
    if g.is_file(join(directory, "vendor/modules.txt")) and file.version >= (1, 22):
        g.idle = "dependencies are vendored"
    return modules


def _local_replacements(g: Gathering, path: str, directory: str, replaced: tuple[Replacement, ...]) -> None:
    """Only the go.mod of a replacing directory is read, and its own replacements do not count."""
    for r in replaced:
        if r.local:
            g.need_file(join(directory, r.new + "/go.mod"), f"replace in {name(path)}:{r.line}", r.line)


def _vendored(g: Gathering, module: Module, flags: dict[str, str]) -> bool:
    mode = flags.get("-mod")
    if mode == "vendor":
        return True
    there = g.is_file(join(module.directory, "vendor/modules.txt"))
    # Without a go line Go does not take vendor for granted.
    return there and mode is None and bool(module.file.of("go")) and module.file.version >= (1, 14)


def _sums(g: Gathering, modules: list[Module]) -> None:
    """``go mod download`` adds lines to an incomplete go.sum; the later COPY would take them away.

    From Go 1.17 on go.mod names all modules, so that completeness can be shown.
    """
    texts: dict[str, str] = {}
    for module in modules:
        path = _sum(module.path)
        if g.is_file(path):
            texts[path] = g.text(path) or ""
    lines = {tuple(line.split()[:2]) for text in texts.values() for line in text.split("\n")}
    for module in modules:
        path = _sum(module.path)
        if path not in texts:
            continue
        missing = None if module.file.version >= (1, 17) else "it is older than Go 1.17"
        for require in module.file.of("require"):
            if missing or len(require.words) < 2:
                break
            target = _target(module, require.words[0], require.words[1])
            if target and not {target, (target[0], target[1] + "/go.mod")} <= lines:
                missing = f"{target[0]} {target[1]} is not in it"
        if missing:
            g.unsafe(f"go.sum may be changed, and the later COPY puts it back: {missing}")
            g.writes(path)


def _sum(path: str) -> str:
    """The file of checksums that belongs to a module file."""
    return path.removesuffix(".mod") + ".sum"


def _target(module: Module, required: str, version: str) -> tuple[str, str] | None:
    """What is downloaded for a requirement; None for a local directory."""
    for r in module.replaced:
        if r.old == required and r.old_version in (None, version):
            return (r.new, r.new_version) if r.new_version else None
    return required, version


def _toolchain(request: InstallRequest, g: Gathering) -> None:
    """``go install pkg@version`` ignores the module here, except that its toolchain line may choose Go."""
    why = "its toolchain line may choose the Go version"
    if request.environment.get("GOTOOLCHAIN") == "local":
        return
    for file in ("go.work", "go.mod"):
        path = g.above(request.cwd, file)
        if path:
            g.need(path, why, required=False)
