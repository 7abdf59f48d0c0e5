"""Gemspecs, and the files of Ruby that they load. They are read where what they load is plainly said.

Sources: https://guides.rubygems.org/specification-reference/ and https://bundler.io/man/gemfile.5.html; runs
bundler/path-gemspec-only, bundler/gemspec-version-missing and bundler/gemspec-with-version of the evidence table.
"""

from __future__ import annotations

from collections.abc import Sequence

from copylast_rules.readers.code_tokens import CodeError, Token, tokens
from copylast_rules.readers.gathering import ABSENT, LOCAL, Gathering
from copylast_rules.readers.globs import paths_of_glob
from copylast_rules.readers.places import join, parent, shown
from copylast_rules.readers.ruby_paths import ASKING, PURE, READING, arguments_at

_GLOBS = ("*.gemspec", "*/*.gemspec", "*/*/*.gemspec")
_OPEN = frozenset(
    "Pathname Kernel YAML Psych JSON FileUtils Open3 Net Bundler Rake open eval instance_eval class_eval module_eval"
    " system exec spawn load autoload load_file fork send __send__ public_send gets ARGF DATA".split()
)


def need_gemspecs(g: Gathering, directory: str, why: str, pattern: str | None = None) -> None:
    """The gemspecs of a gem in a directory, with all that they load."""
    found = sorted({path for glob in ([pattern] if pattern else _GLOBS) for path in paths_of_glob(g, directory, glob)})
    found = [path for path in found if g.is_file(path)]
    if not found:
        if pattern:
            g.refuse(ABSENT, f"{why} finds no gemspec", directory)
        elif g.kind(directory) == "dir":
            g.need(directory, why, "stub")
        else:
            g.need_file(directory, why)
        return
    for path in found:
        g.need(path, why)
        need_loaded(g, path, g.cwd, set())
        if any(g.kind(join(parent(path), folder)) == "dir" for folder in ("exe", "bin")):
            g.unsafe(f"{shown(path, g.cwd)} may name programs, which are linked only where they are there")


def ruby_tokens(g: Gathering, path: str) -> list[Token] | None:
    """The tokens of a file of Ruby; None after a refusal."""
    text = g.text(path)
    if text is None:
        return None
    try:
        return tokens(text, "ruby")
    except CodeError as e:
        g.refuse(LOCAL, f"{shown(path, g.cwd)} cannot be read: {e}", path, e.line)
        return None


def need_loaded(g: Gathering, path: str, cwd: str, seen: set[str]) -> None:
    """What the program ``path`` loads, file by file."""
    if path in seen:
        return
    seen.add(path)
    words = ruby_tokens(g, path)
    if words is None:
        return
    for i, word in enumerate(words):
        if word.kind != "name":
            continue
        loaded = loads(g, words, i, path, cwd)
        if loaded is not None:
            if loaded:
                need_loaded(g, loaded, cwd, seen)
        elif word.value in _OPEN and (i == 0 or words[i - 1].value != "."):
            refuse_word(g, path, word)
        elif not word.plain and not word.value.startswith("git "):
            refuse_word(g, path, word)
        elif word.value == "IO" and not _lists_files(words, i):
            refuse_word(g, path, word)


def loads(g: Gathering, words: Sequence[Token], at: int, path: str, cwd: str) -> str | None:
    """The file of Ruby that is loaded at a word, needed now; "" for one that is read or is no file of the project.

    None if the word loads nothing. What is not plain is refused.
    """
    word = words[at]
    if word.value in ("require", "require_relative") and (at == 0 or words[at - 1].value != "."):
        given, _ = arguments_at(words, at + 1, path, cwd)
        if len(given) != 1 or given[0] is None:
            refuse_word(g, path, word)
            return ""
        name = given[0].removesuffix(".rb") + ".rb"
        if word.value == "require_relative":
            target = join(parent(path), name)
            return target if g.need_file(target, f"required by {shown(path, g.cwd)}", word.line) else ""
        for folder in ("", "lib"):
            target = join(join(parent(path), folder), name)
            if g.need_if_there(target, f"required by {shown(path, g.cwd)}", required=True):
                return target
        return ""
    if word.value != "File" or [t.value for t in words[at + 1 : at + 2]] != ["."]:
        return None
    method = words[at + 2].value if at + 2 < len(words) else ""
    if method in PURE:
        return ""
    given, _ = arguments_at(words, at + 3, path, cwd)
    if method in READING | ASKING and given and given[0] is not None:
        target = join(cwd, given[0])
        if method in ASKING:
            g.need_if_there(target, f"asked for by {shown(path, g.cwd)}", required=True)
        else:
            g.need_file(target, f"read by {shown(path, g.cwd)}", word.line)
        return ""
    refuse_word(g, path, word)
    return ""


def refuse_word(g: Gathering, path: str, word: Token) -> None:
    """No fix, for a word whose reading cannot be followed."""
    said = word.value if word.plain else "a command"
    g.refuse(LOCAL, f"{shown(path, g.cwd)}:{word.line} may read any file ({said})", path, word.line)


def _lists_files(words: Sequence[Token], at: int) -> bool:
    """``IO.popen(%w[git ls-files -z])`` and ``IO::NULL``."""
    following = words[at + 1 : at + 6]
    if [t.value for t in following[:2]] in ([":", ":NULL"], [":", ":"]):
        return True
    literal = next((t.value for t in following if t.kind == "text"), "")
    return any(t.value == "popen" for t in following) and literal.startswith("git ls-files")
