"""LuaRocks, run for real: dependencies apart from the rock come to the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.installs.harness import both, contents, tool

pytestmark = pytest.mark.installs
ROCKSPEC = """\
package = "clock"
version = "0.1-1"
source = { url = "git://example.org/clock" }
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = { clock = "clock.lua" } }
"""


def test_the_rock_is_the_same(tmp_path: Path) -> None:
    tool("luarocks", "luarocks")
    files = {
        "clock-0.1-1.rockspec": ROCKSPEC,
        "clock.lua": "return 1\n",
        "Dockerfile": "FROM a\nWORKDIR /app\nCOPY . .\nRUN luarocks make --tree rocks\n",
    }
    runs = both(files, tmp_path, {})
    assert "--only-deps\nCOPY . .\n" in runs.fixed
    assert contents(runs.after) == contents(runs.before)
    assert "rocks/share/lua/5.1/clock.lua" in contents(runs.after)
