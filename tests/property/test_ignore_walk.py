"""Random ignore files over random trees: the quick walk against a naive one."""

from __future__ import annotations

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from copylast.context.entry import Entry
from copylast.context.gopath import clean, glob_matcher, glob_problem
from copylast.context.goregex import compile_pattern
from copylast.context.ignore import IgnoreFile, parse_ignore
from copylast.context.memory import MemoryContext
from copylast.context.select import select

NAMES = st.sampled_from(["a", "b", "ab", ".env", "src", "x.py", "é"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PARTS = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        ".env",
        "src",
        "x.py",
        "*",
        "?",
        "**",
        "*.py",
        "a*",
        "**b",
        "[ab]",
        "[^a]",
        "[!a]",
        "a|b*",
        "a{2}?",
        ".",
        "..",
        "*b*",
    ]
)
PATTERNS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "!", "! ", "/", "  "]),
    st.lists(PARTS, min_size=1, max_size=4).map("/".join),
    st.sampled_from(["", "", "/", " "]),
    st.sampled_from(["", "", "\r"]),
)
IGNORES = st.lists(st.one_of(PATTERNS, st.sampled_from(["", "# c", "!"])), max_size=6).map("\n".join)


def trees(paths: list[str]) -> dict[str, str]:
    """The paths as files, without those that another needs as directory."""
    return {path: "" for path in paths if not any(other.startswith(path + "/") for other in paths)}


def naive(file: IgnoreFile, entries: list[Entry]) -> list[str]:
    """What stays, by the walk written down plainly: every path, every pattern, nothing skipped."""
    flags: dict[str, list[bool]] = {"": [False] * len(file.patterns)}
    kept: set[str] = set()
    for entry in entries:
        before = flags[entry.path.rpartition("/")[0]]
        ignored = False
        own: list[bool] = []
        for pattern, inherited in zip(file.patterns, before, strict=True):
            hit = inherited
            if not hit and pattern.negated == ignored:
                hit = bool(compile_pattern(pattern.text).match(entry.path))
            own.append(hit)
            ignored = not pattern.negated if hit else ignored
        flags[entry.path] = own
        if not ignored:
            kept.add(entry.path)
            parent = entry.path
            while parent := parent.rpartition("/")[0]:
                kept.add(parent)
    return [entry.path for entry in entries if entry.path in kept]


@settings(max_examples=500, deadline=None)
@given(IGNORES, st.lists(PATHS, max_size=12))
def test_walk(text: str, paths: list[str]) -> None:
    file = parse_ignore(text)
    # What the builder itself loses by not entering a directory is a case of its own.
    assume(not any(pattern.negated and pattern.text.endswith("/*/**") for pattern in file.patterns))
    plain = MemoryContext(trees(paths))
    everything = list(plain.files())
    wanted = naive(file, everything)
    plain.use_ignore(".dockerignore", text)
    assert [entry.path for entry in plain.files()] == wanted
    for entry in everything:
        assert (plain.entry(entry.path) is not None) == (entry.path in wanted), entry.path
        deciding = file.verdict(entry.path)
        if entry.kind != "dir":
            assert (deciding is not None and not deciding.negated) == (entry.path not in wanted)
    listed: list[str] = []
    todo = [""]
    while todo:
        children = plain.children(todo.pop())
        listed += [child.path for child in children]
        todo += [child.path for child in children if child.kind == "dir"]
    assert sorted(listed) == sorted(wanted)


@settings(max_examples=300, deadline=None)
@given(IGNORES, st.lists(PATTERNS, max_size=3), st.lists(PATHS, max_size=12))
def test_new_lines_only_exclude_and_are_otherwise_the_same_text(text: str, added: list[str], paths: list[str]) -> None:
    change = parse_ignore(text).insert_before_first_reinclude(added)
    start, end = change.offset, change.offset + len(change.inserted)
    assert change.file.text[:start] + change.file.text[end:] == text
    assert [one for one in change.inserted.splitlines() if one] == [one.rstrip("\r") for one in added]


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="ab*?[]^-\\!/{}|.,09", max_size=12), st.text(alphabet="ab/-]", max_size=8))
def test_hostile_patterns_never_raise(pattern: str, path: str) -> None:
    file = parse_ignore(pattern)
    if path:
        assert file.ignored(path) in (True, False)
        assert file.step(path, file.start)[0] in (True, False)


@given(st.text(alphabet="ab*?[]^-\\", max_size=10), st.text(alphabet="ab-]*", min_size=1, max_size=6))
def test_glob_is_a_plain_translation(pattern: str, name: str) -> None:
    if glob_problem(pattern) is None:
        assert bool(glob_matcher(pattern)(name)) == bool(re.fullmatch(backtracking(pattern), name, re.S))


def backtracking(pattern: str) -> str:
    """The glob as a regular expression without any care for time."""
    out, at = "", 0
    while at < len(pattern):
        found = re.compile(r"\\.|\[\^?(?:\\.|[^]\\])+\]|.", re.S).match(pattern, at)
        assert found
        at = found.end()
        if found[0][0] == "[" and len(found[0]) > 1:
            body = found[0][1:-1]
            negated = body.startswith("^")
            parts: list[str] = []
            for one in re.finditer(r"(\\.|.)(?:-(\\.|.))?", body[negated:], re.S):
                first, last = one[1][-1], (one[2] or one[1])[-1]
                parts += [f"[{re.escape(first)}-{re.escape(last)}]"] * (first <= last)
            any_of = "|".join(parts) or "(?!)"
            out += f"(?:(?!{any_of}).)" if negated else f"(?:{any_of})"
        else:
            out += {"*": ".*", "?": "."}.get(found[0], re.escape(found[0][-1]))
    return out


@given(st.lists(st.sampled_from(["a", "..", ".", "", "b"]), max_size=6).map("/".join))
def test_clean_paths_stay(path: str) -> None:
    once = clean(path)
    assert clean(once) == once
    assert clean(clean("/" + path)[1:] or ".") == (clean("/" + path)[1:] or ".")


SOURCES = st.lists(st.lists(PARTS, min_size=1, max_size=3).map("/".join), min_size=1, max_size=3)


@settings(max_examples=400, deadline=None)
@given(st.lists(PATHS, max_size=10), SOURCES, IGNORES, st.booleans(), st.lists(PATTERNS, max_size=2))
def test_selection_maps_both_ways(
    paths: list[str], sources: list[str], ignore: str, parents: bool, exclude: list[str]
) -> None:
    context = MemoryContext({**trees(paths), ".dockerignore": ignore})
    selection = select(context, sources, "/app/", parents=parents, exclude=exclude)
    places: dict[str, set[str]] = {}
    files: list[str] = []
    for pair in selection.pairs():
        assert context.entry(pair.entry.path) == pair.entry
        assert pair.image_path.startswith("/app/")
        places.setdefault(pair.image_path, set()).add(pair.entry.path)
        files += [pair.entry.path] * (pair.entry.kind != "dir")
    for place, origins in places.items():
        assert selection.context_path(place) in origins
        for origin in origins:
            assert selection.image_path(origin) is not None
    assert (selection.first_other(set()) is None) == (not files)
    if len(files) < len(list(selection.pairs())):
        assert selection.is_broad
