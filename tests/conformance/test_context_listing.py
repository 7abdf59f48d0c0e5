"""The context against ``docker-devtools build-context ls``, which runs BuildKit's own walk."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from copylast.context.disk import DiskContext
from copylast.context.select import select

pytest.importorskip(
    "docker_devtools", reason="PyPI docker-devtools is the oracle for build contexts; install it to compare"
)
PROGRAM = shutil.which("docker-devtools", path=f"{Path(__import__('sys').executable).parent}:{os.environ['PATH']}")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="docker-devtools is installed without its program")

NAMES = ("a", "b", "node_modules", "src", "x.py", "x.log", ".env", "a b", "é", "README.md")
PARTS = st.sampled_from(
    [
        *NAMES,
        "*",
        "?",
        "**",
        "*.py",
        "*.log",
        "**o*",
        "[ab]",
        "[^a]",
        "[!a]",
        "\\a",
        ".",
        "..",
        "a|b*",
        "x{1}?",
        "[a-",
        "{a,b}",
        "?*",
    ]
)
PATTERNS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "!", "! ", "/", "./", " ", "#"]),
    st.lists(PARTS, min_size=1, max_size=4).map("/".join),
    st.sampled_from(["", "", "/", " ", "\r"]),
)
IGNORES = st.lists(PATTERNS, max_size=6).map("\n".join)


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        for outer in NAMES[:4]:
            for inner in NAMES[:4]:
                (top / outer / inner).mkdir(parents=True)
                for leaf in NAMES[4:]:
                    (top / outer / inner / leaf).write_text("")
                    (top / outer / leaf).write_text("")
        for leaf in NAMES[4:]:
            (top / leaf).write_text("")
        (top / "src" / "empty").mkdir()
        (top / "link").symlink_to("src")
        (top / "b" / "link").symlink_to("../a/x.py")
        yield top


def oracle(root: Path, *options: str) -> dict[str, Any] | None:
    assert PROGRAM is not None
    done = subprocess.run(
        [PROGRAM, "build-context", "ls", str(root), "-f", str(root / "Dockerfile"), "--json", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def prepare(root: Path, ignore: str, dockerfile: str) -> None:
    (root / ".dockerignore").write_bytes(ignore.encode())
    (root / "Dockerfile").write_text(dockerfile)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(IGNORES)
def test_whole_context(root: Path, ignore: str) -> None:
    prepare(root, ignore, "FROM scratch\nCOPY . /\n")
    found = oracle(root, "--whole-context")
    context = DiskContext(root, root / "Dockerfile")
    assert context.ignore is not None
    # The program lists what these bring back; a real build does not (see the unit tests).
    assume(not any(one.negated and one.text.endswith("/*/**") for one in context.ignore.patterns))
    if found is None:
        assert context.ignore.problems
        return
    assert not [problem for problem in context.ignore.problems if not problem.late]
    assert sorted(entry.path for entry in context.files()) == sorted(one["path"] for one in found["entries"])


SOURCES = st.lists(
    st.lists(st.sampled_from([*NAMES, "*", "*.py", "?", "[ab]", ".", "link"]), min_size=1, max_size=3).map("/".join),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOURCES, st.lists(st.sampled_from(["*.log", "node_modules", "a/**", "!a/b", "src/*.py"]), max_size=3))
def test_selected_files(root: Path, sources: list[str], ignore: list[str]) -> None:
    prepare(
        root,
        "\n".join([*ignore, ".dockerignore", "Dockerfile"]),
        f"FROM scratch\nCOPY {json.dumps([*sources, '/to/'])}\n",
    )
    found = oracle(root)
    assert found is not None
    selection = select(DiskContext(root, root / "Dockerfile"), sources, "/to/")
    wild = any(re.search(r"[*?[].*/.*link", one) for one in sources)
    if selection.missing or wild or sum("link" in one.split("/") for one in sources) > 1:
        # The build fails, so what was asked for before that is no answer; and the oracle follows one
        # link only, and none behind a wildcard.
        return
    mine = {pair.entry.path for pair in selection.pairs() if pair.entry.kind == "file"}
    links = {"link", "b/link"}
    sent = {one["path"] for one in found["entries"] if not one.get("dir") and one["path"] not in links}
    # A builder asks for more than it copies where a wildcard stands before the last name.
    assert mine <= sent
    if not any("*" in part or "?" in part or "[" in part for one in sources for part in one.split("/")[:-1]):
        assert mine == sent


def test_ignore_file_of_the_dockerfile(root: Path) -> None:
    prepare(root, "a", "FROM scratch\nCOPY . /\n")
    beside = root / "Dockerfile.dockerignore"
    beside.write_text("b")
    try:
        found = oracle(root, "--whole-context")
        assert found is not None
        context = DiskContext(root, root / "Dockerfile")
        assert context.ignore_path == found["ignorefile"]
        assert {entry.path for entry in context.files()} == {one["path"] for one in found["entries"]}
    finally:
        beside.unlink()
