"""What a change rebuilds, and the reason that people are told."""

from __future__ import annotations

import pytest
from tests.unit.layers_keys.told import FILES, changed, edited, situation, tell

from copylast.context.memory import Content, Link, MemoryContext, Moded
from copylast.layers.cache import Cache
from copylast.layers.profiles import BUILDAH, BUILDKIT_OVERLAY, CLASSIC, KANIKO
from copylast.layers.simulate import explain, simulate, simulate_change
from copylast.layers.situations import EVERY_STAGE, Image, Settings, Situation, read_situation

COPY_FIRST = "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
COPY_LAST = "FROM python\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n"
STAGES = "FROM go AS build\nCOPY app.py /\nRUN make\nFROM alpine\nCOPY --from=build /out /out\nRUN strip /out\n"


def test_the_classic_lesson() -> None:
    assert changed(COPY_FIRST, "app.py") == ["2 C", "3 X app.py changed", "4 X after line 3"]
    assert changed(COPY_FIRST, "requirements.txt") == ["2 C", "3 X requirements.txt changed", "4 X after line 3"]
    assert changed(COPY_LAST, "app.py") == ["2 C", "3 C", "4 C", "5 X app.py changed"]
    assert changed(COPY_LAST, "requirements.txt") == [
        "2 C",
        "3 X requirements.txt changed",
        "4 X after line 3",
        "5 X requirements.txt changed",
    ]


def test_the_step_that_began_it_is_named() -> None:
    outcomes = simulate_change(situation(COPY_LAST), ["requirements.txt"])
    assert [one.after for one in outcomes] == [None, None, 2, 2, 4]
    assert [one.text for one in outcomes[-1].causes] == ["requirements.txt changed", "after line 3"]
    assert outcomes[2].why.names == ("requirements.txt",)


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        (("app.py", "src/main.py"), "app.py and 1 other file changed"),
        (("app.py", "src/main.py", "requirements.txt"), "app.py and 2 other files changed"),
        (("new.py",), "new.py is new"),
        (("new.py", "src/newer.py"), "new.py and 1 other file are new"),
        (("src",), "src/main.py changed"),
        (("./app.py",), "app.py changed"),
    ],
)
def test_changed_files_are_named(paths: tuple[str, ...], why: str) -> None:
    assert changed(COPY_FIRST, *paths)[1] == f"3 X {why}"


def test_words_say_what_happened_to_a_file() -> None:
    found = simulate_change(situation(COPY_FIRST), ["app.py"], words={"app.py": "was removed"})
    assert tell(found)[1] == "3 X app.py was removed"


def test_files_that_nothing_copies() -> None:
    ignored = {**FILES, ".dockerignore": "*.md\n", "README.md": "r\n"}
    assert changed(COPY_FIRST, "README.md", "notes.md", files=ignored) == ["2 C", "3 C", "4 C"]


def test_wildcards() -> None:
    text = "FROM a\nCOPY *.txt /t/\nRUN x\n"
    assert changed(text, "more.txt") == ["2 X another file matches *.txt: more.txt", "3 X after line 2"]
    assert changed(text, "more.md", "src/more.txt") == ["2 C", "3 C"]


def test_contents_are_compared_where_nobody_says_what_changed() -> None:
    def after(**files: Content | None) -> list[str]:
        now = {name: one for name, one in {**FILES, **files}.items() if one is not None}
        return tell(simulate(situation(COPY_FIRST), situation(COPY_FIRST, now)))[1:2]

    assert after() == ["3 C"]
    assert after(**{"app.py": "2\n"}) == ["3 X app.py changed"]
    assert after(**{"app.py": "longer\n"}) == ["3 X app.py changed"]
    assert after(**{"app.py": Moded("1\n", 0o755)}) == ["3 X app.py has another mode"]
    assert after(**{"app.py": Link("src/main.py")}) == ["3 X app.py is something else now"]
    assert after(**{"app.py": None}) == ["3 X app.py was removed"]
    assert after(**{"empty/": ""}) == ["3 X empty is new"]
    assert after(**{"a.py": "1\n", "app.py": None}) == ["3 X a.py and 1 other file changed"]


def test_an_unread_file_is_not_read() -> None:
    class Closed(MemoryContext):
        def raw_read(self, path: str, limit: int) -> bytes:
            raise AssertionError(f"{path} was read")

    closed = read_situation(COPY_LAST, Closed(FILES))
    assert tell(simulate_change(closed, ["app.py"]))[-1] == "5 X app.py changed"
    assert tell(simulate(closed, closed.with_dockerfile(COPY_FIRST)))[1] == "3 X it copies other sources"


def test_two_commits_of_one_tree() -> None:
    """Situations that share their origin differ where their versions say so, whatever the modes on disk are."""
    repository = object()
    before = situation(COPY_LAST)
    text = before.dockerfile
    files = {name: Moded(str(one), 0o664) for name, one in FILES.items()}
    old = Situation(text, before.context, origin=repository, versions={"app.py": "blob 1"})
    new = Situation(text, MemoryContext(files), origin=repository, versions={"app.py": "blob 2"})
    assert tell(simulate(old, new)) == ["2 C", "3 C", "4 C", "5 X app.py changed"]
    back = Situation(text, before.context, origin=repository, versions={"app.py": "blob 1"})
    cache = Cache()
    builds = [cache.build(one) for one in (old, new, back)]
    assert tell(explain(builds[1], builds[2])) == ["2 C", "3 C", "4 C", "5 C"]


def test_the_dockerfile_is_a_file_too() -> None:
    base = situation(COPY_FIRST, {**FILES, "Dockerfile": COPY_FIRST})
    other = "# a comment\n" + COPY_FIRST
    assert tell(simulate(base, base.with_dockerfile(other))) == ["3 C", "4 C", "5 C"]
    found = tell(simulate(base, base.with_dockerfile(other, "Dockerfile")))
    assert found == ["3 C", "4 X Dockerfile changed", "5 X after line 4"]


def test_output_of_a_stage_cuts_the_cascade_short() -> None:
    assert changed(STAGES, "app.py") == [
        "2 X app.py changed",
        "3 X after line 2",
        "5 ? cached if /out of build comes out the same",
        "6 ? cached if line 5 is",
    ]
    now = situation(STAGES).with_changed(["app.py"])
    assert tell(simulate(situation(STAGES), now, assume=True))[2:] == ["5 C", "6 C"]
    assert tell(simulate(situation(STAGES), now, assume=False))[2:] == ["5 X /out of build changed", "6 X after line 5"]


def test_what_surely_changed_wins_over_what_may_have() -> None:
    text = STAGES.replace("RUN strip", "COPY src /src\nRUN strip")
    assert changed(text, "app.py", "src/main.py")[3:] == ["6 X src/main.py changed", "7 X after line 6"]


def test_a_child_stage_is_no_firewall() -> None:
    text = "FROM a AS one\nCOPY app.py /\nFROM one\nRUN x\n"
    assert changed(text, "app.py") == ["2 X app.py changed", "4 X after line 2"]


def test_equal_steps_of_two_stages_are_one() -> None:
    text = "FROM a AS one\nRUN x\nFROM a AS two\nRUN x\nFROM b\nCOPY --from=one /1 /1\nCOPY --from=two /2 /2\n"
    assert edited(text, text) == ["2 C", "4 C", "6 C", "7 C"]
    assert edited("FROM a\nRUN x\n", text)[:2] == ["2 C", "4 C"]


def test_a_link_is_built_beside_its_stage() -> None:
    text = "FROM a\nRUN {}\nCOPY --link app.py /\nRUN y\n"
    assert edited(text.format(1), text.format(2)) == [
        "2 X its command changed",
        "3 C",
        "3+ X after line 2",
        "4 X after line 2",
    ]
    assert edited(text.format(1), text.format(2), BUILDKIT_OVERLAY)[1:] == ["3 X after line 2", "4 X after line 2"]


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("RUN a  b", "RUN a b", "the white space of its command changed, and that counts"),
        ("RUN a", "RUN b", "its command changed"),
        ('SHELL ["/bin/sh", "-ec"]\nRUN a', 'SHELL ["/bin/bash", "-c"]\nRUN a', "another SHELL is in force"),
        ("ENV A=1 B=2\nRUN a", "ENV B=2 A=1\nRUN a", "ENV and ARG come in another order, and that counts"),
        ("ENV A=1\nRUN a", "ENV A=2\nRUN a", "ENV A changed"),
        ("ENV A=1\nRUN a", "LABEL A=2\nRUN a", "ENV A is gone"),
        ("LABEL A=1\nRUN a", "ARG A=2\nRUN a", "ARG A is new"),
        ("USER 1\nRUN a", "USER 2\nRUN a", "another USER is in force"),
        ("WORKDIR /a\nRUN a", "WORKDIR /b\nRUN a", "it makes another directory"),
        ("RUN --network=none a", "RUN a", "another network mode is in force"),
        ("RUN --mount=type=cache,target=/c a", "RUN --mount=type=cache,target=/d a", "the mount at /d changed"),
        ("COPY app.py /a", "COPY app.py /b", "it copies to another place"),
        ("COPY app.py src/main.py /", "COPY src/main.py app.py /", "its sources come in another order"),
        ("COPY --chown=1 app.py /", "COPY --chown=2 app.py /", "--chown changed"),
        ("COPY <<E /f\na\nE", "COPY <<E /f\nb\nE", "the text of its heredoc changed"),
        ("ADD http://x/1 /f", "ADD http://x/2 /f", "what stands at the address changed"),
    ],
)
def test_reasons(before: str, after: str, why: str) -> None:
    found = edited(f"FROM a\n{before}\n", f"FROM a\n{after}\n")
    assert [line.partition(" X ")[2] for line in found if " X " in line][0] == why


def test_values_of_arguments_are_not_told() -> None:
    before, after = (
        situation("FROM a\nARG TOKEN\nRUN x\n", settings=Settings(build_args={"TOKEN": one}))
        for one in ("s3cret", "0ther")
    )
    outcomes = simulate(before, after)
    assert tell(outcomes) == ["3 X ARG TOKEN changed"]
    assert not any(word in repr([one.causes for one in outcomes]) for word in ("s3cret", "0ther"))


def test_variables_that_hang_on_the_base_image() -> None:
    """Their value is not known, but a change of what is written is a change."""
    path = "FROM a\nENV PATH={}:$PATH\nRUN a\n"
    assert edited(path.format("/x"), path.format("/x")) == ["3 C"]
    assert edited(path.format("/x"), path.format("/y")) == ["3 X ENV PATH changed"]
    assert edited("FROM a\nENV A=${Q:-1}\nRUN a\n", "FROM a\nENV A=${Q:-2}\nRUN a\n") == ["3 X ENV A changed"]
    chain = "FROM a\nENV A={}$Q\nENV B=$A\nENV A=1\nRUN a\n"
    assert edited(chain.format(1), chain.format(2)) == ["5 X ENV B changed"]


def test_base_images() -> None:
    assert edited("FROM a:1\nRUN x\n", "FROM a:2\nRUN x\n") == ["1 X the base image is another", "2 X on another base"]
    same = {"a:1": Image("layers"), "a:2": Image("layers")}
    assert edited("FROM a:1\nRUN x\n", "FROM a:2\nRUN x\n", settings=Settings(images=same)) == ["2 C"]
    moved = simulate(
        situation("FROM a\nRUN x\n", settings=Settings(images={"a": Image("1")})),
        situation("FROM a\nRUN x\n", settings=Settings(images={"a": Image("2")})),
    )
    assert tell(moved) == ["1 X the base image is another", "2 X on another base"]


def test_platforms() -> None:
    text = "FROM --platform=$BUILDPLATFORM a AS b\n{}RUN x\nFROM a\nCOPY --from=b /o /o\nRUN y\n"

    def other_platform(middle: str) -> list[str]:
        one, two = (
            situation(text.format(middle), settings=Settings(platform=f"linux/{arch}")) for arch in ("amd64", "arm64")
        )
        return tell(simulate(one, two))

    why = "it is built for another platform"
    assert other_platform("") == ["2 C", f"3 X {why}", "4 X on another base", f"5 X {why}"]
    assert other_platform("ARG TARGETARCH\n")[0] == "3 X ARG TARGETARCH changed"


def test_targets() -> None:
    text = "FROM a AS one\nRUN 1\nFROM one AS two\nRUN 2\n"
    assert tell(simulate(situation(text, settings=Settings(target="one")), situation(text))) == [
        "2 C",
        "4 X no build had this step",
    ]


def test_no_cache() -> None:
    text = "FROM a AS one\nRUN 1\nFROM a\nRUN 2\n"
    why = "the build was told not to use the cache"
    twice = simulate(situation(text), situation(text, settings=Settings(no_cache=(EVERY_STAGE,))))
    assert tell(twice) == [f"4 X {why}"]
    with_one = "FROM a AS one\nRUN 1\nFROM a\nRUN 2\nCOPY --from=one /1 /1\n"
    some = simulate(situation(with_one), situation(with_one, settings=Settings(no_cache=("one",))))
    assert tell(some) == [f"2 X {why}", "4 C", "5 ? cached if /1 of one comes out the same"]


def test_triggers_of_a_base_stage() -> None:
    text = "FROM a AS base\nONBUILD COPY app.py /\nONBUILD ENV A=1\nONBUILD RUN x$A\nFROM base\nRUN y\n"
    assert changed(text, "app.py") == ["2 X app.py changed", "4 X after line 2", "6 X after line 2"]
    assert edited(text, text.replace("A=1", "A=2")) == ["2 C", "4 X ENV A changed", "6 X ENV A changed"]
    image = {"base": Image("layers", onbuild=("COPY app.py /",))}
    child = situation("FROM base\nRUN y\n", settings=Settings(images=image))
    assert tell(simulate_change(child, ["app.py"])) == ["1 X app.py changed", "2 X after line 1"]


def test_without_a_context() -> None:
    bare = read_situation(COPY_FIRST, None)
    assert tell(simulate(bare, bare)) == ["2 C", "3 C", "4 C"]
    found = tell(simulate_change(bare, ["app.py"]))
    assert found == ["2 C", "3 ? which files it copies is not known", "4 ? cached if line 3 is"]


def test_sources_that_hang_on_the_base_image() -> None:
    text = "FROM a\nCOPY $WHAT /\nRUN x\n"
    assert edited(text, text) == ["2 ? which files it copies is not known", "3 ? cached if line 2 is"]
    assert changed(text, "app.py") == ["2 ? which files it copies is not known", "3 ? cached if line 2 is"]


def test_the_cache_remembers_all_builds_and_what_came_before_a_failure() -> None:
    cache = Cache()
    one, two = situation("FROM a\nRUN 1\nRUN 2\n"), situation("FROM a\nRUN 3\nRUN 2\n")
    cache.build(one, failed=2)
    assert tell(explain(None, cache.build(one))) == ["2 C", "3 X no build had this step"]
    former = cache.build(two)
    assert tell(explain(former, cache.build(one))) == ["2 C", "3 C"]


def test_a_step_that_never_finished() -> None:
    cache = Cache()
    text = situation("FROM a\nRUN 1\nRUN 2\n")
    first = cache.build(text, failed=2)
    assert tell(explain(first, cache.build(text))) == ["2 C", "3 X no earlier build finished this step"]


def test_builders_that_chain_every_instruction() -> None:
    text = "FROM a\nLABEL v={}\nCOPY app.py /\nRUN x\n"
    for profile in (BUILDAH, CLASSIC, KANIKO):
        found = edited(text.format(1), text.format(2), profile)
        assert found == ["2 X its text changed", "3 X after line 2", "4 X after line 2"]
    assert edited(text.format(1), text.format(2)) == ["3 C", "4 C"]
    assert not KANIKO.verified


def test_deep_and_odd_files_do_no_harm() -> None:
    long = "FROM a\n" + "".join(f"RUN {n}\n" for n in range(3000))
    outcomes = simulate(situation(long), situation(long))
    assert {one.status for one in outcomes} == {"cached"}
    assert len(outcomes[-1].step.digest) == 64
    odd = (
        "", "RUN x\n", "FROM\nRUN\n", "FROM a\nCOPY\nADD\nCOPY a\nRUN\nWORKDIR\n", "FROM a\nCOPY --from=9 a b\n",
        "FROM a AS x\nCOPY --from=x a b\n", "FROM a\nCOPY --from=1 a b\nFROM b AS c\nCOPY --from=0 a b\n",
        "FROM a\nRUN --mount=type=x,\"y z\nRUN --mount= a\n", "FROM $A\nRUN ${B:?x}\nCOPY ${C:?x} /\n",
    )  # fmt: skip
    for text in odd:
        for profile in (BUILDAH, CLASSIC, KANIKO, BUILDKIT_OVERLAY):
            outcomes = simulate(situation(text), situation(text), profile)
            assert all(one.why.text for one in outcomes if one.status != "cached")
