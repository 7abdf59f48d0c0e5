"""What changes is a stage, the base image, or the command line."""

from __future__ import annotations

from tests.conformance.buildkit.situations import URL, Base, Fields, pair

_FROM = "FROM base AS s\nRUN {}\nFROM base\nCOPY --from=s /out /out\nRUN echo f\n"
_AMD: Fields = {"platform": "linux/amd64"}
_ARM: Fields = {"platform": "linux/arm64"}
_PLAIN = "FROM base\nCOPY a.txt /a\nRUN echo hi\n"
_X, _Y = "FROM base AS x\nRUN echo x > /x\n", "FROM base AS y\nRUN echo y > /y\n"
_OVER = "RUN echo s > /s\nFROM scratch\nCOPY --from=s /s /s\n"

PAIRS = (
    pair(
        "from: the stage runs again, same bytes",
        "X C C",
        _FROM.format("echo c > /out; true 1"),
        _FROM.format("echo c > /out; true 2"),
    ),
    pair("from: other bytes", "X X X", _FROM.format("echo 1 > /out"), _FROM.format("echo 2 > /out"), same=False),
    pair(
        "from: other mode",
        "X X X",
        _FROM.format("echo c > /out"),
        _FROM.format("echo c > /out; chmod 755 /out"),
        same=False,
    ),
    pair(
        "from: other owner",
        "X X X",
        _FROM.format("echo c > /out"),
        _FROM.format("echo c > /out; chown 5:5 /out"),
        same=False,
    ),
    pair(
        "from: another file of the stage",
        "X C C",
        _FROM.format("echo c > /out; echo 1 > /z"),
        _FROM.format("echo c > /out; echo 2 > /z"),
    ),
    pair(
        "from: directory of the same files",
        "X C C",
        _FROM.format("mkdir /out; echo c > /out/f; true 1"),
        _FROM.format("mkdir /out; echo c > /out/f; true 2"),
    ),
    pair(
        "from: file of the context through a stage",
        "X X X X",
        "FROM base AS s\nCOPY a.txt /out\nRUN true\nFROM base\nCOPY --from=s /out /out\nRUN echo f\n",
        change={"a.txt": "ONE\n"},
        same=False,
    ),
    pair(
        "from: context behind a stage, result the same",
        "X X C C",
        "FROM base AS s\nCOPY a.txt /a\nRUN echo c > /out\nFROM base\nCOPY --from=s /out /out\nRUN echo f\n",
        change={"a.txt": "ONE\n"},
    ),
    pair(
        "from: number becomes name",
        "C C C",
        _FROM.format("echo c > /out").replace("=s", "=0"),
        _FROM.format("echo c > /out"),
    ),
    pair(
        "from: stage renamed",
        "C C C",
        _FROM.format("echo c > /out"),
        _FROM.format("echo c > /out").replace("AS s", "AS t").replace("=s", "=t"),
    ),
    pair(
        "from: --chown is added",
        "C X X",
        _FROM.format("echo c > /out"),
        _FROM.format("echo c > /out").replace("COPY", "COPY --chown=1:1"),
    ),
    pair(
        "child: the parent runs again, same bytes",
        "X X",
        "FROM base AS p\nRUN echo c > /out; true 1\nFROM p\nRUN echo f\n",
        "FROM base AS p\nRUN echo c > /out; true 2\nFROM p\nRUN echo f\n",
    ),
    pair(
        "child: RUNs move into a parent",
        "C C",
        "FROM base\nRUN echo a\nRUN echo b\n",
        "FROM base AS p\nRUN echo a\nFROM p\nRUN echo b\n",
    ),
    pair(
        "stage not needed changes",
        "C C",
        "FROM base AS u\nRUN echo 1\nFROM base\nCOPY a.txt /a\nRUN echo hi\n",
        "FROM base AS u\nRUN echo 2\nFROM base\nCOPY a.txt /a\nRUN echo hi\n",
    ),
    pair("stage not needed fails", "C C", _PLAIN, "FROM base AS u\nRUN false\n" + _PLAIN),
    pair(
        "two stages, a file of one",
        "C C X X C C C",
        "FROM base AS x\nCOPY a.txt /a\nRUN echo x > /x\nFROM base AS y\nCOPY b.txt /b\nRUN echo y > /y\n"
        "FROM base\nCOPY --from=x /x /x\nCOPY --from=y /y /y\nRUN echo f\n",
        change={"b.txt": "TWO\n"},
    ),
    pair(
        "stages change places",
        "C C C C",
        f"{_X}{_Y}FROM base\nCOPY --from=x /x /x\nCOPY --from=y /y /y\n",
        f"{_Y}{_X}FROM base\nCOPY --from=x /x /x\nCOPY --from=y /y /y\n",
    ),
    pair(
        "target: another stage of the same chain",
        "C X",
        "FROM base AS p\nRUN echo a\nFROM p AS q\nRUN echo b\n",
        first={"target": "p"},
        second={"target": "q"},
    ),
    pair(
        "target: the last one by name",
        "C C",
        "FROM base AS p\nRUN echo a\nFROM p AS q\nRUN echo b\n",
        second={"target": "q"},
    ),
    # The base image.
    pair("base: other files", "X X", _PLAIN, second={"base": Base({"etc/new": "1"})}),
    pair("base: other variables", "C X", _PLAIN, second={"base": Base({}, ("ENV NEW=1",))}),
    pair(
        "base: its last variable set to what it is",
        "C C",
        _PLAIN,
        "FROM base\nENV LAST=1\n" + _PLAIN.partition("\n")[2],
        first={"base": Base({}, ("ENV LAST=1",))},
        second={"base": Base({}, ("ENV LAST=1",))},
    ),
    pair(
        "base: another of its variables set to what it is",
        "C X",
        _PLAIN,
        "FROM base\nENV FIRST=1\n" + _PLAIN.partition("\n")[2],
        first={"base": Base({}, ("ENV FIRST=1", "ENV LAST=1"))},
        second={"base": Base({}, ("ENV FIRST=1", "ENV LAST=1"))},
    ),
    pair("base: other label", "C C", _PLAIN, second={"base": Base({}, ("LABEL new=1",))}),
    pair(
        "base: trigger runs first",
        "X X",
        "FROM base\nRUN echo hi\n",
        first={"base": Base({}, ("ONBUILD COPY a.txt /t",))},
        change={"a.txt": "ONE\n"},
    ),
    pair(
        "base: trigger changes",
        "X X",
        "FROM base\nRUN echo hi\n",
        first={"base": Base({}, ("ONBUILD RUN echo 1",))},
        second={"base": Base({}, ("ONBUILD RUN echo 2",))},
    ),
    pair(
        "onbuild of a stage",
        "C X X",
        "FROM base AS p\nONBUILD COPY a.txt /t\nRUN echo p\nFROM p\nRUN echo c\n",
        change={"a.txt": "ONE\n"},
    ),
    # The command line.
    pair("option: network", "C X", _PLAIN, second={"network": "host"}),
    pair("option: --add-host", "C X", _PLAIN, second={"run_options": ("--add-host=h:127.0.0.1",)}),
    pair("option: --shm-size", "C X", _PLAIN, second={"run_options": ("--shm-size=128m",)}),
    pair("option: --label", "C C", _PLAIN, second={"others": ("--label=a=b",)}),
    pair("option: --no-cache-filter of a stage", "X C C", _FROM.format("echo c > /out"), second={"no_cache": ("s",)}),
    pair("platform: only files", "C", "FROM scratch\nARG TARGETARCH\nCOPY a.txt /a\n", first=_AMD, second=_ARM),
    pair(
        "platform: in a destination",
        "X",
        "FROM scratch\nARG TARGETARCH\nCOPY a.txt /$TARGETARCH/a\n",
        first=_AMD,
        second=_ARM,
    ),
    pair(
        "platform: build stage without the argument",
        "C C",
        f"FROM --platform=$BUILDPLATFORM base AS s\n{_OVER}",
        first=_AMD,
        second=_ARM,
    ),
    pair(
        "platform: build stage with it",
        "X C",
        f"FROM --platform=$BUILDPLATFORM base AS s\nARG TARGETARCH\n{_OVER}",
        first=_AMD,
        second=_ARM,
    ),
    pair(
        "platform: argument no longer declared",
        "X",
        "FROM base\nARG TARGETARCH\nRUN echo a\n",
        "FROM base\nRUN echo a\n",
    ),
    # Addresses.
    pair("ADD of an address: same", "C C", f"FROM base\nADD {URL} /f\nRUN echo hi\n", first={"remote": "one"}),
    pair(
        "ADD of an address: other bytes",
        "X X",
        f"FROM base\nADD {URL} /f\nRUN echo hi\n",
        first={"remote": "one"},
        second={"remote": "two"},
    ),
    # --link, on a store that links.
    pair(
        "link: the step above changes",
        "X C X X",
        "FROM base\nRUN true 1\nCOPY --link a.txt /a\nRUN echo hi\n",
        "FROM base\nRUN true 2\nCOPY --link a.txt /a\nRUN echo hi\n",
        link=True,
    ),
    pair(
        "link: the first of two changes",
        "X C X X X",
        "FROM base\nCOPY --link a.txt /a\nCOPY --link b.txt /b\nRUN echo hi\n",
        change={"a.txt": "ONE\n"},
        link=True,
    ),
    pair(
        "link: the base changes",
        "C X X",
        "FROM base\nCOPY --link a.txt /a\nRUN echo hi\n",
        second={"base": Base({"etc/new": "1"})},
        link=True,
    ),
    pair(
        "link: its file changes",
        "X X X",
        "FROM base\nCOPY --link a.txt /a\nRUN echo hi\n",
        change={"a.txt": "ONE\n"},
        link=True,
    ),
    pair(
        "link: WORKDIR changes, absolute destination",
        "X C X X",
        "FROM base\nWORKDIR /w1\nCOPY --link a.txt /a\nRUN echo hi\n",
        "FROM base\nWORKDIR /w2\nCOPY --link a.txt /a\nRUN echo hi\n",
        link=True,
    ),
    pair(
        "no link: the step above changes",
        "X X X",
        "FROM base\nRUN true 1\nCOPY --link a.txt /a\nRUN echo hi\n",
        "FROM base\nRUN true 2\nCOPY --link a.txt /a\nRUN echo hi\n",
    ),
)
"""Pairs about stages, images and options."""
