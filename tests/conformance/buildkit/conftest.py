"""The tier of tests that a real builder judges.

It runs where it is asked for (``-m buildkit``, or a path in this folder), and says what it did not run and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from queue import SimpleQueue
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
"""Builds side by side; much of the time of a small build is waiting."""

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
def with_python(tools: Tools) -> Iterator[PrivateDocker]:
    """A private docker for real installs of Python's: elsewhere stubs have the name of its image, at the same time."""
    yield from _started(tools, False)


@pytest.fixture(scope="session")
def with_node(tools: Tools) -> Iterator[PrivateDocker]:
    """A private docker for real installs of node's."""
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
def _side_by_side(
    run: Callable[[Item, int], Result], items: Sequence[Item], at_once: int = AT_ONCE
) -> Generator[list[Future[Result]]]:
    """The results of all items, as they become ready; what nobody waits for any more is not begun."""
    with ThreadPoolExecutor(at_once) as pool:
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
def stubbing(
    tools: Tools, private: PrivateDocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[PrivateDocker]]:
    """As many dockers as builds run side by side, with stub installers under the name of every base image.

    No two builds may run in one daemon at the same time whose steps are equal, as those of cases often are: it joins
    such steps, and shows one that another build ran a moment ago as executed where it would come from the cache.
    """
    tar = busybox_tar(tools, tmp_path_factory.mktemp("images") / "base.tar")
    texts = [case.text(path) for case in cases() for path in case.dockerfiles]
    images = {image for text in (*texts, *(one.dockerfile for one in PROJECTS.values())) for image in images_of(text)}
    first, *others = sorted(images)
    with ExitStack() as stack:
        dockers = [private, *(stack.enter_context(PrivateDocker(tools)) for _ in range(AT_ONCE - 1))]
        for docker in dockers:
            # The images of micromamba say so themselves.
            docker.load(tar, first, (*SETTINGS, "ENV MAMBA_USER=mamba"))
            for image in others:
                docker.tag(first, image)
        yield dockers


@pytest.fixture(scope="session")
def stubbed(stubbing: list[PrivateDocker]) -> PrivateDocker:
    """One of the dockers with stub installers."""
    return stubbing[0]


@contextmanager
def _each_alone(
    run: Callable[[str, int, PrivateDocker], Result], names: Sequence[str], dockers: Sequence[PrivateDocker]
) -> Generator[dict[str, Future[Result]]]:
    """The results by name, side by side with at most one at a time in each of the dockers."""
    free: SimpleQueue[PrivateDocker] = SimpleQueue()
    for docker in dockers:
        free.put(docker)

    def alone(name: str, number: int) -> Result:
        docker = free.get()
        try:
            return run(name, number, docker)
        finally:
            free.put(docker)

    with _side_by_side(alone, names, len(dockers)) as futures:
        yield dict(zip(names, futures, strict=True))


@pytest.fixture(scope="session")
def proofs(
    request: pytest.FixtureRequest, stubbing: list[PrivateDocker], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Built]]]:
    """The proof of every fixed text of a case that a selected test asks for, four builds each."""
    folder = tmp_path_factory.mktemp("cases")
    known = {case.name: case for case in cases()}

    def run(name: str, number: int, docker: PrivateDocker) -> Built:
        case_name, _, file = name.partition("/")
        prefix, _, written = file.partition(".")
        case = known[case_name]
        dockerfile = next(path for path in case.dockerfiles if path.replace("/", "-") == written)
        return prove_fixed(of_case(case, dockerfile, prefix, folder / str(number)), docker)

    with _each_alone(run, [str(name) for name in _asked(request, "proof")], stubbing) as futures:
        yield futures


@pytest.fixture(scope="session")
def proven(
    request: pytest.FixtureRequest, stubbing: list[PrivateDocker], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Proven]]]:
    """The proof of every project in ``inline.py`` that a selected test asks for."""
    folder = tmp_path_factory.mktemp("projects")

    def run(name: str, number: int, docker: PrivateDocker) -> Proven:
        return prove_project(PROJECTS[name], folder / str(number), docker)

    with _each_alone(run, [str(name) for name in _asked(request, "hard")], stubbing) as futures:
        yield futures


@pytest.fixture(scope="session", autouse=True)
def early(request: pytest.FixtureRequest) -> None:
    """Real installs wait most of their time, for registries: they begin before everything else, and are asked later."""
    if _asked(request, "real"):
        # Those who ask later hear why there are none.
        with suppress(pytest.skip.Exception):
            request.getfixturevalue("installed")


@pytest.fixture(scope="session")
def installed(
    request: pytest.FixtureRequest,
    with_python: PrivateDocker,
    with_node: PrivateDocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Future[Installed]]]:
    """By name, every project in ``installs.py`` and every manager that a selected test asks for."""
    folder = tmp_path_factory.mktemp("installs")
    names = [str(name) for name in (*_asked(request, "real"), *_asked(request, "manager"))]
    options = installs.build_options()

    @cache
    def load(image: str) -> str:
        """Make the image in its docker, and say why where that cannot be."""
        try:
            installs.load_debian(with_python if image == installs.PYTHON else with_node, prepare_debian(home()), image)
        except Unavailable as error:
            return str(error)
        return ""

    def run(name: str, number: int, docker: PrivateDocker) -> Installed:
        manager = name.partition(":")[0]
        missing = load(installs.image_of(manager))
        if missing:
            pytest.skip(f"real installs: {missing}")
        proven = None
        if name in installs.PROJECTS:
            proven = prove_project(installs.PROJECTS[name], folder / manager / str(number), docker, options)
        files = installs.PROJECTS[name if name in installs.PROJECTS else "pip: a list"].files
        place = write_files(folder / manager / f"{number}-then", files)
        text = proven.text if proven is not None else installs.TOOLS[manager]
        return Installed(proven, runs(text, f"{installs.BROUGHT[manager]} | grep -q .", place, docker, options))

    dockers = {installs.PYTHON: with_python, installs.NODE: with_node}
    with ExitStack() as stack:
        found: dict[str, Future[Installed]] = {}
        for image, docker in dockers.items():
            own = [name for name in names if installs.image_of(name.partition(":")[0]) == image]
            found.update(stack.enter_context(_each_alone(run, own, [docker])))
        yield found
