"""A docker that is made of Python: it lays files and runs nothing. Also as a program, for tests of the command line."""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from copylast.context.disk import DiskContext
from copylast.prove.docker import Ran


class FakeDocker:
    """COPYs read the files of the context as they are then; what was seen before is cached.

    ``fail``: RUNs fail in Dockerfiles with this text. ``spoil``: the file that gets another content in builds
    whose first COPY takes only some of the files, as it is after a fix.
    """

    def __init__(self, spoil: str = "", fail: str = "") -> None:
        self.seen: set[str] = set()
        self.commands: list[list[str]] = []
        self.spoil = spoil
        self.fail = fail

    def run(self, command: Sequence[str], timeout: float) -> Ran:
        """The runner."""
        self.commands.append(list(command))
        root = Path(command[-1])
        text = Path(command[command.index("--file") + 1]).read_text()
        lines = text.splitlines()[1:]
        key, records = "", [_vertex(1, len(lines) + 1, "FROM scratch", False)]
        for number, line in enumerate(lines, 2):
            key += line + (_copied(root, line.split()[1:-1]) if line.startswith("COPY") else "")
            failed = bool(self.fail) and self.fail in text and line.startswith("RUN")
            records.append(_vertex(number, len(lines) + 1, line, key in self.seen, failed))
            if failed:
                return Ran(1, "", "\n".join(records) + "\nERROR: process did not complete\n")
            self.seen.add(key)
        output = command[command.index("--output") + 1].partition("dest=")[2]
        if output:
            whole = next(line for line in lines if line.startswith("COPY")).split()[1] == "."
            _write_tar(Path(output), root, "" if whole else self.spoil)
        return Ran(0, "", "\n".join(records))


def _copied(root: Path, sources: Sequence[str]) -> str:
    paths = sorted(root.rglob("*")) if "." in sources else [root / source for source in sources]
    return "".join(f"{path}{path.read_bytes()!r}".replace(str(root), "") for path in paths if path.is_file())


def _vertex(number: int, total: int, text: str, cached: bool, failed: bool = False) -> str:
    name = f"[{number}/{total}] {text}"
    times = {"started": "2026-01-01T00:00:00.5Z", "completed": "2026-01-01T00:00:02.123456789Z"}
    vertex = {"digest": f"sha256:{number}", "name": name, "inputs": ["x"], **times}
    if failed:
        vertex["error"] = "exit code: 1"
    return json.dumps({"vertexes": [{**vertex, "cached": cached}]})


def _write_tar(place: Path, root: Path, spoil: str) -> None:
    with tarfile.open(place, "w") as archive:
        for file in DiskContext(root).files():
            if file.kind != "file":
                continue
            content = (root / file.path).read_bytes() + (b"!" if file.path == spoil else b"")
            entry = tarfile.TarInfo(f"app/{file.path}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def install(folder: Path, *, spoil: str = "", fail: str = "", says: str = "") -> dict[str, str]:
    """Put a program ``docker`` into ``folder``; the environment in which it is found and remembers.

    ``says``: it only says this, and fails.
    """
    folder.mkdir()
    program = folder / "docker"
    program.write_text(f"#!{sys.executable}\nfrom tests.unit.prove.fake import main\nmain()\n")
    program.chmod(0o755)
    return {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "STUB_FOLDER": str(folder),
        "STUB_SPOIL": spoil,
        "STUB_FAIL": fail,
        "STUB_SAYS": says,
    }


def main() -> None:
    """The program."""
    if os.environ["STUB_SAYS"]:
        sys.exit(os.environ["STUB_SAYS"])
    fake = FakeDocker(os.environ["STUB_SPOIL"], os.environ["STUB_FAIL"])
    folder = Path(os.environ["STUB_FOLDER"])
    memory = folder / "seen"
    if memory.exists():
        fake.seen = set(json.loads(memory.read_text()))
    ran = fake.run(["docker", *sys.argv[1:]], 0)
    memory.write_text(json.dumps(sorted(fake.seen)))
    with open(folder / "commands", "a") as commands:
        commands.write(json.dumps(sys.argv[1:]) + "\n")
    sys.stderr.write(ran.log)
    sys.exit(ran.code)
