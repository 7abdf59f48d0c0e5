"""The syntax of pip's requirements files: joined lines, comments, variables, options.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from copylast import NamedTuple, lazy_regex

ARCHIVE = lazy_regex(r"\.(?:whl|zip|tar|tgz|tbz|txz|tlz|tar\.(?:gz|bz2|xz|lzma))$", re.I)
URL = lazy_regex(r"(?:[a-z][a-z0-9.-]*\+)?(?:https?|ftp|ssh|git|svn|file|static-http|sftp|lp):", re.I)
VCS = lazy_regex(r"(?:git|hg|svn|bzr)\+", re.I)
_COMMENT = lazy_regex(r"(?:^|(?<=\s))#.*$")
_VARIABLE = lazy_regex(r"\$\{([A-Z0-9_]+)\}")
_LONG = (
    "--index-url", "--extra-index-url", "--no-index", "--constraint", "--requirement", "--editable",
    "--find-links", "--no-binary", "--only-binary", "--prefer-binary", "--require-hashes", "--pre",
    "--trusted-host", "--use-feature", "--config-settings", "--hash", "--global-option", "--pypi-url",
    "--always-unzip", "--process-dependency-links", "--allow-external", "--allow-all-external",
    "--build-constraint", "--install-option", "--uploaded-prior-to", "--all-releases", "--only-final",
)  # fmt: skip
_FLAGS = frozenset({"--no-index", "--prefer-binary", "--require-hashes", "--pre", "--always-unzip",
                    "--process-dependency-links", "--allow-all-external"})  # fmt: skip
_SHORT = {"-r": "--requirement", "-c": "--constraint", "-e": "--editable", "-f": "--find-links",
          "-i": "--index-url", "-C": "--config-settings", "-Z": "--always-unzip"}  # fmt: skip


class Line(NamedTuple):
    """One logical line: the requirement (or ``""``) and its options with values."""

    number: int
    requirement: str
    options: tuple[tuple[str, str], ...]
    problem: str | None = None


def lines(text: str, environment: Mapping[str, str | None]) -> list[Line]:
    """The logical lines that say something; variables that are set are filled in, as pip does it."""

    def value(m: re.Match[str]) -> str:
        return environment.get(m[1]) or m[0]

    out: list[Line] = []
    for number, raw in _joined(text):
        line = _VARIABLE.sub(value, _COMMENT.sub("", raw)).strip()
        if line:
            out.append(_line(number, line))
    return out


def _joined(text: str) -> list[tuple[int, str]]:
    """Physical lines put together at a trailing backslash; a comment line ends what it continues."""
    out: list[tuple[int, str]] = []
    parts: list[str] = []
    first = 1
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        if not parts:
            first = number
        comment = re.match(r"\s*#", line) is not None
        if line.endswith("\\") and not comment:
            parts.append(line.rstrip("\\"))
            continue
        parts.append(" " + line if comment else line)
        out.append((first, "".join(parts)))
        parts = []
    if parts:
        out.append((first, "".join(parts)))
    return out


def _line(number: int, line: str) -> Line:
    words = line.split(" ")
    start = next((i for i, word in enumerate(words) if word.startswith("-")), len(words))
    requirement = " ".join(words[:start]).strip()
    if start == len(words):
        return Line(number, requirement, ())
    try:
        tokens = shlex.split(" ".join(words[start:]))
    except ValueError as e:
        return Line(number, requirement, (), str(e))
    options: list[tuple[str, str]] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        i += 1
        option, equals, value = token.partition("=")
        if token[:2] in _SHORT and not token.startswith("--"):
            option, value, equals = _SHORT[token[:2]], token[2:], token[2:]
        elif token.startswith("--"):
            near = [o for o in _LONG if o.startswith(option)]
            if option not in _LONG and len(near) != 1:
                return Line(
                    number, requirement, tuple(options), f"{option} is not an option of a requirements file"
                )
            option = option if option in _LONG else near[0]
        else:
            return Line(number, requirement, tuple(options), f"{token!r} is out of place")
        if option in _FLAGS:
            value = ""
        elif not equals:
            if i >= len(tokens):
                return Line(number, requirement, tuple(options), f"{option} has no value")
            value = tokens[i]
            i += 1
        options.append((option, value))
    return Line(number, requirement, tuple(options))


class Target(NamedTuple):
    """Where a requirement points: nothing local, a version control URL, or a path."""

    what: str
    """``index``, ``url``, ``vcs``, ``path``."""
    path: str = ""


def target(requirement: str, editable: bool = False) -> Target:
    """Is it local? ``path`` for ``./x``, ``x/y``, archives, ``file:`` and ``name @ file:``."""
    text = _without_marker(requirement)
    if not URL.match(text):
        text = text.split(";", 1)[0].strip()
        named = re.match(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\]\s*)?@\s*(\S.*)$", text)
        if named and not re.match(r"[./]", text):
            text = named[1].strip()
    if VCS.match(text):
        return Target("vcs")
    if text.lower().startswith("file:"):
        path = text[5:].split("#", 1)[0]
        if path.startswith("//"):
            path = re.sub(r"^//(?:localhost)?", "", path)
        if "%" in path:
            from urllib.parse import unquote

            path = unquote(path)
        return Target("path", path)
    if URL.match(text):
        return Target("url")
    path = text[: text.rfind("[")] if text.endswith("]") and "[" in text else text
    if editable or "/" in path or path.startswith(".") or ARCHIVE.search(path):
        return Target("path", path)
    return Target("index")


def _without_marker(requirement: str) -> str:
    """Up to the first semicolon with a blank beside it: one alone may be part of a URL."""
    at = requirement.find(";")
    while at >= 0:
        if requirement[max(at - 1, 0)].isspace() or requirement[at + 1 : at + 2].isspace():
            return requirement[:at].strip()
        at = requirement.find(";", at + 1)
    return requirement.strip()
