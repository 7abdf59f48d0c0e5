"""The tier of tests that a real builder judges.

It runs where it is asked for (``-m buildkit``, or a path in this folder), and says what it did not run and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.casebook import cases
from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.fixing import images_of, of_case, prove_fixed
from tests.conformance.buildkit.pairs import Bodies, Observation, PairBuilder
from tests.conformance.buildkit.prepare import Tools, Unavailable, home, prepare
from tests.conformance.buildkit.rootfs import SETTINGS, busybox_tar
from tests.conformance.buildkit.situations import Pair

from copylast.prove.report import ProofReport

HERE = Path(__file__).parent
AT_ONCE = 3
"""Builds side by side; most of the time of a small build is waiting."""

_missing: dict[str, str] = {}


def pytest_configure(config: pytest.Config) -> None:
    """Register the tier's marker."""
    config.addinivalue_line("markers", "buildkit: starts a private dockerd (needs root and Debian packages)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tier, and leave it out where nobody asked for it."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker(pytest.mark.buildkit)
    places = [Path(str(argument).partition("::")[0]).absolute() for argument in config.args]
    asked = "buildkit" in str(config.getoption("markexpr") or "") or any(p.is_relative_to(HERE) for p in places)
    if not asked and ours:
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)
        _missing["all"] = f"{len(ours)} tests against a real builder were NOT RUN; ask for them with -m buildkit"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out."""
    for line in _missing.values():
        terminalreporter.write_line(f"real builder: {line}", yellow=True, bold=True)


def unavailable(what: str, error: Unavailable) -> str:
    """Note for the summary that ``what`` was skipped; the reason of the skip."""
    _missing[what] = f"{what} were SKIPPED: {error}"
    return str(error)


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The private programs."""
    try:
        return prepare(home())
    except Unavailable as error:
        pytest.skip(unavailable("tests against a real builder", error))


def _started(tools: Tools, containerd_store: bool) -> Iterator[PrivateDocker]:
    try:
        private = PrivateDocker(tools, containerd_store).__enter__()
    except Unavailable as error:
        pytest.skip(unavailable("tests against a real builder", error))
    try:
        yield private
    finally:
        private.close()


@pytest.fixture(scope="session")
def private(tools: Tools) -> Iterator[PrivateDocker]:
    """A private docker as it comes."""
    yield from _started(tools, False)


@pytest.fixture(scope="session")
def linking(tools: Tools) -> Iterator[PrivateDocker]:
    """A private docker whose store can link layers."""
    yield from _started(tools, True)


@pytest.fixture(scope="session")
def observations(
    request: pytest.FixtureRequest, tools: Tools, private: PrivateDocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Observation]]]:
    """What became of every pair that a selected test asks for, built side by side."""
    pairs: dict[str, Pair] = {}
    for item in request.session.items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            one = item.callspec.params.get("one")
            if isinstance(one, Pair):
                pairs[one.name] = one
    folder = tmp_path_factory.mktemp("pairs")
    stores = {one.link for one in pairs.values()}
    dockers = {False: private, **({True: request.getfixturevalue("linking")} if True in stores else {})}
    with Bodies().serving() as bodies, ThreadPoolExecutor(AT_ONCE) as pool:
        builders = {link: PairBuilder(docker, tools, folder, bodies) for link, docker in dockers.items()}
        futures = {
            one.name: pool.submit(builders[one.link].observe, one, number) for number, one in enumerate(pairs.values())
        }
        try:
            yield futures
        finally:
            for future in futures.values():
                future.cancel()


@pytest.fixture(scope="session")
def proofs(
    request: pytest.FixtureRequest, tools: Tools, private: PrivateDocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[ProofReport]]]:
    """The proof of every fixed text of a case that a selected test asks for, four builds each, side by side."""
    asked: dict[str, None] = {}
    for item in request.session.items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            name = item.callspec.params.get("proof")
            if isinstance(name, str):
                asked[name] = None
    folder = tmp_path_factory.mktemp("proofs")
    tar = busybox_tar(tools, folder / "base.tar")
    known = {case.name: case for case in cases()}
    images: set[str] = set()

    def run(name: str) -> ProofReport:
        case_name, _, file = name.partition("/")
        prefix, _, written = file.partition(".")
        case = known[case_name]
        dockerfile = next(path for path in case.dockerfiles if path.replace("/", "-") == written)
        fixed = of_case(case, dockerfile, prefix, folder / name.replace("/", "-"))
        return prove_fixed(fixed, private)

    for name in asked:
        for path in known[name.partition("/")[0]].dockerfiles:
            images |= images_of(known[name.partition("/")[0]].text(path))
    for image in sorted(images):
        private.load(tar, image, SETTINGS)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = {name: pool.submit(run, name) for name in asked}
        try:
            yield futures
        finally:
            for future in futures.values():
                future.cancel()
