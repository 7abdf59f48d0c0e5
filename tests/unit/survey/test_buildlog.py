"""Logs of builds as BuildKit writes them, and what became of them on their way."""

from __future__ import annotations

import json

import pytest

from copylast.layers.keys import build_keys
from copylast.layers.situations import read_situation
from copylast.survey.buildlog import read_log
from copylast.survey.timed import match_log
from copylast.survey.units import units_of


def told(log: str) -> list[tuple[str, int, str, str, float]]:
    """The steps of a log as tuples."""
    return [tuple(step) for step in read_log(log)]  # type: ignore[misc]


PLAIN = """\
#0 building with "default" instance using docker driver

#4 [build 1/4] FROM docker.io/library/golang:1.22@sha256:abc
#4 resolve docker.io/library/golang:1.22@sha256:abc done
#4 sha256:def 12.58MB / 66.4MB 1.2s
#4 DONE 9.5s

#6 [build 2/4] WORKDIR /src
#6 CACHED

#7 [build 3/4] COPY go.mod go.sum ./
#7 DONE 0.1s

#8 [build 4/4] RUN go build     -o /out .
#8 0.412 go: downloading example.org/x v1.0.0
#8 12.50 [5/9] RUN is what the command prints
#8 ...

#9 [stage-1 2/3] RUN slow
#9 1.5 a
#9 CANCELED

#8 [build 4/4] RUN go build     -o /out .
#8 ERROR: process "/bin/sh -c go build" did not complete successfully: exit code: 1
------
 > [build 4/4] RUN go build     -o /out .:
"""


def test_a_plain_log() -> None:
    assert told(PLAIN) == [
        ("build", 1, "FROM docker.io/library/golang:1.22@sha256:abc", "executed", 9.5),
        ("build", 2, "WORKDIR /src", "cached", 0.0),
        ("build", 3, "COPY go.mod go.sum ./", "executed", 0.1),
        ("build", 4, "RUN go build     -o /out .", "failed", 12.5),
        ("stage-1", 2, "RUN slow", "stopped", 1.5),
    ]


@pytest.mark.parametrize(
    "before",
    ["2026-03-01T10:00:00.1234567Z ", "web-1  | ", "\x1b[34m", "2026-03-01T10:00:00+01:00 \x1b[0m"],
)
def test_what_ci_and_compose_write_before_each_line(before: str) -> None:
    log = "".join(before + line + "\n" for line in PLAIN.splitlines())
    assert told(log) == told(PLAIN)


def test_line_ends_of_windows() -> None:
    assert told(PLAIN.replace("\n", "\r\n")) == told(PLAIN)


def test_a_step_whose_last_line_was_swallowed() -> None:
    log = "#7 [2/2] RUN printf x\n#7 0.5 a\n#7 3.25 x#8 exporting to image\n"
    assert told(log) == [("", 2, "RUN printf x", "executed", 3.25)]


def test_records() -> None:
    times = {"started": "2026-01-01T00:00:00.5Z", "completed": "2026-01-01T00:00:02.75Z"}
    vertex = {"digest": "sha256:1", "name": "[web 2/3] RUN x", "inputs": ["sha256:0"], **times}
    log = "#0 text before\n" + json.dumps({"vertexes": [vertex]}, indent=2) + "\n"
    assert told(log) == [("web", 2, "RUN x", "executed", 2.25)]


@pytest.mark.parametrize("log", ["", "hello\n", "Step 1/3 : FROM a\n ---> Using cache\n", "{}", "#1 [internal] x\n"])
def test_what_is_no_log(log: str) -> None:
    assert read_log(log) == ()


def test_garbage_takes_no_time() -> None:
    assert read_log("#1 " * 200_000) == ()
    assert read_log("[" * 100_000 + "1/2] RUN x") == ()
    assert read_log(("#1 [" + "a " * 20_000 + "\n") * 5) == ()


def matched(dockerfile: str, log: str) -> tuple[dict[int, tuple[str, float | None]], tuple[str, ...]]:
    """By line what the log says of each step; and what of the log is in no line."""
    situation = read_situation(dockerfile, None)
    found = match_log(read_log(log), situation, units_of(situation, build_keys(situation)))
    return {key.line: timing[:2] for key, timing in found.timings.items()}, found.unmatched


def test_variables_heredocs_and_spaces_are_no_hindrance() -> None:
    dockerfile = "FROM a\nARG V=1\nWORKDIR /srv/$V\nRUN x \\\n    && y\nRUN <<EOF\nset -e\nz\nEOF\nCOPY . ./$V\n"
    log = (
        "#1 [1/5] FROM docker.io/library/a\n#1 DONE 0.0s\n#2 [2/5] WORKDIR /srv/1\n#2 DONE 0.1s\n"
        "#3 [3/5] RUN x     && y\n#3 DONE 0.2s\n#4 [4/5] RUN <<EOF (set -e...)\n#4 DONE 0.3s\n"
        "#5 [5/5] COPY . ./1\n#5 CACHED\n"
    )
    assert matched(dockerfile, log) == (
        {1: ("executed", 0.0), 3: ("executed", 0.1), 4: ("executed", 0.2), 6: ("executed", 0.3), 10: ("cached", None)},
        (),
    )


def test_the_same_instruction_twice() -> None:
    log = "#2 [2/3] RUN x\n#2 DONE 1.0s\n#3 [3/3] RUN x\n#3 DONE 2.0s\n"
    assert matched("FROM a\nRUN x\nRUN x\n", log)[0] == {2: ("executed", 1.0), 3: ("executed", 2.0)}


def test_equal_steps_of_two_stages_are_shown_once() -> None:
    dockerfile = "FROM a AS one\nRUN x\nRUN y\nFROM a AS two\nRUN x\nRUN z\nFROM two\nCOPY --from=one /o /o\n"
    log = "#2 [one 2/3] RUN x\n#2 DONE 1.0s\n#3 [one 3/3] RUN y\n#3 DONE 2.0s\n#4 [two 3/3] RUN z\n#4 DONE 3.0s\n"
    assert matched(dockerfile, log)[0] == {
        2: ("executed", 1.0), 3: ("executed", 2.0), 5: ("executed", 1.0), 6: ("executed", 3.0)
    }  # fmt: skip


def test_a_stage_on_another_counts_its_own_steps_from_one() -> None:
    dockerfile = "FROM a AS one\nRUN x\nFROM one\nARG V=2\nRUN y $V\n"
    log = "#2 [one 2/2] RUN x\n#2 DONE 1.0s\n#3 [stage-1 1/1] RUN y 2\n#3 DONE 2.0s\n"
    assert matched(dockerfile, log) == ({2: ("executed", 1.0), 5: ("executed", 2.0)}, ())


def test_compose_puts_the_service_in_front() -> None:
    log = "#2 [web 2/2] RUN x\n#2 DONE 1.0s\n"
    assert matched("FROM a\nRUN x\n", log) == ({2: ("executed", 1.0)}, ())
    log = "#2 [web build 2/2] RUN x\n#2 DONE 1.0s\n"
    assert matched("FROM a AS build\nRUN x\n", log) == ({2: ("executed", 1.0)}, ())


def test_what_the_file_does_not_have_is_named() -> None:
    log = "#1 [1/3] FROM a\n#2 [2/3] RUN other\n#2 DONE 1.0s\n#3 [3/3] RUN x\n#3 DONE 1.0s\n"
    assert matched("FROM a\nRUN x\n", log) == ({1: ("unknown", None), 2: ("executed", 1.0)}, ("[2] RUN other",))


@pytest.mark.parametrize("word", ["", "ONBUILD "])
def test_what_a_stage_left_for_those_built_on_it(word: str) -> None:
    dockerfile = "FROM a AS one\nONBUILD RUN x\nFROM one\nRUN y\n"
    log = f"#2 [stage-1 1/2] {word}RUN x\n#2 DONE 1.0s\n#3 [stage-1 2/2] RUN y\n#3 DONE 2.0s\n"
    assert matched(dockerfile, log) == ({2: ("executed", 1.0), 4: ("executed", 2.0)}, ())
