"""What enters a key, piece by piece."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.layers_keys.told import situation

from copylast.context.disk import DiskContext
from copylast.context.memory import Content, Link, Moded
from copylast.layers.buildkit import argv_of
from copylast.layers.contents import Files
from copylast.layers.inputs import Output, StepKey
from copylast.layers.keys import build_keys
from copylast.layers.places import place, under
from copylast.layers.profiles import BUILDAH, BUILDKIT, Profile
from copylast.layers.situations import Settings, read_situation


def _step(text: str, settings: Settings | None = None) -> StepKey:
    return build_keys(situation(f"FROM a\n{text}\n", settings=settings))[-1]


def _pieces(step: StepKey) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in step.inputs]


def test_a_copy() -> None:
    step = _step("WORKDIR /app\nCOPY --chown=1 src/main.py app.py ./")
    assert _pieces(step) == [
        ("source", "main.py"),
        ("source", "app.py"),
        ("files", ""),
        ("destination", "/app/"),
        ("flag", "chown=1"),
    ]
    assert [one.instruction.keyword for one in step.roots] == ["WORKDIR"]
    assert isinstance(step.contents[0], Files)


def test_a_run() -> None:
    step = _step("ENV A=1\nARG B=2\nARG C\nUSER u\nWORKDIR /w\nRUN x", Settings(platform="linux/amd64", network="none"))
    assert _pieces(step) == [
        ("command", "/bin/sh\0-c\0x"),
        ("variable", "A=1"),
        ("variable", "B=2"),
        ("user", "u"),
        ("cwd", "/w"),
        ("network", "none"),
        ("security", "sandbox"),
        ("platform", "linux/amd64"),
    ]
    assert [one.name for one in step.inputs][1:3] == ["ENV A", "ARG B"]


def test_a_copy_from_a_stage() -> None:
    step = build_keys(situation("FROM a AS one\nRUN x\nFROM b\nCOPY --from=ONE out /\n"))[-1]
    content = step.contents[0]
    assert isinstance(content, Output)
    assert (content.step.instruction.keyword, content.path, content.source) == ("RUN", "/out", "ONE")


def test_only_steps_that_change_files_have_keys() -> None:
    text = "FROM a\nLABEL a=1\nENV A=1\nEXPOSE 1\nCMD x\nWORKDIR /\nVOLUME /v\nRUN x\nUSER 1\n"
    assert [(one.instruction.keyword, one.part) for one in build_keys(situation(text))] == [
        ("FROM", "from"),
        ("RUN", ""),
    ]


def test_digests_tell_contents_apart() -> None:
    text = "FROM a\nCOPY app.py /\nRUN x\n"
    one, two = (build_keys(situation(text, {"app.py": content})) for content in ("1", "2"))
    assert one[0].digest == two[0].digest
    assert one[1].digest != two[1].digest
    assert one[2].digest != two[2].digest
    assert build_keys(situation(text, {"app.py": "1"}))[2].digest == one[2].digest


_FOLDER: dict[str, Content] = {"bin/run": "1", "bin/link": Link("run"), "data": Link("bin")}


@pytest.mark.parametrize(
    "files",
    [
        {"bin/run": Moded("1", 0o755)},
        {"bin/link": Link("./run")},
        {"bin/link": "run"},
        {"bin/more/": ""},
        {"bin/ran": "1"},
    ],
)
def test_digests_tell_modes_names_and_links_apart(files: dict[str, Content]) -> None:
    text = "FROM a\nCOPY bin /bin/\nCOPY other /\n"
    common = _FOLDER | {"other": "2"}
    one, two = build_keys(situation(text, common)), build_keys(situation(text, common | files))
    assert one[1].digest != two[1].digest


def test_the_mode_of_a_copied_folder_itself_is_in_the_key(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    digests: set[str] = set()
    for mode in (0o755, 0o700):
        (tmp_path / "bin").chmod(mode)
        digests.add(build_keys(read_situation("FROM a\nCOPY bin /bin/\n", DiskContext(str(tmp_path))))[1].digest)
    assert len(digests) == 2


@pytest.mark.parametrize(("profile", "hidden"), [(BUILDKIT, False), (BUILDAH, True)])
def test_a_mode_of_the_copy_hides_those_of_the_files(profile: Profile, hidden: bool) -> None:
    """buildah hashes what it writes; BuildKit hashes the context, and the flag beside it."""
    text = "FROM a\nCOPY --chmod=755 bin /bin/\n"
    one, two = (build_keys(situation(text, {"bin/run": Moded("1", mode)}), profile) for mode in (0o600, 0o644))
    assert (one[1].digest == two[1].digest) == hidden
    other = build_keys(situation(text.replace("755", "700"), {"bin/run": Moded("1", 0o600)}), profile)
    assert other[1].digest != one[1].digest


def test_argv() -> None:
    def argv(run: str) -> tuple[str, ...]:
        return argv_of(_step(run).instruction, ("sh", "-c"))

    assert argv("RUN a && \\\n# note\n   b  ") == ("sh", "-c", "a &&    b")
    assert argv('RUN [ "a", "b" ]') == ("a", "b")
    assert argv("RUN <<-E\n\t\ta\nE") == ("sh", "-c", "a\n")
    assert argv("RUN cat <<A <<'B'\na\nA\nb\nB") == ("sh", "-c", "cat <<A <<'B'\na\nA\nb\nB")
    assert argv("RUN <<E\n#!/usr/bin/python\n1\nE") == ("sh", "-c", "/dev/pipes/E\0#!/usr/bin/python\n1\n")


def test_places() -> None:
    assert place("/w", "a/", keep_slash=True) == "/w/a/"
    assert place("/w", ".", keep_slash=True) == "/w"
    assert place("/w", "./", keep_slash=True) == "/w/"
    assert place("/w", "a/.", keep_slash=True) == "/w/a/."
    assert place("/w", "/../x//y") == "/x/y"
    assert under("/w", "/a/") == "/a/"
    assert under("/w", "a/") == "/w/a"
