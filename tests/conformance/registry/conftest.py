"""The tier of tests on Dockerfiles in packages of public registries.

It runs where it is asked for (``-m registry``, or a path in this folder), downloads the packages with the machine's
own pip, npm and apt, keeps none of their files, and says what it could not get.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conformance.registry.packages import Package, Unavailable
from tests.tiers import leave_out

_missing: dict[str, str] = {}
_seen: dict[str, int] = {}


def pytest_configure(config: pytest.Config) -> None:
    """Register the tier's marker."""
    config.addinivalue_line("markers", "registry: downloads packages with Dockerfiles in them")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tier out where nobody asked for it."""
    left_out = leave_out(config, items, Path(__file__).parent, "registry")
    if left_out:
        _missing["all"] = f"{left_out} tests on packages were NOT RUN; ask for them with -m registry"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was looked at and what was left out."""
    for name, count in _seen.items():
        terminalreporter.write_line(f"registry packages: {count} Dockerfiles of {name}")
    for line in _missing.values():
        terminalreporter.write_line(f"registry packages: {line}", yellow=True, bold=True)


@pytest.fixture(scope="session")
def places() -> dict[str, Path]:
    """Where packages have been unpacked."""
    return {}


@pytest.fixture
def unpacked(request: pytest.FixtureRequest, places: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the package that the test is about, in a folder of their own."""
    package: Package = request.param
    if package.name not in places and package.name not in _missing:
        try:
            places[package.name] = package.unpack(tmp_path_factory.mktemp(package.name))
            _seen[package.name] = len(package.dockerfiles(places[package.name]))
        except Unavailable as error:
            _missing[package.name] = f"SKIPPED {package.name}: {error}"
    if package.name in _missing:
        pytest.skip(_missing[package.name])
    return places[package.name]
