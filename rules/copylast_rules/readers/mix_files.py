"""mix.exs and config/*.exs where they are plainly literal: what they read and name.

Sources: https://hexdocs.pm/mix/Mix.Tasks.Deps.html, https://hexdocs.pm/elixir/Config.html; runs
mix/version-file-read, mix/code-require, mix/config-import-missing and mix/umbrella-apps-missing of the evidence table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copylast import NamedTuple, lazy_regex
from copylast_rules.readers.code_tokens import CodeError, Token, tokens
from copylast_rules.readers.gathering import LOCAL, Gathering
from copylast_rules.readers.places import join, parent, shown

_CALLED = frozenset(
    "Mix System Enum String List Keyword Map MapSet Tuple Integer Float Version Regex Date DateTime NaiveDateTime"
    " Calendar Application Atom Kernel IO Macro Access Stream Mix.Project Mix.Config Config Logger URI Base Bitwise"
    " Mix.Tasks.Compile Mix.shell Mix.Shell".split()
)
"""Modules whose functions read no file of the project, but for those below."""
_READS = frozenset({"cmd", "shell", "find_executable", "halt", "stop", "read", "getn", "gets", "stream", "binread"})
_LOADS = frozenset({"require_file", "eval_file", "compile_file", "load_file"})
_FILE = frozenset({"read", "read!", "stream!", "exists?", "regular?"})
_INSIDE = lazy_regex(r"\b(File|Code|Path|System\.cmd)\b|:os\b")
"""What a value inside a text must not use."""
_ERLANG = frozenset({":os", ":file", ":filelib", ":code", ":erl_eval", ":rpc"})


class Dependency(NamedTuple):
    """``{:name, "~> 1.0", path: "..."}``; ``path`` is None for one from elsewhere, "" for one of the umbrella."""

    name: str
    requirement: str | None
    path: str | None
    remote: bool
    """True if it comes from git."""


class MixFile:
    """One program of Elixir; its needs and refusals go to the gathering. ``words`` is empty after a refusal."""

    def __init__(self, g: Gathering, path: str) -> None:
        self.path = path
        self._g = g
        text = g.text(path)
        self.words: list[Token] = []
        if text is None:
            return
        try:
            self.words = tokens(text, "elixir")
        except CodeError as e:
            g.refuse(LOCAL, f"{shown(path, g.cwd)} cannot be read: {e}", path, e.line)
        self._scan()

    def setting(self, key: str) -> str | None:
        """The text behind ``key:``, if there is one."""
        for i, word in enumerate(self.words[:-1]):
            if word.kind == "name" and word.value == f"{key}:":
                value = self.words[i + 1]
                if value.kind == "text" and value.plain:
                    return value.value
                self.refuse(word)
        return None

    def dependencies(self) -> Iterator[Dependency]:
        """The tuples that begin with an atom and name a version, a path or a repository."""
        for i, word in enumerate(self.words[:-2]):
            atom, comma = self.words[i + 1 : i + 3]
            if word.value == "{" and atom.value.startswith(":") and comma.value == ",":
                found = self._dependency(atom.value[1:], list(_tuple(self.words, i)))
                if found is not None:
                    yield found

    def refuse(self, word: Token) -> None:
        """No fix, for a word whose reading cannot be followed."""
        where = f"{shown(self.path, self._g.cwd)}:{word.line}"
        self._g.refuse(LOCAL, f"{where} may read any file ({word.value})", self.path, word.line)

    def _dependency(self, name: str, words: Sequence[Token]) -> Dependency | None:
        keys = {w.value for w in words if w.kind == "name" and w.value.endswith(":")}
        requirement = words[3].value if len(words) > 3 and words[3].kind == "text" and words[3].plain else None
        remote = bool(keys & {"git:", "github:"})
        if "in_umbrella:" in keys:
            return Dependency(name, requirement, "", False)
        if "path:" in keys:
            at = next(i for i, w in enumerate(words) if w.value == "path:")
            value = words[at + 1] if at + 1 < len(words) else words[at]
            if value.kind != "text" or not value.plain:
                self.refuse(words[at])
                return None
            return Dependency(name, requirement, value.value, False)
        if requirement is None and not remote:
            return None
        return Dependency(name, requirement, None, remote)

    def _scan(self) -> None:
        words = self.words
        own = {words[i + 1].value for i, w in enumerate(words[:-1]) if w.value == "defmodule"}
        for i, word in enumerate(words):
            if word.kind == "text" and not word.plain and _INSIDE.search(word.value):
                self.refuse(word)
            if word.kind != "name" or (i and words[i - 1].value == "."):
                continue
            if not word.plain or (word.value in _ERLANG and _value(words, i + 1) == "."):
                self.refuse(word)
            elif word.value[:1].isupper():
                module, method, at = _call(words, i)
                if method is None or module in own or module.split(".")[0] in own:
                    continue
                self._called(word, module, method, at)

    def _called(self, word: Token, module: str, method: str, at: int) -> None:
        """A function of a module; ``at`` is the index behind its name."""
        if module in ("File", "Code"):
            path = self._path(at)
            if path is None or method not in (_FILE if module == "File" else _LOADS):
                self.refuse(word)
            elif method in ("exists?", "regular?"):
                self._g.need_if_there(path, f"asked for by {shown(self.path, self._g.cwd)}", required=True)
            elif self._g.need_file(path, f"read by {shown(self.path, self._g.cwd)}", word.line) and module == "Code":
                MixFile(self._g, path)
        elif module == "Path":
            if method not in ("join", "expand", "basename", "dirname"):
                self.refuse(word)
        elif module not in _CALLED or method in _READS:
            self.refuse(word)

    def _path(self, at: int) -> str | None:
        """The path that the only argument of a call is, as a text, or ``Path.join``/``Path.expand`` of texts."""
        words = self.words
        if _value(words, at) == "(":
            at += 1
        module, method, behind = _call(words, at)
        inner = method if module == "Path" else None
        if inner is not None:
            at = behind + (_value(words, behind) == "(")
        parts: list[str] = []
        here = self._g.cwd
        while at < len(words):
            word = words[at]
            if word.kind == "text" and word.plain:
                parts.append(word.value)
            elif word.value in ("__DIR__", "@"):
                here = parent(self.path)
                parts.insert(0, ".") if not parts else None
            elif word.value not in (",", "\n"):
                break
            at += 1
        if not parts or _value(words, at) not in (")", "\n", "|", ",", ""):
            return None
        path = here
        for part in parts:
            path = join(path, part)
        return path


def _value(words: Sequence[Token], at: int) -> str:
    return words[at].value if at < len(words) else ""


def _call(words: Sequence[Token], at: int) -> tuple[str, str | None, int]:
    """Module, function and the index behind it; no function for a mere alias."""
    module = _value(words, at)
    while at + 2 < len(words) and words[at + 1].value == "." and words[at + 2].kind == "name":
        method = words[at + 2].value
        if not method[:1].isupper():
            return module, method, at + 3
        module += f".{method}"
        at += 2
    return module, None, at + 1


def _tuple(words: Sequence[Token], at: int) -> Iterator[Token]:
    """The words of the tuple that opens at ``at``."""
    depth = 0
    for word in words[at:]:
        if word.kind == "mark":
            depth += (word.value in "([{") - (word.value in ")]}")
            if depth == 0:
                return
        yield word
