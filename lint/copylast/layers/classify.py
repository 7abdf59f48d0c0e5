"""Which role each command of a RUN plays: the shell, the package managers and the files put together."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

from copylast.context.files import BuildContext
from copylast.dockerfile.scope import Evaluation
from copylast.dockerfile.shell import Command, Script
from copylast.ecosystem.descriptor import Ecosystem, Match, Prefetch
from copylast.ecosystem.matching import base_name
from copylast.ecosystem.readers import Closure, InstallRequest, Need, ProjectFiles, Reader, Refusal
from copylast.ecosystem.registry import Registry, decide
from copylast.layers.commands import Facts, Role, dynamic, effects_of_shell, environment_of, paths_of, works_aside
from copylast.layers.follow import SHELLS, Followed, follow
from copylast.layers.paths import join, known
from copylast.layers.steps import Step, expand
from copylast.layers.tree import ImageTree
from copylast.records import NamedTuple
from copylast.typed import Any


class Fetch(NamedTuple):
    """A dependency step that could be put above the source.

    ``facts.closure`` is None if nobody can say what it reads.
    """

    facts: Facts
    prefetch: Prefetch


class Classifier:
    """Classifies commands; keeps nothing between calls but what it was made with."""

    def __init__(
        self,
        registry: Registry,
        context: BuildContext | None,
        evaluation: Evaluation,
        base_image: Callable[[int], str | None],
        configured: Callable[[Step, Command, Ecosystem], dict[str, str]],
    ) -> None:
        self._registry = registry
        self._context = context
        self._evaluation = evaluation
        self._base_image = base_image
        self._configured = configured

    def environment(self, step: Step) -> dict[str, str | None]:
        """The variables that a step sees; None for a value that is not known."""
        bindings = self._evaluation.environment(step.instruction).bindings()
        return {binding.name: binding.value for binding in bindings}

    def facts(self, step: Step, script: Script, tree: ImageTree) -> tuple[Facts, ...]:
        """The commands of a RUN, classified. An opaque script gives one open fact."""
        if script.opaque is not None:
            nothing = Command((), (), (), (), (), None, "unknown", 0, 0, step.instruction.span)
            return (Facts(nothing, "open", None, None, None, script.opaque),)
        found: list[Facts] = []
        for command in script.commands:
            cwd = self._directory(step, command, step.cwd)
            if command.guards and self._context is not None:
                from copylast.layers.questions import answered_no

                if answered_no(command.guards, cwd, tree):
                    continue
            followed = follow(command, cwd, tree) if cwd is not None and not self._wrapper(command) else None
            if followed is not None:
                found += self._behind(step, command, followed, tree)
            else:
                found.append(self._fact(step, command, cwd, tree))
        if len(found) > 1 and any(fact.role == "open" and fact.command.argv[:1] == ("rm",) for fact in found):
            from copylast.layers.removals import made_again

            found = made_again(found)
        return tuple(found)

    def prefetch(self, step: Step, tree: ImageTree, build: Facts) -> Fetch | None:
        """The dependency step that would spare a command its downloads; None if its tool has none.

        Of several the one that reads least, and of those the first.
        """
        match, cwd = build.match, build.cwd
        if match is not None and build.role != "install":  # an install's directory is the one that it works in
            cwd = _into(cwd, match)
        if match is None or cwd is None:
            return None
        found: list[Fetch] = []
        for prefetch in prefetches_of(match):
            found.append(self._fetch(step, tree, build.command, match, prefetch, cwd))
            if _burden(found[-1]) == _NOTHING:
                break
        return min(found, key=_burden, default=None)

    def _fetch(
        self, step: Step, tree: ImageTree, written: Command, match: Match, prefetch: Prefetch, cwd: str
    ) -> Fetch:
        from copylast.layers.early import early_command

        command = early_command(written, match, prefetch)
        found = [m for m in self._registry.candidates(command.argv) if m.ecosystem.id == match.ecosystem.id]
        # Options of the command that the early one does not take may still say how the project is read.
        early = found[0] if found else match
        early = early._replace(options={**match.options, **early.options})
        closure = self._closure(step, command, early, cwd, tree, instead_of=match)
        refusal = _unrepeatable(written, command)
        if closure is not None and refusal is not None:
            closure = closure._replace(refusals=(*closure.refusals, refusal))
        role: Role = "install" if closure is not None else "open"
        return Fetch(Facts(command, role, early, cwd, closure, ""), prefetch)

    def _wrapper(self, command: Command) -> bool:
        """True for a script that stands for a package manager (``./mvnw``): what it does is known by its name."""
        if not any("/" in word or base_name(word) in SHELLS for word in command.argv[:1]):
            return False
        return any(match.ecosystem.reader is not None for match in self._registry.candidates(command.argv))

    def _behind(self, step: Step, command: Command, followed: Followed, tree: ImageTree) -> list[Facts]:
        """The facts of the commands behind ``command``. What they set ends with it."""
        name = command.argv[0]
        holder = Need(followed.path, "file", f"`{name}` reads it")
        found: list[Facts] = []
        for inner in followed.commands:
            cwd = self._directory(step, inner, followed.cwd)
            fact = self._fact(step, inner, cwd, tree)
            if fact.role == "carry":
                fact = fact._replace(role="free")
            if fact.role in ("free", "install"):
                # What reads nothing else still needs the file that says so.
                closure = fact.closure if fact.closure is not None else Closure(())
                fact = fact._replace(closure=closure._replace(needs=(*closure.needs, holder)))
            found.append(fact)
        if not followed.plain:
            found.append(Facts(command, "open", None, followed.cwd, None, f"`{name}` may read any file"))
        return found

    def _directory(self, step: Step, command: Command, cwd: str | None) -> str | None:
        """The image path in which a command runs that starts in ``cwd``; None if it is not known."""
        if command.directory is None:
            return None
        for part in command.directory:
            if part.startswith("~"):
                return None
            if "$" in part:
                expanded = expand(self._evaluation, step.instruction, part)
                if expanded.unknown:
                    return None
                part = expanded.text
            cwd = join(cwd, part) if cwd is not None else None
        return cwd if cwd is not None and known(cwd) else None

    def _fact(self, step: Step, command: Command, cwd: str | None, tree: ImageTree) -> Facts:
        role = "carry" if _sources_elsewhere(command, tree) else effects_of_shell(command)
        if role is not None:
            return Facts(command, role, None, cwd, None, "")
        name = command.argv[0]
        if name in ("[", "[[", "test"):
            from copylast.layers.questions import files_asked

            asked = files_asked(command.words, cwd, tree) if self._context is not None else None
            if asked is not None:
                return Facts(command, "free", None, cwd, asked if asked.needs or asked.refusals else None, "")

        def opened(match: Match | None, why: str) -> Facts:
            return Facts(command, "open", match, cwd, None, why)

        match = decide(self._registry.candidates(command.argv), cwd or step.cwd, tree)
        if match is None:
            return opened(None, f"`{name}` {'removes what is there by then' if name == 'rm' else 'may read any file'}")
        if match.kind in ("project", "deps+project", "build"):
            foreign = self._foreign(step, command, match, cwd, tree)
            if foreign is not None:
                return Facts(command, "install", match._replace(kind="deps"), _into(cwd, match), foreign, "")
            return Facts(command, "build", match, cwd, None, f"`{_named(match)}` needs the source")
        if works_aside(match) and not dynamic(command):
            return Facts(command, "free", None, cwd, None, "")
        if match.kind == "noop" and match.ecosystem.system and not dynamic(command):
            # What it removes or marks are packages of the system, wherever it runs.
            return Facts(command, "free", match, cwd, None, "")
        if match.kind in ("lock", "noop", "unknown"):
            return opened(match, f"`{_named(match)}` works on what is already there")
        if dynamic(command):
            return opened(match, f"the arguments of `{name}` are made while it runs")
        if match.kind == "tool":
            if any(_from_context(tree, cwd, path) for path in paths_of(match)):
                return opened(match, f"`{name}` may touch files of the project")
            return Facts(command, "free", match, cwd, None, "")
        cwd = _into(cwd, match)
        if cwd is None:
            return opened(match, f"the directory in which `{name}` runs is not known")
        closure = self._closure(step, command, match, cwd, tree)
        if closure is None:
            return opened(match, f"which files `{_named(match)}` reads is not known to copylast")
        return Facts(command, "install", match, cwd, closure, "")

    def closure(self, step: Step, fact: Facts, files: ProjectFiles) -> Closure | None:
        """What the install would read if it saw ``files``; None if nobody can say."""
        if fact.match is None or fact.cwd is None:
            return None
        return self._closure(step, fact.command, fact.match, fact.cwd, files)

    def _foreign(self, step: Step, command: Command, match: Match, cwd: str | None, tree: ImageTree) -> Closure | None:
        """What a build reads that only builds packages of others (``go install`` of a tool); None for any other."""
        if match.ecosystem.foreign is None or not match.positional:
            return None
        cwd = _into(cwd, match)
        if self._context is None or cwd is None or dynamic(command):
            return None
        reader = _loaded(match.ecosystem.foreign)
        environment = environment_of(command, self.environment(step))
        found: Closure | None = reader(InstallRequest(match, cwd, tree, environment))
        return found

    def _closure(
        self, step: Step, command: Command, match: Match, cwd: str, tree: ProjectFiles, instead_of: Match | None = None
    ) -> Closure | None:
        reader = reader_of(match.ecosystem)
        if reader is None:
            return None
        if self._context is None:
            return Closure((), (Refusal(4, "there is no build context to read the manifests from"),))
        environment = environment_of(command, self.environment(step))
        image = self._base_image(step.stage)
        told = self._configured(step, command, match.ecosystem) if match.ecosystem.config else {}
        return reader(InstallRequest(match, cwd, tree, environment, image, instead_of, told))


def _sources_elsewhere(command: Command, tree: ImageTree) -> bool:
    """True for ``. FILE`` where the file lies outside of all that was copied: a RUN or the base image made it."""
    argv = command.argv
    if len(argv) != 2 or argv[0] not in (".", "source") or command.redirects or dynamic(command):
        return False
    return argv[1].startswith("/") and "$" not in argv[1] and not tree.covers(argv[1])


def prefetches_of(match: Match) -> list[Prefetch]:
    """The dependency steps of the manager that serve the command, in the descriptor's order."""
    said = " ".join(match.subcommand)
    return [
        prefetch
        for prefetch in match.ecosystem.prefetches
        if match.kind in prefetch.kinds
        and (not prefetch.subcommands or any(fnmatchcase(said, words) for words in prefetch.subcommands))
    ]


_NOTHING = (False, 0)


def _burden(fetch: Fetch) -> tuple[bool, int]:
    """How much an early step asks for: one that can be followed is better, then one with fewer directories."""
    closure = fetch.facts.closure
    if closure is None:
        return True, 0
    return bool(closure.refusals), sum(need.what == "dir" for need in closure.needs)


_PLAIN_WRAPPERS = frozenset({"env", "time", "exec", "nice", "command"})


def _unrepeatable(written: Command, early: Command) -> Refusal | None:
    """Why the early command could not be written as the other one is."""
    if dynamic(early) or any("$" in word.raw for _, word in early.environment):
        return Refusal(7, "the build gives its downloads values that only its own shell knows")
    other = next((w for w in written.wrappers if w not in _PLAIN_WRAPPERS), None)
    if other is not None:
        return Refusal(7, f"`{written.argv[0]}` runs behind `{other}`")
    return None


def _into(cwd: str | None, match: Match) -> str | None:
    """The directory that a command works in, its own directory option applied."""
    if cwd is not None and match.directory is not None:
        cwd = join(cwd, match.directory)
    return None if cwd is None or "$" in cwd else cwd


def _from_context(tree: ImageTree, cwd: str | None, path: str) -> bool:
    """True if a path on a command line may be one that the build context brought."""
    if path.startswith("~") or "$" in path or (cwd is None and not path.startswith("/")):
        return True
    place = join(cwd or "/", path)
    return place is None or tree.kind(place) is not None


def reader_of(ecosystem: Ecosystem) -> Reader | None:
    """The reader that a descriptor names or lists the files for, imported now; None if it does neither."""
    reader = ecosystem.reader or ("copylast.ecosystem.listed:read" if ecosystem.listed is not None else None)
    found: Reader | None = _loaded(reader) if reader is not None else None
    return found


def _loaded(name: str) -> Any:
    from importlib import import_module

    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def _named(match: Match) -> str:
    return " ".join((match.program, *match.subcommand))
