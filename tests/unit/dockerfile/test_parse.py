"""What is an instruction and what is in it, construct by construct."""

from __future__ import annotations

import pytest

from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source, Span


def read(text: str) -> Dockerfile:
    return parse(Source(text))


def only(text: str) -> Instruction:
    """The instruction behind ``FROM a``, in a file without problems."""
    tree = read("FROM a\n" + text)
    assert not tree.problems, tree.problems
    assert len(tree.instructions) == 2
    return tree.instructions[1]


def words(instruction: Instruction) -> list[str]:
    return [word.text for word in instruction.words]


def written(instruction: Instruction, span: Span) -> str:
    assert instruction.source is not None
    return instruction.source.slice(span)


@pytest.mark.parametrize(
    ("text", "escape", "names"),
    [
        ("FROM a\n", "\\", []),
        ("# escape=`\nFROM a\n", "`", ["escape"]),
        ("#ESCAPE = `  \nFROM a\n", "`", ["escape"]),
        ("  # escape=`\nFROM a\n", "`", ["escape"]),
        ("\ufeff# escape=`\nFROM a\n", "`", ["escape"]),
        (
            "# check=skip=all\n# escape=`\n# syntax=docker/dockerfile:1\nFROM a\n",
            "`",
            ["check", "escape", "syntax"],
        ),
        ("# a comment\n# escape=`\nFROM a\n", "\\", []),
        ("\n# escape=`\nFROM a\n", "\\", []),
        ("# unknown=1\n# escape=`\nFROM a\n", "\\", []),
        ("# syntax=\n# escape=`\nFROM a\n", "\\", []),
        ("FROM a\n# escape=`\n", "\\", []),
    ],
)
def test_directives_count_only_in_the_block_at_the_top(text: str, escape: str, names: list[str]) -> None:
    tree = read(text)
    assert tree.escape == escape
    assert [directive.name for directive in tree.directives] == names
    assert not tree.problems


def test_a_directive_is_no_comment_and_has_a_span() -> None:
    tree = read("# syntax = docker/dockerfile:1 \n# hello\nFROM a\n")
    directive = tree.directive("syntax")
    assert directive is not None
    assert directive.value == "docker/dockerfile:1"
    assert tree.source.slice(directive.span) == "# syntax = docker/dockerfile:1 "
    assert [comment.text for comment in tree.comments] == [" hello"]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("RUN a \\\n  b", "a   b"),
        ("RUN a \\\r\n  b\r\n", "a   b"),
        ("RUN a \\  \t\n  b", "a   b"),
        ("RUN a \\\n\n   \n  b", "a   b"),
        ("RUN a \\\n# no\n  # no\n  b", "a   b"),
        ("RUN 'a \\\n# no\n  b'", "'a   b'"),
        ("RUN a\\\nb", "ab"),
        ("RUN a \\", "a"),
        ("RUN a \\\n", "a"),
        ("RUN a \\\n# no\n", "a"),
        ("RUN a \\\\", "a \\\\"),
        ("RU\\\nN a", "a"),
        ("\\\n RUN a", "a"),
        ("RUN a \\\n\\\nb", "a b"),
    ],
)
def test_continuations(text: str, rest: str) -> None:
    assert only(text).rest == rest
    assert only(text).keyword == "RUN"


def test_two_escape_characters_do_not_continue() -> None:
    tree = read("FROM a\nRUN a \\\\\nRUN b\n")
    assert [step.rest for step in tree.instructions] == ["a", "a \\\\", "b"]


def test_a_backtick_continues_where_the_directive_says_so() -> None:
    tree = read("# escape=`\nFROM a\nCOPY c:\\ d:\\\nRUN a `\n b\n")
    assert [step.rest for step in tree.instructions] == ["a", "c:\\ d:\\", "a  b"]


def test_every_offset_of_the_joined_line_is_found_in_the_source() -> None:
    step = only("RUN one \\\n# between\n  two && \\\r\n\n three\n")
    assert step.source is not None
    text = step.source.text
    for offset, char in enumerate(step.rest):
        assert text[step.locate(offset)] == char
        assert step.offset_of(step.locate(offset)) == offset


def test_comments_inside_and_above() -> None:
    tree = read("# lost\n\n# one\n#two\nFROM a\n# three\nRUN a \\\n  # four\n  b\n")
    first, second = tree.instructions
    assert [comment.text for comment in first.leading] == [" one", "two"]
    assert [comment.text for comment in second.leading] == [" three"]
    assert [comment.text for comment in second.comments] == [" four"]
    assert tree.source.slice(second.comments[0].span) == "# four"
    assert [comment.text for comment in tree.comments] == [" lost", " one", "two", " three", " four"]


@pytest.mark.parametrize(
    ("text", "flags", "arguments"),
    [
        ("COPY --from=b --link x y", [("from", "b"), ("link", None)], ["x", "y"]),
        ("COPY --chown=a:b --chmod=755 x y", [("chown", "a:b"), ("chmod", "755")], ["x", "y"]),
        (
            "COPY --parents --exclude=*.a --exclude=*.b x y",
            [("parents", None), ("exclude", "*.a"), ("exclude", "*.b")],
            ["x", "y"],
        ),
        ("COPY --link=true --parents=FALSE x y", [("link", "true"), ("parents", "FALSE")], ["x", "y"]),
        (
            "ADD --checksum=$S --unpack --keep-git-dir=false http://x y",
            [("checksum", "$S"), ("unpack", None), ("keep-git-dir", "false")],
            ["http://x", "y"],
        ),
        (
            "RUN --mount=type=cache,target=/x --network=none --security=insecure a b",
            [("mount", "type=cache,target=/x"), ("network", "none"), ("security", "insecure")],
            ["a b"],
        ),
        ("RUN --device=vendor/class=x,required a", [("device", "vendor/class=x,required")], ["a"]),
        ("RUN --mount='type=tmpfs,target=/a b' a", [("mount", "type=tmpfs,target=/a b")], ["a"]),
        ('RUN --mount="type=tmpfs",target=/a a', [("mount", "type=tmpfs,target=/a")], ["a"]),
        ("RUN --mount=type=tmpfs,target=/a\\ b a", [("mount", "type=tmpfs,target=/a b")], ["a"]),
        ("RUN -- --mount=x", [], ["--mount=x"]),
        ("RUN \\\n  --network=host \\\n  a", [("network", "host")], ["a"]),
        (
            "HEALTHCHECK --interval=1m30s --retries=3 CMD a b",
            [("interval", "1m30s"), ("retries", "3")],
            ["CMD", "a b"],
        ),
    ],
)
def test_flags(text: str, flags: list[tuple[str, str | None]], arguments: list[str]) -> None:
    step = only(text)
    assert [(flag.name, flag.value) for flag in step.flags] == flags
    assert words(step) == arguments
    for flag in step.flags:
        assert written(step, flag.span).startswith("--" + flag.name)


def test_a_flag_is_found_by_name_and_the_last_counts() -> None:
    step = only("COPY --exclude=a --exclude=b x y")
    flag = step.flag("exclude")
    assert flag is not None
    assert flag.value == "b"
    assert step.flag("from") is None


@pytest.mark.parametrize(
    ("text", "json", "arguments"),
    [
        ('CMD ["a", "b c"]', True, ["a", "b c"]),
        ('CMD [ "a" ,"\\u00e9\\n\\"" ]  ', True, ["a", 'é\n"']),
        ('CMD ["\\ud83d\\ude00", "\\ud800"]', True, ["😀", "\ufffd"]),
        ("CMD []", True, []),
        ("CMD ['a']", False, ["['a']"]),
        ('CMD ["a",]', False, ['["a",]']),
        ('CMD ["a"] x', False, ['["a"] x']),
        ("CMD [a]", False, ["[a]"]),
        ("CMD [NaN]", False, ["[NaN]"]),
        ('COPY ["a b", "c"]', True, ["a b", "c"]),
        ("COPY [ab] c", False, ["[ab]", "c"]),
        ('VOLUME ["/a", "/b"]', True, ["/a", "/b"]),
        ('RUN --network=none ["a"]', True, ["a"]),
        ('HEALTHCHECK CMD ["a", "b"]', True, ["CMD", "a", "b"]),
        ('SHELL ["/bin/sh", \\\n  "-c"]', True, ["/bin/sh", "-c"]),
        ('USER ["a"]', False, ['["a"]']),
    ],
)
def test_json_and_the_fallback_to_the_shell_form(text: str, json: bool, arguments: list[str]) -> None:
    step = only(text)
    assert (step.json, words(step)) == (json, arguments)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("ENV A=1 B=2", [("A", "1"), ("B", "2")]),
        ("ENV A b c", [("A", "b c")]),
        ("ENV A  b=c", [("A", "b=c")]),
        ("ENV A= B=''", [("A", ""), ("B", "''")]),
        ('ENV A="x y" B=x\\ y C=\'p "q\'', [("A", '"x y"'), ("B", "x\\ y"), ("C", "'p \"q'")]),
        ("ENV A=1 \\\n  # no\n  B=2", [("A", "1"), ("B", "2")]),
        ("ENV AB\\\nC=x\\\ny", [("ABC", "xy")]),
        ("ENV A=\\\nx", [("A", "x")]),
        ("LABEL a.b=c", [("a.b", "c")]),
        ("ARG A B=2 C=", [("A", None), ("B", "2"), ("C", "")]),
        ("ARG A\\\nB=2", [("AB", "2")]),
        ("RUN A=1", []),
    ],
)
def test_names_and_values(text: str, pairs: list[tuple[str, str | None]]) -> None:
    step = only(text)
    assert [(pair.name.text, pair.value.text if pair.value else None) for pair in step.pairs] == pairs
    for pair in step.pairs:
        for word in pair:
            if word is not None:
                assert written(step, word.span).replace("\\\n", "") == word.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RUN <<EOF\na\nEOF\n", [("EOF", True, False, 0, "a\n")]),
        ("RUN <<-EOF\n\ta\n\tEOF\n", [("EOF", True, True, 0, "\ta\n")]),
        ("RUN <<'EOF'\na\nEOF\n", [("EOF", False, False, 0, "a\n")]),
        ('RUN <<"E F"\na\nE F\n', [("E F", False, False, 0, "a\n")]),
        ("RUN 3<<EOF cat\na\nEOF\n", [("EOF", True, False, 3, "a\n")]),
        ("RUN << EOF\na\nEOF", [("EOF", True, False, 0, "a\n")]),
        ("RUN a <<A b <<B\n1\nA\n2\nB\n", [("A", True, False, 0, "1\n"), ("B", True, False, 0, "2\n")]),
        ("RUN <<EOF\r\na\r\nEOF\r\n", [("EOF", True, False, 0, "a\r\n")]),
        ("RUN <<EOF\n# kept\n\n b \\\nEOF\n", [("EOF", True, False, 0, "# kept\n\n b \\\n")]),
        ("RUN a <<EOF && \\\n  b\nx\nEOF\n", [("EOF", True, False, 0, "x\n")]),
        ("COPY <<a <<'b' /d/\n1\na\n2\nb\n", [("a", True, False, 0, "1\n"), ("b", False, False, 0, "2\n")]),
        ("ADD <<a /d\na\n", [("a", True, False, 0, "")]),
        ("ONBUILD RUN <<EOF\na\nEOF\n", [("EOF", True, False, 0, "a\n")]),
        ("RUN echo $((1 << 2))\nx\n2))\n", [("2))", True, False, 0, "x\n")]),
        ("RUN cat <<<x", []),
        ("RUN echo 'it <<EOF", []),
        ("RUN a < b", []),
        ("CMD cat <<EOF", []),
        ('RUN ["a", "<<EOF"]', []),
    ],
)
def test_heredocs(text: str, found: list[tuple[str, bool, bool, int, str]]) -> None:
    step = only(text)
    assert [(doc.name, doc.expand, doc.chomp, doc.fd, doc.content) for doc in step.heredocs] == found
    for doc in step.heredocs:
        assert written(step, doc.body) == doc.content
        assert written(step, doc.span).lstrip().endswith(doc.name)
        assert "<<" in written(step, doc.operator)
    assert step.nested is None or step.nested.heredocs == step.heredocs


def test_the_line_behind_a_heredoc_is_read_again() -> None:
    tree = read("FROM a\nRUN <<EOF\nCOPY no no\nEOF\nUSER u\n")
    assert [step.keyword for step in tree.instructions] == ["FROM", "RUN", "USER"]


def test_onbuild_holds_an_instruction() -> None:
    step = only("ONBUILD copy --from=b \\\n x y")
    assert step.nested is not None
    assert (step.nested.keyword, words(step.nested)) == ("COPY", ["x", "y"])
    assert step.nested.flag("from") is not None
    assert step.words == ()
    assert written(step, step.nested.keyword_span) == "copy"


@pytest.mark.parametrize("keyword", ["run", "Run", "RUN", "rUN"])
def test_keywords_in_any_case(keyword: str) -> None:
    step = only(f"{keyword} a")
    assert step.keyword == "RUN"
    assert written(step, step.keyword_span) == keyword


def test_white_space_is_buildkits() -> None:
    # A vertical tab separates the keyword; a no-break space does not, but is trimmed like a space.
    assert words(only("RUN\va")) == ["a"]
    assert words(only("RUN a\xa0")) == ["a"]
    assert words(only("WORKDIR \x1ca")) == ["\x1ca"]
    assert read("FROM a\nRUN\xa0a\n").instructions[1].keyword == "RUN\xa0A"


def test_stages_globals_and_names() -> None:
    tree = read("ARG V=1\nFROM a AS One\nRUN x\nFROM one as two-2\nFROM b\nRUN y\n")
    assert [step.rest for step in tree.globals] == ["V=1"]
    assert [(stage.index, stage.name, len(stage.instructions)) for stage in tree.stages] == [
        (0, "one", 1),
        (1, "two-2", 0),
        (2, None, 1),
    ]


def test_instruction_spans_end_before_the_line_end() -> None:
    tree = read("FROM a\r\n  RUN a \\\r\n   b\r\nRUN <<E\nx\nE\n")
    assert [tree.source.slice(step.span) for step in tree.instructions] == [
        "FROM a",
        "RUN a \\\r\n   b",
        "RUN <<E\nx\nE",
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_word() -> None:
    tree = read("\ufeffFROM a\n")
    assert tree.instructions[0].keyword == "FROM"
    assert tree.instructions[0].span.start == 1
