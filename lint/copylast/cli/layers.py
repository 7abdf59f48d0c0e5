"""``copylast layers``: what each step reads and what invalidates it, and what a change rebuilds."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from os.path import isdir

from copylast.app import App, Request
from copylast.cli.asked import request_of
from copylast.cli.options import build_arguments, number, overrides, style_of
from copylast.cli.plain import Options, Taker
from copylast.engine.discover import is_dockerfile_name
from copylast.engine.error import ConfigError
from copylast.overview import Question, survey
from copylast.survey.values import Survey


def arguments(parser: Taker) -> None:
    """Describe the command."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="DOCKERFILE", help="Dockerfiles, folders to search, or - (default: .)")
    group = parser.add_argument_group("the change in question")
    add = group.add_argument
    add("--changed", nargs="+", action="extend", metavar="FILE", help="files that change; --changed=-FILE: is removed")
    add("--since", metavar="REF", help="all changes since a git commit, or between two: REF..REF")
    help = "a build argument; without --changed and --since, giving it is the change"
    add("--build-arg", action="append", metavar="KEY=VALUE", help=help)
    group = parser.add_argument_group("logs of builds (docker build --progress=rawjson or plain)")
    add = group.add_argument
    add("--timings", metavar="LOG", help="take the time of each step from this log")
    help = (
        "say for each step of this log why it ran: with --since, --changed or --build-arg, or as far as the log of an "
        "earlier build tells, given after it"
    )
    add("--why", nargs="+", action="extend", metavar="LOG", help=help)
    group = parser.add_argument_group("the build")
    add = group.add_argument
    add("--context", metavar="DIR", help="the build context (default: as declared in the project, else guessed)")
    add("--target", metavar="STAGE", help="the stage that is built (default: the last)")
    add("--platform", metavar="P", help="the platform that is built for")
    builders = ("buildkit", "buildah", "kaniko", "classic")
    add("--builder", choices=builders, default="buildkit", help="whose cache (default: buildkit)")
    help = "let the column after --fix mean unsafe fixes too"
    add("--unsafe-fixes", action="store_true", default=None, help=help)
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=("table", "json"), default="table", help="table (default) or json")
    group.add_argument("--stdin-filename", metavar="FILE", help="the name of what comes from standard input")


def run(options: Options) -> int:
    """Print the tables; 0, or 2 if a Dockerfile has none. Raises ConfigError and PluginError."""
    options.why, options.paths = _logs(options.why or (), options.paths)
    question = _question(options)
    app = App(_request(options))
    found, failures = survey(app, question)
    if found.tables:
        sys.stdout.write(_written(options, found))
    sys.stdout.flush()
    for failure in failures:
        print(f"copylast: {failure}", file=sys.stderr)
        if failure.detail and number(options.verbose):
            print(failure.detail.rstrip(), file=sys.stderr)
    if not found.tables and not failures:
        print("copylast: no Dockerfile found", file=sys.stderr)
    return 2 if failures else 0


def _written(options: Options, found: Survey) -> str:
    if options.format == "json":
        from copylast.output.layers_json import layers_json

        return layers_json(found)
    from copylast.output.layers_table import layers_table

    return layers_table(found, style_of(options, sys.stdout))


def _question(options: Options) -> Question:
    if options.changed and options.since is not None:
        raise ConfigError("", "--changed and --since exclude each other")
    given = build_arguments(options.build_arg or ())
    known = bool(options.changed or options.since is not None or given)
    if len(options.why) == 1 and not known:
        said = "--since REF, --changed FILE, --build-arg KEY=VALUE, or the log of an earlier build"
        raise ConfigError("", f"--why needs to know what changed: {said}")
    if len(options.why) > 1 and known:
        raise ConfigError("", "two logs say what changed: leave out --since, --changed and --build-arg, or one log")
    if len(options.why) > 2:
        raise ConfigError("", f"--why compares two logs, and {len(options.why)} are given")
    return Question(
        tuple(options.changed or ()),
        options.since,
        given,
        options.builder,
        options.timings,
        tuple(options.why),
    )


def _logs(words: Sequence[str], paths: list[str]) -> tuple[list[str], list[str]]:
    """The logs, and the Dockerfiles: what stands behind a log and is called as one, or is a folder, is no log."""
    places = [word for word in words[1:] if word == "-" or is_dockerfile_name(os.path.basename(word)) or isdir(word)]
    return [word for word in words if word not in places], [*paths, *places]


def _request(options: Options) -> Request:
    layer = overrides(Options(no_plugin=options.no_plugin, unsafe_fixes=options.unsafe_fixes))
    return request_of(options, options.paths or ["."], "check", layer, "DOCKERFILE")
