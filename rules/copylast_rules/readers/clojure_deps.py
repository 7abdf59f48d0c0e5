"""What the Clojure CLI reads: deps.edn, and those of local dependencies.

Sources: https://clojure.org/reference/deps_edn and https://clojure.org/reference/clojure_cli (``-P``).
"""

from __future__ import annotations

from copylast import Closure, InstallRequest
from copylast_rules.readers.edn import EdnError, Form, parse_edn
from copylast_rules.readers.gathering import ABSENT, LOCAL, SCRIPTS, Gathering, gather
from copylast_rules.readers.maven_poms import Poms
from copylast_rules.readers.places import join, name, parent, within


def read(request: InstallRequest) -> Closure:
    """The closure of ``clojure -P`` for any command of the CLI."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if match.kind in ("noop", "tool"):
        return
    project = join(request.cwd, "deps.edn")
    if not g.need_file(project, "the project"):
        g.idle = "no project"
        return
    for value in match.options.get("-Sdeps", ()):
        if ":local/root" in value or "$" in value:
            g.refuse(LOCAL, "-Sdeps says more about local dependencies")
    _Reading(g).file(project, prepared=True)
    g.writes(join(request.cwd, ".cpcache"))


class _Reading:
    """The files that were seen."""

    def __init__(self, g: Gathering) -> None:
        self.g = g
        self._seen: set[str] = set()

    def file(self, path: str, *, prepared: bool) -> None:
        """One deps.edn; ``prepared``: the project's own, which is not prepared itself."""
        queue = [(path, prepared)]
        while queue:
            here, own = queue.pop()
            if here in self._seen:
                continue
            self._seen.add(here)
            text = self.g.text(here)
            if text is None:
                continue
            try:
                forms = parse_edn(text)
            except EdnError as e:
                self.g.refuse(LOCAL, f"{name(here)}:{e.line} cannot be read: {e}", here, e.line)
                continue
            for form in forms:
                queue += [(found, False) for found in self._form(form, here, own)]

    def _form(self, top: Form, path: str, own: bool) -> list[str]:
        found: list[str] = []
        aliases = top.value(":aliases")
        optional = {id(form) for form in aliases.walk()} if aliases is not None else set[int]()
        for form in top.walk():
            if form.kind != "{":
                continue
            for key, value in form.pairs():
                if key.text == ":local/root":
                    found += self._local(value, path, id(form) in optional)
                elif key.text == ":deps/prep-lib" and not own:
                    self.g.refuse(SCRIPTS, f"{path} must be prepared, which runs its code", path, key.line)
                elif key.text == ":mvn/local-repo" and value.kind == "text":
                    self.g.writes(join(parent(path), value.text))
                elif key.text == ":url" and value.text.startswith("file:"):
                    self.g.refuse(LOCAL, f"{name(path)}:{key.line} names a local repository", path, key.line)
        return found

    def _local(self, value: Form, path: str, optional: bool) -> list[str]:
        """A directory or jar that a dependency names; gives the deps.edn of a directory."""
        where = f":local/root in {name(path)}:{value.line}"
        place = join(parent(path), value.text)
        if value.kind != "text":
            self.g.refuse(LOCAL, f"{where} is no plain text", path, value.line)
        elif within(self.g.cwd, place):
            return []
        elif self.g.is_file(place):
            self.g.need(place, where)
        elif self.g.need_if_there(join(place, "deps.edn"), where, required=True):
            return [join(place, "deps.edn")]
        elif self.g.need_if_there(join(place, "pom.xml"), where, required=True):
            Poms(self.g, place, recursive=False).read(join(place, "pom.xml"))
        elif not optional:
            self.g.refuse(ABSENT, f"{place} has neither deps.edn nor pom.xml ({where})", path, value.line)
        return []
