"""Fuzzing: ``python -m tests.fuzz --seconds 1800``.

First half of the time: any input, no exception and no hang. With PyPI's ``atheris`` (guided by coverage) where it is
installed, else without guidance. Second half: inputs that are one piece many times over, of which twice the size may
take about twice the time. Each find is printed and written to ``--found``; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
HANG = 20
"""Seconds of CPU time after which an input counts as hanging: on a busy machine anything can take real time."""


def seeds() -> list[str]:
    """The committed corpus, the little projects of the tests, and the texts on which BuildKit gave its verdict."""
    found = [path.read_bytes() for path in sorted(HERE.glob("corpus/*"))]
    found += [path.read_bytes() for path in sorted(ROOT.glob("tests/cases/*/project/Dockerfile"))]
    recorded = json.loads((ROOT / "tests" / "data" / "dockerfile-syntax.json").read_text("utf-8"))["cases"]
    texts = [data.decode("utf-8", "surrogateescape") for data in found]
    return texts + [case["text"] for case in recorded if len(case["text"]) < 2000 and _encodes(case["text"])]


def _encodes(text: str) -> bool:
    """Whether a file can hold the text: not so where half a surrogate pair stands in it."""
    return not any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in text)


class Finds:
    """What was found, once a kind: by where it was raised, or by the part that is slow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kinds: set[str] = set()

    def add(self, kind: str, text: str, what: str) -> None:
        """Print and keep an input, unless one of its kind is there."""
        if kind in self._kinds:
            return
        self._kinds.add(kind)
        data = text.encode("utf-8", "surrogateescape")
        path = self.folder / hashlib.sha256(data).hexdigest()[:12]
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"FOUND {kind}: {what}\n  input: {path}", flush=True)

    def __len__(self) -> int:
        return len(self._kinds)


class Hang(BaseException):
    """Out of time; no ``except Exception`` may swallow it."""


def _alarm(number: int, frame: FrameType | None) -> None:
    raise Hang


def _allow(seconds: float) -> None:
    """Raise :class:`Hang` when so much CPU time is gone; 0: never."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _try(read: Callable[[str], None], text: str, finds: Finds) -> None:
    _allow(HANG)
    try:
        read(text)
    except Hang:
        finds.add("hang", text, f"not done after {HANG} s of CPU time")
    except Exception as error:
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame is not None else "?"
        finds.add(f"{type(error).__name__} at {place}", text, str(error)[-2000:])
    finally:
        _allow(0)


def unguided(seconds: float, dice: Random, finds: Finds) -> int:
    """Changed seeds, without knowledge of what they reach; the number of inputs."""
    from tests.fuzz.pieces import mutated
    from tests.fuzz.reading import read_everything

    pool = seeds()
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        text = mutated(dice.choice(pool), pool, dice)
        _try(read_everything, text, finds)
        count += 1
    return count


def guided(atheris: Any, seconds: float, dice: Random, finds: Finds) -> None:
    """The same with atheris, which keeps what reaches new code. Ends the process.

    Nothing that reads may be imported before.
    """
    assert "copylast" not in sys.modules, "atheris would watch nothing"
    pool = seeds()
    with atheris.instrument_imports(include=["copylast", "copylast_rules"]):
        from tests.fuzz.reading import decoded, read_everything

        # What is imported when it is first needed is to be watched too.
        for text in pool:
            _try(read_everything, text, finds)
    from tests.fuzz.pieces import mutated

    def one(data: bytes) -> None:
        _try(read_everything, decoded(data), finds)

    def change(data: bytes, size: int, seed: int) -> bytes:
        if seed % 3 == 0:
            changed: bytes = atheris.Mutate(data, size)
            return changed
        text = mutated(decoded(data), pool, Random(seed))
        return text.encode("utf-8", "surrogateescape")[:size]

    corpus = finds.folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(pool):
        (corpus / f"seed-{number}").write_bytes(text.encode("utf-8", "surrogateescape"))
    options = [f"-max_total_time={int(seconds)}", "-max_len=4000", f"-seed={dice.randrange(1, 2**31)}", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one, custom_mutator=change)
    atheris.Fuzz()


def growth(seconds: float, dice: Random, finds: Finds) -> int:
    """Inputs that repeat a piece; the number of series."""
    from tests.fuzz.growing import slow_parts
    from tests.fuzz.pieces import some_series

    pool = [text for text in seeds() if text]
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        series = some_series(pool, dice)
        count += 1
        _allow(6 * HANG)
        try:
            for part, times in slow_parts(series).items():
                shown = " ".join(f"{one * 1000:.0f}" for one in times)
                finds.add(f"slow {part}: {series.piece!r}", series.text(8000), f"{part} took {shown} ms; {series!r}")
        except Hang:
            finds.add(f"hang with {series.piece!r}", series.text(8000), repr(series))
        except Exception:
            # The other half looks for these.
            _try(_raise_again(series.text(2000)), series.text(2000), finds)
        finally:
            _allow(0)
    return count


def _raise_again(text: str) -> Callable[[str], None]:
    from tests.fuzz.reading import read_everything

    return lambda _: read_everything(text)


def _halves(options: argparse.Namespace, seed: int) -> int:
    """Each half in a process of its own: what is imported before atheris watches is never watched.

    And atheris ends its process, by an exit code that says nothing about finds.
    """
    known = set(_kept(options.found))
    codes = [
        subprocess.run(
            [sys.executable, "-m", "tests.fuzz", "--part", part, "--seconds", str(options.seconds / 2)]
            + ["--seed", str(seed), "--found", str(options.found)],
            cwd=ROOT,
        ).returncode
        for part in ("growth", "inputs")
    ]
    return 1 if any(codes) or set(_kept(options.found)) - known else 0


def _kept(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*") if path.is_file()]


def main() -> int:
    """Runs the fuzzer; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--part", choices=("both", "inputs", "growth"), default="both")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="folder for the inputs that failed")
    options = parser.parse_args()
    options.found = options.found.absolute()
    seed = options.seed or int.from_bytes(os.urandom(4), "big") or 1
    if options.part == "both":
        return _halves(options, seed)
    print(f"{options.part}: seed {seed}", flush=True)
    dice = Random(seed)
    finds = Finds(options.found)
    signal.signal(signal.SIGPROF, _alarm)
    if options.part == "growth":
        print(f"{growth(options.seconds, dice, finds)} series tried for their growth", flush=True)
        return 1 if len(finds) else 0
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        print("atheris is not installed: inputs are not guided by coverage", flush=True)
        print(f"{unguided(options.seconds, dice, finds)} inputs read", flush=True)
    else:
        guided(atheris, options.seconds, dice, finds)
    return 1 if len(finds) else 0


if __name__ == "__main__":
    raise SystemExit(main())
