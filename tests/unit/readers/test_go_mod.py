"""Go: what is read, what refuses, what downloads nothing."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

D = "go mod download"
MOD = "module x\n\ngo 1.22\n\nrequire a.b/c v1.0.0\n"
SUM = "a.b/c v1.0.0 h1:x=\na.b/c v1.0.0/go.mod h1:y=\n"


@pytest.mark.parametrize(
    ("command", "cwd", "files", "expected"),
    [
        (D, "/app", {"go.mod": MOD, "go.sum": SUM, "main.go": ""}, ["go.mod", "go.sum"]),
        ("go build ./...", "/app", {"go.mod": MOD, "go.sum": ""}, ["go.mod", "go.sum"]),
        (D, "/app", {"go.mod": MOD}, ["go.mod"]),
        (D, "/app/cmd/x", {"go.mod": MOD, "go.sum": SUM}, ["go.mod", "go.sum"]),
        ("go -C api mod download", "/app", {"api/go.mod": MOD}, ["api/go.mod"]),
        (
            D + " -modfile=tools.mod",
            "/app",
            {"go.mod": MOD, "tools.mod": MOD, "tools.sum": ""},
            ["tools.mod", "tools.sum"],
        ),
        (
            D,
            "/app",
            {"go.mod": MOD + "replace a => ./a // c\n", "a/go.mod": "module a\nreplace q => ./q"},
            ["a/go.mod", "go.mod"],
        ),
        (
            D,
            "/app",
            {"go.mod": MOD + 'replace (\n\ta v1 => "./a b"\n\tz => z.org/z v2.0.0\n)\n', "a b/go.mod": ""},
            ["a b/go.mod", "go.mod"],
        ),
        (
            D,
            "/app",
            {
                "go.mod": MOD,
                "go.work": "go 1.22\nuse .\nuse (\n ./b\n)",
                "b/go.mod": "module b",
                "b/go.sum": "",
                "go.work.sum": "",
            },
            ["b/go.mod", "b/go.sum", "go.mod", "go.work", "go.work.sum"],
        ),
        (
            D,
            "/app/b",
            {"go.work": "use ./b\nreplace q => ./q", "b/go.mod": MOD, "q/go.mod": ""},
            ["b/go.mod", "go.work", "q/go.mod"],
        ),
        ("go install example.org/x@v1", "/app", {"go.mod": MOD}, ["go.mod?"]),
        ("go env", "/app", {"go.mod": MOD}, []),
    ],
)
def test_what_is_read(command: str, cwd: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files, cwd=cwd)
    assert paths(got) == expected
    assert not got.refusals


@pytest.mark.parametrize(
    ("command", "files", "environment", "expected", "where"),
    [
        (D, {}, {}, [4], "no go.mod"),
        (D, {"go.mod": None}, {}, [11], "symbolic link"),
        (D, {"go.mod": MOD + "replace a => ./a"}, {}, [4], "replace in go.mod:6"),
        (D, {"go.mod": MOD + "replace a => ../../a"}, {}, [4], "/a/go.mod"),
        (D, {"go.mod": MOD, "go.work": "use ./b"}, {}, [4], "use in go.work:1"),
        (D, {"go.mod": MOD + "replace a ./a"}, {}, [3], "replace without =>"),
        (D, {"go.mod": MOD + "require ("}, {}, [3], "not closed"),
        (D, {"go.mod": MOD}, {"GOFLAGS": None}, [7], "GOFLAGS"),
        (D, {"go.mod": MOD}, {"GOWORK": None}, [7], "GOWORK"),
        (D, {"go.mod": MOD}, {"GO111MODULE": "off"}, [4], "GO111MODULE"),
        ("go mod vendor", {"go.mod": MOD}, {}, [5], "needs the source"),
        ("go mod tidy", {"go.mod": MOD}, {}, [5], "needs the source"),
        ("go get ./...", {"go.mod": MOD}, {}, [5], "needs the source"),
    ],
)
def test_what_refuses(
    command: str,
    files: dict[str, str | None],
    environment: dict[str, str | None],
    expected: list[int],
    where: str,
) -> None:
    got = closure(command, files, environment=environment)
    assert gates(got) == expected
    assert any(where in r.reason for r in got.refusals), got.refusals


@pytest.mark.parametrize(
    ("command", "files", "environment", "expected"),
    [
        (D, {"go.mod": MOD}, {}, None),
        (D, {"go.mod": "module x\ngo 1.22\n"}, {}, "no dependencies"),
        (D, {}, {}, "no module"),
        ("go build .", {"go.mod": MOD, "vendor/modules.txt": ""}, {}, "dependencies are vendored"),
        ("go build -mod=mod .", {"go.mod": MOD, "vendor/modules.txt": ""}, {}, None),
        ("go build .", {"go.mod": MOD, "vendor/modules.txt": ""}, {"GOFLAGS": "-mod=mod"}, None),
        ("go build .", {"go.mod": MOD}, {"GOFLAGS": "-trimpath -mod=vendor"}, "dependencies are vendored"),
        ("go build .", {"go.mod": "module x\nrequire a v1", "vendor/modules.txt": ""}, {}, None),
        ("go build .", {"go.mod": "module x\ngo 1.13\nrequire a v1", "vendor/modules.txt": ""}, {}, None),
    ],
)
def test_what_downloads_nothing(
    command: str, files: dict[str, str | None], environment: dict[str, str | None], expected: str | None
) -> None:
    assert closure(command, files, environment=environment).idle == expected


def test_gowork_off_leaves_the_workspace_out() -> None:
    files = {"go.mod": MOD, "go.work": "use ./b"}
    assert paths(closure(D, files, environment={"GOWORK": "off"})) == ["go.mod"]
    assert paths(
        closure(D, {"go.mod": MOD, "w/go.work": "use .."}, environment={"GOWORK": "/app/w/go.work"})
    ) == [
        "go.mod",
        "w/go.work",
    ]


@pytest.mark.parametrize(
    ("mod", "total", "unsafe"),
    [
        (MOD, SUM, False),
        (MOD, "a.b/c v1.0.0/go.mod h1:y=\n", True),
        (MOD, "", True),
        (MOD.replace("1.22", "1.16"), SUM, True),
        (MOD + "replace a.b/c => ./l", "", False),
        (MOD + "replace a.b/c => f.org/c v2.0.0", SUM, True),
        (
            MOD + "replace a.b/c v1.0.0 => f.org/c v2.0.0",
            "f.org/c v2.0.0 h1:\nf.org/c v2.0.0/go.mod h1:",
            False,
        ),
    ],
)
def test_an_incomplete_go_sum_is_only_unsafe(mod: str, total: str, unsafe: bool) -> None:
    files = {"go.mod": mod, "go.sum": total, "l/go.mod": ""}
    got = closure(D, files)
    assert bool(got.unsafe) == unsafe
    assert got.writes == (("/app/go.sum",) if unsafe else ())
    assert not closure("go build .", files).unsafe


def test_a_module_cache_in_the_tree() -> None:
    assert closure(D, {"go.mod": MOD}, environment={"GOMODCACHE": "/app/.mod"}).writes == ("/app/.mod",)
