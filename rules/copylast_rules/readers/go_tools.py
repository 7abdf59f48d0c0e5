"""``go install`` of programs that other modules hold: go.mod chooses their versions, the project's source is not read.

Sources: https://go.dev/ref/mod (``go install`` without a version builds in the context of the main module, vendoring).
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest, Need, lazy_regex
from copylast_rules.readers.go_mod import read
from copylast_rules.readers.places import join, parent, within

_ELSEWHERE = lazy_regex(r"[\w-]+(\.[\w-]+)+/[\w./~+-]+")
"""An import path that begins with a host, as those of other modules do."""
_MODULE = lazy_regex(r"(?m)^module\s+\"?([^\s\"]+)")
_OPTIONS = frozenset({"-overlay", "-toolexec", "-pgo", "-modfile", "-mod", "-pkgdir", "-C"})
"""Options that name files, or other rules for which module counts."""


def read_tools(request: InstallRequest) -> Closure | None:
    """What the command reads if none of its packages is the project's own; None where that is not sure."""
    match, files = request.match, request.files
    if match.subcommand != ("install",) or not match.positional:
        return None
    if not all(_ELSEWHERE.fullmatch(word) for word in match.positional):
        return None
    if _OPTIONS & match.options.keys() or "GOFLAGS" in request.environment or "GOWORK" in request.environment:
        return None
    closure = read(request._replace(match=match._replace(kind="deps", positional=())))
    manifest = next((need.path for need in closure.needs if need.path.endswith("/go.mod")), None)
    if closure.refusals or manifest is None or any(need.path.endswith("/go.work") for need in closure.needs):
        return None
    text = files.read(manifest)
    module = _MODULE.search(text)
    if module is None or any(within("/" + word, "/" + module[1]) for word in match.positional):
        return None
    if re.search(r"=>\s*\.{0,2}/", text):
        return None  # a package of a replaced module is the project's own
    # A program that imports packages of the project itself would need those, which go.mod does not say.
    doubt = f"a program may import packages of {module[1]} itself"
    vendor = join(parent(manifest), "vendor")
    needs = closure.needs
    if closure.idle == "dependencies are vendored":
        needs = (*needs, Need(vendor, "dir", "the packages that are vendored"))
    elif closure.idle is not None:
        return None
    return closure._replace(needs=needs, unsafe=(*closure.unsafe, doubt), idle=None)
