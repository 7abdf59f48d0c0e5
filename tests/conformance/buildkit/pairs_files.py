"""What changes is a file of the context, or how a COPY names it."""

from __future__ import annotations

from tests.conformance.buildkit.situations import Link, Moded, pair

_ONE = "FROM base\nCOPY a.txt /a\nRUN echo hi\n"
_DIR = "FROM base\nCOPY d /c/\nRUN echo hi\n"
_ALL = "FROM base\nCOPY . /c/\nRUN echo hi\n"
_GLOB = "FROM base\nCOPY *.txt /c/\nRUN echo hi\n"


def _ignore(text: str) -> dict[str, str]:
    return {".dockerignore": text}


PAIRS = (
    pair("nothing changes, in a fresh folder", "C C", _ONE),
    pair("the whole context, nothing changes", "C C", _ALL),
    pair("content", "X X", _ONE, change={"a.txt": "ONE\n"}),
    pair("content of equal length", "X X", _ONE, change={"a.txt": "eno\n"}),
    pair("another file", "C C", _ONE, change={"b.txt": "TWO\n"}),
    pair("a new file beside it", "C C", _ONE, change={"n.txt": "new\n"}),
    pair("mode 755", "X X", _ONE, change={"a.txt": Moded("one\n", 0o755)}),
    pair("mode 664, as another umask gives", "X X", _ONE, change={"a.txt": Moded("one\n", 0o664)}),
    pair("mode 600", "X X", _ONE, change={"a.txt": Moded("one\n", 0o600)}),
    pair(
        "mode under --chmod", "X X", _ONE.replace("COPY", "COPY --chmod=644"), change={"a.txt": Moded("one\n", 0o755)}
    ),
    pair("mode of a directory that is copied", "X X", _DIR, change={"d/": Moded("", 0o700)}),
    pair("mode of a directory inside", "X X", _ALL, change={"d/": Moded("", 0o775)}),
    pair("mode of a directory not copied", "C C", _ONE, change={"d/": Moded("", 0o700)}),
    pair("file in a directory", "X X", _DIR, change={"d/x.txt": "X\n"}),
    pair("file outside of the directory", "C C", _DIR, change={"a.txt": "ONE\n"}),
    pair("file renamed", "X X", _DIR, change={"d/x.txt": None, "d/z.txt": "x\n"}),
    pair("file removed", "X X", _DIR, change={"d/x.txt": None}),
    pair("file added", "X X", _DIR, change={"d/n.txt": "n\n"}),
    pair("empty directory added", "X X", _DIR, change={"d/e/": ""}),
    pair("empty directory added elsewhere", "C C", _DIR, change={"e/": ""}),
    pair("file becomes a link", "X X", _DIR, change={"d/y.txt": Link("x.txt")}),
    pair(
        "link in a directory leads elsewhere", "X X", _DIR, files={"d/l": Link("x.txt")}, change={"d/l": Link("y.txt")}
    ),
    pair(
        "target of a link in a directory changes",
        "C C",
        "FROM base\nCOPY e /c/\nRUN echo hi\n",
        files={"e/l": Link("../a.txt")},
        change={"a.txt": "ONE\n"},
    ),
    pair(
        "target of a named link changes",
        "X X",
        "FROM base\nCOPY l /a\nRUN echo hi\n",
        files={"l": Link("a.txt")},
        change={"a.txt": "ONE\n"},
    ),
    pair(
        "named link leads to equal content",
        "C C",
        "FROM base\nCOPY l /a\nRUN echo hi\n",
        files={"l": Link("a.txt"), "same.txt": "one\n"},
        change={"l": Link("same.txt")},
    ),
    pair(
        "link on the way leads to equal content",
        "C C",
        "FROM base\nCOPY l/x.txt /a\nRUN echo hi\n",
        files={"l": Link("d"), "e/x.txt": "x\n"},
        change={"l": Link("e")},
    ),
    # Wildcards.
    pair("new match", "X X", _GLOB, change={"n.txt": "n\n"}),
    pair("match removed", "X X", _GLOB, change={"b.txt": None}),
    pair("new file that does not match", "C C", _GLOB, change={"n.md": "n\n"}),
    pair("new file below that does not match", "C C", _GLOB, change={"d/n.txt": "n\n"}),
    pair("new match that is ignored", "C C", _GLOB, files=_ignore("n.txt\n"), change={"n.txt": "n\n"}),
    pair("another pattern with the same matches", "X X", _GLOB, _GLOB.replace("*", "?")),
    pair(
        "pattern over directories, another file there",
        "X X",
        "FROM base\nCOPY */x.txt /c/\nRUN echo hi\n",
        change={"d/x.txt": "X\n"},
    ),
    pair(
        "pattern over directories, a sibling",
        "C C",
        "FROM base\nCOPY */x.txt /c/\nRUN echo hi\n",
        change={"d/y.txt": "Y\n"},
    ),
    # How a COPY is written.
    pair("./ before the source", "C C", _ONE, _ONE.replace("a.txt", "./a.txt")),
    pair("/ before the source", "C C", _ONE, _ONE.replace("a.txt", "/a.txt")),
    pair("/ after a source directory", "C C", _DIR, _DIR.replace("d /c", "d/ /c")),
    pair("JSON form", "C C", _ONE, 'FROM base\nCOPY ["a.txt", "/a"]\nRUN echo hi\n'),
    pair("lower case keyword", "C C", _ONE, _ONE.replace("COPY", "copy")),
    pair("continuation in a COPY", "C C", _ONE, _ONE.replace("COPY a", "COPY \\\n  a")),
    pair("relative destination at the root", "C C", _DIR, _DIR.replace("/c/", "c/")),
    pair("destination", "X X", _ONE, _ONE.replace("/a", "/b")),
    pair(
        "destination is the file that it was",
        "X X",
        _GLOB.replace("*", "a"),
        _GLOB.replace("*", "a").replace("/c/", "/c/a.txt"),
    ),
    pair(
        "other directory, equal content and name",
        "C C",
        _ONE.replace("a.txt", "d/x.txt"),
        _ONE.replace("a.txt", "e/x.txt"),
        files={"e/x.txt": "x\n"},
    ),
    pair("other name, equal content", "X X", _ONE, _ONE.replace("a.txt", "same.txt"), files={"same.txt": "one\n"}),
    pair("COPY becomes ADD", "X X", _ONE, _ONE.replace("COPY", "ADD")),
    pair(
        "sources change places",
        "X X",
        "FROM base\nCOPY a.txt b.txt /c/\nRUN echo hi\n",
        "FROM base\nCOPY b.txt a.txt /c/\nRUN echo hi\n",
    ),
    pair(
        "COPYs change places",
        "X X X",
        "FROM base\nCOPY a.txt /c/\nCOPY b.txt /c/\nRUN echo hi\n",
        "FROM base\nCOPY b.txt /c/\nCOPY a.txt /c/\nRUN echo hi\n",
    ),
    pair(
        "COPYs are merged",
        "X X",
        "FROM base\nCOPY a.txt /c/\nCOPY b.txt /c/\nRUN echo hi\n",
        "FROM base\nCOPY a.txt b.txt /c/\nRUN echo hi\n",
    ),
    pair(
        "COPY is split",
        "X X X",
        "FROM base\nCOPY a.txt b.txt /c/\nRUN echo hi\n",
        "FROM base\nCOPY a.txt /c/\nCOPY b.txt /c/\nRUN echo hi\n",
    ),
    pair("--chown=0:0 is added", "X X", _ONE, _ONE.replace("COPY", "COPY --chown=0:0")),
    pair(
        "--chown of another number",
        "X X",
        _ONE.replace("COPY", "COPY --chown=1:1"),
        _ONE.replace("COPY", "COPY --chown=2:2"),
    ),
    pair("--chown by name, users the same", "C C", _ONE.replace("COPY", "COPY --chown=node")),
    pair("--chmod is added", "X X", _ONE, _ONE.replace("COPY", "COPY --chmod=644")),
    pair(
        "--chmod of another mode",
        "X X",
        _ONE.replace("COPY", "COPY --chmod=644"),
        _ONE.replace("COPY", "COPY --chmod=600"),
    ),
    # Heredocs.
    pair(
        "heredoc: content",
        "X X",
        "FROM base\nCOPY <<EOF /f\na\nEOF\nRUN echo hi\n",
        "FROM base\nCOPY <<EOF /f\nb\nEOF\nRUN echo hi\n",
    ),
    pair(
        "heredoc: delimiter",
        "X X",
        "FROM base\nCOPY <<EOF /f\na\nEOF\nRUN echo hi\n",
        "FROM base\nCOPY <<END /f\na\nEND\nRUN echo hi\n",
    ),
    pair("heredoc: the same", "C C", "FROM base\nCOPY <<EOF /f\na\nEOF\nRUN echo hi\n", change={"a.txt": "ONE\n"}),
    pair(
        "heredoc and file, the file changes",
        "X X",
        "FROM base\nCOPY a.txt <<EOF /c/\na\nEOF\nRUN echo hi\n",
        change={"a.txt": "ONE\n"},
    ),
    # The Dockerfile and the ignore file are files of the context.
    pair("comment in a Dockerfile that is copied", "X X", _ALL, f"# c\n{_ALL}"),
    pair("comment in a Dockerfile that is ignored", "C C", _ALL, f"# c\n{_ALL}", files=_ignore("Dockerfile\n")),
    pair("comment in a Dockerfile that is not copied", "C C", _DIR, f"# c\n{_DIR}"),
    pair("ignore file edited", "X X", _ALL, files=_ignore("b.txt\n"), change=_ignore("b.txt\n# c\n")),
    pair(
        "ignore file that ignores itself edited",
        "C C",
        _ALL,
        files=_ignore(".dockerignore\nb.txt\n"),
        change=_ignore(".dockerignore\nb.txt\n# c\n"),
    ),
    pair("empty ignore file added", "X X", _ALL, change=_ignore("")),
    pair("ignore file added, one file copied", "C C", _ONE, change=_ignore("b.txt\n")),
    pair("ignored file changed", "C C", _ALL, files=_ignore("b.txt\n"), change={"b.txt": "TWO\n"}),
    pair("ignored file added", "C C", _ALL, files=_ignore("*.log\n"), change={"q.log": "q\n"}),
    pair("pattern without ** does not reach below", "X X", _ALL, files=_ignore("*.log\n"), change={"d/q.log": "q\n"}),
    pair("pattern with ** does", "C C", _ALL, files=_ignore("**/*.log\n"), change={"d/q.log": "q\n"}),
    pair("ignored directory, file in it", "C C", _ALL, files=_ignore("d\n"), change={"d/x.txt": "X\n"}),
    pair("ignored directory, mode of it", "C C", _ALL, files=_ignore("d\n"), change={"d/": Moded("", 0o700)}),
    pair(
        "ignored contents keep the directory",
        "X X",
        _ALL,
        files=_ignore("d/*\n"),
        change={"d/x.txt": None, "d/y.txt": None},
    ),
    pair("all but one, another file", "C C", _ALL, files=_ignore("*\n!a.txt\n"), change={"b.txt": "TWO\n"}),
    pair("all but one, that one", "X X", _ALL, files=_ignore("*\n!a.txt\n"), change={"a.txt": "ONE\n"}),
    pair("last match wins", "C C", _ALL, files=_ignore("!b.txt\nb.txt\n"), change={"b.txt": "TWO\n"}),
    pair("ignore patterns know case", "X X", _ALL, files=_ignore("B.TXT\n"), change={"b.txt": "TWO\n"}),
    pair(
        "ignore file of the Dockerfile's own",
        "X X",
        _ALL,
        files={**_ignore("b.txt\n"), "Dockerfile.dockerignore": "a.txt\n"},
        change={"b.txt": "TWO\n"},
    ),
    pair(
        "ignore file of the Dockerfile's own, what it leaves out",
        "C C",
        _ALL,
        files={**_ignore("b.txt\n"), "Dockerfile.dockerignore": "a.txt\n"},
        change={"a.txt": "ONE\n"},
    ),
    pair("folder of git, not ignored", "X X", _ALL, files={".git/HEAD": "1\n"}, change={".git/HEAD": "2\n"}),
    pair(
        "folder of git, ignored",
        "C C",
        _ALL,
        files={".git/HEAD": "1\n", **_ignore(".git\n")},
        change={".git/HEAD": "2\n"},
    ),
    pair("Dockerfile of another name", "C C", _ONE, files={"Other": _ONE}, second={"name": "Other"}),
)
"""Pairs about files."""
