"""What BuildKit rejects is said, at the right place; what it takes is not."""

from __future__ import annotations

import pytest

from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source

REJECTED = [
    # text, part of the message, what the span covers
    ("", "no instructions", ""),
    ("# a\n\n", "no instructions", ""),
    ("ARG A\n", "no FROM", "ARG A"),
    ("RUN a\nFROM a\n", "before the first FROM", "RUN"),
    ("FORM a\nFROM a\n", "did you mean FROM?", "FORM"),
    ("FROM a\nFOO b\n", "unknown instruction FOO", "FOO"),
    ("FROM a\nRUN b\n&& c\n", "lacks an escape character", "&&"),
    ("FROM\n", "FROM needs an image", "FROM"),
    ("FROM a b\n", "AS and a name", "b"),
    ("FROM a AS\n", "AS and a name", "AS"),
    ("FROM a AS 1x\n", "cannot name a stage", "1x"),
    ("FROM a AS x:y\n", "cannot name a stage", "x:y"),
    ("FROM $A\n", "$A is empty: no ARG above the first FROM declares A", "$A"),
    ("FROM a\nARG A=b\nFROM ${A}\n", "no ARG above the first FROM declares A", "${A}"),
    ("FROM Python:3.12\n", "in lower case, python:3.12", "Python:3.12"),
    ("FROM ghcr.io/Us/App:V1\n", "in lower case, ghcr.io/us/app:V1", "ghcr.io/Us/App:V1"),
    ("FROM a AS build\nFROM Build\n", "in lower case, build", "Build"),
    ("FROM b@@\n", "b@@ is not the name of an image", "b@@"),
    ("FROM a:b:c\n", "not the name of an image", "a:b:c"),
    ("FROM a/../b\n", "not the name of an image", "a/../b"),
    ("FROM a@sha256:" + "f" * 63 + "\n", "64 hexadecimal digits", ""),
    ("FROM " + "a" * 64 + "\n", "id of an image", "a" * 64),
    ("FROM --platform=linux/amd64,linux/arm64 a\n", "not a platform such as", "--platform=linux/amd64,linux/arm64"),
    ("FROM a\nRUN []\n", "names no command", "RUN"),
    ("FROM a\nADD --checksum=nope https://x/y /z\n", "nope is not a digest", "--checksum=nope"),
    ("FROM a\nADD --checksum=sha256:" + "0" * 64 + " y /z\n", "for what is downloaded", ""),
    ("FROM --os=x a\n", "FROM has no --os", "--os=x"),
    ("FROM a\nCOPY\n", "needs a source and a destination", "COPY"),
    ("FROM a\nCOPY a\n", "no destination", "a"),
    ('FROM a\nADD ["a"]\n', "no destination", '"a"'),
    ("FROM a\nCOPY a <<b\nb\n", "cannot be a heredoc", "<<b"),
    ("FROM a\nCOPY --form=b a c\n", "did you mean from?", "--form=b"),
    ("FROM a\nCOPY --checksum=b a c\n", "ADD has", "--checksum=b"),
    ("FROM a\nCOPY --from a c\n", "needs a value", "--from"),
    ("FROM a\nCOPY --chown=a --chown=b a c\n", "given twice", "--chown=b"),
    ("FROM a\nCOPY --link=maybe a c\n", "true or false", "--link=maybe"),
    ("FROM a\nCOPY --link= a c\n", "true or false", "--link="),
    ("FROM a\nCOPY --chmod=999 a c\n", "octal", "--chmod=999"),
    ("FROM a\nCOPY --from=$X a c\n", "variables are not expanded", "--from=$X"),
    ("FROM a\nCOPY --from=7 a c\n", "no stage number 7", "--from=7"),
    ("FROM a\nCOPY --from=0 a c\n", "this very stage", "--from=0"),
    ("FROM a\nCOPY --from=b a c\nFROM b AS B\n", "further down", "--from=b"),
    ("FROM a\nRUN --mount=from=b,target=/x c\nFROM b AS b\n", "further down", "--mount=from=b,target=/x"),
    ("FROM a\nRUN --mount=type=cahce,target=/x c\n", "did you mean cache?", "--mount=type=cahce,target=/x"),
    ("FROM a\nRUN --mount=typ=cache c\n", "did you mean type?", "--mount=typ=cache"),
    ("FROM a\nRUN --mount=type=bind,required=true,target=/x c\n", "required is for", ""),
    ("FROM a\nRUN --mount=type=bind,sharing=locked,target=/x c\n", "sharing is for", ""),
    ("FROM a\nRUN --mount=type=cache,sharing=no,target=/x c\n", "sharing is", ""),
    ("FROM a\nRUN --mount=type=cache,mode=9,target=/x c\n", "no mode", ""),
    ("FROM a\nRUN --mount=type=bind,uid=1,target=/x c\n", "uid is not for", ""),
    ("FROM a\nRUN --mount=type=tmpfs,size=big,target=/x c\n", "not a size", ""),
    ("FROM a\nRUN --mount=type=secret c\n", "a secret needs", ""),
    ("FROM a\nRUN --mount=type=secret,id=a,src=b c\n", "not both", ""),
    ("FROM a\nRUN --mount=type=cache,target c\n", "needs a value", ""),
    ("FROM a\nRUN --mount=type=bind,target=/ c\n", "cannot be /", ""),
    ("FROM a\nRUN --mount=from=$b,target=/x c\n", "not expanded", ""),
    ("FROM a\nRUN --network=some c\n", "--network is", "--network=some"),
    ("FROM a\nRUN --security=some c\n", "--security is", "--security=some"),
    ("FROM a\nRUN --device=a,b c\n", "no key of --device", "--device=a,b"),
    ("FROM a\nRUN <<EOF\na\n", "never ends", "<<EOF"),
    ("FROM a\nRUN <<EOF <<B\na\nEOF\n", "never ends", "<<B"),
    ('FROM a\nCMD ["a", 1]\n', "strings only", '["a", 1]'),
    ('FROM a\nCMD [["a"]]\n', "strings only", '[["a"]]'),
    ("FROM a\nHEALTHCHECK CMD [1]\n", "strings only", "[1]"),
    ("FROM a\nENV\n", "needs an argument", "ENV"),
    ("FROM a\nENV A\n", "needs a value", "A"),
    ("FROM a\nENV A=1 B\n", "has no =", "B"),
    ("FROM a\nENV =1\n", "without a name", "=1"),
    ("FROM a\nARG\n", "needs an argument", "ARG"),
    ("FROM a\nARG =1\n", "without a name", "=1"),
    ('FROM a\nENV A="x\n', "matching double-quote", '"x'),
    ("FROM a\nWORKDIR ${A\n", "a } is missing", "${A"),
    ("FROM a\nUSER ${A:x}\n", "unsupported modifier", "${A:x}"),
    ("FROM ${A\n", "a } is missing", "${A"),
    ("FROM a\nCOPY <<b /x\n${\nb\n", "cannot be expanded", "<<b"),
    ("FROM a\nWORKDIR\n", "needs an argument", "WORKDIR"),
    ("FROM a\nUSER\n", "needs an argument", "USER"),
    ("FROM a\nSTOPSIGNAL SIGFOO\n", "not a signal", "SIGFOO"),
    ("FROM a\nEXPOSE\n", "needs an argument", "EXPOSE"),
    ("FROM a\nEXPOSE 80/foo\n", "tcp, udp or sctp", "80/foo"),
    ("FROM a\nEXPOSE 99999\n", "not a port", "99999"),
    ("FROM a\nEXPOSE 90-80\n", "backwards", "90-80"),
    ("FROM a\nVOLUME\n", "needs an argument", "VOLUME"),
    ('FROM a\nVOLUME ["a", " "]\n', "empty string", '" "'),
    ("FROM a\nSHELL sh\n", "JSON array", "sh"),
    ("FROM a\nSHELL []\n", "at least one", "SHELL"),
    ("FROM a\nONBUILD\n", "needs an instruction", "ONBUILD"),
    ("FROM a\nONBUILD FROM b\n", "cannot hold FROM", "FROM"),
    ("FROM a\nONBUILD ONBUILD RUN b\n", "cannot hold ONBUILD", "ONBUILD"),
    ("FROM a\nHEALTHCHECK\n", "needs CMD", "HEALTHCHECK"),
    ("FROM a\nHEALTHCHECK RUN a\n", "not RUN", "RUN"),
    ("FROM a\nHEALTHCHECK CMD\n", "no command", "CMD"),
    ("FROM a\nHEALTHCHECK NONE a\n", "no arguments", "a"),
    ("FROM a\nHEALTHCHECK --interval=5 CMD a\n", "not a duration", "--interval=5"),
    ("FROM a\nHEALTHCHECK --interval=1us CMD a\n", "shorter", "--interval=1us"),
    ("FROM a\nHEALTHCHECK --retries=-1 CMD a\n", "0 or more", "--retries=-1"),
    ("# escape=x\nFROM a\n", "backslash or a backtick", "# escape=x"),
    ("# escape=`\n# escape=\\\nFROM a\n", "only one escape", "# escape=\\"),
    ("# syntax=a\n# syntax=b\nFROM a\n", "only one syntax", "# syntax=b"),
    ("FROM a\n\\\n", "stands alone", ""),
    ("FROM a\nRUN " + "x" * 70000 + "\n", "70005", ""),
]

ACCEPTED = [
    "FROM a\nARG --x=1 A\n",  # BuildKit never looks at the flags of ARG
    "FROM a\nHEALTHCHECK --nonsense NONE\n",
    "FROM a\nONBUILD FOO bar\n",
    "FROM a\nRUN\n",
    "FROM a\nCMD\n",
    "FROM a\nENTRYPOINT []\n",
    "FROM a\nCOPY --from=nginx:1 a b\n",
    "FROM a\nRUN --mount=from=0,target=/x a\n",  # an image called 0
    "FROM a\nRUN --mount=type=$T,nonsense=1,target=/x a\n",
    "FROM a\nRUN --mount=type=cache,target=$T,sharing=${S:-locked} a\n",
    "FROM a\nRUN --mount=type=secret,id=a,required,env=B a\n",
    "FROM a\nRUN --mount=type=ssh,mode=0600,uid=1 a\n",
    "FROM a\nRUN --mount=type=tmpfs,target=/t,size=64m a\n",
    "FROM a\nRUN --mount=source=a,target=/t,rw a\n",
    "ARG A\nFROM $A\nFROM ${A:-b}\n",
    "FROM ${NOPE:-debian:12}\n",
    "FROM --platform=$BUILDPLATFORM $TARGETOS\nFROM --platform=linux/arm/v7 a\nFROM --platform=windows(10.0) a\n",
    "FROM localhost:5000/a/b__c-d.e:V1\nFROM Host/a\nFROM [::1]:5000/a\nFROM docker.io/a@sha256:" + "a1" * 32 + "\n",
    "FROM a\nADD --checksum=sha256:" + "0" * 64 + " https://x/y /z\nADD --checksum=abc https://x/y.git /z\n",
    "FROM a\nADD --checksum=$C https://x/y $D /z\n",
    "FROM a AS b\nFROM b AS b\nFROM b\n",
    "FROM a AS x\nFROM b\nCOPY --from=X a b\n",
    "FROM scratch\nEXPOSE 80 443/TCP 1000-1010/udp $P 127.0.0.1:80:80\n",
    "FROM a\nSTOPSIGNAL SIGRTMIN+3\nSTOPSIGNAL 9\nSTOPSIGNAL term\nSTOPSIGNAL $S\n",
    "FROM a\nHEALTHCHECK --interval=1.5h --timeout=0 --start-period=1m2s3ms --retries=0 CMD a\n",
    'FROM a\nENV A="b c" D=${E:-"f g"} H=\'${\'\n',
    "FROM a\nCOPY --chmod=u+x --chown=$U a b\n",
    "FROM a\nLABEL a b c\n",
    "FROM a\nCOPY <<'b' /x\n${\nb\n",
    'FROM a\nRUN echo ${ "\n',
    "FROM a\nRUN " + "x" * 65530 + "\n",
]


@pytest.mark.parametrize(
    ("text", "message", "place"), REJECTED, ids=[repr(case[0][:60]) for case in REJECTED]
)
def test_rejected(text: str, message: str, place: str) -> None:
    tree = parse(Source(text))
    found = [problem for problem in tree.problems if message in problem.message]
    assert found, tree.problems
    if place:
        assert tree.source.slice(found[0].span) == place


@pytest.mark.parametrize("text", ACCEPTED, ids=[repr(text[:60]) for text in ACCEPTED])
def test_accepted(text: str) -> None:
    assert parse(Source(text)).problems == ()


def test_the_rest_of_the_file_is_still_read() -> None:
    tree = parse(Source("FROM a\nENV A\nFOO\nCMD [1]\nCOPY a b\n"))
    assert [step.keyword for step in tree.instructions] == ["FROM", "ENV", "FOO", "CMD", "COPY"]
    assert len(tree.problems) == 3
    assert list(tree.problems) == sorted(tree.problems, key=lambda problem: problem.span)
