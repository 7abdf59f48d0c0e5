"""A Gemfile where it is plainly literal. Everything else is refused, for it may read any file.

Sources: https://bundler.io/man/gemfile.5.html; runs bundler/dir-glob-dynamic, bundler/eval_gemfile-missing,
bundler/ruby-version-file-missing and bundler/require-lib-in-gemfile of the evidence table.
"""

from __future__ import annotations

from collections.abc import Sequence

from copylast_rules.readers.code_tokens import Token
from copylast_rules.readers.gathering import LOCAL, Gathering
from copylast_rules.readers.gem_lock import requirements
from copylast_rules.readers.gemspecs import loads, need_gemspecs, need_loaded, refuse_word, ruby_tokens
from copylast_rules.readers.places import join, parent, shown

_WORDS = frozenset(
    "source gem group platforms platform git path github gist bitbucket git_source ruby gemspec eval_gemfile plugin"
    " install_if env do end if unless else elsif then and or not nil true false case when lambda proc puts warn raise"
    " abort ENV RUBY_VERSION RUBY_ENGINE RUBY_PLATFORM RUBY_ENGINE_VERSION Gem Bundler File fetch key? has_key? empty?"
    " nil? to_s to_i to_f to_sym to_a strip chomp start_with? end_with? include? match? match freeze split first last"
    " new each map join sub gsub downcase upcase present? blank? any? all? defined? win_platform? segments require"
    " require_relative __dir__ __FILE__ read exist? file? readlines expand_path dirname basename".split()
)


class Gemfile:
    """What a Gemfile and those that it takes in name; needs and refusals go to the gathering."""

    def __init__(self, g: Gathering) -> None:
        self.gems: dict[str, frozenset[str] | None] = {}
        """Gem -> what is required of it; None where that is not plain."""
        self.complete = True
        """False where a gem is named by something else than a text."""
        self._g = g
        self._seen: set[str] = set()

    def read(self, path: str, why: str, line: int | None = None) -> None:
        """Read a Gemfile, and those that it evaluates."""
        if path in self._seen or not self._g.need_file(path, why, line):
            return
        self._seen.add(path)
        words = ruby_tokens(self._g, path)
        if words is None:
            return
        own = _own_names(words)
        for i, word in enumerate(words):
            if word.kind == "text" and not word.plain and any(w in word.value for w in ("File", "Dir", "IO", "`")):
                refuse_word(self._g, path, word)
            if word.kind != "name":
                continue
            loaded = loads(self._g, words, i, path, self._g.cwd)
            if loaded:
                need_loaded(self._g, loaded, self._g.cwd, set())
            if loaded is not None:
                continue
            if not _known(word, own):
                refuse_word(self._g, path, word)
            elif i == 0 or words[i - 1].value in ("\n", ";", "{", "do", "|"):
                self._statement(path, words[i : _end(words, i)])

    def _statement(self, path: str, words: Sequence[Token]) -> None:
        verb, line = words[0].value, words[0].line
        positional, options = _arguments(words[1:])
        base = parent(path)
        where = f"{verb} in {shown(path, self._g.cwd)}:{line}"
        if verb == "eval_gemfile":
            target = positional[0] if positional else None
            if target is None:
                self._g.refuse(LOCAL, f"{where} names a file by a value", path, line)
            else:
                self.read(join(base, target), where, line)
        elif verb == "ruby" and "file" in options:
            file = options["file"]
            if file is None:
                self._g.refuse(LOCAL, f"{where} names a file by a value", path, line)
            else:
                self._g.need_file(join(base, file), where, line)
        elif verb == "gemspec":
            self._directory(path, options.get("path", "."), where, line, "*.gemspec")
        elif verb == "path":
            self._directory(path, positional[0] if positional else None, where, line)
        elif verb == "gem":
            self._gem(positional, options)
            if "path" in options:
                self._directory(path, options["path"], where, line)

    def _directory(self, path: str, said: str | None, why: str, line: int, pattern: str | None = None) -> None:
        if said is None:
            self._g.refuse(LOCAL, f"{why} names a directory by a value", path, line)
        else:
            need_gemspecs(self._g, join(parent(path), said), why, pattern)

    def _gem(self, positional: Sequence[str | None], options: dict[str, str | None]) -> None:
        if not positional or positional[0] is None:
            self.complete = False
            return
        said = [one for one in positional[1:] if one is not None]
        self.gems[positional[0]] = requirements(said) if len(said) == len(positional) - 1 else None


def _own_names(words: Sequence[Token]) -> set[str]:
    """Variables and block parameters."""
    own: set[str] = set()
    for i, word in enumerate(words[:-1]):
        if word.kind == "name" and words[i + 1].value in ("=", "|") and word.value[:1].islower():
            own.add(word.value)
    return own


def _known(word: Token, own: set[str]) -> bool:
    symbol = word.value.startswith(":") or word.value.endswith(":")
    return word.plain and (symbol or word.value in _WORDS or word.value in own)


def _end(words: Sequence[Token], at: int) -> int:
    """Index behind the statement: at the end of a line that does not end in a comma or open bracket."""
    depth = 0
    for i in range(at, len(words)):
        word = words[i]
        if word.kind == "mark":
            depth += (word.value in "([{") - (word.value in ")]}")
            if word.value == ";" or (word.value == "\n" and depth <= 0 and words[i - 1].value not in (",", "\\")):
                return i
        elif word.kind == "name" and word.value in ("do", "if", "unless") and i > at:
            return i
    return len(words)


def _arguments(words: Sequence[Token]) -> tuple[list[str | None], dict[str, str | None]]:
    """Positional texts and options of a call; None for values that are no plain text."""
    positional: list[str | None] = []
    options: dict[str, str | None] = {}
    for part in _parts([w for w in words if w.value != "\n" or w.kind == "text"]):
        if part[0].kind == "name" and part[0].value.endswith(":"):
            options[part[0].value[:-1]] = _text(part[1:])
        elif part[0].value.startswith(":") and [w.value for w in part[1:3]] == ["=", ">"]:
            options[part[0].value[1:]] = _text(part[3:])
        else:
            positional.append(_text(part))
    return positional, options


def _parts(words: Sequence[Token]) -> list[list[Token]]:
    """The words between the commas; a pair of parentheses around all of them is left out."""
    if words and words[0].kind == "mark" and words[0].value == "(" and words[-1].value == ")":
        words = words[1:-1]
    parts: list[list[Token]] = [[]]
    depth = 0
    for word in words:
        if word.kind == "mark":
            depth += (word.value in "([{") - (word.value in ")]}")
            if word.value == "," and depth == 0:
                parts.append([])
                continue
        parts[-1].append(word)
    return [part for part in parts if part]


def _text(words: Sequence[Token]) -> str | None:
    return words[0].value if len(words) == 1 and words[0].kind == "text" and words[0].plain else None
