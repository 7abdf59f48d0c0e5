"""The one place that wires everything together: from a request to reports and an exit code.

Command line and language server are thin shells over this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from copylast.context.files import BuildContext
from copylast.dockerfile.nodes import Dockerfile
from copylast.dockerfile.parse import parse
from copylast.engine.discover import Walk, discover
from copylast.engine.error import ConfigError
from copylast.engine.layer import Layer
from copylast.engine.lint import Build, internal_error
from copylast.engine.opened import Opened
from copylast.engine.read import Failure, Original, ReadError, decode, read
from copylast.engine.report import Report
from copylast.engine.select import matches
from copylast.engine.settings import Settings
from copylast.engine.stack import SettingsStack
from copylast.engine.target import Contexts, Place, shown
from copylast.engine.workbench import Toolbox, Tools, Workbench
from copylast.ondisk import absolute
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic, Severity
from copylast.rule.plugins import PluginError
from copylast.typed import Literal

STDIN = "-"
_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}


class Request(NamedTuple):
    """What the user asks for. ``overrides`` are the options of the command line that are also keys."""

    paths: tuple[str, ...] = (".",)
    mode: Literal["check", "fix", "diff"] = "check"
    overrides: Layer | None = None
    config: tuple[str, ...] = ()
    """Each a file, or ``KEY=VALUE``."""
    isolated: bool = False
    context: str | None = None
    target: str | None = None
    platform: str | None = None
    stdin_filename: str | None = None
    read_stdin: Callable[[], bytes] = lambda: b""
    environment: Mapping[str, str] = {}


class Result(NamedTuple):
    """``tools`` are those of the run's own settings. ``fixed_stdin`` is the text of ``-`` after the fixes.

    ``unread`` says which declarations of builds need a library that is not there, ``notes`` what else was not read.
    """

    reports: tuple[Report, ...]
    failures: tuple[Failure, ...]
    settings: Settings
    tools: Tools
    fixed_stdin: str | None = None
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class App:
    """One run. The constructor raises :class:`ConfigError` and PluginError; nothing after it does for one file."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._stack = SettingsStack(request.overrides, request.config, request.isolated, request.environment)
        self._toolbox = Toolbox()
        self._benches: dict[int, Workbench] = {}
        self.settings = self._stack.settings(self._common_folder())
        self.tools = self._toolbox.tools(self.settings)
        self.bench = self._bench(self.settings)

    def files(self) -> tuple[tuple[str, ...], tuple[Failure, ...]]:
        """The Dockerfiles that the PATHs name, as shown, and PATHs in which they could not be looked for."""
        paths = [path for path in self.request.paths if path != STDIN]
        found = discover([shown(path) for path in paths], self._walk()) if paths else None
        stdin = (STDIN,) if STDIN in self.request.paths else ()
        return (*stdin, *(found.files if found else ())), found.failures if found else ()

    def run(self) -> Result:
        """Check every file; with mode ``fix``, rewrite those that can be fixed. Raises nothing for a single file."""
        files, failures = self.files()
        more: list[Failure] = list(failures)
        reports: list[Report] = []
        fixed: str | None = None
        try:
            contexts = Contexts(self.request.context)
        except ReadError as error:
            return Result((), (error.failure,), self.settings, self.tools)
        for file in files:
            try:
                report = self._one(file, contexts)
            except ReadError as error:
                more.append(error.failure)
                continue
            except (ConfigError, PluginError) as error:
                # The settings of a folder below; the other files are checked all the same.
                more.append(Failure("", str(error)))
                continue
            except Exception as error:
                more.append(internal_error(file, "copylast itself", error))
                continue
            reports.append(report)
            if file == STDIN and self.request.mode == "fix":
                fixed = report.source.text
        found = (tuple(reports), tuple(more))
        return Result(*found, self.settings, self.tools, fixed, contexts.unread(), tuple(contexts.notes))

    def settings_of(self, file: str) -> Settings:
        """The settings that count for the Dockerfile ``file``. Raises :class:`ConfigError`."""
        return self._stack.settings(os.path.dirname(absolute(file)))

    # -- one file --------------------------------------------------------------------------------

    def open(self, file: str, contexts: Contexts) -> Opened:
        """Read one Dockerfile and find its build. Raises ReadError, and what its folder's settings raise."""
        original, path = self._read(file)
        settings = self.settings_of(path)
        bench = self._bench(settings)
        dockerfile = parse(original.source)
        place = self._place(file, path, dockerfile, settings, contexts, bench)
        context = contexts.open(place, path) if place is not None else None
        build = Build(
            self.request.target,
            {**(place.arguments if place else {}), **settings.build_args},
            place.certain if place else True,
            place.named_contexts if place else (),
            self.request.platform,
            partial(contexts.targets, path) if place is not None else None,
            settings.builder,
        )
        return Opened(original, path, dockerfile, bench, place, context, build)

    def _one(self, file: str, contexts: Contexts) -> Report:
        opened = self.open(file, contexts)
        source, place, context = opened.original.source, opened.place, opened.context
        # That model is of the last stage, for no platform.
        last = self.request.target is None and self.request.platform is None
        known = place.model if place is not None and last else None
        checked = opened.checker.check(source, context, opened.build, opened.dockerfile, known)
        report = Report(
            source.path,
            source,
            place.root if place else None,
            place.guessed if place else False,
            place.labels if place else (),
            checked.diagnostics,
            failures=checked.failures,
            notes=tuple(context.notes) if context else (),
            others=_others(checked.diagnostics, source.path, context),
        )
        if self.request.mode != "check" and not checked.failures and any(d.fix for d in checked.diagnostics):
            from copylast.repair import Job, repair

            report = repair(report, Job(opened, contexts, self.request.mode, file == STDIN))
        return report

    def _read(self, file: str) -> tuple[Original, str]:
        if file != STDIN:
            return read(file, file), absolute(file)
        name = self.request.stdin_filename
        data = self.request.read_stdin()
        return Original(decode(data, shown(name) if name else "<stdin>"), data), absolute(name or "Dockerfile")

    def _place(
        self, file: str, path: str, dockerfile: Dockerfile, settings: Settings, contexts: Contexts, bench: Workbench
    ) -> Place | None:
        if file == STDIN and self.request.stdin_filename is None and self.request.context is None:
            return None
        return contexts.place(dockerfile, path, settings, bench.tools.registry)

    # -- settings --------------------------------------------------------------------------------

    def _bench(self, settings: Settings) -> Workbench:
        bench = self._benches.get(id(settings))
        if bench is None:
            bench = self._benches[id(settings)] = Workbench(settings, self._toolbox.tools(settings))
        return bench

    def _common_folder(self) -> str:
        folders: list[str] = []
        for path in self.request.paths:
            if path == STDIN:
                path = self.request.stdin_filename or "Dockerfile"
            place = absolute(path)
            folders.append(place if os.path.isdir(place) else os.path.dirname(place))
        return os.path.commonpath(folders) if folders else os.getcwd()

    def _walk(self) -> Walk:
        settings = self.settings
        layers = settings.layers("exclude")
        base = (layers[0].base if layers else "") or os.getcwd()

        def excluded(path: str, is_folder: bool) -> bool:
            return any(matches(path, base, glob) for glob in settings.exclude)

        return Walk(excluded, settings.respect_gitignore, settings.force_exclude)


def _others(
    diagnostics: Sequence[Diagnostic], dockerfile: str, context: BuildContext | None
) -> dict[str, str]:
    """The texts of other files that fixes edit, so that an output can show them."""
    if context is None or context.ignore is None:
        return {}
    path = context.shown(context.ignore.path)
    edited = {edit.path for d in diagnostics if d.fix is not None for edit in d.fix.edits}
    return {path: context.ignore.text} if path in edited and path != dockerfile else {}


def exit_code(result: Result, mode: str, exit_zero: bool, non_zero_on_fix: bool) -> int:
    """0 clean, 1 findings at or above the fail level (or a diff), 2 could not do the job."""
    if result.failures or any(report.failures for report in result.reports):
        return 2
    if exit_zero:
        return 0
    if mode == "diff":
        return int(any(report.changes for report in result.reports))
    if non_zero_on_fix and any(report.applied for report in result.reports):
        return 1
    least = _LEVELS.get(result.settings.fail_level)
    if least is None:
        return 0
    return int(any(d.severity >= least for report in result.reports for d in report.diagnostics))
