"""``copylast check``: look for problems, and fix them."""

from __future__ import annotations

import sys

from copylast import __version__
from copylast.app import STDIN, App, Request, Result, exit_code
from copylast.cli.asked import request_of
from copylast.cli.options import number, overrides, style_of
from copylast.cli.plain import Options, Taker
from copylast.engine.error import ConfigError, guess
from copylast.engine.keys import BUILDERS, FAIL_LEVELS
from copylast.output.run import FORMATS, Formatter, Run, UnknownFormat, format_names, formatter
from copylast.typed import Any, Literal


def arguments(parser: Taker) -> None:
    """Describe the command."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="Dockerfiles, folders to search, or - (default: .)")
    group = parser.add_argument_group("fixing")
    add = group.add_argument
    add("--fix", action="store_true", help="rewrite the files, where a fix is safe and proved")
    add("--unsafe-fixes", action="store_true", default=None, help="with --fix or --diff: use unsafe fixes too")
    add("--diff", action="store_true", help="print what --fix would change, and change nothing")
    add("--show-fixes", action="store_true", help="list what was fixed")
    add("--exit-non-zero-on-fix", action="store_true", help="exit with 1 if anything was fixed")
    add("--fixable", action="append", metavar="RULES", help="rules whose fixes may be applied (default: ALL)")
    add("--unfixable", action="append", metavar="RULES", help="rules whose fixes are never applied")
    group = parser.add_argument_group("rules")
    add = group.add_argument
    add("--select", action="append", metavar="RULES", help="run these: codes, prefixes, names, or ALL")
    add("--ignore", action="append", metavar="RULES", help="do not run these")
    add("--extend-select", action="append", metavar="RULES", help="run these too")
    add("--fail-level", choices=FAIL_LEVELS, help="least severity for exit code 1 (default: warning)")
    add("--exit-zero", action="store_true", help="exit with 0 even if there are findings")
    group = parser.add_argument_group("the build")
    add = group.add_argument
    add("--context", metavar="DIR", help="the build context (default: as declared in the project, else guessed)")
    add("--target", metavar="STAGE", help="the stage that is built (default: the last, and those of declared builds)")
    add("--platform", metavar="P", help="the platform that is built for")
    add("--builder", choices=BUILDERS, help="the program that builds (default: buildkit)")
    add("--build-arg", action="append", metavar="KEY=VALUE", help="a build argument")
    group = parser.add_argument_group("files")
    add = group.add_argument
    add("--exclude", action="append", metavar="GLOBS", help="files and folders that are not searched")
    add("--force-exclude", action="store_true", default=None, help="let exclude count for files named here too")
    add("--no-respect-gitignore", action="store_true", help="search what git ignores too")
    add("--stdin-filename", metavar="FILE", help="the name of what comes from standard input")
    add("--show-files", action="store_true", help="list the files that would be checked, and stop")
    add("--show-settings", action="store_true", help="show the settings of the first file, and stop")
    group = parser.add_argument_group("output")
    add = group.add_argument
    add("--format", metavar="FORMAT", help=f"{', '.join(FORMATS)}, or one of a plugin (default: full)")
    add("--output", action="append", metavar="FORMAT=FILE", help="write another format to a file; repeatable")
    add("--statistics", action="store_true", help="count the findings of each rule")


def run(options: Options) -> int:
    """Check, print, and give the exit code. Raises ConfigError and PluginError."""
    request = _request(options)
    app = App(request)
    name = app.settings.format
    main = _formatter(name, app)
    outputs = [_output(text, app) for text in options.output or ()]
    if options.show_files:
        return _show_files(app)
    if options.show_settings:
        return _show_settings(app, request)
    result = app.run()
    code = exit_code(result, request.mode, options.exit_zero, options.exit_non_zero_on_fix)
    _print(options, request, app, result, main, name)
    for path, write in outputs:
        plain = _run(options, request, app, result)
        code = max(code, _write(path, write(plain)))
    return code


def _request(options: Options) -> Request:
    if options.fix and options.diff:
        raise ConfigError("", "--fix and --diff exclude each other")
    mode: Literal["fix", "diff", "check"] = "fix" if options.fix else "diff" if options.diff else "check"
    return request_of(options, options.paths or ["."], mode, overrides(options), "PATH")


def _run(options: Options, request: Request, app: App, result: Result, stream: Any = None) -> Run:
    return Run(
        result.reports,
        result.failures,
        {rule.code: rule for rule in app.tools.rules},
        request.mode,
        app.settings.unsafe_fixes,
        style_of(options, stream),
        __version__,
    )


def _print(
    options: Options, request: Request, app: App, result: Result, main: Formatter, name: str
) -> None:
    """Findings go to standard output; if that takes a text or a diff, to standard error."""
    if result.fixed_stdin is not None:
        sys.stdout.flush()
        sys.stdout.buffer.write(result.fixed_stdin.encode("utf-8"))
        stream = sys.stderr
    else:
        stream = sys.stdout
    run = _run(options, request, app, result, stream)
    if request.mode == "diff":
        from copylast.output.diff import diff

        sys.stdout.flush()
        sys.stdout.buffer.write(diff(run).encode("utf-8", "surrogateescape"))
        sys.stdout.buffer.flush()
    elif run.reports or name not in ("full", "concise"):
        stream.write(main(run))
    _remarks(options, run, result)


def _remarks(options: Options, run: Run, result: Result) -> None:
    """Failures, and what else is not a finding, on standard error."""
    sys.stdout.flush()
    for failure in run.all_failures():
        print(f"copylast: {failure}", file=sys.stderr)
        if failure.detail and number(options.verbose):
            print(failure.detail.rstrip(), file=sys.stderr)
        elif failure.detail:
            print("copylast: this is a bug in the rule or in copylast; -v shows where", file=sys.stderr)
    if number(options.quiet):
        return
    if not run.reports and not run.all_failures():
        print("copylast: no Dockerfile found", file=sys.stderr)
    if run.mode == "diff":
        changed = sum(bool(report.changes) for report in run.reports)
        print(f"copylast: {changed or 'no'} {'file' if changed == 1 else 'files'} would change", file=sys.stderr)
        for report in run.reports:
            for skip in report.skipped:
                place = f"{report.path}:{skip.line}"
                print(f"copylast: {place}: {skip.code} would not be fixed: {skip.reason}", file=sys.stderr)
    for note in result.notes if number(options.verbose) else result.unread:
        print(f"copylast: {note}", file=sys.stderr)
    if number(options.verbose):
        for report in run.reports:
            where = report.context if report.context is not None else "none"
            how = " (guessed)" if report.guessed else ""
            built = f", built by {', '.join(report.targets)}" if report.targets else ""
            print(f"copylast: {report.path}: context {where}{how}{built}", file=sys.stderr)
            for note in report.notes:
                print(f"copylast: {report.path}: {note}", file=sys.stderr)


def _formatter(name: str, app: App) -> Formatter:
    try:
        return formatter(name, app.tools.plugins.formatters)
    except UnknownFormat:
        names = format_names(app.tools.plugins.formatters)
        message = f'"{name}" is no format{guess(name, names)} (formats: {", ".join(names)})'
        layers = app.settings.layers("format")
        raise (layers[0].error(["format"], message, name) if layers else ConfigError("--format", message)) from None


def _output(text: str, app: App) -> tuple[str, Formatter]:
    name, sign, path = text.partition("=")
    if not sign or not path:
        raise ConfigError("--output", f'"{text}" is not FORMAT=FILE')
    return path, _formatter(name, app)


def _write(path: str, text: str) -> int:
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            stream.write(text)
    except OSError as error:
        print(f"copylast: {path}: cannot be written: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        return 2
    return 0


def _show_files(app: App) -> int:
    files, failures = app.files()
    for file in files:
        print(file)
    for failure in failures:
        print(f"copylast: {failure}", file=sys.stderr)
    return 2 if failures else 0


def _show_settings(app: App, request: Request) -> int:
    from copylast.cli.config import show

    files, _ = app.files()
    settings = app.settings_of(files[0]) if files and files[0] != STDIN else app.settings
    print(show(settings, files[0] if files else None), end="")
    return 0
