"""What is proved to be another text at each build, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from copylast.context.assigned import assigned, shell_word
from copylast.context.caller import Caller
from copylast.context.callers import callers_of
from copylast.context.changing import COMMIT, DATE, REF, RUN, VERSION, changing
from copylast.context.commandline import build_lines
from copylast.context.projects import ProjectBuilds


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("${{ github.sha }}", COMMIT),
        ("sha-${{ github.event.pull_request.head.sha || github.sha }}", COMMIT),
        ("$(git rev-parse --short HEAD)", COMMIT),
        ("$(shell git -C .. log -1 --format=%h)", COMMIT),
        ("`git rev-parse HEAD`", COMMIT),
        ("$CI_COMMIT_SHORT_SHA", COMMIT),
        ("v${CI_PIPELINE_IID}", RUN),
        ("${{ github.run_number }}", RUN),
        ("${GITHUB_REF#refs/tags/}", REF),
        ("${{ github.ref_name }}", REF),
        ("$(git rev-parse --abbrev-ref HEAD)", REF),
        ("$(git describe --tags --always)", VERSION),
        ("$(shell cat VERSION)", VERSION),
        ("$(date -u +%Y-%m-%dT%H:%M:%SZ)", DATE),
        ("$(shell date +%s)", DATE),
        ("${timestamp()}", DATE),
        ("", None),
        ("1.2.3", None),
        ("$VERSION", None),
        ("$(cat .node-version)", None),
        ("$(git rev-parse --show-toplevel)", None),
        ("$(git config user.name)", None),
        ("$(update-candidate)", None),
        ("${{ github.repository }}", None),
        ("${{ matrix.python }}", None),
        ("${{ github.ref == 'refs/heads/main' && 'live' || 'test' }}", None),
        ("${{ startsWith(github.ref, 'refs/tags/') && 'release' || 'debug' }}", None),
        ("${{ github.event.inputs.version }}", None),
        ("${{ secrets.GITHUB_SHA }}", None),
    ],
)
def test_changing(text: str, what: str | None) -> None:
    assert changing(text) == what


def test_variables_are_followed_and_end() -> None:
    texts = {"A": "$B-x", "B": "$(git describe)", "C": "$D", "D": "$C", "E": "1"}
    assert changing("$A", lambda name: [texts[name]]) == VERSION
    assert changing("$C", lambda name: [texts[name]]) is None
    assert changing("${E}", lambda name: [texts[name]]) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("V=1", ["1"]),
        ("export V=$(git log | head -1) W=2", ["$(git log | head -1)"]),
        ('echo "V=$(cat "a b") c" >> "$GITHUB_OUTPUT"', ['$(cat "a b") c']),
        ("V='a b' make", ["'a b'"]),
        ("V ?= $(shell git describe) # ok", ["$(shell git describe) # ok"]),
        ("V := 1\nV += 2", ["1"]),
        ("env:\n  V: ${{ github.sha }}\n", ["${{ github.sha }}"]),
        ("V=`date +%s`; next", ["`date +%s`"]),
        ("MV=1\n$V=2\nx.V=3\nV-x=4", []),
        ("docker build --build-arg V=3 --build-arg=V=4 --build-arg 'V=5' .", []),
        ("V=", [""]),
    ],
)
def test_assigned(text: str, values: list[str]) -> None:
    assert list(assigned(text, "V")) == values


def test_a_word_without_an_end_is_bounded() -> None:
    assert len(shell_word("$(" + "x" * 100_000, 0)) <= 100_002
    assert shell_word("'a\nb' c", 0) == "'a\nb'"


@pytest.mark.parametrize(
    ("line", "passed"),
    [
        ("docker build --build-arg A=$(git describe | cut -c2-) -t x .", {"A": "$(git describe | cut -c2-)"}),
        ('docker build --build-arg "A=$(date "+%F %T")" .', {"A": '$(date "+%F %T")'}),
        ("docker build --build-arg A=${{ github.sha }} .", {"A": "${{ github.sha }}"}),
        ("docker build --build-arg=A=`date` --build-arg B .", {"A": "`date`", "B": "$B"}),
        ("docker build $(if $(PUSH),--push) --build-arg A=$(V) .", {"A": "$(V)"}),
        ("docker build $FLAGS --build-arg A='x;y|z' . && echo done", {"A": "x;y|z"}),
    ],
)
def test_arguments_on_a_command_line(line: str, passed: dict[str, str]) -> None:
    (build,) = build_lines(line)
    assert dict(build.passed) == passed
    assert build.context == "."


def callers(root: Path, files: Mapping[str, str], dockerfile: str = "Dockerfile") -> tuple[Caller, ...]:
    for name, text in {dockerfile: "FROM scratch\n", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return callers_of(ProjectBuilds(str(root)), str(root / dockerfile))


def said(found: tuple[Caller, ...]) -> dict[str, str]:
    return {one.name: one.changes for one in found}


STEP = """\
      - uses: docker/build-push-action@v6
        with:
          context: .
          build-args: |
            V={}
"""


def workflow(value: str, before: str = "", job: str = "", top: str = "on: push\n") -> dict[str, str]:
    steps = f"{before}{STEP.format(value)}"
    return {".github/workflows/w.yml": f"{top}jobs:\n  image:\n    runs-on: x\n{job}    steps:\n{steps}"}


def test_where_it_is_passed(tmp_path: Path) -> None:
    (one,) = callers(tmp_path, workflow("${{ github.sha }}"))
    assert one == Caller("V", COMMIT, "${{ github.sha }}", ".github/workflows/w.yml:10", None)


OUTPUT = """\
      - id: info
        run: |
          {}
"""


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (workflow("${{ steps.info.outputs.v }}", OUTPUT.format('echo "v=${GITHUB_REF##*/}" >> "$GITHUB_OUTPUT"')), REF),
        (workflow("${{ steps.info.outputs.v }}", OUTPUT.format("echo ::set-output name=v::$(date)")), DATE),
        (workflow("${{ steps.info.outputs.v }}", OUTPUT.format("N=`git tag`\n          echo v=$N >> $X")), VERSION),
        (workflow("${{ steps.info.outputs.v }}", OUTPUT.format('echo "v=20" >> "$GITHUB_OUTPUT"')), None),
        (workflow("${{ steps.info.outputs.v }}", OUTPUT.format('echo "w=$(date)" >> "$GITHUB_OUTPUT"')), None),
        (workflow("${{ steps.other.outputs.v }}", OUTPUT.format('echo "v=$(date)" >> "$GITHUB_OUTPUT"')), None),
        (
            workflow("${{ steps.meta.outputs.version }}", "      - {id: meta, uses: docker/metadata-action@v5}\n"),
            VERSION,
        ),
        (workflow("${{ steps.meta.outputs.x }}", "      - {id: meta, uses: someone/unknown@v5}\n"), None),
        (workflow("${{ env.TAG }}", top="on: push\nenv:\n  TAG: ${{ github.ref_name }}\n"), REF),
        (workflow("${{ env.TAG }}", job="    env:\n      TAG: stable\n"), None),
        (workflow("${{ env.TAG }}", '      - run: echo "TAG=$(git describe)" >> "$GITHUB_ENV"\n'), VERSION),
        (workflow("${{ env.TAG }}", "      - run: TAG=$(git describe) make\n"), None),
        (workflow("${{ env.LOOP }}", job="    env:\n      LOOP: ${{ env.LOOP }}\n"), None),
        (workflow("${{ inputs.tag }}"), None),
        (workflow("${{ vars.TAG }}"), None),
    ],
)
def test_values_of_workflows(tmp_path: Path, files: Mapping[str, str], what: str | None) -> None:
    assert said(callers(tmp_path, files)).get("V") == what


def test_outputs_of_another_job(tmp_path: Path) -> None:
    first = (
        "  first:\n    outputs:\n      v: ${{ steps.a.outputs.v }}\n    steps:\n"
        "      - id: a\n        run: echo v=$(git describe) >> $GITHUB_OUTPUT\n"
    )
    files = workflow("${{ needs.first.outputs.v }}")
    path = ".github/workflows/w.yml"
    assert said(callers(tmp_path, {path: files[path] + first})) == {"V": VERSION}


def test_a_workflow_that_is_called(tmp_path: Path) -> None:
    called = workflow("${{ inputs.tag }}", top="on:\n  workflow_call:\n    inputs:\n      tag: {type: string}\n")
    caller = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/w.yml\n    with:\n      tag: {}\n"
    changed = caller.replace("{}", "${{ github.event.release.tag_name }}")
    assert said(callers(tmp_path / "a", {**called, ".github/workflows/r.yml": changed})) == {"V": REF}
    fixed = caller.replace("{}", "nightly")
    assert callers(tmp_path / "b", {**called, ".github/workflows/r.yml": fixed}) == ()


COMPOSE = "services:\n  web:\n    build:\n      context: .\n      args:\n        V: {}\n"


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"compose.yaml": COMPOSE.format("${V}"), "up.sh": "export V=$(git log)\ndocker compose up\n"}, COMMIT),
        ({"compose.yaml": COMPOSE.format("${TAG:-x}"), "Makefile": "up:\n\tTAG=`date` docker-compose build\n"}, DATE),
        ({"compose.yaml": COMPOSE.format("") , "up.sh": "V=$(git describe) docker compose build\n"}, VERSION),
        ({"compose.yaml": COMPOSE.format("${V}"), "other.sh": "V=$(git rev-parse HEAD) ./deploy\n"}, None),
        ({"compose.yaml": COMPOSE.format("${V}"), ".env": "V=1\n"}, None),
        ({"compose.yaml": COMPOSE.format("'3.12'")}, None),
        ({"Makefile": "V := $(shell git describe)\nimage:\n\tdocker build --build-arg V=$(V) .\n"}, VERSION),
        ({"Makefile": "V ?= 1\nimage:\n\tdocker build --build-arg V=$(V) .\n"}, None),
        ({"build.sh": "#!/bin/sh\nV=${1:-$(git rev-parse HEAD)}\ndocker build --build-arg V=$V .\n"}, COMMIT),
        ({".gitlab-ci.yml": "b:\n  script:\n    - docker build --build-arg V=$CI_COMMIT_TAG .\n"}, REF),
        ({"docker-bake.json": '{"target": {"a": {"args": {"V": "${V}"}}}}', "b.sh": "V=$(date) docker bake\n"}, DATE),
        ({"docker-bake.json": '{"target": {"a": {"args": {"V": "${V}"}}}}'}, None),
    ],
)
def test_other_declarations(tmp_path: Path, files: Mapping[str, str], what: str | None) -> None:
    assert said(callers(tmp_path, files)).get("V") == what


def test_a_file_that_another_one_includes(tmp_path: Path) -> None:
    files = {
        "app.dockerfile": "# syntax = devthefuture/dockerfile-x\nINCLUDE docker/base.dockerfile\nFROM base\n",
        ".github/workflows/w.yml": (
            "jobs:\n  a:\n    strategy:\n      matrix:\n        v: [app]\n    steps:\n"
            + STEP.format("${{ github.sha }}").replace("with:", "with:\n          file: ${{ matrix.v }}.dockerfile")
        ),
    }
    assert said(callers(tmp_path, files, "docker/base.dockerfile")) == {"V": COMMIT}
    assert callers(tmp_path, files, "docker/other.dockerfile") == ()
