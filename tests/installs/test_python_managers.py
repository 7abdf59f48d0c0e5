"""pip, Poetry, uv, PDM and Pipenv, run for real: with only the files that the fix copies they install the same.

The managers come from PyPI, which pip reaches as this machine is set up to do; so do the few small packages that
the projects depend on. Two steps, where the fix makes them of one, must end in the same environment.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.installs.harness import Runs, both, contents

pytestmark = pytest.mark.installs
REACH = re.compile(r"(?i)(https?_proxy|no_proxy|all_proxy|ssl_cert_\w+|\w+_ca_bundle|pip_\w+|uv_\w+)")
"""Variables that say how this machine reaches a registry."""
MANAGERS: dict[str, tuple[str, ...]] = {
    "uv": ("uv",),
    "poetry": ("poetry>=2",),
    # Later ones and what they depend on do not work together.
    "pdm": ("pdm<2.26", "unearth<0.18", "hishel<1"),
    "pipenv": ("pipenv",),
}
VOLATILE = re.compile(r"\.pyc$|__pycache__|(^|/)(RECORD|uv_cache\.json|\.lock|\.gitignore|CACHEDIR\.TAG)$")
"""What differs between two installs of the same packages: times, and hashes of files that hold them."""
PROJECT = """\
[project]
name = "clock"
version = "1.0.0"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["six>=1.16", DEPENDENCIES]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["clock"]
"""
SOURCE = {
    "clock/__init__.py": "",
    "clock/__main__.py": "import six\nprint('ran: six', six.__version__)\n",
    "README.md": "# clock\n",
    ".dockerignore": "**/.venv\n",
}
LIB = {
    "libs/face/pyproject.toml": '[project]\nname = "face"\nversion = "1"\ndependencies = ["idna"]\n'
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    '[tool.setuptools]\npy-modules = ["face"]\n',
    "libs/face/face.py": "import idna\nFACE = 'round'\n",
}
SAYS_FACE = {"clock/__main__.py": "import face, six\nprint('ran:', face.FACE, six.__version__)\n"}
LAST = "RUN .venv/bin/python -m clock\n"


def _project(*dependencies: str) -> str:
    return PROJECT.replace(", DEPENDENCIES", "".join(f', "{d}"' for d in dependencies))


def _reach() -> dict[str, str]:
    found = {name: value for name, value in os.environ.items() if REACH.fullmatch(name)}
    settings = Path.home() / ".config" / "pip" / "pip.conf"
    if settings.is_file():
        found.setdefault("PIP_CONFIG_FILE", str(settings))
    return found


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with links to this Python, and to the managers as tests ask for them."""
    folder = tmp_path_factory.mktemp("managers") / "bin"
    folder.mkdir()
    for name in ("python", "python3"):
        (folder / name).symlink_to(sys.executable)
    return folder


@pytest.fixture
def environment(programs: Path, tmp_path: Path) -> dict[str, str]:
    """What every step sees: the managers, and environments that are made inside the project."""
    return {
        **_reach(),
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "POETRY_NO_INTERACTION": "1",
        "PIPENV_VENV_IN_PROJECT": "1",
        "PIPENV_NOSPIN": "1",
        "PDM_CHECK_UPDATE": "false",
        "UV_LINK_MODE": "copy",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _manager(name: str, environment: Mapping[str, str]) -> None:
    """Install a manager into an environment of its own; skip, and say why, where that does not work."""
    link = Path(environment["PATH"].split(":")[0]) / name
    place = link.parent.parent / name
    if not place.exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, timeout=120)
        pip = [str(place / "bin" / "pip"), "install", "-q", *MANAGERS[name]]
        done = subprocess.run(pip, capture_output=True, timeout=400, check=False)
        if done.returncode == 0:
            link.symlink_to(place / "bin" / name)
    if not link.exists():
        pytest.skip(f"{name} cannot be installed from PyPI here")


def _locked(
    command: str, lockfile: str, files: Mapping[str, str], folder: Path, environment: Mapping[str, str]
) -> dict[str, str]:
    """The files with the lockfile that the manager makes for them."""
    _manager(command.split()[0], environment)
    for path, text in files.items():
        target = folder / "lock" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    surroundings = {**environment, "HOME": str(folder / "home")}
    done = subprocess.run(
        ["sh", "-c", f"{command} 2>&1"],
        cwd=folder / "lock",
        env=surroundings,
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return {**files, lockfile: (folder / "lock" / lockfile).read_text()}


def _same(runs: Runs, *copied: str) -> None:
    """The same files and packages, and a project that runs; exactly ``copied`` came before the install."""
    early = runs.fixed[: runs.fixed.index("COPY . .")]
    assert [line for line in early.splitlines() if line.startswith("COPY")] == [f"COPY {c}" for c in copied]
    before = contents(runs.before, lambda path: bool(VOLATILE.search(path)))
    assert contents(runs.after, lambda path: bool(VOLATILE.search(path))) == before
    assert any(path.endswith(("six.py", "six/__init__.py")) for path in before), "something was installed"
    assert runs.said_after.splitlines()[-1] == runs.said_before.splitlines()[-1]
    assert runs.said_after.splitlines()[-1].startswith("ran: ")


def test_pip_lists_and_a_library(tmp_path: Path, environment: dict[str, str]) -> None:
    files = {
        "requirements/prod.txt": "-r base.txt\n./libs/face\n",
        "requirements/base.txt": "-c ../constraints.txt\nsix\n",
        "constraints.txt": "six==1.16.0\n",
        **SOURCE,
        **LIB,
        **SAYS_FACE,
        "Dockerfile": "FROM python:3.12\nWORKDIR /app\nRUN python -m venv .venv\nCOPY . .\n"
        f"RUN .venv/bin/pip install -q -r requirements/prod.txt\n{LAST}",
    }
    runs = both(files, tmp_path, environment)
    lists = "requirements/base.txt requirements/prod.txt requirements/"
    _same(runs, "constraints.txt ./", "libs/face libs/face/", lists)
    assert runs.said_after.splitlines()[-1] == "ran: round 1.16.0"


def _two_steps(command: str) -> str:
    return f"FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN {command}\n{LAST}"


def test_uv_in_two_steps(tmp_path: Path, environment: dict[str, str]) -> None:
    files = {"pyproject.toml": _project(), **SOURCE, "Dockerfile": _two_steps("uv sync --locked")}
    files = _locked("uv lock", "uv.lock", files, tmp_path, environment)
    runs = both(files, tmp_path, environment)
    assert "uv sync --locked --no-install-project" in runs.fixed
    _same(runs, "pyproject.toml uv.lock ./")


def test_uv_takes_a_lock_for_up_to_date_that_is(tmp_path: Path, environment: dict[str, str]) -> None:
    text = _project("attrs[cov] >= 22.1; python_version < '4'", "idna!=3.5,>=3")
    text += '\n[project.optional-dependencies]\nweb = ["h11"]\n\n[dependency-groups]\ndev = ["iniconfig>=2"]\n'
    files = {"pyproject.toml": text, **SOURCE, "Dockerfile": _two_steps("uv sync")}
    runs = both(_locked("uv lock", "uv.lock", files, tmp_path, environment), tmp_path, environment)
    _same(runs, "pyproject.toml uv.lock ./")


def test_uv_does_not_need_the_version_of_the_project(tmp_path: Path, environment: dict[str, str]) -> None:
    text = _project().replace('version = "1.0.0"', 'dynamic = ["version"]', 1)
    text += '\n[tool.hatch.version]\npath = "clock/__init__.py"\n'
    files = {"pyproject.toml": text, **SOURCE, "clock/__init__.py": '__version__ = "2"\n'}
    files["Dockerfile"] = _two_steps("uv sync --locked")
    runs = both(_locked("uv lock", "uv.lock", files, tmp_path, environment), tmp_path, environment)
    _same(runs, "pyproject.toml uv.lock ./")


@pytest.mark.parametrize(
    ("command", "copied"),
    [
        ("uv sync --locked", ("pyproject.toml uv.lock ./", "libs/face/pyproject.toml libs/face/")),
        ("uv sync --frozen", ("pyproject.toml uv.lock ./",)),
    ],
)
def test_uv_workspace(command: str, copied: tuple[str, ...], tmp_path: Path, environment: dict[str, str]) -> None:
    text = _project("face") + "\n[tool.uv.sources]\nface = { workspace = true }\n"
    text += '\n[tool.uv.workspace]\nmembers = ["libs/*"]\n'
    files = {"pyproject.toml": text, **SOURCE, **LIB, **SAYS_FACE, "Dockerfile": _two_steps(command)}
    runs = both(_locked("uv lock", "uv.lock", files, tmp_path, environment), tmp_path, environment)
    assert f"{command} --no-install-workspace" in runs.fixed
    _same(runs, *copied)


def test_uv_path_dependency(tmp_path: Path, environment: dict[str, str]) -> None:
    text = _project("face") + '\n[tool.uv.sources]\nface = { path = "libs/face" }\n'
    files = {"pyproject.toml": text, **SOURCE, **LIB, **SAYS_FACE, "Dockerfile": _two_steps("uv sync --locked")}
    runs = both(_locked("uv lock", "uv.lock", files, tmp_path, environment), tmp_path, environment)
    _same(runs, "pyproject.toml uv.lock ./", "libs/face libs/face/")


def test_uv_pip_from_pyproject(tmp_path: Path, environment: dict[str, str]) -> None:
    _manager("uv", environment)
    files = {"pyproject.toml": _project(), **SOURCE}
    files["Dockerfile"] = (
        "FROM python:3.12\nWORKDIR /app\nRUN uv venv -q .venv\nCOPY . .\nRUN uv pip install -r pyproject.toml\n"
        f"RUN uv pip install --no-deps -e .\n{LAST}"
    )
    _same(both(files, tmp_path, environment), "pyproject.toml ./")


POETRY = PROJECT[: PROJECT.index("[build-system]")] + (
    '[build-system]\nrequires = ["poetry-core>=2"]\nbuild-backend = "poetry.core.masonry.api"\n\n'
    # Mirrors have the simple index, and not what Poetry asks of PyPI itself.
    '[[tool.poetry.source]]\nname = "simple"\nurl = "https://pypi.org/simple/"\npriority = "primary"\n'
)


@pytest.mark.parametrize("command", ["poetry install", "poetry sync --only main"])
def test_poetry_in_two_steps(command: str, tmp_path: Path, environment: dict[str, str]) -> None:
    files = {"pyproject.toml": POETRY.replace(", DEPENDENCIES", ""), **SOURCE, "Dockerfile": _two_steps(command)}
    runs = both(_locked("poetry lock", "poetry.lock", files, tmp_path, environment), tmp_path, environment)
    assert f"{command} --no-root" in runs.fixed
    _same(runs, "poetry.lock pyproject.toml ./")


def test_poetry_path_dependency(tmp_path: Path, environment: dict[str, str]) -> None:
    text = POETRY.replace(", DEPENDENCIES", ', "face"')
    text += '\n[tool.poetry.dependencies]\nface = { path = "libs/face", develop = true }\n'
    files = {"pyproject.toml": text, **SOURCE, **LIB, **SAYS_FACE, "Dockerfile": _two_steps("poetry install")}
    runs = both(_locked("poetry lock", "poetry.lock", files, tmp_path, environment), tmp_path, environment)
    assert "poetry install --no-root --no-directory" in runs.fixed
    _same(runs, "poetry.lock pyproject.toml ./")


def test_poetry_without_the_project(tmp_path: Path, environment: dict[str, str]) -> None:
    text = POETRY.replace(", DEPENDENCIES", "")
    text += '\n[tool.poetry.group.dev.dependencies]\nface = { path = "libs/face" }\n'
    files = {"pyproject.toml": text, **SOURCE, **LIB, **SAYS_FACE, "Dockerfile": _two_steps("poetry install --no-root")}
    runs = both(_locked("poetry lock", "poetry.lock", files, tmp_path, environment), tmp_path, environment)
    _same(runs, "poetry.lock pyproject.toml ./", "libs/face libs/face/")


PDM = PROJECT[: PROJECT.index("[build-system]")] + (
    '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
)


@pytest.mark.parametrize("command", ["pdm install", "pdm sync --prod --no-editable"])
def test_pdm_in_two_steps(command: str, tmp_path: Path, environment: dict[str, str]) -> None:
    text = PDM.replace(", DEPENDENCIES", ', "face @ file:///${PROJECT_ROOT}/libs/face"')
    files = {"pyproject.toml": text, **SOURCE, **LIB, **SAYS_FACE, "Dockerfile": _two_steps(command)}
    runs = both(_locked("pdm lock", "pdm.lock", files, tmp_path, environment), tmp_path, environment)
    assert f"{command} --no-self" in runs.fixed
    _same(runs, "pdm.lock pyproject.toml ./", "libs/face libs/face/")


PIPFILE = '[[source]]\nurl = "https://pypi.org/simple"\nverify_ssl = true\nname = "pypi"\n\n[packages]\nsix = "*"\n'


@pytest.mark.parametrize("command", ["pipenv sync", "pipenv install", "pipenv install --deploy"])
def test_pipenv(command: str, tmp_path: Path, environment: dict[str, str]) -> None:
    files = {
        "Pipfile": PIPFILE + 'face = {path = "./libs/face", editable = true}\n\n[dev-packages]\n',
        **SOURCE,
        **LIB,
        **SAYS_FACE,
        "Dockerfile": _two_steps(command),
    }
    runs = both(_locked("pipenv lock", "Pipfile.lock", files, tmp_path, environment), tmp_path, environment)
    _same(runs, "Pipfile Pipfile.lock ./", "libs/face libs/face/")
