"""Plain ``docker build`` lines in Makefiles, scripts and workflows.

Only lines that say everything are read: a context or Dockerfile that needs a variable other than the
current directory is no evidence. Where a line is run from is not written in it, so the places that make
sense are tried, and one in which the Dockerfile exists is taken.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Sequence

from copylast.context.assigned import closing
from copylast.context.changing import changing
from copylast.context.target import BuildTarget, Passed, is_remote, place
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_START = lazy_regex(
    r"\b(?:docker|podman|nerdctl)\s+(?:-[\w-]+(?:[ =](?!build|-)\S+)?\s+)*"
    r"(?:(?:buildx|image|builder)\s+)?(?:build|b)\s(?!x)|\bbuildah\s+(?:bud|build)\s"
)
_MARKS = lazy_regex(r"\n|&&|[;|\"'`]|\$\{\{|\$[({]|\\.")
_HERE = lazy_regex(
    r"\$\(pwd\)|\$\{?PWD\}?|\$\(CURDIR\)|\$\{\{\s*github\.workspace\s*\}\}|\$\{?GITHUB_WORKSPACE\}?|\$\$\(pwd\)"
)
_HIDDEN = lazy_regex(r"\$_(\d+)_")
_VARIABLE = lazy_regex(r"\$\w+\Z")
_CHANGE = lazy_regex(r"(?:^|[;&])\s*@?cd\s+([^\s;&|]+)\s*(?:&&|;)(?:[^;&|]*(?:&&|;))*\s*\Z")
_FLAGS = frozenset(
    "--no-cache --pull --push --load --rm --force-rm --quiet -q --squash --compress --debug -D --check "
    "--no-cache-filter= --layers --tls-verify --format= --all-platforms".split()
)


class Build(NamedTuple):
    """What a ``docker build`` line says; paths as written."""

    context: str
    dockerfile: str | None
    target: str | None
    args: dict[str, str | None]
    named: dict[str, str]
    platforms: tuple[str, ...]
    folder: str
    line: int
    passed: tuple[tuple[str, str], ...] = ()
    """Names and values of the arguments as they are written."""
    exports: tuple[str, ...] = ()


def build_lines(text: str) -> Iterator[Build]:
    """The builds that ``text`` (a shell script, or a Makefile) runs and that can be understood."""
    joined = text.replace("\\\r\n", "   ").replace("\\\n", "  ")
    number, counted = 1, 0
    for start in _START.finditer(joined):
        # Joining keeps every offset, so lines are counted in the text as written.
        number += text.count("\n", counted, start.start())
        counted = start.start()
        line = max(joined.rfind("\n", 0, start.start()) + 1, start.start() - 2000)
        if re.match(r"\s*(?:#|//|echo\b|@echo\b)", joined[line : start.start()]):
            continue
        command, hidden = _command(joined, start.end())
        changed = _CHANGE.search(joined[line : start.start()])
        folder = changed[1] if changed else "."
        try:
            words = shlex.split(command, comments=True)
        except ValueError:
            continue
        build = read_words(words, _HERE.sub(".", folder), number)
        if build is not None:
            yield build._replace(passed=tuple((name, _shown(text, hidden)) for name, text in build.passed))


def _shown(text: str, hidden: Sequence[str]) -> str:
    return _HIDDEN.sub(lambda one: hidden[int(one[1])], text)


def _command(text: str, start: int) -> tuple[str, list[str]]:
    """The command that begins at ``start``, with ``$_0_`` for its first substitution, and the substitutions."""
    out: list[str] = []
    hidden: list[str] = []
    at, quote = start, ""
    limit = min(len(text), start + 4000)
    while mark := _MARKS.search(text, at, limit):
        out.append(text[at : mark.start()])
        sign, at = mark[0], mark.end()
        if sign == "\n" or (not quote and sign in ("&&", ";", "|")):
            return "".join(out), hidden
        end = at
        if sign == "`" and quote != "'":
            end = text.find("`", at) + 1 or at
        elif sign == "${{":
            end = text.find("}}", at) + 2
            end = end if end > 1 else at
        elif sign in ("$(", "${") and quote != "'":
            end = closing(text, at - 1)
        elif sign in "\"'" and quote in ("", sign):
            quote = "" if quote else sign
        if end == at:
            out.append(sign)
            continue
        written, at = text[mark.start() : end], end
        if _HERE.fullmatch(written):
            out.append(".")
        else:
            out.append(f"$_{len(hidden)}_")
            hidden.append(written)
    out.append(text[at:limit])
    return _HERE.sub(".", "".join(out)), hidden


def read_words(words: Sequence[str], folder: str = ".", line: int = 1) -> Build | None:
    """The arguments after ``docker build``; None if the context is not plain."""
    options: dict[str, list[str]] = {}
    contexts: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "-":
            return None
        if not word.startswith("-"):
            contexts.append(word)
            continue
        name, equals, value = word.partition("=")
        if not equals and name not in _FLAGS:
            if not name.startswith("--") and len(name) > 2:
                name, value = name[:2], name[2:]
            else:
                value = next(rest, "")
        options.setdefault({"-f": "--file"}.get(name, name), []).append(value)
    file = options.get("--file", [None])[-1]
    # The builder takes one context: a word that is but a variable beside it stands for options.
    contexts = [one for one in contexts if not _VARIABLE.match(one)]
    plain = [one for one in contexts if not re.search(r"[$`>{}()*]", one)]
    if not plain or len(contexts) > 2 or contexts[0] != plain[0] or (file and re.search(r"[$`{}]|^-$", file)):
        return None
    if re.search(r"[$`]", folder):
        folder = "."
    given = options.get("--build-arg", ())
    args = dict(_pair(one) for one in given)
    passed = tuple((name, value if equals else f"${name}") for name, equals, value in (g.partition("=") for g in given))
    named = {key: value or "" for key, value in map(_pair, options.get("--build-context", ()))}
    platforms = tuple(one for text in options.get("--platform", ()) for one in text.split(","))
    target = options.get("--target", [None])[-1]
    exports = tuple(options.get("--cache-to", ()))
    return Build(plain[0], file, target, args, named, platforms, folder, line, passed, exports)


def _pair(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    return name, value if equals and "$" not in value else None


def declared(
    build: Build,
    folders: Sequence[str],
    path: str,
    label: str,
    line: int | None = None,
    changes: Callable[[str], str | None] = changing,
) -> BuildTarget | None:
    """``build`` as run from the first of ``folders`` in which its Dockerfile is; None if it is in none.

    ``changes`` says what of the text of an argument is another one at each build.
    """
    if is_remote(build.context):
        return None
    for folder in folders:
        here = place(folder, build.folder)
        context = place(here, build.context)
        dockerfile = place(here, build.dockerfile) if build.dockerfile else os.path.join(context, "Dockerfile")
        if os.path.isfile(dockerfile) and os.path.isdir(context):
            named = {key: one if ":" in one else place(here, one) for key, one in build.named.items()}
            return BuildTarget(
                dockerfile,
                context,
                "folder",
                label,
                path,
                build.line if line is None else line,
                build.target,
                build.args,
                named,
                build.platforms,
                passed=tuple(Passed(name, text, changes(text)) for name, text in build.passed),
                exports=build.exports,
            )
    return None
