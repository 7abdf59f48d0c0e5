"""Builds a pair for real, and asks the key model about the same two builds."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.prepare import Tools
from tests.conformance.buildkit.projects import write_files
from tests.conformance.buildkit.rootfs import SETTINGS, busybox_tar
from tests.conformance.buildkit.situations import BASE, URL, Pair, Side

from copylast.context.disk import DiskContext
from copylast.context.memory import Content, Moded
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.layers.cache import Cache
from copylast.layers.profiles import BUILDKIT, BUILDKIT_OVERLAY, DATED_SINCE
from copylast.layers.simulate import explain
from copylast.layers.situations import Image, Settings, Situation
from copylast.prove.docker import Built, Request

_LETTERS = {"cached": "C", "executed": "X", "failed": "F", "rebuilt": "X", "cached-if-same": "?"}
_PATH = "PATH=/usr/local/bin:/usr/bin:/bin:/sbin"


class Shown(NamedTuple):
    """One step: the index of its stage, its keyword (LINK for the second half of a COPY --link), its letter."""

    stage: int
    keyword: str
    letter: str


class Observation(NamedTuple):
    """What the real builder did in the second build, and what the key model says of it.

    ``first`` and ``second`` are the builds; ``guess`` is the model's answer where nobody tells it whether
    outputs are the same, ``answer`` where the pair does. ``expected`` are the letters that the pair has for
    this version of the builder.
    """

    expected: str

    first: Built
    second: Built
    real: tuple[Shown, ...]
    answer: tuple[Shown, ...]
    guess: tuple[Shown, ...]


class Bodies:
    """Serves texts on the loopback address."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        bodies = self.texts

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = bodies[self.path].encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_HEAD(self) -> None:
                self.send_response(405)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @contextmanager
    def serving(self) -> Generator[Bodies]:
        """Serve as long as the block runs."""
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def address(self, path: str) -> str:
        """The address of a text."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"


class PairBuilder(NamedTuple):
    """Builds pairs; each has a base image of its own, so that they share no result."""

    private: PrivateDocker
    tools: Tools
    folder: Path
    bodies: Bodies

    def observe(self, one: Pair, number: int) -> Observation:
        """Build both sides of a pair."""
        path = f"/{number}"
        place = self.folder / str(number)

        def text(written: str) -> str:
            return re.sub(rf"\b{BASE}\b", f"{BASE}:{number}", written).replace(URL, self.bodies.address(path))

        built: list[Built] = []
        builds: list[Situation] = []
        for name, side in (("before", one.before), ("after", one.after)):
            files = {**_salted(side.files, number), side.name: text(side.dockerfile)}
            # A daemon takes folders of one name for one folder, and does not look at all of it again.
            root = write_files(place / f"{name}-{number}", files)
            if side.remote is not None:
                self.bodies.texts[path] = side.remote
            if name == "before" or side.base != one.before.base:
                tar = busybox_tar(self.tools, place / f"{name}.tar", {**side.base.files, "etc/salt": f"{number}\n"})
                self.private.load(tar, f"{BASE}:{number}", (*SETTINGS, *side.base.settings))
            built.append(self.private.docker.build(_request(side, root, place)))
            source = Source(text(side.dockerfile), side.name)
            builds.append(_situation(side, source, root, number, self.bodies.address(path)))
        dated = self.private.version >= DATED_SINCE
        answers = [_model(one, dated, builds, built, assume) for assume in (one.same, None)]
        expected = one.dated if dated and one.dated else one.expected
        return Observation(expected, built[0], built[1], _real(built[1], builds[1]), answers[0], answers[1])


def _salted(files: Mapping[str, Content | None], number: int) -> dict[str, Content | None]:
    """The texts with a line of the pair's own: a COPY --link stands on no base image that would tell pairs apart."""
    salted: dict[str, Content | None] = {}
    for path, content in files.items():
        if path.endswith(".txt") and isinstance(content, str):
            content = f"{content}{number}\n"
        elif path.endswith(".txt") and isinstance(content, Moded):
            assert isinstance(content.content, str)
            content = Moded(f"{content.content}{number}\n", content.mode)
        salted[path] = content
    return salted


def _request(side: Side, root: Path, place: Path) -> Request:
    options = [f"--network={side.network}", *side.run_options, *side.others]
    options += [f"--no-cache-filter={stage}" for stage in side.no_cache]
    if side.secret is not None:
        (place / "secret").write_text(side.secret)
        options.append(f"--secret=id=zz,src={place}/secret")
    return Request(str(root), str(root / side.name), side.target, side.args, side.platform, tuple(options))


def _situation(side: Side, source: Source, root: Path, number: int, address: str) -> Situation:
    said = [setting.partition(" ") for setting in side.base.settings]
    image = Image(
        f"{number} {sorted(side.base.files.items())}",
        repr(side.base.settings),
        (_PATH, *(value for keyword, _, value in said if keyword == "ENV")),
        "/",
        tuple(value for keyword, _, value in said if keyword == "ONBUILD"),
    )
    settings = Settings(
        build_args=side.args,
        target=side.target,
        platform=side.platform or "linux/amd64",
        network=side.network,
        run_options=side.run_options,
        no_cache=side.no_cache,
        images={f"{BASE}:{number}": image},
        remotes={} if side.remote is None else {address: side.remote},
    )
    # Without a common origin the model compares contents, as a builder does with a fresh transfer.
    return Situation(parse(source), DiskContext(root, root / side.name), settings)


def _stages(situation: Situation) -> Mapping[str, int]:
    found = {"": 0}
    for stage in situation.dockerfile.stages:
        found[f"stage-{stage.index}"] = stage.index
        if stage.name:
            found[stage.name.lower()] = stage.index
    return found


def _real(built: Built, situation: Situation) -> tuple[Shown, ...]:
    stages = _stages(situation)
    shown = [
        # Newer versions say of a trigger that it is one.
        Shown(stages[step.stage], step.text.removeprefix("ONBUILD ").split()[0].upper(), _LETTERS.get(step.status, "?"))
        for step in built.steps
        if step.keyword != "FROM"
    ]
    return _sorted(shown)


def _model(
    one: Pair, dated: bool, builds: list[Situation], built: list[Built], assume: bool | None
) -> tuple[Shown, ...]:
    cache = Cache((BUILDKIT if one.link else BUILDKIT_OVERLAY)._replace(dated=dated), assume)
    first, second = [
        cache.build(situation, _failed(situation, result)) for situation, result in zip(builds, built, strict=True)
    ]
    failed = _failed(builds[1], built[1])
    shown: list[Shown] = []
    for outcome in explain(first, second):
        if outcome.part in ("from", "image") or (failed is not None and outcome.instruction > failed):
            continue
        keyword = "LINK" if outcome.part == "link" else outcome.step.instruction.keyword
        letter = "F" if outcome.instruction == failed else _LETTERS[outcome.status]
        shown.append(Shown(outcome.stage, keyword, letter))
    return _sorted(shown)


def _failed(situation: Situation, built: Built) -> int | None:
    """The index of the instruction whose step failed."""
    texts = {step.text for step in built.steps if step.status == "failed"}
    return next((i.index for i in situation.dockerfile.instructions if f"{i.keyword} {i.rest}" in texts), None)


def _sorted(shown: list[Shown]) -> tuple[Shown, ...]:
    """Stages run side by side, and a merge beside what follows it: their order in a log says nothing."""
    return tuple(sorted(shown, key=lambda one: (one.stage, one.keyword == "LINK")))
