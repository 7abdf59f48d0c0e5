"""Where builds are declared, and the guess where they are not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from copylast.context.bake import bake_builds
from copylast.context.commandline import build_lines
from copylast.context.guess import guess_context
from copylast.context.projects import ProjectBuilds, find_builds
from copylast.context.target import BuildTarget
from copylast.context.tree import Tree, TreeError, from_json, from_yaml
from copylast.context.variables import interpolate, read_env
from copylast.context.workflows import workflow_builds


def project(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


def builds(root: Path, files: Mapping[str, str], dockerfile: str = "Dockerfile") -> list[BuildTarget]:
    project(root, {dockerfile: "FROM scratch\n", **files})
    notes: list[str] = []
    found = find_builds(str(root), str(root / dockerfile), notes)
    assert notes == []
    return found


def contexts(root: Path, found: list[BuildTarget]) -> list[str]:
    return [str(Path(one.context).relative_to(root)) for one in found]


@pytest.mark.parametrize(
    ("text", "dockerfile", "context"),
    [
        ("services: {web: {build: .}}", "Dockerfile", "."),
        ("services: {web: {build: ./api}}", "api/Dockerfile", "api"),
        ("services: {web: {build: {context: api}}}", "api/Dockerfile", "api"),
        ("services: {web: {build: {dockerfile: api/Dockerfile}}}", "api/Dockerfile", "."),
        ("services: {web: {build: {context: api, dockerfile: ../x.Dockerfile}}}", "x.Dockerfile", "api"),
        ("services: {web: {build: '${DIR:-api}'}}", "api/Dockerfile", "api"),
        ("x-b: &b {context: api}\nservices: {web: {build: {<<: *b, target: t}}}", "api/Dockerfile", "api"),
    ],
)
def test_compose_build(tmp_path: Path, text: str, dockerfile: str, context: str) -> None:
    assert contexts(tmp_path, builds(tmp_path, {"compose.yaml": text, "api/x": ""}, dockerfile)) == [context]


def test_compose_says_everything(tmp_path: Path) -> None:
    text = """services:
  db: {image: postgres}
  web:
    build:
      context: .
      target: dev
      args: [A=1, "B", "C=${C}"]
      additional_contexts: {src: ./src, base: docker-image://x}
      platforms: [linux/amd64]
  inline:
    build: {dockerfile_inline: "FROM x"}
"""
    (found,) = builds(tmp_path, {"docker-compose.yml": text, ".env": "C=three\n"})
    assert (found.target, dict(found.args)) == ("dev", {"A": "1", "B": None, "C": "three"})
    assert dict(found.named_contexts) == {"src": str(tmp_path / "src"), "base": "docker-image://x"}
    assert found.platforms == ("linux/amd64",)
    assert (found.label, found.source, found.line) == (
        "docker-compose.yml service web",
        str(tmp_path / "docker-compose.yml"),
        4,
    )
    inline = ProjectBuilds(str(tmp_path)).within(str(tmp_path / "docker-compose.yml"))[1]
    assert (inline.inline, inline.dockerfile) == ("FROM x", "")


def test_compose_override_and_other_files(tmp_path: Path) -> None:
    found = builds(
        tmp_path,
        {
            "compose.yaml": "services: {web: {build: {context: api, args: {A: 1, B: 2}}}}",
            "compose.override.yaml": "services: {web: {build: {args: {A: 3}, target: dev}}}",
            "compose.prod.yaml": "services: {web: {build: {target: prod}}}",
        },
        "api/Dockerfile",
    )
    assert [(one.target, dict(one.args)) for one in found] == [
        ("dev", {"A": "3", "B": "2"}),
        ("prod", {"A": "1", "B": "2"}),
    ]


def test_compose_extends_and_include(tmp_path: Path) -> None:
    found = builds(
        tmp_path,
        {
            "compose.yaml": """include: [more/compose.yaml, {path: [more/b.yaml], project_directory: .}]
services:
  base: {build: {context: ., args: {A: 1}}}
  near: {extends: base, build: {target: near}}
  far: {extends: {service: one, file: lib/c.yaml}}
  loop: {extends: loop}
""",
            "more/compose.yaml": "services: {included: {build: ..}}",
            "more/b.yaml": "services: {directory: {build: .}}",
            "lib/c.yaml": "services: {one: {build: {context: .., target: far}}}",
        },
    )
    assert sorted((one.label.split()[-1], one.target, dict(one.args)) for one in found) == [
        ("base", None, {"A": "1"}),
        ("directory", None, {}),
        ("far", "far", {}),
        ("included", None, {}),
        ("near", "near", {"A": "1"}),
    ]
    assert set(contexts(tmp_path, found)) == {"."}


def test_a_service_behind_a_profile_is_built_too(tmp_path: Path) -> None:
    text = "services: {web: {build: api, profiles: [debug]}, job: {build: {context: api, target: job}}}"
    found = builds(tmp_path, {"compose.yaml": text}, "api/Dockerfile")
    assert [one.label.split()[-1] for one in found] == ["web", "job"]


def test_interpolation() -> None:
    values = {"A": "a", "EMPTY": ""}
    for text, wanted in {
        "$A ${A} $$A": "a a $A",
        "${B-x} ${B:-x} ${EMPTY-x} ${EMPTY:-x}": "x x  x",
        "${A+y} ${B+y} ${EMPTY:+y}": "y  ",
        "${B:-${A}} ${B:?no} ${A:?no} ${": "a  a ${",
        "$ $1 ${1}": "$ $1 ",
    }.items():
        assert interpolate(text, values) == wanted
    assert len(interpolate("${" * 100_000, values)) == 200_000
    env = "# c\nexport A=1 # one\nB='$A'\nC=\"x$A\"\nD: 4\nbad\n"
    assert read_env(env) == {"A": "1", "B": "$A", "C": "x1", "D": "4"}


def test_bake_json(tmp_path: Path) -> None:
    text = """{
  "variable": {"DIR": {"default": "api"}},
  "group": {"default": {"targets": ["app"]}},
  "target": {
    "_common": {"args": {"A": "1", "B": "2"}, "contexts": {"src": "src", "base": "target:x"}},
    "app": {"inherits": ["_common"], "context": "${DIR}", "args": {"B": "3"}, "target": "t"},
    "many": {"matrix": {"v": ["1", "2"]}, "name": "many-${v}", "context": "api", "args": {"V": "${v}"}},
    "unknown": {"context": "${upper(DIR)}"}
  }
}"""
    found = builds(tmp_path, {"docker-bake.json": text}, "api/Dockerfile")
    assert contexts(tmp_path, found) == ["api"] * 3
    assert [(one.label, dict(one.args)) for one in found] == [
        ("docker-bake.json target app", {"A": "1", "B": "3"}),
        ("docker-bake.json target many-1", {"V": "1"}),
        ("docker-bake.json target many-2", {"V": "2"}),
    ]
    assert dict(found[0].named_contexts) == {"src": str(tmp_path / "src"), "base": "target:x"}
    assert (found[0].target, found[0].line) == ("t", 6)


def test_bake_override(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "docker-bake.json": '{"target": {"a": {"args": {"X": "1"}}}}',
            "docker-bake.override.json": '{"target": {"a": {"args": {"X": "2"}}}}',
        },
    )
    (found,) = bake_builds(str(tmp_path / "docker-bake.json"), str(tmp_path))
    assert dict(found.args) == {"X": "2"}


HCL = """variable "TAG" { default = "1" }
target "_common" { args = { T = TAG, "U" = "u${TAG}" } }
target "app" {
  inherits = ["_common"]
  matrix = { item = [{ d = "api" }, { d = "web" }] }
  name = "app-${item.d}"
  context = item.d
  args = { F = upper(TAG) }
}
"""


def test_bake_hcl(tmp_path: Path) -> None:
    pytest.importorskip("hcl2", reason="the extra `bake` (python-hcl2) is needed to read HCL")
    (found,) = builds(tmp_path, {"docker-bake.hcl": HCL}, "api/Dockerfile")
    assert dict(found.args) == {"T": "1", "U": "u1", "F": None}
    assert (found.label, found.line) == ("docker-bake.hcl target app-api", 3)


def test_missing_library_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hcl2", None)
    monkeypatch.setitem(sys.modules, "yaml", None)
    project(
        tmp_path,
        {"Dockerfile": "", "docker-bake.hcl": HCL.replace("item.d\n", '"."\n'), "compose.yaml": "build: ."},
    )
    notes: list[str] = []
    some = ProjectBuilds(str(tmp_path), notes)
    assert some.of(str(tmp_path / "Dockerfile")) == []
    assert some.of(str(tmp_path / "Dockerfile")) == []
    assert notes == [
        "PyYAML is not installed, so compose.yaml was not read for builds",
        "python-hcl2 is not installed, so docker-bake.hcl was not read for builds",
    ]
    assert some.unread == {
        "PyYAML is not installed": ["compose.yaml"],
        "python-hcl2 is not installed": ["docker-bake.hcl"],
    }


WORKFLOW = """jobs:
  one:
    strategy:
      matrix:
        v: [a, b]
        include: [{v: a, dir: x}, {v: c, dir: y}]
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          file: ${{ matrix.v }}/Dockerfile
          build-args: |
            A=1
            SHA=${{ github.sha }}
          target: t
  two:
    steps:
      - uses: docker/build-push-action@v6
        with: {context: "{{defaultContext}}:a"}
      - uses: docker/build-push-action@v6
        with: {context: "${{ inputs.where }}", file: a/Dockerfile}
      - run: docker build -f a/Dockerfile a
        working-directory: ${{ github.workspace }}
"""


def test_workflow(tmp_path: Path) -> None:
    found = builds(tmp_path, {".github/workflows/ci.yml": WORKFLOW}, "a/Dockerfile")
    assert [(one.where, one.line) for one in found] == [("folder", 8), ("folder", 22), ("git", 18)]
    assert contexts(tmp_path, found) == [".", "a", "a"]
    assert (found[0].target, dict(found[0].args)) == ("t", {"A": "1", "SHA": None})
    every = workflow_builds("ci.yml", WORKFLOW, str(tmp_path))
    assert [Path(one.dockerfile).parent.name for one in every[:3]] == ["a", "b", "c"]


def test_dev_container(tmp_path: Path) -> None:
    text = """// says how
{ "build": { "dockerfile": "Dockerfile", "context": "..", "args": {"V": "1", "W": "${localEnv:W}"}, }, /* end */ }"""
    (found,) = builds(tmp_path, {".devcontainer/devcontainer.json": text}, ".devcontainer/Dockerfile")
    assert contexts(tmp_path, [found]) == ["."]
    assert (dict(found.args), found.line) == ({"V": "1", "W": None}, 2)
    old = builds(
        tmp_path, {".devcontainer/devcontainer.json": '{"dockerFile": "Dockerfile"}'}, ".devcontainer/Dockerfile"
    )
    assert contexts(tmp_path, old) == [".devcontainer"]


@pytest.mark.parametrize(
    ("script", "context", "file"),
    [
        ("docker build .", ".", None),
        ("docker build -t x -f a/b.Dockerfile --build-arg A=1 dir", "dir", "a/b.Dockerfile"),
        ("docker buildx build --platform=linux/amd64,linux/arm64 --push .", ".", None),
        ("sudo docker --context x build --no-cache .", ".", None),
        ("podman build \\\n  --file=x \\\n  . && echo", ".", "x"),
        ("buildah bud -f x $(pwd)", ".", "x"),
        ("docker build -t ${TAG}:$(git rev-parse HEAD) -q . | tee log", ".", None),
        ("cd api && docker build .", ".", None),
    ],
)
def test_command_lines(script: str, context: str, file: str | None) -> None:
    (found,) = build_lines(script)
    assert (found.context, found.dockerfile) == (context, file)
    assert found.folder == ("api" if "cd api" in script else ".")


@pytest.mark.parametrize(
    "script",
    [
        "# docker build .",
        "docker build -",
        "docker build $DIR",
        "docker build -f $F .",
        "docker build 'open",
        "docker build - < Dockerfile",
        "docker compose build .",
        'echo "docker build ."',
        "docker builds .",
        "docker build",
    ],
)
def test_lines_that_are_no_evidence(script: str) -> None:
    assert list(build_lines(script)) == []


def test_long_lines_stay_quick() -> None:
    assert list(build_lines("docker " + "--a " * 50_000)) == []
    assert len(list(build_lines("cd x; " + "; " * 20_000 + "docker build ." * 20))) <= 20


def test_scripts_and_makefiles(tmp_path: Path) -> None:
    found = builds(
        tmp_path,
        {
            "Makefile": "image:\n\tdocker build -f api/Dockerfile .\n",
            "scripts/build.sh": "docker build --target prod -f api/Dockerfile .\n",
            "package.json": '{"scripts": {"image": "docker build api"}}',
        },
        "api/Dockerfile",
    )
    assert sorted((one.label, one.line) for one in found) == [("Makefile", 2), ("build.sh", 1), ("package.json", 1)]
    assert sorted(contexts(tmp_path, found)) == [".", ".", "api"]


def test_broken_files_are_noted(tmp_path: Path) -> None:
    project(tmp_path, {"Dockerfile": "", "compose.yaml": "build: [", "docker-bake.json": '{"context": '})
    notes: list[str] = []
    assert find_builds(str(tmp_path), str(tmp_path / "Dockerfile"), notes) == []
    assert [note.split(":")[0] for note in notes] == ["compose.yaml", "docker-bake.json"]


def test_hostile_yaml_stays_small() -> None:
    laughs = "a: &a [x]\n" + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert from_yaml(laughs).get("i").items
    assert from_yaml("a: &a\n  b: *a\n").get("a", "b", "b", "b") is not None
    with pytest.raises(TreeError):
        from_yaml("[" * 100_000)
    with pytest.raises(TreeError):
        from_json("[" * 100_000)


def test_no_yaml_where_no_file_speaks_of_the_dockerfile(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "api/Dockerfile": "",
            "compose.yaml": "services: {db: {image: '${X}'}, web: {build: ./web}}",
            ".github/workflows/test.yml": "on: push\njobs: {docker: {steps: [{run: make}]}}",
            "docker-bake.hcl": 'target "x" { dockerfile = "other.Dockerfile" }',
        },
    )
    code = (
        "import sys\nfrom copylast.context.projects import find_builds\n"
        f"assert find_builds({str(tmp_path)!r}, {str(tmp_path / 'api/Dockerfile')!r}) == []\n"
        "bad = {'yaml', 'hcl2', 'json', 'subprocess', 'pathspec'} & set(sys.modules)\nassert not bad, bad\n"
    )
    lint = str(Path(__file__).parents[3] / "lint")
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": lint})


def test_guess(tmp_path: Path) -> None:
    project(
        tmp_path, {"package.json": "", "src/a": "", "api/src/b": "", "docker/x.Dockerfile": "", "api/x.Dockerfile": ""}
    )
    top = str(tmp_path)

    def guess(dockerfile: str, *sources: str) -> tuple[str, bool]:
        root, certain, _ = guess_context(str(tmp_path / dockerfile), sources, top)
        return str(Path(root).relative_to(tmp_path)), certain

    assert guess("docker/x.Dockerfile", "package.json", "src") == (".", True)
    assert guess("api/x.Dockerfile", "src") == ("api", False)
    assert guess("api/x.Dockerfile", "src", "package*.json") == (".", True)
    assert guess("api/x.Dockerfile", ".") == ("api", False)
    assert guess("docker/x.Dockerfile", ".") == (".", False)
    assert guess("docker/x.Dockerfile", "$X") == ("docker", False)
    assert guess("api/x.Dockerfile", "nope") == ("api", False)
    assert guess("api/x.Dockerfile", "*/b", "[") == ("api", False)


def test_empty_tree_is_false() -> None:
    assert not Tree(1)
    assert not from_yaml("")
    assert from_yaml("a: ~").get("a").line == 1
