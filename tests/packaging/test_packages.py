"""The hand-written lists of setup.cfg against what is on the disk."""

from __future__ import annotations

import configparser
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOTS = {"copylast": ROOT / "lint", "copylast_rules": ROOT / "rules"}


def read_setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_package_list_equals_disk() -> None:
    listed = read_setup()["options"]["packages"].split()
    on_disk = {
        ".".join(init.parent.relative_to(root).parts)
        for name, root in ROOTS.items()
        for init in (root / name).rglob("__init__.py")
    }
    assert sorted(listed) == sorted(on_disk)


def test_every_python_file_is_in_a_package() -> None:
    for name, root in ROOTS.items():
        for file in (root / name).rglob("*.py"):
            assert (file.parent / "__init__.py").is_file(), f"{file} would be missing from the wheel"


def test_every_data_file_is_shipped() -> None:
    data = read_setup()["options.package_data"]
    everywhere = [p.strip() for p in data["*"].split(",")]
    for name, root in ROOTS.items():
        for file in (root / name).rglob("*"):
            if not file.is_file() or file.suffix in (".py", ".pyc"):
                continue
            package = file.parent
            while not (package / "__init__.py").is_file():
                package = package.parent
            dotted = ".".join(package.relative_to(root).parts)
            own = [p.strip() for p in data.get(dotted, "").split(",")]
            inside = file.relative_to(package).as_posix()
            assert any(fnmatch(inside, p) for p in (*everywhere, *own) if p), f"{file} is not package data"
