"""``copylast prove``: the fixes, built by a docker that is at hand.

It imports what starts processes; no other command does.
"""

from __future__ import annotations

import sys

from copylast.app import App
from copylast.cli.asked import request_of
from copylast.cli.options import number, overrides
from copylast.cli.plain import Options, Taker
from copylast.engine.read import ReadError
from copylast.prove.docker import Docker, DockerError
from copylast.prove.report import describe
from copylast.trial import Trial, Wish, trial


def arguments(parser: Taker) -> None:
    """Describe the command."""
    parser.epilog = (
        "Docker with buildx 0.13 or later builds private copies of the context four times: before and after the\n"
        "fixes, and again after an edit of one source file. Your files are not changed.\n\n"
        "exit codes: 0 proven, or nothing to fix; 1 the fix changes the image or does not build; 2 it could not be\n"
        "tried: no docker, no daemon, or the Dockerfile does not build as it is\n"
    )
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="DOCKERFILE", help="the Dockerfile (default: the one in this folder)")
    add("--unsafe-fixes", action="store_true", default=None, help="try unsafe fixes too")
    add("--edit", metavar="FILE", help="the file to edit in the copies (default: source that no install reads)")
    add("--format", choices=("text", "json"), default="text", dest="proof_format", help="default: text")
    group = parser.add_argument_group("the build")
    add = group.add_argument
    add("--context", metavar="DIR", help="the build context (default: as declared in the project, else guessed)")
    add("--target", metavar="STAGE", help="the stage that is built (default: the last)")
    add("--build-arg", action="append", metavar="KEY=VALUE", help="a build argument")
    add("--platform", metavar="PLATFORM", help="the platform to build for")
    add("--docker-option", action="append", metavar="OPTION", help="passed on to docker build: =--ssh=default")


def run(options: Options) -> int:
    """Build, print, and give the exit code. Raises ConfigError and PluginError."""
    app = App(request_of(options, [options.path], "diff", overrides(options), "DOCKERFILE"))
    wish = Wish(options.edit, tuple(options.docker_option or ()))
    quiet = bool(number(options.quiet))

    def say(name: str) -> None:
        if not quiet:
            print(f"copylast: building {name} ...", file=sys.stderr, flush=True)

    try:
        found = trial(app, wish, Docker(), say)
    except (ReadError, DockerError) as error:
        print(f"copylast: {error}", file=sys.stderr)
        return 2
    if options.proof_format == "json":
        from copylast.output.proof_json import proof_json

        sys.stdout.write(proof_json(found.dockerfile, found.place.root, found.outcome.applied, found.proof))
    else:
        _print(found)
    return found.verdict


def _print(found: Trial) -> None:
    file = found.dockerfile
    if found.proof is None:
        print(f"{file}: there is no fix to apply, so nothing was built")
        for skip in found.outcome.skipped:
            print(f"  {file}:{skip.line}: {skip.code} would not be fixed: {skip.reason}")
        return
    guessed = " (guessed)" if found.place.guessed else ""
    codes = ", ".join(dict.fromkeys(one.code for one in found.outcome.applied))
    print(f"{file}, context {found.place.root}{guessed}, with the fixes of {codes}")
    print(describe(found.proof))
