"""One Dockerfile, all rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from copylast.context.files import BuildContext
from copylast.dockerfile.nodes import Dockerfile
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.ecosystem.registry import Registry
from copylast.ecosystem.table import DescriptorError
from copylast.engine.read import Failure
from copylast.engine.suppress import SYNTAX, UNKNOWN, UNUSED, Ignores
from copylast.layers.model import LayerModel, build_model
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic
from copylast.rule.plugins import PluginError, RuleHandle
from copylast.rule.rule import NoOptions, Rule, View
from copylast.typed import Any

_NO_OPTIONS = NoOptions()


class Build(NamedTuple):
    """How the Dockerfile is built: target stage (None: the last), ``--build-arg`` and ``--platform``.

    ``builder`` is the program that builds.
    ``context_certain`` is False where the context was guessed and another one is possible. ``others`` gives the
    targets of other builds of the file; it is asked only where a build of the last stage leaves stages out.
    """

    target: str | None = None
    arguments: Mapping[str, str] = {}
    context_certain: bool = True
    named_contexts: Sequence[str] = ()
    platform: str | None = None
    others: Callable[[], Sequence[str]] | None = None
    builder: str = "buildkit"


class Checked(NamedTuple):
    """What the rules say. ``failures`` are rules that broke down, and then the findings are not all."""

    dockerfile: Dockerfile
    model: LayerModel
    diagnostics: tuple[Diagnostic, ...]
    failures: tuple[Failure, ...]


class Checker:
    """Checks files with one choice of rules.

    ``rules`` are those that run, ``known`` all that there are (ignore comments may name any).
    ``options`` gives a rule its options.
    """

    def __init__(
        self,
        rules: Sequence[RuleHandle],
        known: Sequence[RuleHandle],
        registry: Registry,
        options: Callable[[RuleHandle], Any],
    ) -> None:
        self.rules = rules
        self.known = known
        self.registry = registry
        self._options = options
        self._on = frozenset(rule.code for rule in rules)
        # What the engine says itself, it does not ask anybody.
        self._asked = [rule for rule in rules if rule.code not in (SYNTAX, UNUSED, UNKNOWN)]
        self._ready: dict[str, tuple[type[Rule], Any]] = {}

    def check(
        self,
        source: Source,
        context: BuildContext | None,
        build: Build,
        parsed: Dockerfile | None = None,
        known: LayerModel | None = None,
    ) -> Checked:
        """The findings that no ignore comment silences, in the order of the file.

        ``parsed`` is the tree of ``source`` if there is one already, ``known`` its model for this context and build.
        Never raises for what is in the file: a rule that breaks down becomes a failure that names it.
        """
        dockerfile = parsed or parse(source)
        if known is None:
            named = build.named_contexts
            evaluation = evaluate(dockerfile, build.arguments, build.target, build.platform, named)
            model = build_model(dockerfile, evaluation, context, self.registry)
        else:
            model, evaluation = known, known.evaluation
        if build.others is not None and build.target is None and evaluation.dead:
            evaluation.aim_at(build.others())
        ignores = Ignores(dockerfile, self.known)
        failures: list[Failure] = []
        no_target = build.target is not None and evaluation.target is None
        if no_target and not dockerfile.problems:
            failures.append(Failure(source.path, f"has no stage called {build.target}"))
            return Checked(dockerfile, model, (), tuple(failures))
        found: list[Diagnostic] = []
        plain = View(dockerfile, model, context, _NO_OPTIONS, build.context_certain, build.builder)
        text = ""
        for rule in self._asked if not no_target else ():
            if rule.words:
                text = text or _small(dockerfile)
                if not any(word in text for word in rule.words):
                    continue
            try:
                kind, options = self._ready.get(rule.code) or self._load(rule)
                found += kind().check(plain if options is _NO_OPTIONS else plain._replace(options=options))
            except DescriptorError as error:
                failures.append(Failure("", f"package manager descriptor {error}"))
            except PluginError as error:
                failures.append(Failure("", str(error)))
            except Exception as error:
                where = f"{rule.code} {rule.name} (plugin {rule.plugin})"
                failures.append(internal_error(source.path, where, error))
        kept = ignores.keep(found)
        if dockerfile.problems:
            from copylast.engine.sound import of_sound_parts
            from copylast.engine.syntax_error import SyntaxErrorRule

            kept = of_sound_parts(dockerfile, evaluation, kept)
            kept += SyntaxErrorRule().check(View(dockerfile, model, context, None))
        elif self._on & {UNUSED, UNKNOWN}:
            kept += ignores.complaints(self._on)
        kept.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
        return Checked(dockerfile, model, tuple(kept), tuple(dict.fromkeys(failures)))

    def _load(self, rule: RuleHandle) -> tuple[type[Rule], Any]:
        kind = rule.load()
        options = self._options(rule)
        found = self._ready[rule.code] = kind, _NO_OPTIONS if type(options) is NoOptions else options
        return found


def _small(dockerfile: Dockerfile) -> str:
    """The text in small letters, and once more the lines that are continued, without what tears a word in two."""
    lines = [one.line.text for one in dockerfile.instructions if one.line is not None and len(one.line.segments) > 1]
    return "\n".join([dockerfile.source.text, *lines]).lower()


def internal_error(path: str, where: str, error: Exception) -> Failure:
    """The failure that stands for a crash; the traceback is its detail."""
    from traceback import format_exception

    said = " ".join(f"{type(error).__name__}: {error}".split())
    return Failure(path, f"internal error in {where}: {said}", detail="".join(format_exception(error)))
