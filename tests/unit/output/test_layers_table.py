"""The layer table on terminals of all kinds."""

from __future__ import annotations

import re

from copylast.layers.cache import Status
from copylast.output.layers_notes import size
from copylast.output.layers_table import layers_table
from copylast.output.run import Style
from copylast.survey.values import Cause, Kind, Read, Row, Shared, Survey, Table, Totals


def row(
    line: int | None,
    text: str,
    kind: Kind = "layer",
    *,
    stage: str = "build",
    now: Status | None = None,
    after: Status | None = None,
    why: str = "",
    reads: tuple[Read, ...] = (),
    causes: tuple[Cause, ...] = (),
) -> Row:
    """A row that took 1.5 s."""
    return Row(0, stage, line, text, kind, reads, causes, now, after, why, 1.5, False)


IMAGE = Cause("image", "python:3", 1)
COPY = Cause("files", ".", 4)
ROWS = (
    row(1, "FROM python:3", "base", causes=(IMAGE,)),
    row(2, "ENV A=1", "config"),
    row(4, "COPY . .", reads=(Read("context", ".", 312, 1_234_567),), causes=(COPY, IMAGE)),
    row(5, "RUN pip install -r requirements.txt", reads=(Read("file", "requirements.txt"),), causes=(COPY, IMAGE)),
    row(6, "RUN " + "make everything " * 9, reads=(Read("any", "`make` may read any file"),),
        causes=(Cause("argument", "VERSION", 6), COPY, IMAGE)),
)  # fmt: skip
CHANGE = (
    row(4, "COPY . .", now="rebuilt", after="rebuilt", why="src/app.py changed"),
    row(None, "COPY requirements.txt ./", after="cached", why="added by the fix"),
    row(5, "RUN pip install -r requirements.txt", now="rebuilt", after="cached", why="after line 4; " + "reads x " * 8),
    row(9, "COPY --from=build /out /out", stage="stage-1", now="cached-if-same", after="cached-if-same", why="cached"),
)  # fmt: skip


def table(rows: tuple[Row, ...], change: tuple[str, ...] = ()) -> Table:
    """A table of these rows."""
    now, after = (Totals(4, 2, 1, 18.4), Totals(5, 1, 1, 0.5)) if change else (None, None)
    return Table("Dockerfile", ".", False, "final", "buildkit", change, rows, now, after, ("CPL101",), ("dev", "test"))


def lines(rows: tuple[Row, ...], style: Style, change: tuple[str, ...] = ()) -> list[str]:
    """What is printed for one table."""
    return layers_table(Survey((table(rows, change),)), style).splitlines()


def test_on_a_wide_page() -> None:
    assert lines(ROWS[:4], Style()) == [
        "Dockerfile   context: .   target: final",
        "       line  instruction                          makes      est.  reads, and what runs it again",
        "build     1  FROM python:3                        base       1.5s  again when the tag moves",
        "          2  ENV A=1                              config",
        "          4  COPY . .                             layer      1.5s  312 files, 1.2 MB; again when one of them "
        "changes",
        "          5  RUN pip install -r requirements.txt  layer      1.5s  reads only requirements.txt; again after "
        "line 4",
        "note: not built, since the target does not need it: dev and test",
    ]


def test_on_eighty_columns() -> None:
    found = lines(ROWS, Style(width=80))
    assert max(map(len, found)) <= 80
    assert found[1:10] == [
        "       line  instruction                                         makes      est.",
        "build     1  FROM python:3                                       base       1.5s",
        "               again when the tag moves",
        "          2  ENV A=1                                             config",
        "          4  COPY . .                                            layer      1.5s",
        "               312 files, 1.2 MB; again when one of them changes",
        "          5  RUN pip install -r requirements.txt                 layer      1.5s",
        "               reads only requirements.txt; again after line 4",
        "          6  RUN make everything make everything make everythi…  layer      1.5s",
    ]


def test_a_change_on_narrow_pages() -> None:
    for width in (80, 100, 120, 140):
        found = lines(CHANGE, Style(width=width), ("M src/app.py",))
        assert max(map(len, found)) <= width
        assert any("○ rebuilt  ● cached" in line for line in found)
    # Narrower than the columns need: nothing is lost but the end of the instruction.
    assert any("rebuilt" in line for line in lines(CHANGE, Style(width=30), ("M src/app.py",)))


def test_in_ascii() -> None:
    found = "\n".join(lines((*ROWS, *CHANGE), Style(unicode=False, width=80), ("M x",)))
    assert found.isascii()
    assert "x rebuilt  = cached" in found
    assert "? if same  ? if same" in found
    assert "make everything~" in found or "~ " in found


def test_colours_change_no_letter() -> None:
    plain = lines(CHANGE, Style(width=100), ("M x",))
    coloured = lines(CHANGE, Style(width=100, color=True), ("M x",))
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in coloured] == plain
    assert "\x1b[32m● cached" in "\n".join(coloured)


def test_the_sums() -> None:
    found = lines(CHANGE, Style(), ("M x",))
    assert found[-2] == (
        "  now: 2 of 4 steps and perhaps 1 more, 18.4 s    after --fix: 1 of 5 steps and perhaps 1 more, 0.5 s    "
        "saved on this change: 17.9 s (97 %)"
    )


def test_control_characters_do_not_reach_the_terminal() -> None:
    found = lines((row(1, "RUN echo \x1b[2J\x07", stage="\x1b]0;x"),), Style())
    assert "\x1b" not in "".join(found) and "\x07" not in "".join(found)


def test_many_lines_above_are_not_all_named() -> None:
    causes = tuple(Cause("files", ".", line) for line in (2, 3, 4, 5))
    assert "again after line 2 or any of 3 more" in lines((row(9, "RUN x", causes=causes),), Style())[2]
    assert "again after line 2, 3 or 4" in lines((row(9, "RUN x", causes=causes[:3]),), Style())[2]


def test_what_is_shared() -> None:
    one = Shared((("a", tuple(range(1, 12))), ("b", (1,))), 11, 3.25)
    found = layers_table(Survey((table(()),), (one,)), Style())
    assert found.endswith("  11 steps, 3.2 s: a lines 1, 2, 3, 4, 5, 6, 7, 8 and 3 more; b line 1\n")


def test_sizes() -> None:
    numbers = (0, 1, 999, 1000, 12_345, 999_499, 1_234_567, 5_000_000_000)
    assert [size(n) for n in numbers] == [
        "0 B", "1 B", "999 B", "1.0 kB", "12.3 kB", "999 kB", "1.2 MB", "5.0 GB"
    ]  # fmt: skip


def test_what_all_share_with_the_base_is_said_once() -> None:
    tag, level = Cause("argument", "TAG", 1), Cause("argument", "LEVEL", 3)
    rows = (
        row(1, "FROM python:$TAG", "base", causes=(IMAGE, tag)),
        row(2, "RUN apt-get update", causes=(Cause("variable", "HOME", 2), IMAGE, tag)),
        row(3, "RUN make", causes=(level, IMAGE, tag)),
        row(4, "RUN make all", causes=(Cause("argument", "LEVEL", 4), level, IMAGE, tag)),
        row(5, "COPY . .", causes=(Cause("files", ".", 5), level, IMAGE, tag)),
    )
    assert [line.rpartition("1.5s  ")[2] for line in lines(rows, Style())[2:-1]] == [
        "again when the tag moves or when ARG TAG changes",
        "again only with the base",
        "again when ARG LEVEL changes",
        "again when ARG LEVEL changes",
        "again when one of them changes or after line 3",
    ]


def test_of_what_is_not_there_nothing_changes() -> None:
    missing = (Read("context", "gone", 0, 0), Read("missing", "gone"))
    rows = (row(2, "COPY gone /", reads=missing, causes=(Cause("files", "gone", 2), IMAGE)),)
    assert lines(rows, Style())[2].endswith(" 1.5s  gone is not in the context, so the build fails")
