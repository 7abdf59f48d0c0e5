"""Variables and stages, as a build sees them."""

from __future__ import annotations

import pytest

from copylast.dockerfile.expand import Expansion
from copylast.dockerfile.nodes import Instruction
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import Evaluation, evaluate
from copylast.dockerfile.source import Source


def build(text: str, target: str | None = None, platform: str | None = None, **arguments: str) -> Evaluation:
    return evaluate(parse(Source(text)), arguments, target, platform)


def last(evaluation: Evaluation) -> Instruction:
    return evaluation.dockerfile.instructions[-1]


def listed(evaluation: Evaluation) -> list[tuple[str, str | None, bool]]:
    """The variables before the last instruction, without the PATH of scratch."""
    bindings = evaluation.environment(last(evaluation)).bindings()
    return [(name, value, is_arg) for name, value, is_arg in bindings if name != "PATH"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENV A=1\nENV B=$A-$A\n", [("A", "1", False), ("B", "1-1", False)]),
        # One ENV sees what was there before it, one ARG what stands to its left too.
        ("ENV A=1\nENV A=2 B=$A\n", [("A", "2", False), ("B", "1", False)]),
        ("ARG A=1 B=$A\n", [("A", "1", True), ("B", "1", True)]),
        ("ENV A=1\nENV B=2\nENV A=3\n", [("B", "2", False), ("A", "3", False)]),
        ("ARG A=1\nENV A=2\n", [("A", "2", False)]),
        ("ENV A=2\nARG A=1\n", [("A", "1", True)]),
        ("ARG A\n", []),
        ("ARG A\nENV B=x$A\n", [("B", "x", False)]),
        ("ENV A=1\nARG A\n", [("A", "1", False)]),
        ("ENV $N=1\nENV N=A\nENV $N=2\n", [("", "1", False), ("N", "A", False), ("A", "2", False)]),
        ("ENV A 'b  c'\n", [("A", "b  c", False)]),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE=true\n", []),
    ],
)
def test_env_and_arg_write_to_one_list(text: str, expected: list[tuple[str, str | None, bool]]) -> None:
    assert listed(build(f"FROM scratch\n{text}RUN x\n")) == expected


def test_build_arguments() -> None:
    text = "ARG G=g\nFROM scratch\nARG A=a\nARG B\nARG G\nENV C=$A$B$G$D\nRUN x\n"
    assert listed(build(text)) == [("A", "a", True), ("G", "g", True), ("C", "ag", False)]
    assert listed(build(text, A="1", B="2", G="3", D="4")) == [
        ("A", "1", True),
        ("B", "2", True),
        ("G", "3", True),
        ("C", "123", False),
    ]


def test_a_global_argument_counts_only_once_declared() -> None:
    evaluation = build("ARG G=g\nFROM scratch\nRUN x\n")
    assert listed(evaluation) == []
    assert evaluation.expand(last(evaluation), "$G").text == ""
    assert evaluation.global_value("G") == "g"


def test_from_sees_global_arguments_only() -> None:
    text = "ARG V=1\nARG W=${V}.2\nFROM a:$W\nENV V=9\nFROM b:$V-${X:-x}\n"
    assert [scope.base.name for scope in build(text).stages] == ["a:1.2", "b:1-x"]
    assert [scope.base.name for scope in build(text, V="3").stages] == ["a:3.2", "b:3-x"]


def test_an_empty_base_is_a_problem() -> None:
    evaluation = build("FROM $X\n")
    assert evaluation.stages[0].base.kind == "unknown"
    assert [problem.message for problem in evaluation.problems] == [
        "$X is empty, so this stage has no base image"
    ]


def test_platform_arguments() -> None:
    text = "FROM --platform=$BUILDPLATFORM a\nARG TARGETARCH\nARG TARGETVARIANT\nRUN x\n"
    unknown = build(text)
    assert listed(unknown) == [("TARGETARCH", None, True), ("TARGETVARIANT", None, True)]
    platform = unknown.stages[0].platform
    assert platform is not None
    assert platform.unknown == {"BUILDPLATFORM"}
    known = build(text, platform="linux/arm64")
    assert listed(known) == [("TARGETARCH", "arm64", True), ("TARGETVARIANT", "", True)]
    assert listed(build(text, TARGETARCH="x"))[0] == ("TARGETARCH", "x", True)


def test_predefined_proxies_count_only_if_declared() -> None:
    assert listed(build("FROM scratch\nRUN x\n", HTTP_PROXY="p")) == []
    assert listed(build("FROM scratch\nARG HTTP_PROXY\nRUN x\n", HTTP_PROXY="p")) == [
        ("HTTP_PROXY", "p", True)
    ]


def test_what_only_the_base_image_could_say_is_unknown() -> None:
    evaluation = build("FROM a\nARG A\nENV B=$PATH:/x C=1\nRUN x\n")
    expansion = evaluation.expand(last(evaluation), "$A$B$C$HOME")
    assert expansion.text == "$B1$HOME"
    assert expansion.unknown == {"B", "HOME"}
    assert expansion.unset == {"A"}
    assert evaluation.environment(last(evaluation)).open_base
    bottom = build("FROM scratch\nRUN x\n")
    assert bottom.expand(last(bottom), "$HOME") == Expansion("", unset=frozenset({"HOME"}))
    assert bottom.expand(last(bottom), "$PATH").text.startswith("/usr/local/sbin:")


def test_a_stage_starts_with_all_that_its_base_had() -> None:
    text = "FROM scratch AS a\nARG A=1\nENV B=2\nFROM a AS b\nENV C=$A$B\nFROM a AS c\nENV D=$A$B$C\n"
    text += "FROM b\nRUN x\n"
    evaluation = build(text)
    assert [binding.name for binding in evaluation.final_environment(1).bindings()] == ["PATH", "A", "B", "C"]
    assert [binding.name for binding in evaluation.final_environment(2).bindings()] == ["PATH", "A", "B", "D"]
    assert listed(evaluation) == [("A", "1", True), ("B", "2", False), ("C", "12", False)]
    assert evaluation.final_environment(2).lookup("D") == "12"
    assert evaluation.final_environment(0).lookup("C") is None


def test_an_argument_declared_by_a_child_is_not_declared_in_its_sister() -> None:
    evaluation = build("FROM a AS a\nFROM a AS b\nARG X\nRUN x\nFROM a\nRUN y\n")
    first, _, second = evaluation.dockerfile.instructions[-3:]
    assert evaluation.expand(first, "$X").unset == {"X"}
    assert evaluation.expand(second, "$X").unknown == {"X"}


def test_onbuild_instructions_of_a_base_stage_come_first() -> None:
    text = "FROM scratch AS dep\nFROM scratch AS a\nONBUILD ENV A=1\nONBUILD COPY --from=dep x y\n"
    text += "FROM a\nENV B=$A\nRUN x\n"
    evaluation = build(text)
    assert listed(evaluation) == [("A", "1", False), ("B", "1", False)]
    assert evaluation.reachable() == {0, 1, 2}


def test_equal_environments_between_steps_that_set_nothing() -> None:
    evaluation = build("FROM a\nRUN x\nCOPY a b\nENV A=1\nRUN y\n")
    steps = evaluation.dockerfile.instructions
    assert evaluation.environment(steps[1]) == evaluation.environment(steps[3])
    assert evaluation.environment(steps[1]) != evaluation.environment(steps[4])


GRAPH = """\
FROM a AS base
FROM base AS One
FROM b AS two
COPY --from=0 x y
FROM c AS three
RUN --mount=type=bind,from=two,target=/x a
FROM d AS dead
FROM e
COPY --from=THREE x y
COPY --from=nginx x y
COPY --from=9 x y
RUN --mount=from=0,target=/x a
"""


def test_the_stage_graph() -> None:
    evaluation = build(GRAPH)
    assert [scope.needs for scope in evaluation.stages] == [(), (0,), (0,), (2,), (), (3,)]
    assert evaluation.target == 5
    assert evaluation.reachable() == {0, 2, 3, 5}
    assert evaluation.dead == (1, 4)
    assert evaluation.reachable(1) == {0, 1}
    assert build(GRAPH, "ONE").reachable() == {0, 1}
    assert build(GRAPH, "nothing").target is None
    assert build(GRAPH, "nothing").reachable() == frozenset()


def test_what_copy_from_means() -> None:
    evaluation = build(GRAPH)
    found = [
        evaluation.source_of(step) for step in evaluation.dockerfile.instructions if step.keyword == "COPY"
    ]
    assert [(source.kind, source.stage) for source in found if source] == [
        ("stage", 0),
        ("stage", 3),
        ("image", None),
        ("missing", None),
    ]


def test_from_finds_only_stages_above_and_the_later_of_two() -> None:
    evaluation = build("FROM b AS a\nFROM a AS a\nFROM a AS b\nFROM A\n")
    assert [scope.base.kind for scope in evaluation.stages] == ["image", "stage", "stage", "image"]
    assert [scope.base.stage for scope in evaluation.stages] == [None, 0, 1, None]


def test_named_contexts_replace_stages_and_images() -> None:
    tree = parse(Source("FROM a AS one\nFROM two\nCOPY --from=three x y\nCOPY --from=one x y\n"))
    evaluation = evaluate(tree, contexts=["one", "two", "three"])
    assert [scope.base.kind for scope in evaluation.stages] == ["context", "context"]
    found = evaluation.source_of(tree.instructions[2])
    assert found is not None
    assert found.kind == "context"


def test_a_long_chain_of_stages_is_quick() -> None:
    text = "FROM a AS s0\nENV V0=x\n" + "".join(
        f"FROM s{index} AS s{index + 1}\nENV V{index + 1}=$V{index}\n" for index in range(3000)
    )
    evaluation = build(text + "RUN x\n")
    assert evaluation.expand(last(evaluation), "$V3000 $V0 $NOBODY") == Expansion(
        "x x $NOBODY", used=frozenset({"V3000", "V0"}), unknown=frozenset({"NOBODY"})
    )
    assert len(evaluation.reachable()) == 3001


def test_a_broken_word_is_a_problem_not_an_exception() -> None:
    evaluation = build("ARG A=${\nFROM x\nENV B='x\nARG C=${D?no}\nRUN x\n")
    assert [binding.value for binding in evaluation.environment(last(evaluation)).bindings()] == [None, None]
    assert evaluation.problems
