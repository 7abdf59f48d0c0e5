"""The tier of tests that a real builder judges.

It runs where it is asked for (``-m buildkit``, or a path in this folder), and says what it did not run and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest
from tests.casebook import cases
from tests.conformance.buildkit import installs
from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.fixing import (
    Built,
    Installed,
    Proven,
    images_of,
    of_case,
    prove_fixed,
    prove_project,
    runs,
)
from tests.conformance.buildkit.inline import PROJECTS
from tests.conformance.buildkit.pairs import Bodies, Observation, PairBuilder
from tests.conformance.buildkit.prepare import Tools, Unavailable, home, prepare, prepare_debian
from tests.conformance.buildkit.projects import write_files
from tests.conformance.buildkit.rootfs import SETTINGS, busybox_tar
from tests.conformance.buildkit.situations import Pair
from tests.tiers import leave_out

HERE = Path(__file__).parent
AT_ONCE = 3
"""Builds side by side; most of the time of a small build is waiting."""

Item = TypeVar("Item")
Result = TypeVar("Result")

_left_out: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Register the tier's marker."""
    config.addinivalue_line("markers", "buildkit: starts a private dockerd (needs root and Debian packages)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tier, and leave it out where nobody asked for it."""
    left_out = leave_out(config, items, HERE, "buildkit")
    if left_out:
        _left_out.append(f"{left_out} tests were NOT RUN; ask for them with -m buildkit")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", ()):
        if report.nodeid.startswith("tests/conformance/buildkit/"):
            reasons[report.longrepr[2].removeprefix("Skipped: ")] += 1
    lines = [*_left_out, *(f"{count} tests were SKIPPED: {reason}" for reason, count in reasons.items())]
    for line in lines:
        terminalreporter.write_line(f"real builder: {line}", yellow=True, bold=True)


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The private programs."""
    try:
        return prepare(home())
    except Unavailable as error:
        pytest.skip(str(error))


def _started(tools: Tools, containerd_store: bool) -> Iterator[PrivateDocker]:
    try:
        private = PrivateDocker(tools, containerd_store).__enter__()
    except Unavailable as error:
        pytest.skip(str(error))
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
def installing(tools: Tools) -> Iterator[PrivateDocker]:
    """A private docker for real installs: elsewhere stubs have the names of their images, at the same time."""
    yield from _started(tools, False)


def _asked(request: pytest.FixtureRequest, parameter: str) -> list[object]:
    """What the selected tests want of a fixture that makes many things side by side."""
    found: dict[str, object] = {}
    for item in request.session.items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            value = item.callspec.params.get(parameter)
            if value is not None:
                found[repr(value)] = value
    return list(found.values())


@contextmanager
def _side_by_side(run: Callable[[Item, int], Result], items: Sequence[Item]) -> Generator[list[Future[Result]]]:
    """The results of all items, as they become ready; what nobody waits for any more is not begun."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(run, item, number) for number, item in enumerate(items)]
        try:
            yield futures
        finally:
            for future in futures:
                future.cancel()


@pytest.fixture(scope="session")
def observations(
    request: pytest.FixtureRequest, tools: Tools, private: PrivateDocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Observation]]]:
    """What became of every pair that a selected test asks for."""
    pairs = [one for one in _asked(request, "one") if isinstance(one, Pair)]
    folder = tmp_path_factory.mktemp("pairs")
    # Asks busybox for its programs once, before there are threads.
    busybox_tar(tools, folder / "first.tar")
    dockers = {False: private}
    if any(one.link for one in pairs):
        dockers[True] = request.getfixturevalue("linking")
    with Bodies().serving() as bodies:
        builders = {link: PairBuilder(docker, tools, folder, bodies) for link, docker in dockers.items()}
        with _side_by_side(lambda one, number: builders[one.link].observe(one, number), pairs) as futures:
            yield {one.name: future for one, future in zip(pairs, futures, strict=True)}


@pytest.fixture(scope="session")
def stubbed(tools: Tools, private: PrivateDocker, tmp_path_factory: pytest.TempPathFactory) -> PrivateDocker:
    """The private docker, with stub installers under the name of every base image of the cases and projects."""
    tar = busybox_tar(tools, tmp_path_factory.mktemp("images") / "base.tar")
    texts = [case.text(path) for case in cases() for path in case.dockerfiles]
    images = {image for text in (*texts, *(one.dockerfile for one in PROJECTS.values())) for image in images_of(text)}
    first, *others = sorted(images)
    # The images of micromamba say so themselves.
    private.load(tar, first, (*SETTINGS, "ENV MAMBA_USER=mamba"))
    for image in others:
        private.tag(first, image)
    return private


@pytest.fixture(scope="session")
def proofs(
    request: pytest.FixtureRequest, stubbed: PrivateDocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Built]]]:
    """The proof of every fixed text of a case that a selected test asks for, four builds each."""
    folder = tmp_path_factory.mktemp("cases")
    known = {case.name: case for case in cases()}
    names = [str(name) for name in _asked(request, "proof")]

    def run(name: str, number: int) -> Built:
        case_name, _, file = name.partition("/")
        prefix, _, written = file.partition(".")
        case = known[case_name]
        dockerfile = next(path for path in case.dockerfiles if path.replace("/", "-") == written)
        return prove_fixed(of_case(case, dockerfile, prefix, folder / str(number)), stubbed)

    with _side_by_side(run, names) as futures:
        yield dict(zip(names, futures, strict=True))


@pytest.fixture(scope="session")
def proven(
    request: pytest.FixtureRequest, stubbed: PrivateDocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Proven]]]:
    """The proof of every project in ``inline.py`` that a selected test asks for."""
    folder = tmp_path_factory.mktemp("projects")
    names = [str(name) for name in _asked(request, "hard")]

    def run(name: str, number: int) -> Proven:
        return prove_project(PROJECTS[name], folder / str(number), stubbed)

    with _side_by_side(run, names) as futures:
        yield dict(zip(names, futures, strict=True))


@pytest.fixture(scope="session", autouse=True)
def early(request: pytest.FixtureRequest) -> None:
    """Real installs wait most of their time, for registries: they begin before everything else, and are asked later."""
    if _asked(request, "real"):
        # Those who ask later hear why there are none.
        with suppress(pytest.skip.Exception):
            request.getfixturevalue("installed")


@pytest.fixture(scope="session")
def installed(
    request: pytest.FixtureRequest, installing: PrivateDocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Installed]]]:
    """By name, every project in ``installs.py`` and every manager that a selected test asks for."""
    folder = tmp_path_factory.mktemp("installs")
    names = [str(name) for name in (*_asked(request, "real"), *_asked(request, "manager"))]
    loaded: Future[None] = Future()

    def run(name: str, number: int) -> Installed:
        if not number:
            try:
                installs.load_debian(installing, prepare_debian(home()))
                loaded.set_result(None)
            except BaseException as error:
                loaded.set_exception(error)
        try:
            loaded.result()
        except Unavailable as error:
            pytest.skip(f"real installs: {error}")
        real = name if name in installs.PROJECTS else "pip: a list"
        options = installs.build_options()
        proven = None
        if name in installs.PROJECTS:
            proven = prove_project(installs.PROJECTS[name], folder / str(number), installing, options)
        manager = name.partition(":")[0]
        place = write_files(folder / f"{number}-then", installs.PROJECTS[real].files)
        text = proven.text if proven is not None else installs.TOOLS[manager]
        return Installed(proven, runs(text, f"{installs.BROUGHT[manager]} | grep -q .", place, installing, options))

    with _side_by_side(run, names) as futures:
        yield dict(zip(names, futures, strict=True))
