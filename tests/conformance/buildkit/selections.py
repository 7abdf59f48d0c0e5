"""What to copy from which context: wildcards that meet links, links that lead out, names that are not there."""

from __future__ import annotations

import json
from typing import NamedTuple

from copylast.context.memory import Content, Link

IGNORE = "*.log\nsecret\nhidden/*\n!hidden/kept\nDockerfile\n"

FILES: dict[str, Content] = {
    ".dockerignore": IGNORE,
    ".env": "env\n",
    "a.txt": "a\n",
    "b.txt": "b\n",
    "x.log": "ignored\n",
    "secret/key": "ignored\n",
    "hidden/kept": "kept\n",
    "hidden/lost": "ignored\n",
    "src/main.py": "main\n",
    "src/lib/util.py": "util\n",
    "src/lib/util.txt": "text\n",
    "src/lib/deep/end.py": "end\n",
    "packages/a/package.json": "{}\n",
    "packages/a/index.js": "a\n",
    "packages/b/package.json": '{"name": "b"}\n',
    "packages/b/deep/package.json": '{"name": "deep"}\n',
    "we[ird": "bracket\n",
    "st*r": "star\n",
    "back\\slash": "backslash\n",
    "sp ace/f": "blank\n",
    "é/f": "accent\n",
    "empty/": "",
    "src/inner": Link("../a.txt"),
    "to_file": Link("src/main.py"),
    "to_dir": Link("src/lib"),
    "to_chain": Link("to_dir"),
    "to_root": Link("/src"),
    "to_out": Link("../../../../src"),
    "links/dir": Link("../src"),
    "links/file": Link("../a.txt"),
    "more/links/dir": Link("../../packages"),
}
"""The context of most cases."""

DEAD: dict[str, Content] = {
    "to_nowhere": Link("nope"),
    "to_ignored": Link("x.log"),
    "to_self": Link("to_self"),
    "links/gone": Link("../nope"),
}
"""Links that lead nowhere, which the other cases have besides."""


class Case(NamedTuple):
    """One COPY: its ``sources``, where to, and its flags as they are written."""

    sources: tuple[str, ...]
    dest: str = "/to/"
    flags: str = ""
    keyword: str = "COPY"
    dead: bool = False

    @property
    def dockerfile(self) -> str:
        """The whole Dockerfile; JSON, so that blanks need no thought."""
        flags = f" {self.flags}" if self.flags else ""
        return f"FROM scratch\n{self.keyword}{flags} {json.dumps([*self.sources, self.dest])}\n"

    @property
    def name(self) -> str:
        """What the test is called."""
        words = (self.keyword, self.flags, *self.sources, self.dest, "with dead links" if self.dead else "")
        return " ".join(filter(None, words))


_DEAD = r"""
    * . to_* to_n* to_[is]* to_f* to_nowhere to_nowhere/a to_ignored to_self to_self/a to_n*/a to_s*/* links
    links/* links/d* links/g* links/gone links/*/main.py
""".split()
"""Sources where links lead nowhere."""

_PLAIN = r"""
    . ./ / * ./* /* ** */ */. *.txt [ab].txt ?.txt [^a].txt [!a].txt a.txt ./a.txt /a.txt ../a.txt a.txt/ src
    src/ src/. src/* src/*/ empty empty/*
""".split()

_ABSENT = r"""
    nope nope/ nope/a a.txt/b *.nope nope/*.py src/nope/* */nope x.log *.log secret secret/* secret/key hidden
    hidden/* hidden/lost hidden/kept [a- src/[a- empty/[a- nope/[a- nope*/x src/*.nope src/*/nope src/*/nope/*
    src/nope*/x src/lib/*.nope to_dir/*.nope
""".split()
"""Not there, not to be seen, or no pattern."""

_SPECIAL = r"""
    we[[]ird we[ird we\[ird we\\[ird we?ird st\*r st\\*r st*r st[^a]r ?/f */f back\slash back* back?slash sp*
    é
""".split()
"""Characters that mean something in a pattern."""

_LINKS = r"""
    to_file to_dir to_dir/ to_dir/. to_dir/* to_dir/util.py to_chain to_chain/util.py to_root to_root/main.py
    to_out to_out/main.py to_out/* to_d* to_d*/util.py to_d*/*.py to_[df]* to_f* to_root/* to_r*/main.py
    to_chain/* links links/ links/* links/d* links/f* links/*/main.py links/dir/main.py links/dir/lib
    links/dir/*.py links/dir/lib/* links/*/lib/util.py more/links/dir/a more/links/dir/*
    more/links/dir/*/package.json more/links/*/a more/links/* src/in* src/inner */inner packages/*
    packages/*/package.json packages/*/* */*/package.json pack*/a s*/lib s*/l*/d* links/../a.txt src/../b.txt
    to_dir/../a.txt to_dir/../main.py
""".split()
"""Links, and wildcards that meet them."""

CASES: tuple[Case, ...] = (
    *(Case((source,)) for source in (*_PLAIN, *_ABSENT, *_SPECIAL, "sp ace", *_LINKS)),
    *(Case((source,), dead=True) for source in _DEAD),
    *(
        Case((source,), "/to")
        for source in (".", "a.txt", "*.txt", "a*.txt", "src", "p*", "to_dir", "to_file", "to_f*", "to_d*", "nope*")
    ),
    Case(("*",), "/"),
    Case(("src", "a.txt"), "/to"),
    Case(("a.txt", "src")),
    Case(("src", "a.txt")),
    Case(("a.txt", "nope")),
    Case(("a.txt", "*.nope")),
    Case(("*.nope", "*.none")),
    Case(("to_dir", "to_file", "src")),
    Case(("*.txt", "to_*")),
    Case(("src/main.py", "src/*.nope")),
    Case(("src", "src/lib/*.nope")),
    Case(("s*", "a.txt")),
    Case(("src", "links/dir")),
    Case(("links/dir", "src")),
    Case(("a.txt", "*.log", "b.txt")),
    *(Case((source,), keyword="ADD") for source in ("*", "to_dir", "to_d*", "nope", "*.nope", "a.txt", "links/*")),
)
