"""What changes is the Dockerfile's other words: variables, arguments, places, commands."""

from __future__ import annotations

from tests.conformance.buildkit.situations import Fields, Pair, pair

_SHORT = "COPY a.txt /a\nRUN echo hi\n"
_BOTH = 'COPY a.txt /a\nRUN echo sh\nRUN ["/bin/echo", "exec"]\n'
_PROXY: tuple[Fields, Fields] = (
    {"args": {"HTTP_PROXY": "http://127.0.0.1:1"}},
    {"args": {"HTTP_PROXY": "http://127.0.0.1:2"}},
)
_EPOCH: tuple[Fields, Fields] = ({"args": {"SOURCE_DATE_EPOCH": "1"}}, {"args": {"SOURCE_DATE_EPOCH": "2"}})


def _run(one: str, other: str, expected: str, name: str) -> Pair:
    return pair(f"RUN: {name}", expected, f"FROM base\nRUN {one}\n", f"FROM base\nRUN {other}\n")


def _first(name: str, expected: str, one: str, other: str, rest: str = _BOTH) -> Pair:
    """Instructions above the rest change."""
    return pair(name, expected, f"FROM base\n{one}\n{rest}", f"FROM base\n{other}\n{rest}")


def _arg(name: str, expected: str, dockerfile: str) -> Pair:
    """``--build-arg V`` changes."""
    return pair(f"ARG: {name}", expected, dockerfile, first={"args": {"V": "1"}}, second={"args": {"V": "2"}})


PAIRS = (
    _first("LABEL", "C C C", "LABEL k=1", "LABEL k=2"),
    _first("LABEL added", "C C C", "EXPOSE 1", "EXPOSE 1\nLABEL k=1"),
    _first("EXPOSE", "C C C", "EXPOSE 80", "EXPOSE 81"),
    _first("CMD", "C C C", "CMD true", "CMD false"),
    _first("ENTRYPOINT", "C C C", 'ENTRYPOINT ["a"]', 'ENTRYPOINT ["b"]'),
    _first("HEALTHCHECK", "C C C", "HEALTHCHECK CMD true", "HEALTHCHECK NONE"),
    _first("STOPSIGNAL", "C C C", "STOPSIGNAL 9", "STOPSIGNAL 15"),
    _first("VOLUME", "C C C", "VOLUME /v1", "VOLUME /v2"),
    _first("MAINTAINER", "C C C", "MAINTAINER a", "MAINTAINER b"),
    _first("ONBUILD", "C C C", "ONBUILD RUN true", "ONBUILD RUN false"),
    _first("comment", "C C C", "# a", "# b"),
    _first("ENV value", "C X X", "ENV K=1", "ENV K=2"),
    _first("ENV added", "C X X", "LABEL k=1", "ENV K=1"),
    _first("ENV lines change places", "C X X", "ENV A=1\nENV B=2", "ENV B=2\nENV A=1"),
    _first("ENV pairs change places", "C X X", "ENV A=1 B=2", "ENV B=2 A=1"),
    _first("ENV lines merged in order", "C C C", "ENV A=1\nENV B=2", "ENV A=1 B=2"),
    _first("ENV quoted", "C C C", "ENV A=1", 'ENV A="1"'),
    _first("ENV without =", "C C C", "ENV A=1", "ENV A 1"),
    _first("ENV set again to the same end", "C C C", "ENV A=2", "ENV A=1\nENV A=2"),
    _first("ENV made of another variable", "C C C", "ENV A=1 B=1", "ENV A=1\nENV B=$A"),
    _first("ARG with the value of an ENV", "C C C", "ENV A=1", "ARG A=1"),
    _first("PATH set to what it is", "C C C", "LABEL k=1", "ENV PATH=/usr/local/bin:/usr/bin:/bin:/sbin"),
    pair(
        "ENV moves below the COPY",
        "C C",
        f"FROM base\nENV K=1\n{_SHORT}",
        "FROM base\nCOPY a.txt /a\nENV K=1\nRUN echo hi\n",
    ),
    pair("ENV moves below the RUN", "C X", f"FROM base\nENV K=1\n{_SHORT}", f"FROM base\n{_SHORT}ENV K=1\n"),
    pair(
        "ENV in a destination",
        "X X",
        "FROM base\nENV D=/p\nCOPY a.txt $D/\nRUN echo hi\n",
        "FROM base\nENV D=/q\nCOPY a.txt $D/\nRUN echo hi\n",
    ),
    pair(
        "ENV in the source, equal file",
        "C X",
        "FROM base\nENV D=d\nCOPY $D/x.txt /a\nRUN echo hi\n",
        "FROM base\nENV D=e\nCOPY $D/x.txt /a\nRUN echo hi\n",
        files={"e/x.txt": "x\n"},
    ),
    _first("USER number", "C X X", "USER 0", "USER 65534"),
    _first("USER by name", "C X X", "USER root", "USER 0"),
    _first("USER, then WORKDIR", "X X X", "USER 0", "USER 65534", "WORKDIR /w\nCOPY a.txt .\nRUN true\n"),
    pair("USER after all", "C C", f"FROM base\n{_SHORT}USER 0\n", f"FROM base\n{_SHORT}USER 65534\n"),
    _first("SHELL", "C X X", 'SHELL ["/bin/sh", "-c"]', 'SHELL ["/bin/sh", "-ec"]'),
    _first(
        "SHELL and no shell form",
        "C",
        'SHELL ["/bin/sh", "-c"]',
        'SHELL ["/bin/sh", "-ec"]',
        'RUN ["/bin/echo", "x"]\n',
    ),
    _first("SHELL set to the default", "C C C", "LABEL k=1", 'SHELL ["/bin/sh", "-c"]'),
    _first("WORKDIR", "X X X X", "WORKDIR /w1", "WORKDIR /w2"),
    _first("WORKDIR, both are there", "X X X X", "WORKDIR /tmp", "WORKDIR /root"),
    _first("WORKDIR / added", "C C C", "LABEL k=1", "WORKDIR /"),
    _first("WORKDIR with a slash at its end", "C C X", "WORKDIR /w", "WORKDIR /w/", "COPY a.txt .\nRUN echo hi\n"),
    _first(
        "WORKDIR relative to the same end",
        "C C C",
        "WORKDIR /w\nWORKDIR s",
        "WORKDIR /w\nWORKDIR /w/s",
        "RUN echo hi\n",
    ),
    _first("WORKDIR twice", "C X X", "WORKDIR /w", "WORKDIR /w\nWORKDIR /w", "RUN echo hi\n"),
    _first("WORKDIR by a variable", "C C", "ENV K=/w\nWORKDIR $K", "ENV K=/w\nWORKDIR /w", "COPY a.txt .\n"),
    _first("ENV before WORKDIR", "C C X", "ENV K=1", "ENV K=2", "WORKDIR /w\nCOPY a.txt .\nRUN echo hi\n"),
    _arg("declared, not used", "C X", f"FROM base\nARG V\n{_SHORT}"),
    _arg("used", "C X", "FROM base\nARG V\nCOPY a.txt /a\nRUN echo $V\n"),
    _arg("exec form", "X", 'FROM base\nARG V\nRUN ["/bin/echo", "x"]\n'),
    _arg("heredoc", "X", "FROM base\nARG V\nRUN <<EOF\necho a\nEOF\n"),
    _arg("declared after the RUN", "C C", f"FROM base\n{_SHORT}ARG V\n"),
    _arg("declared between two", "C X", "FROM base\nRUN echo a\nARG V\nRUN echo b\n"),
    _arg("not declared", "C C", f"FROM base\n{_SHORT}"),
    _arg("only above FROM", "C C", f"ARG V\nFROM base\n{_SHORT}"),
    _arg("above FROM and in the stage", "C X", f"ARG V\nFROM base\nARG V\n{_SHORT}"),
    _arg("hidden by an ENV after it", "C C", f"FROM base\nARG V\nENV V=const\n{_SHORT}"),
    _arg("declared after an ENV", "C X", f"FROM base\nENV V=const\nARG V\n{_SHORT}"),
    _arg("in an ENV", "C X", f"FROM base\nARG V\nENV W=$V\n{_SHORT}"),
    _arg("in a LABEL above a RUN", "C X", f"FROM base\nARG V\nLABEL v=$V\n{_SHORT}"),
    _arg("in a LABEL, no RUN", "C C", "FROM base\nARG V\nLABEL v=$V\nCOPY a.txt /a\nWORKDIR /w\n"),
    _arg("in a LABEL below", "C C", f"FROM base\n{_SHORT}ARG V\nLABEL v=$V\n"),
    _arg("in EXPOSE and ENV below", "C C", f"FROM base\n{_SHORT}ARG V\nEXPOSE $V\nENV W=$V\n"),
    _arg("in a heredoc that is copied", "X", "FROM base\nARG V\nCOPY <<EOF /f\n$V\nEOF\n"),
    _arg("in a quoted heredoc that is copied", "C", "FROM base\nARG V\nCOPY <<'EOF' /f\n$V\nEOF\n"),
    _arg("in the parent stage, below its RUN", "C X", "FROM base AS p\nRUN echo p\nARG V\nFROM p\nRUN echo c\n"),
    _arg("in the parent stage, redeclared by nobody", "X X", "FROM base AS p\nARG V\nRUN echo p\nFROM p\nRUN echo c\n"),
    _arg(
        "in a stage that is copied from",
        "X C C",
        "FROM base AS s\nARG V\nRUN echo s > /s\nFROM base\nCOPY --from=s /s /s\nRUN echo f\n",
    ),
    _arg("in a stage that is not needed", "C C", f"FROM base AS u\nARG V\nRUN echo u\nFROM base\n{_SHORT}"),
    pair("ARG: default edited", "C X", f"FROM base\nARG K=1\n{_SHORT}", f"FROM base\nARG K=2\n{_SHORT}"),
    pair("ARG: set where it was not", "C X", f"FROM base\nARG V\n{_SHORT}", second={"args": {"V": "1"}}),
    pair("ARG: default given too", "C C", f"FROM base\nARG V=1\n{_SHORT}", second={"args": {"V": "1"}}),
    pair("ARG: added without value", "C C", f"FROM base\n{_SHORT}", f"FROM base\nARG Q\n{_SHORT}"),
    pair("ARG: added with value", "C X", f"FROM base\n{_SHORT}", f"FROM base\nARG Q=1\n{_SHORT}"),
    pair(
        "ARG: two change places",
        "C X",
        f"FROM base\nARG A=1\nARG B=2\n{_SHORT}",
        f"FROM base\nARG B=2\nARG A=1\n{_SHORT}",
    ),
    pair(
        "ARG: names the source",
        "C X",
        "FROM base\nARG V=d\nCOPY $V/x.txt /a\nRUN echo hi\n",
        files={"e/x.txt": "x\n"},
        second={"args": {"V": "e"}},
    ),
    pair("ARG: in FROM, to the same", "C C", f"FROM base\n{_SHORT}", f"ARG B=base\nFROM $B\n{_SHORT}"),
    pair("ARG: proxy not declared", "C C", f"FROM base\n{_SHORT}", first=_PROXY[0], second=_PROXY[1]),
    pair("ARG: proxy declared", "C X", f"FROM base\nARG HTTP_PROXY\n{_SHORT}", first=_PROXY[0], second=_PROXY[1]),
    pair("ARG: SOURCE_DATE_EPOCH, no WORKDIR", "C C", f"FROM base\n{_SHORT}", first=_EPOCH[0], second=_EPOCH[1]),
    # Newer versions date the directory, and the key with it.
    pair(
        "ARG: SOURCE_DATE_EPOCH and WORKDIR",
        "C C C",
        f"FROM base\nWORKDIR /w\n{_SHORT}",
        dated="X X X",
        first=_EPOCH[0],
        second=_EPOCH[1],
    ),
    pair(
        "ARG: SOURCE_DATE_EPOCH declared",
        "C X",
        f"FROM base\nARG SOURCE_DATE_EPOCH\n{_SHORT}",
        first=_EPOCH[0],
        second=_EPOCH[1],
    ),
    _run("echo a", "echo b", "X", "another command"),
    _run("echo a  b", "echo a b", "X", "inner space"),
    _run("echo\ta", "echo a", "X", "tab"),
    _run("echo a", "echo a   ", "C", "space at the end"),
    _run("echo a", "  echo a", "C", "space at the start"),
    _run("echo a", "echo a # c", "X", "shell comment"),
    _run("echo a", "echo 'a'", "X", "quotes"),
    _run("echo a", '["/bin/sh", "-c", "echo a"]', "C", "shell form as exec form"),
    _run('["echo","a"]', '[ "echo" , "a" ]', "C", "space in JSON"),
    _run("echo a && \\\n  echo b", "echo a && \\\n    echo b", "X", "indentation of a continuation"),
    _run("echo a && echo b", "echo a && \\\necho b", "C", "continuation without indentation"),
    _run("echo a && \\\n  echo b", "echo a && \\\n  # c\n  echo b", "C", "comment in a continuation"),
    _run("echo a && \\\n  # c\n  echo b", "echo a && \\\n  # d\n  echo b", "C", "comment in a continuation edited"),
    _run("<<EOF\necho a\nEOF", "<<END\necho a\nEND", "C", "delimiter of a heredoc"),
    _run("<<EOF\necho a\nEOF", "<<'EOF'\necho a\nEOF", "C", "quotes of a delimiter"),
    _run("<<EOF\necho a\nEOF", "<<EOF\n# c\necho a\nEOF", "X", "comment in a heredoc"),
    _run("<<EOF\necho a\nEOF", "echo a", "X", "heredoc to shell form"),
    _run("sh <<EOF\necho a\nEOF", "sh <<END\necho a\nEND", "X", "delimiter of a heredoc that is input"),
    _run("<<-EOF\n\techo a\nEOF", "<<-EOF\n\t\techo a\nEOF", "C", "tabs of a <<- heredoc"),
    pair("RUN: merged", "X", "FROM base\nRUN echo a\nRUN echo b\n", "FROM base\nRUN echo a && echo b\n"),
    pair("RUN: appended", "C X", "FROM base\nRUN echo a\n", "FROM base\nRUN echo a\nRUN echo b\n"),
    pair(
        "RUN: removed in the middle",
        "C X",
        "FROM base\nRUN echo a\nRUN echo b\nRUN echo c\n",
        "FROM base\nRUN echo a\nRUN echo c\n",
    ),
    pair(
        "RUN: repeated at the end",
        "C C X",
        "FROM base\nRUN echo a\nRUN echo a\n",
        "FROM base\nRUN echo a\nRUN echo a\nRUN echo a\n",
    ),
    pair(
        "RUN: new text, same result",
        "X X X",
        "FROM base\nRUN true 1\nCOPY a.txt /a\nRUN echo hi\n",
        "FROM base\nRUN true 2\nCOPY a.txt /a\nRUN echo hi\n",
    ),
    pair("RUN: never expires", "C", "FROM base\nRUN date > /now\n"),
    pair("RUN: fails, what stands before it is kept", "C F", "FROM base\nCOPY a.txt /a\nRUN false\n"),
    pair(
        "RUN: network flag of the builder's mode",
        "C",
        "FROM base\nRUN echo a\n",
        "FROM base\nRUN --network=none echo a\n",
    ),
    pair(
        "RUN: network flag of another mode",
        "X",
        "FROM base\nRUN echo a\n",
        "FROM base\nRUN --network=none echo a\n",
        first={"network": "host"},
    ),
    pair("file: CRLF", "C C", f"FROM base\n{_SHORT}", f"FROM base\n{_SHORT}".replace("\n", "\r\n")),
    pair("file: escape directive", "C C", f"FROM base\n{_SHORT}", f"# escape=`\nFROM base\n{_SHORT}"),
    pair("file: blank lines", "C C", f"FROM base\n{_SHORT}", f"\n\nFROM base\n\n{_SHORT}\n"),
)
"""Pairs about words."""
