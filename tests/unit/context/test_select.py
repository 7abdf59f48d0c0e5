"""What sources select, where it lands, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from copylast.context.entry import Entry
from copylast.context.memory import Content, Link, MemoryContext
from copylast.context.select import Selection, select

FILES: dict[str, Content] = {
    "Dockerfile": "",
    ".dockerignore": "*.tmp\nDockerfile\n.dockerignore",
    "a.txt": "a",
    "b.txt": "b",
    "x.tmp": "",
    "we[ird": "",
    "src/main.py": "",
    "src/lib/util.py": "",
    "src/lib/util.txt": "",
    "packages/a/package.json": "",
    "packages/a/index.js": "",
    "packages/b/package.json": "",
    "packages/b/deep/package.json": "",
    "to_file": Link("src/main.py"),
    "to_dir": Link("src/lib"),
    "to_nowhere": Link("nope"),
    "src/inner": Link("../a.txt"),
    "empty/": "",
}


def choose(sources: Sequence[str], dest: str, **options: object) -> Selection:
    return select(MemoryContext(FILES), sources, dest, **options)  # type: ignore[arg-type]


def files(selection: Selection) -> dict[str, str]:
    return {pair.entry.path: pair.image_path for pair in selection.pairs() if pair.entry.kind != "dir"}


SRC = {
    "src/inner": "inner",
    "src/lib/util.py": "lib/util.py",
    "src/lib/util.txt": "lib/util.txt",
    "src/main.py": "main.py",
}


@pytest.mark.parametrize(
    ("sources", "dest", "wanted"),
    [
        (["a.txt"], "/c", {"a.txt": "/c"}),
        (["a.txt"], "/c/", {"a.txt": "/c/a.txt"}),
        (["./a.txt"], "/", {"a.txt": "/a.txt"}),
        (["/a.txt"], "?/", {"a.txt": "?/a.txt"}),
        (["../../a.txt"], "?/x", {"a.txt": "?/x"}),
        (["src"], "/c", {path: "/c/" + end for path, end in SRC.items()}),
        (["src/"], "/c/", {path: "/c/" + end for path, end in SRC.items()}),
        (["src/."], "?", {path: "?/" + end for path, end in SRC.items()}),
        (
            ["a.txt", "src/lib"],
            "/c/",
            {"a.txt": "/c/a.txt", "src/lib/util.py": "/c/util.py", "src/lib/util.txt": "/c/util.txt"},
        ),
        (["*.txt"], "/c/", {"a.txt": "/c/a.txt", "b.txt": "/c/b.txt"}),
        (["[a-b].txt", "x.*"], "/c/", {"a.txt": "/c/a.txt", "b.txt": "/c/b.txt"}),
        (
            ["packages/*/package.json"],
            "/c/",
            {"packages/a/package.json": "/c/package.json", "packages/b/package.json": "/c/package.json"},
        ),
        (
            ["packages/*"],
            "/c/",
            {
                "packages/a/index.js": "/c/index.js",
                "packages/a/package.json": "/c/package.json",
                "packages/b/deep/package.json": "/c/deep/package.json",
                "packages/b/package.json": "/c/package.json",
            },
        ),
        (["we[[]ird"], "/c/", {"we[ird": "/c/we[ird"}),
        (["to_file"], "/c/", {"src/main.py": "/c/to_file"}),
        (["to_dir"], "/c", {"src/lib/util.py": "/c/util.py", "src/lib/util.txt": "/c/util.txt"}),
        (["to_dir/util.py"], "/c/", {"src/lib/util.py": "/c/util.py"}),
        (["to_d*/*.py"], "/c/", {}),
        (["empty"], "/c/", {}),
    ],
)
def test_selects(sources: list[str], dest: str, wanted: dict[str, str]) -> None:
    selection = choose(sources, dest)
    assert files(selection) == wanted
    for path, place in wanted.items():
        assert selection.image_path(path) == place
        back = selection.context_path(place)
        assert back is not None and wanted[back] == place
    assert selection.image_path("x.tmp") is None
    assert selection.context_path("/elsewhere") is None


def test_whole_context() -> None:
    selection = choose(["."], "/app/")
    assert selection.is_broad
    assert files(selection)["src/main.py"] == "/app/src/main.py"
    assert selection.context_path("/app/src/main.py") == "src/main.py"
    assert selection.context_path("/app/x.tmp") is None
    assert selection.image_path("Dockerfile") is None


def test_directories_are_pairs_too() -> None:
    places = [pair.image_path for pair in choose(["src"], "/c").pairs()]
    assert places == ["/c/inner", "/c/lib", "/c/lib/util.py", "/c/lib/util.txt", "/c/main.py"]


def test_absent_sources() -> None:
    selection = choose(["nope", "x.tmp", "to_nowhere", "*.nope", "a.txt", "[a-", "no/*.py"], "/c/")
    assert selection.missing == ("nope", "x.tmp", "to_nowhere", "[a-", "no/*.py")
    assert selection.unmatched == ("*.nope",)
    assert not selection.is_broad
    assert files(selection) == {"a.txt": "/c/a.txt"}


def test_a_wildcard_that_meets_a_link_to_nothing_fails() -> None:
    selection = choose(["to_[fn]*"], "/c/")
    assert selection.missing == ("to_[fn]*",)
    assert files(selection) == {"src/main.py": "/c/to_file"}
    assert choose(["to_f*"], "/c/").missing == ()


def test_caller_knows_a_directory() -> None:
    assert files(choose(["a.txt"], "/c", dest_is_dir=True)) == {"a.txt": "/c/a.txt"}


def test_addresses_are_not_files() -> None:
    sources = ["https://x/y.tgz", "git@github.com:a/b.git", "a.txt"]
    selection = choose(sources, "/c/", is_add=True)
    assert selection.remote == tuple(sources[:2])
    assert files(selection) == {"a.txt": "/c/a.txt"}
    assert choose(sources, "/c/").missing == tuple(sources[:2])


@pytest.mark.parametrize(
    ("sources", "wanted"),
    [
        (["src/main.py"], {"src/main.py": "/c/src/main.py"}),
        (["src/lib"], {"src/lib/util.py": "/c/src/lib/util.py", "src/lib/util.txt": "/c/src/lib/util.txt"}),
        (
            ["packages/*/package.json"],
            {p: "/c/" + p for p in ("packages/a/package.json", "packages/b/package.json")},
        ),
        (["packages/./*/package.json"], {f"packages/{p}/package.json": f"/c/{p}/package.json" for p in "ab"}),
        (
            ["**/package.json"],
            {
                p: "/c/" + p
                for p in (
                    "packages/a/package.json",
                    "packages/b/deep/package.json",
                    "packages/b/package.json",
                )
            },
        ),
        (["packages/./b"], {f"packages/b/{p}": f"/c/b/{p}" for p in ("deep/package.json", "package.json")}),
        (["src/./main.py"], {"src/main.py": "/c/main.py"}),
    ],
)
def test_parents(sources: list[str], wanted: dict[str, str]) -> None:
    selection = choose(sources, "/c", parents=True)
    assert files(selection) == wanted
    for path, place in wanted.items():
        assert (selection.image_path(path), selection.context_path(place)) == (place, path)
    assert selection.image_path("a.txt") is None


def test_parents_absent() -> None:
    selection = choose(["nope", "*.nope", "packages/./nope"], "/c", parents=True)
    assert (selection.missing, selection.unmatched) == (("nope", "packages/./nope"), ("*.nope",))
    assert choose(["packages/*/package.json"], "/c", parents=True).is_broad is False
    assert choose(["packages/*"], "/c", parents=True).is_broad is True


def test_exclude_counts_from_the_source_directory_only() -> None:
    selection = choose(["src", "a.txt"], "/c/", exclude=["*.txt", "lib/*.txt", "inner"])
    assert files(selection) == {
        "src/lib/util.py": "/c/lib/util.py",
        "src/main.py": "/c/main.py",
        "a.txt": "/c/a.txt",
    }
    assert selection.image_path("src/lib/util.txt") is None
    assert selection.context_path("/c/lib/util.txt") is None
    both = choose(["src", "packages/./*"], "/c", parents=True, exclude=["src/lib", "b"])
    assert sorted(files(both)) == [
        "packages/a/index.js",
        "packages/a/package.json",
        "src/inner",
        "src/main.py",
    ]


def test_another_file_than_those() -> None:
    selection = choose(["src/lib"], "/c")
    first = selection.first_other({"src/lib/util.py"})
    assert first is not None and first.path == "src/lib/util.txt"
    assert selection.first_other({"src/lib/util.py", "src/lib/util.txt"}) is None


class Counted(MemoryContext):
    listed: list[str]

    def raw_children(self, path: str) -> tuple[Entry, ...]:
        self.listed.append(path)
        return super().raw_children(path)


def test_mapping_walks_nothing() -> None:
    context = Counted(FILES)
    context.listed = []
    selection = select(context, ["."], "/app/")
    assert selection.context_path("/app/src/main.py") == "src/main.py"
    assert selection.image_path("src/main.py") == "/app/src/main.py"
    assert selection.missing == ()
    assert context.listed == []
    assert select(context, ["packages/*/package.json"], "/c/").context_path("/c/package.json")
    assert context.listed == ["packages", "packages/a", "packages/b"]


def test_parents_look_only_where_a_match_can_be() -> None:
    context = Counted(FILES)
    context.listed = []
    list(select(context, ["packages/*/package.json"], "/c", parents=True).pairs())
    assert context.listed == ["", "packages", "packages/a", "packages/b"]


@pytest.mark.parametrize(
    ("ignore", "source", "path"),
    [
        ("dist", "dist", "dist"),
        ("dist", "./dist/", "dist"),
        ("dist", "/dist/js/a.js", "dist/js/a.js"),
        ("dist", "dist/*.js", "dist"),
        ("*", "dist/js", "dist/js"),
        ("*\n!src", "dist/js", "dist/js"),
        ("*\n!dist", "dist/js", None),
        ("*\n!dist/js", "dist", None),
        ("*\n!**/*.js", "dist", None),
        ("dist\n!dist/js\ndist/js", "dist/js", None),
        ("*.js", "*.js", None),
        ("src", "nope", None),
        ("to_src", "to_src", "to_src"),
        ("to_src/main.js", "to_src/main.js", None),
        ("src", "to_src", None),
        ("to_src", "to_src/nope", None),
        ("**", ".", None),
    ],
)
def test_what_the_ignore_file_leaves_out_whatever_is_there(ignore: str, source: str, path: str | None) -> None:
    files: dict[str, Content] = {".dockerignore": ignore, "src/main.js": "", "to_src": Link("src")}
    for there in ({}, {"dist/js/a.js": ""}):
        selection = select(MemoryContext({**files, **there}), [source], "/x")
        assert [one.path for one in selection.left_out] == ([path] if path else [])
        assert [one.source for one in selection.left_out] == ([source] if path else [])
        assert not path or selection.missing == (source,)


def test_without_an_ignore_file_nothing_is_left_out() -> None:
    assert select(MemoryContext({"a": ""}), ["b"], "/x").left_out == ()


@pytest.mark.parametrize(
    ("sources", "options", "folders"),
    [
        (["."], {}, ("",)),
        (["src", "a.txt", "./src/"], {}, ("src",)),
        (["*.txt"], {}, ()),
        (["s*"], {}, ("src",)),
        (["to_dir"], {}, ("src/lib",)),
        (["."], {"exclude": ("src",)}, ("",)),
        (["src/**/*.py"], {"parents": True}, ()),
    ],
)
def test_folders_that_come_whole(sources: list[str], options: dict[str, object], folders: tuple[str, ...]) -> None:
    assert choose(sources, "/c/", **options).folders == folders
