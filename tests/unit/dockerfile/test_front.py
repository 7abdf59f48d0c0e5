"""dockerfile-parse over our reading."""

from __future__ import annotations

import subprocess
import sys

import pytest

from copylast.dockerfile.front import FrontParser
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source


def test_structure_in_the_terms_of_dockerfile_parse() -> None:
    text = '# hi\nFROM a\nRUN <<E\nCOPY no no\nE\nRUN b \\\n\n # inside\n c\nCMD ["x"]'
    structure = parse(Source(text)).structure
    assert [
        (entry["instruction"], entry["value"], entry["startline"], entry["endline"]) for entry in structure
    ] == [
        ("COMMENT", "hi", 0, 0),
        ("FROM", "a", 1, 1),
        ("RUN", "<<E", 2, 4),
        ("RUN", "b  c", 5, 8),
        ("COMMENT", "inside", 7, 7),
        ("CMD", '["x"]', 9, 9),
    ]
    assert structure[2]["content"] == "RUN <<E\nCOPY no no\nE\n"


def test_it_is_for_reading() -> None:
    front = FrontParser(parse(Source("FROM a\n")))
    with pytest.raises(AttributeError):
        front.lines = ["FROM b\n"]


def test_parsing_does_not_import_dockerfile_parse() -> None:
    code = (
        "import sys; from copylast.dockerfile.parse import parse; from copylast.dockerfile.scope import evaluate\n"
        "from copylast.dockerfile.source import Source\n"
        "evaluate(parse(Source('FROM a'))).stages\n"
        "sys.exit('dockerfile_parse' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
