"""conda, mamba, micromamba, conda-lock: what is read, what refuses."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

CREATE = "conda env create -f environment.yml"
ENVIRONMENT = """\
name: app  # as the folder
channels: [conda-forge, https://example.org/channel]
dependencies:
  - python=3.12
  - numpy>=1.26
  - pip
"""


@pytest.mark.parametrize(
    ("command", "files", "expected"),
    [
        (CREATE, {"environment.yml": ENVIRONMENT}, ["environment.yml"]),
        ("conda env create", {"environment.yml": ENVIRONMENT}, ["environment.yml"]),
        ("mamba env update -n base --file env/dev.yaml", {"env/dev.yaml": ENVIRONMENT}, ["env/dev.yaml"]),
        ("micromamba install -y -n base -f env.yml", {"env.yml": ENVIRONMENT}, ["env.yml"]),
        ("conda install --file requirements.txt", {"requirements.txt": "numpy\n"}, ["requirements.txt"]),
        ("conda create -n app --file conda-linux-64.lock",
         {"conda-linux-64.lock": "@EXPLICIT\nhttps://example.org/numpy-1.conda\n"}, ["conda-linux-64.lock"]),
        ("conda-lock install -n app", {"conda-lock.yml": "package:\n- url: https://example.org/a.conda\n"},
         ["conda-lock.yml"]),
        # The pip section runs in the directory of the file.
        ("conda env create -f env/environment.yml",
         {"env/environment.yml": ENVIRONMENT + "  - pip:\n    - -r requirements.txt\n    - ./libs/lib\n    - flask\n",
          "env/requirements.txt": "-c c.txt\n", "env/c.txt": "", "env/libs/lib/setup.py": ""},
         ["env/c.txt", "env/environment.yml", "env/libs/lib/", "env/requirements.txt"]),
        (CREATE, {"environment.yml": ENVIRONMENT + "  - pip:\n", "/root/.condarc": ""},
         ["environment.yml", "/root/.condarc?"]),
    ],
)  # fmt: skip
def test_reads(command: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files)
    assert not got.refusals and paths(got) == expected


def test_an_environment_in_the_project() -> None:
    assert closure(f"{CREATE} -p ./env", {"environment.yml": ENVIRONMENT}).writes == ("/app/env",)


@pytest.mark.parametrize(
    ("command", "files", "gate"),
    [
        (CREATE, {}, 4),
        (CREATE, {"environment.yml": None}, 11),
        (CREATE, {"environment.yml": ENVIRONMENT + "  - pip: &x\n    - flask\n"}, 3),
        (CREATE, {"environment.yml": ENVIRONMENT + "  - pip:\n    - -r absent.txt\n"}, 4),
        (CREATE, {"environment.yml": ENVIRONMENT + "  - pip:\n    - -e .\n", "setup.py": ""}, 5),
        (CREATE, {"environment.yml": ENVIRONMENT + "  - /opt/pkgs/a.conda\n"}, 3),
        (CREATE, {"environment.yml": ENVIRONMENT.replace("conda-forge,", "./channel,")}, 3),
        (CREATE, {"environment.yml": ENVIRONMENT + "  - npm:\n    - x\n"}, 3),
        ("conda install --file list.txt", {"list.txt": "@EXPLICIT\n./pkgs/a.conda\n"}, 3),
        ("conda-lock install", {"conda-lock.yml": "package:\n- url: ./pkgs/a.conda\n"}, 3),
    ],
    ids=["no file", "link", "anchor", "absent list", "itself", "local package", "local channel", "section",
         "local in a list", "local in a lock"],
)  # fmt: skip
def test_refuses(command: str, files: dict[str, str | None], gate: int) -> None:
    assert gates(closure(command, files)) == [gate]
