"""pip: what is read, what refuses."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

R = "pip install -r requirements.txt"


@pytest.mark.parametrize(
    ("command", "files", "expected"),
    [
        (R, {"requirements.txt": "flask\n"}, ["requirements.txt"]),
        (R, {"requirements.txt": "-r base.txt", "base.txt": ""}, ["base.txt", "requirements.txt"]),
        (R, {"requirements.txt": "-rbase.txt", "base.txt": ""}, ["base.txt", "requirements.txt"]),
        (R, {"requirements.txt": "--requirement=base.txt", "base.txt": ""}, ["base.txt", "requirements.txt"]),
        (
            R,
            {"requirements.txt": "--requireme base.txt # x", "base.txt": ""},
            ["base.txt", "requirements.txt"],
        ),
        (R, {"requirements.txt": "-c \\\n base.txt", "base.txt": ""}, ["base.txt", "requirements.txt"]),
        (R, {"requirements.txt": "\ufeff-r base.txt\r\n", "base.txt": ""}, ["base.txt", "requirements.txt"]),
        (R, {"requirements.txt": "# -r base.txt\nx # -r base.txt"}, ["requirements.txt"]),
        (R, {"requirements.txt": "-r requirements.txt"}, ["requirements.txt"]),
        (R, {"requirements.txt": "-r https://example.org/r.txt\n-i https://x\n--pre"}, ["requirements.txt"]),
        (R, {"requirements.txt": "a==1 --hash=sha256:aa \\\n  --hash=sha256:bb"}, ["requirements.txt"]),
        (R, {"requirements.txt": "a[b]>=1; python_version<'3'\na @ https://x/y.whl"}, ["requirements.txt"]),
        (R, {"requirements.txt": "git+https://x/y@main#egg=y"}, ["requirements.txt"]),
        # A file is relative to the one that names it, a path to the working directory.
        (
            "pip install -r req/prod.txt",
            {
                "req/prod.txt": "-r base.txt\n-c ../c.txt\n./libs/x",
                "req/base.txt": "",
                "c.txt": "",
                "libs/x/setup.py": "",
            },
            ["c.txt", "libs/x/", "req/base.txt", "req/prod.txt"],
        ),
        (
            R,
            {"requirements.txt": "libs/x[a]; x", "libs/x/pyproject.toml": ""},
            ["libs/x/", "requirements.txt"],
        ),
        (R, {"requirements.txt": "-e ./libs/x", "libs/x/setup.py": ""}, ["libs/x/", "requirements.txt"]),
        (
            R,
            {"requirements.txt": "x @ file:///app/libs/x", "libs/x/setup.py": ""},
            ["libs/x/", "requirements.txt"],
        ),
        (
            R,
            {"requirements.txt": "wheels/x-1.whl", "wheels/x-1.whl": ""},
            ["requirements.txt", "wheels/x-1.whl"],
        ),
        (R, {"requirements.txt": "-f wheels\nx", "wheels/x-1.whl": ""}, ["requirements.txt", "wheels/"]),
        (R, {"requirements.txt": "-f .\nx", "x-1.whl": "", "a.py": ""}, ["requirements.txt", "x-1.whl"]),
        (R, {"requirements.txt": "--find-links absent\nx"}, ["requirements.txt"]),
        (
            R + " -c c.txt -r d.txt",
            {"requirements.txt": "", "c.txt": "", "d.txt": ""},
            ["c.txt", "d.txt", "requirements.txt"],
        ),
        (
            "pip install --group dev",
            {"pyproject.toml": "[dependency-groups]\ndev = ['x']"},
            ["pyproject.toml"],
        ),
        ("pip install wheels/*.whl", {"wheels/x-1.whl": ""}, ["wheels/"]),
        ("pip install *.whl", {"x-1.whl": "", "y-1.whl": "", "z": ""}, ["x-1.whl", "y-1.whl"]),
        ("pip install ./libs/x", {"libs/x/setup.py": ""}, ["libs/x/"]),
        ("pip install flask", {"requirements.txt": ""}, []),
        ("pip install -r pylock.toml", {"pylock.toml": "[[packages]]"}, ["pylock.toml"]),
        ("python get-pip.py", {"get-pip.py": ""}, ["get-pip.py"]),
        ("python -m venv .venv", {}, []),
        ("pip cache purge", {}, []),
    ],
)
def test_what_is_read(command: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files)
    assert paths(got) == expected
    assert not got.refusals


@pytest.mark.parametrize(
    ("command", "files", "expected", "where"),
    [
        (R, {}, [4], "requirements.txt"),
        (R, {"requirements.txt": "x\n-r absent.txt"}, [4], "(-r in requirements.txt:2)"),
        (R, {"requirements.txt": None}, [11], "/app/requirements.txt is a symbolic link"),
        (R, {"requirements.txt": "\n-e ."}, [5], "-e in requirements.txt:2 installs the project itself"),
        (R, {"requirements.txt": "."}, [5], "project itself"),
        (R, {"requirements.txt": "x @ file:///app"}, [5], "project itself"),
        (R, {"requirements.txt": "-e ../"}, [5], "project itself"),
        (R, {"requirements.txt": "./libs/x"}, [4], "/app/libs/x"),
        (R, {"requirements.txt": "./libs/x", "libs/x/a.py": ""}, [4], "neither pyproject.toml nor setup.py"),
        (R, {"requirements.txt": "./libs/x", "libs/x/setup.py": "open('../V')"}, [3], "outside"),
        (
            R,
            {"requirements.txt": "./libs/x", "libs/x/pyproject.toml": "requires=['setuptools-scm']"},
            [3],
            "outside",
        ),
        (R, {"requirements.txt": "./${NAME}/x"}, [3], "${NAME}"),
        (R, {"requirements.txt": "-r ${FILE}.txt"}, [3], "${FILE}"),
        (R, {"requirements.txt": "x --hash='a"}, [3], "requirements.txt:1 cannot be read"),
        (R, {"requirements.txt": "--frobnicate x"}, [3], "not an option"),
        (R, {"requirements.txt": "wheels/x-1.whl"}, [4], "x-1.whl"),
        ("pip install -r $REQS", {}, [3], "$REQS"),
        ("pip install -r -", {}, [3], "-"),
        ("pip install .", {}, [5], "project itself"),
        ("pip install -e .[dev]", {}, [5], "project itself"),
        ("pip install /app", {}, [5], "project itself"),
        ("pip install -r requirements.txt -e .", {"requirements.txt": ""}, [5], "project itself"),
        ("pip install dist/*.whl", {}, [4], "dist/*.whl"),
        ("pip install --group dev", {}, [4], "pyproject.toml"),
        (
            "pip install --group dev",
            {"pyproject.toml": "[dependency-groups]\ndev=['x @ file:///a']"},
            [3],
            "local path",
        ),
        (
            "pip install -r pylock.toml",
            {"pylock.toml": "directory = {path = 'x'}\npath='x'"},
            [3],
            "local paths",
        ),
        ("pip wheel -r requirements.txt", {"requirements.txt": ""}, [8], "-w"),
        ("pip install -t . -r requirements.txt", {"requirements.txt": ""}, [8], "among the source"),
        ("python setup.py install", {}, [5], "needs the source"),
        ("pip freeze", {}, [5], "needs the source"),
    ],
)
def test_what_refuses(command: str, files: dict[str, str | None], expected: list[int], where: str) -> None:
    got = closure(command, files)
    assert gates(got) == expected
    assert any(where in r.reason for r in got.refusals), got.refusals


def test_variables_that_name_files() -> None:
    files = {"requirements.txt": "", "c.txt": "", "b.txt": "", "more.txt": "", "links/x.whl": ""}
    environment = {
        "PIP_CONSTRAINT": "c.txt",
        "PIP_BUILD_CONSTRAINT": "b.txt",
        "PIP_REQUIREMENT": "more.txt",
        "PIP_FIND_LINKS": "links",
    }
    got = closure(R, files, environment=environment)
    assert paths(got) == ["b.txt", "c.txt", "links/", "more.txt", "requirements.txt"]
    assert "PIP_CONSTRAINT" in {n.why for n in got.needs}
    assert gates(closure(R, files, environment={"PIP_CONSTRAINT": None})) == [7]
    assert paths(closure("pip install flask", files, environment={"PIP_CONSTRAINT": "c.txt"})) == ["c.txt"]


def test_variables_inside_files_are_filled_in_as_pip_does() -> None:
    files = {"requirements.txt": "${LIB}/x\n$LIB/y==1", "libs/x/setup.py": ""}
    assert paths(
        closure(R, {"requirements.txt": "${LIB}/x", "libs/x/setup.py": ""}, environment={"LIB": "libs"})
    ) == [
        "libs/x/",
        "requirements.txt",
    ]
    assert gates(closure(R, files, environment={"LIB": "libs"})) == [3]
    assert not closure(R, {"requirements.txt": "-i https://${USER}@x"}).refusals


@pytest.mark.parametrize(
    ("path", "environment", "looked_at"),
    [
        ("/etc/pip.conf", {}, True),
        ("/root/.config/pip/pip.conf", {}, True),
        ("/home/a/.config/pip/pip.conf", {"HOME": "/home/a"}, True),
        ("/venv/pip.conf", {"VIRTUAL_ENV": "/venv"}, True),
        ("/app/pip.conf", {"PIP_CONFIG_FILE": "pip.conf"}, True),
        ("/app/pip.conf", {}, False),
        ("/root/.config/pip/pip.conf", {"PIP_CONFIG_FILE": "/dev/null"}, False),
    ],
)
def test_configuration_files(path: str, environment: dict[str, str | None], looked_at: bool) -> None:
    files = {"requirements.txt": "", path: "[install]\nconstraint = c.txt\n", "c.txt": ""}
    got = closure(R, files, environment=environment)
    assert (path in [n.path for n in got.needs]) == looked_at
    assert ("/app/c.txt" in [n.path for n in got.needs]) == looked_at
    if looked_at:
        assert not next(n for n in got.needs if n.path == path).required


def test_a_configuration_that_moves_packages_refuses() -> None:
    assert gates(closure(R, {"requirements.txt": "", "/etc/pip.conf": "[global]\ntarget = /x"})) == [6]
    assert gates(closure(R, {"requirements.txt": "", "/etc/pip.conf": "target"})) == [6]


@pytest.mark.parametrize(
    ("command", "environment", "expected"),
    [
        (R, {}, ()),
        (R + " --target libs", {}, ("/app/libs",)),
        (R + " -t /install", {}, ()),
        (R + " --prefix=/app/out", {}, ("/app/out",)),
        ("pip wheel -w wheels -r requirements.txt", {}, ("/app/wheels",)),
        ("pip download -d wheels -r requirements.txt", {}, ("/app/wheels",)),
        (R, {"VIRTUAL_ENV": "/app/.venv"}, ("/app/.venv",)),
        (R, {"VIRTUAL_ENV": "/opt/venv"}, ()),
        (R, {"PIP_TARGET": "libs"}, ("/app/libs",)),
        (f"{R} --user", {"PYTHONUSERBASE": "/app/user"}, ("/app/user",)),
        (f"{R} --user", {"HOME": "/app"}, ("/app/.local",)),
        (f"{R} --user", {"HOME": "/root"}, ()),
        (R, {"PYTHONUSERBASE": "/app/user"}, ()),
        ("pip install -e git+https://x/y#egg=y", {}, ("/app/src",)),
        ("pip install -e git+https://x/y#egg=y", {"VIRTUAL_ENV": "/opt/venv"}, ()),
        ("python -m venv .venv", {}, ("/app/.venv",)),
    ],
)
def test_what_is_written_into_the_tree(
    command: str, environment: dict[str, str | None], expected: tuple[str, ...]
) -> None:
    assert closure(command, {"requirements.txt": ""}, environment=environment).writes == expected


def test_an_unknown_working_directory() -> None:
    files = {"?/requirements.txt": "-r base.txt\n-r ../x.txt", "?/base.txt": ""}
    got = closure(R, files, cwd="?")
    assert paths(got) == ["?/base.txt", "?/requirements.txt"]
    assert gates(got) == [4]


def test_a_list_that_is_too_long_to_follow() -> None:
    got = closure(R, {"requirements.txt": "six==1\n" * 100_001})
    assert gates(got) == [3] and "too long" in got.refusals[0].reason


def test_more_files_than_anybody_follows() -> None:
    files = {f"r{i}.txt": f"-r r{i + 1}.txt" for i in range(12_000)}
    assert 3 in gates(closure("pip install -r r0.txt", files))
