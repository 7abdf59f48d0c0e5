"""What the lifecycle scripts of a package read when it is installed.

Sources: https://docs.npmjs.com/cli/using-npm/scripts; runs npm/patch-package-missing-patches,
npm/root-hook-*, npm/husky8, npm/husky9, npm/only-allow, npm/hook-or-true of the evidence table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from copylast_rules.readers.gathering import SCRIPTS, Gathering
from copylast_rules.readers.node_manifests import Package
from copylast_rules.readers.places import join, shown

LIFECYCLE = (
    "preinstall",
    "install",
    "postinstall",
    "prepublish",
    "preprepare",
    "prepare",
    "postprepare",
    "dependencies",
)
"""Scripts that npm's install runs, for the root, every member and every linked package."""

_HARMLESS = frozenset({
    "husky", "is-ci", "echo", "true", ":", "exit", "only-allow", "opencollective",
    "opencollective-postinstall", "pinst", "ts-patch", "cypress", "playwright", "printf", "sleep",
})  # fmt: skip
_RUNNERS = frozenset({"npx", "pnpx", "bunx"})
_CONTROL = frozenset({"&&", "||", ";"})


class Hooks:
    """Follows those of one package's scripts that an install runs: ``names``."""

    def __init__(self, g: Gathering, package: Package, names: Iterable[str] = LIFECYCLE) -> None:
        self.g = g
        self.package = package
        self.names = names
        self.scripts = package.texts("scripts")

    def follow(self) -> None:
        """All of them."""
        for script in self.names:
            if script in self.scripts:
                self._script(script, self.scripts[script], script, 0)

    def _script(self, script: str, text: str, hook: str, depth: int) -> None:
        commands = _commands(text)
        if commands is None:
            self._refuse(script, hook, text)
            return
        tolerant = any(operator == "||" for operator, _ in commands)
        for _, words in commands:
            if not self._command(words, script, hook, depth, tolerant):
                self._refuse(script, hook, text)
                return

    def _refuse(self, script: str, hook: str, text: str) -> None:
        called = f"{hook}" if script == hook else f"{hook} (through {script})"
        self.g.refuse(
            SCRIPTS,
            f"the {called} script of {shown(self.package.path, self.g.cwd)} may read any file: {text[:60]}",
            self.package.path,
            self.package.line("scripts", script),
        )

    def _command(self, words: list[str], script: str, hook: str, depth: int, tolerant: bool) -> bool:
        """Is it known what this command reads? Then its files become needs."""
        from copylast_rules.readers.prisma import generate

        words = _plain(words)
        if not words:
            return True
        program, arguments = words[0].rsplit("/", 1)[-1], words[1:]
        directory = self.package.directory
        why = f"{hook} in {shown(self.package.path, self.g.cwd)}"
        if program in _HARMLESS:
            return program not in ("cypress", "playwright", "ts-patch") or arguments[:1] == ["install"]
        if program in ("[", "test"):
            return not any(re.fullmatch(r"-[a-eghkprsuwxGLNOS]|-f|-nt|-ot|-ef", a) for a in arguments)
        if program in ("rimraf", "rm"):
            targets = [a for a in arguments if not a.startswith("-")]
            return bool(targets) and all(re.match(r"(\./)?node_modules/(?!.*\.\.)", t) for t in targets)
        if program == "patch-package":
            return self._patches(arguments, why)
        if tolerant:
            return False  # it may fail unseen where one of its files is missing
        if program == "prisma" and arguments[:1] == ["generate"]:
            return generate(self.g, self.package, arguments[1:], why)
        if program in ("npm", "yarn", "pnpm") and arguments[:1] in (["run"], ["run-script"]):
            return depth == 0 and self._runs(arguments[1:], hook)
        if program == "node":
            files = [a for a in arguments if not a.startswith("-")]
            flags = {a for a in arguments if a.startswith("-")}
            return (
                len(files) > 0
                and arguments.index(files[0]) == len(flags & set(arguments[: arguments.index(files[0])]))
                and flags <= {"--no-warnings", "--experimental-modules", "--trace-warnings"}
                and self._node(files[0], directory, why)
            )
        if program in ("sh", "bash", "ash", "dash") and arguments and not arguments[0].startswith("-"):
            return self._shell(arguments[0], script, hook, why)
        if words[0].startswith(("./", "scripts/")) and words[0].endswith((".sh", ".bash")):
            return self._shell(words[0], script, hook, why)
        return False

    def _node(self, file: str, directory: str, why: str) -> bool:
        from copylast_rules.readers.node_files import follow

        path = join(directory, file)
        if not self.g.is_file(path):
            path = next((path + e for e in (".js", ".cjs", ".mjs") if self.g.is_file(path + e)), path)
        return follow(self.g, path, directory, why)

    def _shell(self, file: str, script: str, hook: str, why: str) -> bool:
        """A shell script whose every line is a command that is known."""
        path = join(self.package.directory, file)
        if not self.g.need_file(path, why):
            return True  # refused already
        text = self.g.text(path, SCRIPTS)
        for line in (text or "").split("\n"):
            line = line.strip()
            if not line or line.startswith("#") or re.fullmatch(r"set( -[a-z]+)*( pipefail)?", line):
                continue
            commands = _commands(line)
            tolerant = commands is not None and any(operator == "||" for operator, _ in commands)
            if commands is None or not all(
                self._command(words, script, hook, 1, tolerant)
                and words[:1] not in (["sh"], ["bash"], ["ash"], ["dash"])
                for _, words in commands
            ):
                return False
        return text is not None

    def _runs(self, arguments: list[str], hook: str) -> bool:
        """``npm run X`` with its pre and post scripts, one level deep."""
        called = next((a for a in arguments if not a.startswith("-")), None)
        if called is None or called not in self.scripts:
            return "--if-present" in arguments and called is not None
        for script in (f"pre{called}", called, f"post{called}"):
            if script in self.scripts:
                self._script(script, self.scripts[script], hook, 1)
        return True

    def _patches(self, arguments: list[str], why: str) -> bool:
        place = "patches"
        for i, argument in enumerate(arguments):
            if argument.startswith("--patch-dir"):
                _, equals, value = argument.partition("=")
                place = value if equals else next(iter(arguments[i + 1 :]), "")
            elif not argument.startswith("-") and not (i and arguments[i - 1] == "--patch-dir"):
                return False  # names of packages: it makes patches
        path = join(self.package.directory, place)
        if self.g.kind(path) == "dir":
            self.g.need(path, f"patch-package, {why}", "dir")
        return True


def _commands(text: str) -> list[tuple[str, list[str]]] | None:
    """Simple commands with the operator before each; None for anything but ``&&``, ``||`` and ``;``."""
    if re.search(r"[`<>(){}\n]|\$[^A-Za-z_]|(?<!&)&(?!&)|(?<!\|)\|(?!\|)", text):
        return None
    import shlex

    try:
        lexer = shlex.shlex(text, posix=True, punctuation_chars="&|;")
        lexer.whitespace_split = True
        lexer.commenters = ""
        tokens = list(lexer)
    except ValueError:
        return None
    out: list[tuple[str, list[str]]] = []
    operator, words = "", list[str]()
    for token in [*tokens, ";"]:
        if token in _CONTROL:
            if words:
                out.append((operator, words))
            operator, words = token, []
        elif set(token) <= set("&|;"):
            return None
        else:
            words.append(token)
    if any(
        words[0] in ("if", "for", "while", "case", "until", "function", "!", "cd", ".", "source") for _, words in out
    ):
        return None
    return out


def _plain(words: list[str]) -> list[str]:
    """Without variables set for it, ``cross-env`` and ``npx``."""
    while words:
        first = words[0].rsplit("/", 1)[-1]
        if re.fullmatch(r"[A-Za-z_]\w*=.*", words[0]) or first in ("cross-env", "cross-env-shell", "exec"):
            words = words[1:]
        elif first in _RUNNERS:
            words = words[1:]
            while words and words[0] in ("-y", "--yes", "--no-install", "--no", "-q", "--quiet", "--"):
                words = words[1:]
            if words and words[0].startswith("-"):
                return ["?"]
            if words:
                package, at, version = words[0].rpartition("@")
                if package and at and "/" not in version:
                    words = [package, *words[1:]]
        else:
            break
    return words
