"""The facade: the same names at run time, for type checkers, and in the import contracts."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys

import pytest
from tests.conftest import ROOT

import copylast


def stub() -> dict[str, str]:
    """Name -> module in ``__init__.pyi``."""
    tree = ast.parse((ROOT / "lint/copylast/__init__.pyi").read_text())
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None
            for alias in node.names:
                assert alias.asname == alias.name, "without 'as' a stub does not export a name"
                found[alias.name] = node.module
    return found


def test_type_checkers_see_what_is_there() -> None:
    homes = {name: module for module, names in copylast._HOMES.items() for name in names}  # type: ignore[attr-defined] # pyright: ignore
    assert stub() == homes


def test_every_name_exists_and_nothing_else_does() -> None:
    for name, module in stub().items():
        assert getattr(copylast, name) is getattr(sys.modules[module], name)
        assert name in dir(copylast)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        copylast.nonsense  # type: ignore[attr-defined] # pyright: ignore # noqa: B018


def test_rules_may_import_no_part_but_the_facade() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    forbidden = parser["importlinter:contract:rules"]["forbidden_modules"].split()
    inside = {
        "copylast." + path.stem
        for path in (ROOT / "lint/copylast").iterdir()
        if (path / "__init__.py").is_file() or (path.suffix == ".py" and not path.name.startswith("__"))
    }
    assert set(forbidden) == inside - {"copylast.typed"}, "typed only stands for typing"


def test_imports_for_type_checkers_only_do_not_exist() -> None:
    """The need for one means that a type lives too high."""
    for root in ("lint", "rules"):
        for path in (ROOT / root).rglob("*.py"):
            assert "TYPE_CHECKING" not in path.read_text(), path


def test_generated_files_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "docs/generate.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, f"run docs/generate.py:\n{done.stdout}{done.stderr}"
