"""What changes is a mount of a RUN, or what is mounted."""

from __future__ import annotations

from tests.conformance.buildkit.situations import Fields, pair

_BIND = "FROM base\nRUN --mount=type=bind,source=a.txt,target=/m cat /m\n"
_STAGE = "FROM base AS s\nRUN {}\nFROM base\nRUN --mount={} {}\n"
_OUT = "type=bind,from=s,source=/out,target=/m"
_DIR = "type=cache,target=/c,from=s,source=/o"
_CACHE = "FROM base\nRUN --mount=type=cache,target=/c{} echo a\n"
_RELATIVE = "FROM base\nWORKDIR /w\nRUN --mount=type=cache,target={} echo a\n"
_SECRET = "FROM base\nRUN --mount=type=secret,id=zz{} echo a\n"
_GIVEN: Fields = {"secret": "one"}

PAIRS = (
    pair("bind: content", "X", _BIND, change={"a.txt": "ONE\n"}),
    pair("bind: another file", "C", _BIND, change={"b.txt": "TWO\n"}),
    pair(
        "bind: other source, equal content", "C", _BIND, _BIND.replace("a.txt", "same.txt"), files={"same.txt": "one\n"}
    ),
    pair("bind: target", "X", _BIND, _BIND.replace("/m ", "/n ").replace("cat /m", "true")),
    pair("bind: ro is the default", "C", _BIND, _BIND.replace("/m c", "/m,ro c")),
    pair("bind: rw is added", "X", _BIND, _BIND.replace("/m c", "/m,rw c")),
    pair("bind: whole context", "X", "FROM base\nRUN --mount=type=bind,target=/m true\n", change={"d/x.txt": "X\n"}),
    pair(
        "bind: whole context, ignored file",
        "C",
        "FROM base\nRUN --mount=type=bind,target=/m true\n",
        files={".dockerignore": "d\n"},
        change={"d/x.txt": "X\n"},
    ),
    pair(
        "bind: directory, file outside",
        "C",
        "FROM base\nRUN --mount=type=bind,source=d,target=/m true\n",
        change={"a.txt": "ONE\n"},
    ),
    pair(
        "bind: of a stage, same bytes",
        "X C",
        _STAGE.format("echo c > /out; true 1", _OUT, "cat /m"),
        _STAGE.format("echo c > /out; true 2", _OUT, "cat /m"),
    ),
    pair("cache: added", "X", "FROM base\nRUN echo a\n", _CACHE.format("")),
    pair("cache: target", "X", _CACHE.format(""), _CACHE.format("2")),
    pair("cache: custom id to custom id", "C", _CACHE.format(",id=one"), _CACHE.format(",id=two")),
    pair("cache: sharing", "X", _CACHE.format(""), _CACHE.format(",sharing=locked")),
    # The directory is made by the daemon, whose umask is 022, and enters by content.
    pair("cache: mode", "X", _CACHE.format(",mode=0700"), _CACHE.format(",mode=0755")),
    pair("cache: mode that the umask makes equal", "C", _CACHE.format(",mode=0755"), _CACHE.format(",mode=0777")),
    pair("cache: mode is added", "X", _CACHE.format(""), _CACHE.format(",mode=0755")),
    pair("cache: owner", "X", _CACHE.format(",uid=1"), _CACHE.format(",uid=2")),
    pair("cache: group", "X", _CACHE.format(",gid=1"), _CACHE.format(",gid=2")),
    pair("cache: owner that is the default is added", "X", _CACHE.format(""), _CACHE.format(",uid=0")),
    pair("cache: the default in other words", "C", _CACHE.format(",uid=0"), _CACHE.format(",gid=0,mode=0755")),
    pair("cache: an own id is dropped", "X", _CACHE.format(",id=one"), _CACHE.format("")),
    pair("cache: the place as id", "C", _CACHE.format(",id=/c"), _CACHE.format("")),
    pair("cache: sharing to other sharing", "C", _CACHE.format(",sharing=locked"), _CACHE.format(",sharing=private")),
    pair("cache: sharing that is the default", "C", _CACHE.format(",sharing=shared"), _CACHE.format("")),
    pair("cache: own id, then own sharing", "C", _CACHE.format(",id=one"), _CACHE.format(",sharing=locked")),
    pair("cache: relative place, own id", "C C", _RELATIVE.format("c"), _RELATIVE.format("c,id=one")),
    pair("cache: relative place, written in full", "C X", _RELATIVE.format("c"), _RELATIVE.format("/w/c")),
    pair(
        "cache: owner where a source is given",
        "C C",
        _STAGE.format("mkdir /o", _DIR, "echo a"),
        _STAGE.format("mkdir /o", f"{_DIR},uid=1", "echo a"),
    ),
    pair(
        "cache: from a stage, mode is added",
        "C X",
        _STAGE.format("true", "type=cache,target=/c,from=s", "echo a"),
        _STAGE.format("true", "type=cache,target=/c,from=s,mode=0700", "echo a"),
    ),
    pair(
        "cache: from a stage with a mode, other files of the stage",
        "X C",
        _STAGE.format("echo 1 >/f", "type=cache,target=/c,from=s,mode=0700", "echo a"),
        _STAGE.format("echo 2 >/f", "type=cache,target=/c,from=s,mode=0700", "echo a"),
    ),
    pair("cache: read only", "X", _CACHE.format(""), _CACHE.format(",ro")),
    pair(
        "cache: from a stage that runs again, same bytes",
        "X C",
        _STAGE.format("mkdir /o; true 1", _DIR, "echo a"),
        _STAGE.format("mkdir /o; true 2", _DIR, "echo a"),
    ),
    pair(
        "cache: order of keys",
        "C",
        _CACHE.format(",id=one"),
        "FROM base\nRUN --mount=id=one,dst=/c,type=cache echo a\n",
    ),
    pair(
        "cache: order of mounts",
        "C",
        "FROM base\nRUN --mount=type=cache,target=/c1 --mount=type=cache,target=/c2 echo a\n",
        "FROM base\nRUN --mount=type=cache,target=/c2 --mount=type=cache,target=/c1 echo a\n",
    ),
    pair("secret: value", "C", _SECRET.format(""), first=_GIVEN, second={"secret": "two"}),
    pair("secret: not given any more", "C", _SECRET.format(""), first=_GIVEN, second={"secret": None}),
    pair("secret: target", "X", _SECRET.format(""), _SECRET.format(",target=/z"), first=_GIVEN),
    pair("secret: required", "X", _SECRET.format(""), _SECRET.format(",required=true"), first=_GIVEN),
    pair("secret: mode", "X", _SECRET.format(",mode=0400"), _SECRET.format(",mode=0444"), first=_GIVEN),
    pair("secret: added, not given", "X", "FROM base\nRUN echo a\n", _SECRET.format("")),
    pair("tmpfs: added", "X", "FROM base\nRUN echo a\n", "FROM base\nRUN --mount=type=tmpfs,target=/t echo a\n"),
)
"""Pairs about mounts."""
