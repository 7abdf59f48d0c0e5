"""What Cargo reads of a project."""

from __future__ import annotations

from tests.unit.readers.project import closure, gates, paths

APP = '[package]\nname = "app"\n[[bin]]\nname = "app"\npath = "src/main.rs"\n'
LIB = '[package]\nname = "lib"\n[lib]\npath = "src/lib.rs"\n'
LOCK = '[[package]]\nname = "app"\n[[package]]\nname = "serde"\nsource = "registry+https://example.org"\n'


def test_the_workspace_of_a_member_comes_whole() -> None:
    got = closure(
        "cargo fetch --locked",
        {
            "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/old"]\n'
            '[workspace.dependencies]\nshared = { path = "shared" }\n[patch.crates-io]\nfork = { path = "fork" }\n',
            "Cargo.lock": LOCK,
            "crates/a/Cargo.toml": APP + "[target.'cfg(unix)'.dependencies]\nshared.workspace = true\nserde = \"1\"\n",
            "crates/old/Cargo.toml": LIB,
            "shared/Cargo.toml": LIB,
            "fork/Cargo.toml": LIB,
            ".cargo/config.toml": "",
            "rust-toolchain.toml": "",
        },
        cwd="/app/crates/a",
    )
    assert paths(got) == [
        ".cargo/config.toml?",
        "Cargo.lock",
        "Cargo.toml",
        "crates/a/Cargo.toml",
        "fork/Cargo.toml",
        "rust-toolchain.toml?",
        "shared/Cargo.toml",
    ]
    assert gates(got) == []
    assert got.idle is None


def test_a_crate_by_path_that_is_not_there_refuses() -> None:
    got = closure("cargo fetch", {"Cargo.toml": APP + '[dependencies]\nlib = { path = "../lib" }\n'})
    assert gates(got) == [4]


def test_a_crate_without_named_targets_needs_its_source() -> None:
    got = closure("cargo fetch", {"Cargo.toml": '[package]\nname = "app"\n[dependencies]\nserde = "1"\n'})
    assert gates(got) == [3]
    assert got.unsafe


def test_a_member_that_the_lock_does_not_know_makes_the_fix_unsafe() -> None:
    files = {"Cargo.toml": APP + '[dependencies]\nserde = "1"\nrand = "0.8"\n', "Cargo.lock": LOCK}
    assert closure("cargo fetch", files).unsafe == (
        "Cargo.lock may be written, and the later COPY puts back what was there: rand is not in it",
    )
    assert closure("cargo fetch --locked", files).unsafe == ()


def test_a_renamed_crate_is_looked_for_under_its_own_name() -> None:
    files = {"Cargo.toml": APP + '[dependencies]\ns = { package = "serde", version = "1" }\n', "Cargo.lock": LOCK}
    assert closure("cargo fetch", files).unsafe == ()


def test_only_crates_of_the_project_leave_nothing_to_fetch() -> None:
    files = {"Cargo.toml": APP + '[dependencies]\nlib = { path = "lib" }\n', "lib/Cargo.toml": LIB}
    assert closure("cargo build", files).idle == "no dependencies"


def test_a_directory_in_place_of_the_registry_leaves_nothing_to_fetch() -> None:
    settings = '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n'
    files = {"Cargo.toml": APP + '[dependencies]\nserde = "1"\n', ".cargo/config.toml": settings}
    assert closure("cargo build", files).idle == "dependencies are vendored"


def test_cooking_reads_the_recipe_alone() -> None:
    got = closure("cargo chef cook --recipe-path r.json", {"Cargo.toml": APP, "rust-toolchain": "1.80\n"})
    assert paths(got) == ["r.json?", "rust-toolchain?"]


def test_a_toml_file_that_is_none_refuses_with_its_place() -> None:
    got = closure("cargo fetch", {"Cargo.toml": "[package\n"})
    assert gates(got) == [3]
    assert "line 1" in got.refusals[0].reason


def test_deep_nesting_and_many_members_end_in_a_refusal() -> None:
    deep = closure("cargo fetch", {"Cargo.toml": "a = " + "[" * 100_000})
    assert gates(deep) == [3]
    members = {f"c{i}/Cargo.toml": LIB for i in range(6_000)}
    many = closure("cargo fetch", {"Cargo.toml": '[workspace]\nmembers = ["*"]\n', **members})
    assert [r.reason for r in many.refusals] == ["there are too many files to follow"]
