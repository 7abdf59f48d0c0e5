"""Real Dockerfiles, many of them made to test a builder: read as BuildKit reads them, and checked without a crash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conformance.readers import comparable, ours, same_today, theirs
from tests.conformance.registry.packages import PACKAGES, Package
from tests.conftest import Copylast

from copylast.dockerfile.nodes import Token
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source, Span

of_each = pytest.mark.parametrize(
    ("unpacked", "package"),
    [(package, package) for package in PACKAGES],
    indirect=["unpacked"],
    ids=[package.name for package in PACKAGES],
)


def _sources(package: Package, root: Path) -> list[Source]:
    found = [
        Source(path.read_bytes().decode("utf-8", "surrogateescape"), str(path)) for path in package.dockerfiles(root)
    ]
    assert len(found) >= package.least
    return found


def _covers(tokens: tuple[Token, ...], span: Span) -> None:
    assert tokens[0].span.start == span.start
    assert [token.span.end for token in tokens] == [*(token.span.start for token in tokens[1:]), span.end]
    for token in tokens:
        if token.children:
            _covers(token.children, token.span)


@of_each
def test_read_as_the_official_parser_reads(unpacked: Path, package: Package) -> None:
    other = pytest.importorskip("dockerfile", reason="NOT TESTED against dockerfile: it is not installed")
    compared = 0
    for source in _sources(package, unpacked):
        tree = parse(source)
        if any("\udc80" <= char <= "\udcff" for char in source.text):
            continue
        try:
            commands = other.parse_string(source.text)
        except other.GoParseError as error:
            assert tree.problems, f"{source.path}: {error}"
            compared += 1
            continue
        if comparable(source.text) and same_today(tree):
            assert ours(tree) == theirs(commands), source.path
            compared += 1
    assert compared >= package.least * 0.9


@of_each
def test_spans_cover_the_text(unpacked: Path, package: Package) -> None:
    for source in _sources(package, unpacked):
        tree = parse(source)
        assert "".join(source.slice(piece.span) for piece in tree.pieces()) == source.text
        for step in tree.instructions:
            _covers(step.tokens(), step.span)
            assert "".join(source.text[step.locate(at)] for at in range(len(step.rest))) == step.rest


@of_each
def test_check_reads_each_and_points_into_it(unpacked: Path, package: Package, copylast: Copylast) -> None:
    sources = _sources(package, unpacked)
    done = copylast("check", "--isolated", "--format", "json", *(source.path for source in sources))
    assert done.returncode in (0, 1), done.stderr[-4000:]
    files = json.loads(done.stdout)["files"]
    assert [file["path"] for file in files] == [source.path for source in sources]
    for source, file in zip(sources, files, strict=True):
        lines = [len(line) for line in source.text.split("\n")]
        for found in file["diagnostics"]:
            # Ends are exclusive, and the end of the text is a place.
            assert 1 <= found["column"] <= lines[found["line"] - 1] + 1, (source.path, found)
            assert 1 <= found["end_column"] <= lines[found["end_line"] - 1] + 1, (source.path, found)
