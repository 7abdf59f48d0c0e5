"""What the shell splitter says of commands. Every case names what would go wrong without it."""

from __future__ import annotations

import pytest

from copylast.dockerfile.shell import (
    Command,
    Script,
    ShellWord,
    is_opaque_shell,
    options_of_shell,
    split,
    split_script,
)


def here(offset: int) -> int:
    """The text stands alone: places in it are places in the file."""
    return offset


def read(text: str) -> Script:
    """Split a text that must be readable."""
    script = split(text, here)
    assert script.opaque is None, script.opaque
    return script


def the(text: str, *argv: str) -> Command:
    """The one command of ``text`` that starts with ``argv``."""
    found = [command for command in read(text).commands if command.argv[: len(argv)] == argv]
    assert len(found) == 1, read(text).commands
    return found[0]


def first_word(text: str) -> ShellWord:
    """The first argument of the last command."""
    return read(text).commands[-1].words[1]


@pytest.mark.parametrize(
    ("text", "argv", "reason"),
    [
        ("a b  c", ["a", "b", "c"], "blanks only separate"),
        ("a 'b c' \"d e\"", ["a", "b c", "d e"], "quotes keep blanks"),
        ("a b'c'\"d\"e", ["a", "bcde"], "quoted parts join what stands beside them"),
        ("a \\; b\\ c", ["a", ";", "b c"], "a backslash takes the meaning away"),
        ('a "b\\"c" "\\d"', ["a", 'b"c', "\\d"], "in double quotes it does so only before a few characters"),
        ("a $'b\\tc\\x41\\u00e9\\'' $\"d\"", ["a", "b\tcAé'", "d"], "the two quotes of bash"),
        ("a '' \"\"", ["a", "", ""], "an empty word is a word"),
        ("a $X/b ${Y}c", ["a", "$X/b", "${Y}c"], "plain variables stay"),
        ('a "$X"b', ["a", "${X}b"], "removing the quotes must not make it $Xb"),
        ("a ${X:-d} ${Y%%.*}", ["a", "${X:-d}", "${Y%%.*}"], "so do those with operators"),
        ("a $(b) c", ["a", "$(b)", "c"], "what is not known is written as it stands"),
        ("a b#c", ["a", "b#c"], "# within a word is no comment"),
        ("a b # c && d", ["a", "b"], "a comment swallows the rest of a joined RUN"),
        ("a \\\n b\\\n c", ["a", "b", "c"], "a joined line end in a heredoc script is a blank"),
        ("a b\\\nc", ["a", "bc"], "or nothing at all"),
        ("a b\r\n", ["a", "b"], "a checkout with CRLF means the same"),
        ("a {b,c} {}", ["a", "{b,c}", "{}"], "braces are text for sh"),
        ("a !(b|c d)", ["a", "!(b|c d)"], "a pattern may have blanks and bars"),
        ("a -x=y b=c", ["a", "-x=y", "b=c"], "an assignment behind the command is an argument"),
    ],
)
def test_words(text: str, argv: list[str], reason: str) -> None:
    assert [list(command.argv) for command in read(text).commands if command.group == 0] == [argv], reason


@pytest.mark.parametrize(
    ("text", "value", "names", "glob", "reason"),
    [
        ("a $X", "$X", {"X"}, False, "callers expand it"),
        ("a '$X'", "$X", set[str](), False, "nothing to expand: names is empty"),
        ("a '$X'$Y", None, {"Y"}, False, "a literal and a real variable could not be told apart in value"),
        ("a ${X:-$Y}", "${X:-$Y}", {"X", "Y"}, False, "the default may be used too"),
        ("a ${X:-$(b)}", None, {"X"}, False, "and may be a command"),
        ("a $(b $X)", None, set[str](), False, "the inner command has the name"),
        ("a `b`", None, set[str](), False, "backquotes are the old spelling"),
        ("a $((X + 1))", None, {"X"}, False, "bare names are variables in arithmetic"),
        ("a $1$@", None, set[str](), False, "arguments are known only when it runs"),
        ("a $RANDOM", None, {"RANDOM"}, False, "the shell sets this one"),
        ("a ${#X}", None, {"X"}, False, "a length is not the text"),
        ("a <(b)", None, set[str](), False, "a file that only exists while it runs"),
        ("a *.txt", "*.txt", set[str](), True, "a pattern"),
        ("a '*.txt'", "*.txt", set[str](), False, "quoted it is a name"),
        ("a '*'*", "**", set[str](), True, "one unquoted is enough"),
        ("a [ab]?", "[ab]?", set[str](), True, "all three kinds"),
    ],
)
def test_values(text: str, value: str | None, names: set[str], glob: bool, reason: str) -> None:
    word = first_word(text)
    assert (word.value, set(word.names), word.glob) == (value, names, glob), reason


def test_a_place_is_that_of_the_raw_text() -> None:
    text = "  sudo -E X=1 a 'b c'  >d ; e"
    command = read(text).commands[0]
    assert [text[word.span.start : word.span.end] for word in command.words] == ["a", "'b c'"]
    assert text[command.span.start : command.span.end] == "sudo -E X=1 a 'b c'  >d"


def test_a_word_across_joined_lines_ends_with_its_last_character() -> None:
    # "ab c" is written as "a\<line end>b c"
    script = split("ab c", lambda offset: offset + 2 * (offset > 0))
    assert [tuple(word.span) for word in script.commands[0].words] == [(0, 4), (5, 6)]


def summary(script: Script) -> str:
    """Commands as ``argv``, marked ``?`` conditional, ``??`` unknown, ``-`` ignored, ``@directory``."""
    lines: list[str] = []
    for command in script.commands:
        marks = {"certain": "", "conditional": "?", "unknown": "??"}[command.certainty]
        directory = "*" if command.directory is None else "/".join(command.directory)
        place = f" @{directory}" if directory else ""
        lines.append(f"{marks}{'-' if command.ignored else ''}{' '.join(command.argv)}{place}")
    return " | ".join(lines)


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("a && b && c", "a | b | c", "all must succeed"),
        ("a; b", "-a | b", "the status of all but the last is lost"),
        ("set -e; a; b", "-set -e | a | b", "unless set -e"),
        ("set -o errexit; a; b", "-set -o errexit | a | b", "by its long name too"),
        ("set -e; a; set +e; b; c", "-set -e | a | set +e | -b | c", "until it is taken back"),
        ("set -e; a && b; c", "-set -e | -a | b | c", "set -e does not see the left side of &&"),
        ("a || b", "-a | ?b", "the right side runs only after a failure"),
        ("a || true", "-a | ?true", "so the left one may fail"),
        ("a || exit 1; b", "a | ?-exit 1 | b", "an exit that fails does not save it"),
        ("a || { echo no; exit 1; }; b", "a | ?-echo no | ?-exit 1 | b", "in braces either"),
        ("a || exit; b", "a | ?-exit | b", "a bare exit passes the failure on"),
        ("a || exit 0; b", "-a | ?-exit 0 | ?b", "an exit that succeeds ends the step early"),
        ("a && b || c && d", "-a | -b | ?c | d", "left to right, with equal precedence"),
        ("[ -f x ] && a; b", "-[ -f x ] | ?-a | b", "a test is a question, not a mishap"),
        ("[ -f x ] && a", "[ -f x ] | a", "as the last one, its no fails the step"),
        ("[ -f x ] && a || b", "-[ -f x ] | ?-a | ?b", "one of both runs"),
        ("command -v x && a; b", "-command -v x | ?-a | b", "a question as well"),
        ("! a && b; c", "-a | ?-b | c", "so is a negation"),
        ("a && b; c", "-a | -b | c", "but an ordinary command is expected to succeed"),
        ("a | b", "-a | b", "only the last of a pipe counts"),
        ("set -o pipefail; a | b", "-set -o pipefail | a | b", "unless pipefail"),
        ("a & b", "-a | b", "nobody waits for it"),
        (
            "if a; then b; elif c; then d; else e; fi",
            "-a | ?b | ?-c | ?d | ?e",
            "only the first question is sure",
        ),
        ("for x in a b; do c; done; d", "?-c | d", "a loop may have nothing to do"),
        ("while a; do b; done", "-a | ?b", "the head runs once at least"),
        ("case $X in a) b ;; *) c ;; esac", "?b | ?c", "one of several"),
        ("(a && b) && { c; }", "a | b | c", "groups change nothing"),
        ("exit 0; a", "-exit 0 | ?a", "never reached"),
        ("if a; then exit 0; fi; b", "-a | ?-exit 0 | ?b", "perhaps not reached"),
        ("if a; then exit 1; fi; b", "-a | ?-exit 1 | b", "when it is not, the step has failed"),
        ("(exit 0); a", "-exit 0 | a", "that ends the subshell only"),
        ("exec a; b", "-a | ?b", "exec never returns"),
        ("exec > log; a", "-exec | a", "unless it only redirects"),
        ("eval 'a'; b", "??-eval a | b", "eval is not followed"),
        ("X=$(a) && b", "a |  | b", "an assignment has the status of its command"),
        ("echo $(a)", "-a | echo $(a)", "elsewhere nobody sees it"),
        ("xargs -r a", "?a", "there may be nothing to do"),
    ],
)
def test_certainty(text: str, expected: str, reason: str) -> None:
    assert summary(read(text)) == expected, reason


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("cd a && b", "cd a | b @a", "the next one is there"),
        ("cd a; cd b; c", "-cd a | -cd b @a | c @a/b", "they add up"),
        ("cd a && cd /b && c", "cd a | cd /b @a | c @/b", "an absolute one starts afresh"),
        ("(cd a && b) && c", "cd a | b @a | c", "a subshell takes it along"),
        ("{ cd a; }; c", "-cd a | c @a", "braces do not"),
        ("cd a | b; c", "-cd a | -b | c", "part of a pipe"),
        ("cd a & b", "-cd a | b", "in the background"),
        ("echo $(cd a; b); c", "-cd a | -b @a | -echo $(cd a; b) | c", "in a substitution"),
        ("if a; then cd b; fi; c", "-a | ?-cd b | c @*", "it may have gone, or not"),
        ("[ -d a ] && cd a; b", "-[ -d a ] | ?-cd a | b @*", "the same, shorter"),
        ("cd a || exit 1; b", "cd a | ?-exit 1 @a | b @a", "it must have gone"),
        ("cd $(a) && b", "-a | cd $(a) | b @*", "somewhere"),
        ("cd - && b", "cd - | b @*", "back to where nobody knows"),
        ("cd && b", "cd | b @*", "home is known only when it runs"),
        ("cd ~/x && b", "cd ~/x | b @*", "the same"),
        ("cd a* && b", "cd a* | b @*", "a pattern is no name"),
        (
            "cd a; cd $(x); cd /b; c",
            "-cd a | -x @a | -cd $(x) @a | -cd /b @* | c @/b",
            "found again",
        ),
        ("cd $D/x && b", "cd $D/x | b @$D/x", "callers know variables of the Dockerfile"),
        ("D=/a; cd $D && b", "- | cd $D | b @/a", "this shell set it itself"),
        ("D=$(x); cd $D && b", "-x | - | cd $D | b @*", "to something unknown"),
        ("for d in a b; do cd $d; b; done", "?-cd $d | ?b @*", "to something that changes"),
        ("if x; then D=a; fi; cd $D; b", "-x | ?- | -cd $D | b @*", "perhaps"),
        ("cd $PWD/x && b", "cd $PWD/x | b @./x", "the shell's own name for here"),
        ("pushd a && b && popd && c", "pushd a | b @a | popd @a | c", "there and back"),
        ("f() { cd a; }; f; b", "-f | -cd a | b @a", "a function runs in the same shell"),
        ("sh -c 'cd a; b'; c", "-cd a | -b @a | c", "another shell"),
        ("env -C a b; c", "-b @a | c", "for this command only"),
        ("sudo -D a b", "b @a", "sudo's letter for it"),
        ("sudo -C 3 b", "b", "which is not this one"),
        ("sudo -i b", "b @*", "a login goes home"),
        ("su - x -c 'b'", "b @*", "as here"),
        ("sudo cd a; b", "-cd a | b", "a child cannot move its parent"),
    ],
)
def test_directory(text: str, expected: str, reason: str) -> None:
    assert summary(read(text)) == expected, reason


def test_many_relative_directories_are_given_up() -> None:
    """Each command holds them all, so without a limit a long RUN would cost its square."""
    script = read(" && ".join(["cd a"] * 200))
    assert script.commands[-1].directory is None


@pytest.mark.parametrize(
    ("text", "wrappers", "argv", "reason"),
    [
        ("sudo -u x a -b", ["sudo"], ["a", "-b"], "an option with a value"),
        ("sudo -Eu x a", ["sudo"], ["a"], "in a cluster"),
        ("sudo --user=x -- a", ["sudo"], ["a"], "long"),
        ("time -p a", ["time"], ["a"], "the word or the program"),
        ("/usr/bin/time -v a", ["time"], ["a"], "by path"),
        ("exec a", ["exec"], ["a"], "the shell itself becomes it"),
        ("nice -n 10 a", ["nice"], ["a"], "value apart"),
        ("nice -10 a", ["nice"], ["a"], "old form"),
        ("nohup a", ["nohup"], ["a"], "no options"),
        ("timeout -k 5 10m a", ["timeout"], ["a"], "a word of its own"),
        ("command a", ["command"], ["a"], "no function"),
        ("command -v a", [], ["command", "-v", "a"], "only asks"),
        ("eatmydata a", ["eatmydata"], ["a"], ""),
        ("xvfb-run -a -s '-screen 0' a", ["xvfb-run"], ["a"], "a value with a dash"),
        ("doas -u x a", ["doas"], ["a"], ""),
        ("gosu x:y a", ["gosu"], ["a"], "the user comes first"),
        ("su-exec x a", ["su-exec"], ["a"], ""),
        ("dumb-init -- a", ["dumb-init"], ["a"], ""),
        ("tini -s -- a", ["tini"], ["a"], ""),
        ("retry 5 a", ["retry"], ["a"], "how often"),
        ("retry -t 3 -- a", ["retry"], ["a"], ""),
        ("xargs -n 1 a b", ["xargs"], ["a", "b"], "more arguments follow from elsewhere"),
        ("sudo env A=b nice a", ["sudo", "env", "nice"], ["a"], "one in another"),
        ("env", [], ["env"], "alone it is a command"),
        ("sudo -l", [], ["sudo", "-l"], "runs nothing"),
        ("env $X", ["env"], ["$X"], "the command is a variable"),
        ("stdbuf -oL a", ["stdbuf"], ["a"], ""),
        ("runuser -u x -- a", ["runuser"], ["a"], ""),
    ],
)
def test_wrappers(text: str, wrappers: list[str], argv: list[str], reason: str) -> None:
    command = read(text).commands[0]
    assert (list(command.wrappers), list(command.argv)) == (wrappers, argv), reason


@pytest.mark.parametrize(
    ("text", "environment", "reason"),
    [
        ("A=b c", {"A": "b"}, "a prefix"),
        ("A=b", {"A": "b"}, "alone"),
        ("A= B='x y' c", {"A": "", "B": "x y"}, "empty and quoted"),
        ("env -u X A=b c", {"A": "b"}, "env's"),
        ("A=1 sudo B=2 c", {"A": "1", "B": "2"}, "both"),
        ("A=1 sh -c 'B=2 c'", {"A": "1", "B": "2"}, "handed down"),
        ("A=$(x) c", {"A": None}, "unknown"),
        ("A+=b c", {"A": "b"}, "appended"),
    ],
)
def test_environment(text: str, environment: dict[str, str | None], reason: str) -> None:
    command = read(text).commands[-1]
    assert {name: word.value for name, word in command.environment} == environment, reason


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("sh -c 'a && b'", "a | b", "the shell is a wrapper"),
        ("bash -lc \"a 'b c'\"", "a b c", "letters together"),
        ("bash -euxo pipefail -c 'a | b; c'", "a | b | c", "its options count inside"),
        ("bash -ec 'a; b' || true", "-a | -b | ?true", "but not beyond it"),
        ('/bin/sh -c "a \\"$X\\" \\$Y"', "a $X $Y", "unescaped once"),
        ('bash -c "cd $(x) && a"', "-x | cd $(x) | a @*", "substitutions are not listed twice"),
        ("su -c 'a' user", "a", "su's string"),
        ("sudo -u x bash -c 'a'", "a", "behind a wrapper"),
        ("xargs sh -c 'a'", "a", "behind another"),
        ("sh -c \"sh -c 'a'\"", "a", "nested"),
        ('sh -c "$CMD"', "??sh -c $CMD", "nothing to read"),
        ("sh script.sh", "sh script.sh", "a file is only a command"),
        ("bash <<EOF\na $X\nb\nEOF", "-a $X | b", "a script on standard input"),
        ("bash -s <<'EOF'\na '$X'\nEOF\nc", "-a $X | c", "quoted: as it stands"),
        ("cat <<EOF\na\nEOF\nb", "-cat | b", "text for others is not a script"),
    ],
)
def test_strings_given_to_a_shell(text: str, expected: str, reason: str) -> None:
    assert summary(read(text)) == expected, reason


@pytest.mark.parametrize(
    "text", ["sh -c 'a \"b\" c'", 'sh -c "a \\"b\\" c"', 'sh -c a\\ \\"b\\"\\ c', 'sh <<X\na "b" c\nX']
)
def test_places_inside_a_string(text: str) -> None:
    words = read(text).commands[0].words
    assert [text[word.span.start] for word in words] == ["a", '"', "c"]
    assert text[words[1].span.end - 1] == '"'


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("f() { a; }; b", "?-a | b", "never called"),
        ("f() { a; b; }; f", "f | -a | b", "its commands stand where it is called"),
        ("function f { a; }; f && c", "f | a | c", "the other spelling"),
        ("f() (cd x; a); f; b", "-f | -cd x | -a @x | b", "its body may be a subshell"),
        ("if x; then f() { a; }; fi; f", "-x | ?-a | f", "perhaps not defined"),
        ("f() { f; }; f", "f | f", "recursion ends"),
        ("f() { return 0; a; }; f; b", "-f | -return 0 | ?-a | b", "return ends the function only"),
        ("f() { g; }; g() { a; }; f", "f | g | a", "defined later, called later"),
        ("f() { a; }; f x; f y", "-f x | -a | f y | a", "each call"),
        ("[ x ] && f() { a; }; f", "-[ x ] | ?-a | f", "defined on a condition"),
    ],
)
def test_functions(text: str, expected: str, reason: str) -> None:
    assert summary(read(text)) == expected, reason


def test_functions_that_call_each_other_stay_cheap() -> None:
    text = "".join(f"f{n}() {{ f{n + 1}; f{n + 1}; }}; " for n in range(40)) + "f40() { a; }; f0"
    assert len(split(text, here).commands) < 20_000


@pytest.mark.parametrize(
    ("text", "redirects", "reason"),
    [
        ("a >b 2>>c <d", [(">", "b"), ("2>>", "c"), ("<", "d")], "numbers belong to them"),
        ("a 2>&1 >&2 &>b <&-", [("2>&", "1"), (">&", "2"), ("&>", "b"), ("<&", "-")], "to other descriptors"),
        ("a 2 >b", [(">", "b")], "a number apart is an argument"),
        ("a <<<'b c'", [("<<<", "b c")], "a word as input"),
        ("{ a; } >b", [(">", "b")], "a group's"),
        ("(a >b) 2>c", [(">", "b"), ("2>", "c")], "own ones first"),
        ("sh -c 'a >b' 2>c", [(">", "b"), ("2>", "c")], "a shell's"),
        (">b", [(">", "b")], "alone"),
        ("a {fd}>b", [("{fd}>", "b")], "named"),
    ],
)
def test_redirects(text: str, redirects: list[tuple[str, str]], reason: str) -> None:
    command = read(text).commands[0]
    assert [(redirect.operator, redirect.target.value) for redirect in command.redirects] == redirects, reason


@pytest.mark.parametrize(
    ("text", "body", "names", "reason"),
    [
        ("a <<E\nb $X\nE\nc", "b $X\n", {"X"}, "expanded"),
        ("a <<'E'\nb $X\nE\nc", "b $X\n", set[str](), "quoted"),
        ("a <<-E\n\tb\n\tE\nc", "\tb\n", set[str](), "indented"),
        ("a <<E\nb\n", "b\n", set[str](), "without its end"),
        ("a <<E\r\nb\r\nE\r\nc", "b\r\n", set[str](), "CRLF"),
    ],
)
def test_heredocs(text: str, body: str, names: set[str], reason: str) -> None:
    found = the(text, "a").redirects[0].body
    assert found is not None
    assert (found.raw, set(found.names)) == (body, names), reason
    assert text[found.span.start : found.span.end] == body


def test_a_heredoc_outside_the_text_is_not_an_error() -> None:
    """BuildKit keeps the heredocs of a RUN apart from its line."""
    assert the("a <<E && b", "a").redirects[0].body is None
    assert [item.plain for item in read("a <<E && b").items] == [False, True]


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("for ((i = 0; i < $N; i++)); do a; done", "?a", "the loop of C"),
        ("select x in a b\ndo c\ndone", "?c", "a loop that asks"),
        ("until a; do b; done >c", "-a | ?b", "with a redirect"),
        ("case x in (a|b) c ;& *) d ;;& esac", "?c | ?d", "branches that fall through"),
        ("case x in esac; a", "a", "no branch at all"),
        (
            "[[ a =~ ^(b|c d)$ && ! -f $(x) ]] && y",
            "-x | [[ a =~ ^(b|c d)$ && ! -f $(x) ]] | y",
            "bash's own test",
        ),
        ("((X > 1)) && a", "((X > 1)) | a", "arithmetic as a command"),
        ("((a && b) || c)", "-a | -b | ?c", "two subshells, not arithmetic"),
        ("A=(1 '2 3' # no\n $(x)) && b", "x |  | b", "an array"),
        ("time ( a )", "a", "the reserved word before a group"),
        ("! ! a", "a", "negated twice, it is itself again"),
        ("a |& b", "-a | b", "both outputs"),
        ("if a; then\\\n b; fi", "-a | ?b", "a reserved word before a joined line end"),
        ("echo `a \\`b\\``", "-b | -a `b` | echo `a \\`b\\``", "backquotes in backquotes"),
        (
            'echo "${X:-"$(a)"}${Y:-\'}\'}"',
            '-a | echo "${X:-"$(a)"}${Y:-\'}\'}"',
            "quotes within an expansion",
        ),
        ("a 2>&1 # b", "a", "a comment behind a redirect"),
        ("# a\n\nb", "b", "a comment line"),
        ("", "", "nothing"),
        ("# a", "", "nothing but a comment"),
    ],
)
def test_constructs(text: str, expected: str, reason: str) -> None:
    assert summary(read(text)) == expected, reason


def test_items() -> None:
    text = "a && b | c; (d) || f() { e; }\n! g & h"
    script = read(text)
    assert [text[item.span.start : item.span.end] for item in script.items] == [
        "a",
        "b | c",
        "(d)",
        "f() { e; }",
        "! g",
        "h",
    ]
    assert [item.operator for item in script.items] == ["&&", ";", "||", "\n", "&", ""]
    assert [text[item.operator_span.start : item.operator_span.end] for item in script.items] == [
        "&&",
        ";",
        "||",
        "\n",
        "&",
        "",
    ]
    assert [item.plain for item in script.items] == [True, False, False, False, False, True]
    assert [(command.argv[0], command.item) for command in script.commands] == [
        ("a", 0),
        ("b", 1),
        ("c", 1),
        ("d", 2),
        ("e", 3),
        ("g", 4),
        ("h", 5),
    ]


def test_depth() -> None:
    groups = {
        command.argv[0]: command.group
        for command in read("a; (b; { c; }); if d; then e; fi; f $(g)").commands
    }
    assert groups == {"a": 0, "b": 1, "c": 2, "d": 1, "e": 1, "f": 0, "g": 1}


def test_options_and_variables_of_the_whole() -> None:
    script = read(
        "set -euxo pipefail; X=1; for Y in $A; do read Z; done; export V=2; (set -v); echo ${B:-$C} $((D))"
    )
    assert script.options == {"e", "u", "x", "pipefail"}
    assert script.assigned == {"X", "Y", "Z", "V"}
    assert script.names >= {"A", "B", "C", "D"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a 'b", "single quote"),
        ('a "b', "double quote"),
        ("a `b", "backquote"),
        ("a ${b", "${"),
        ("a $(b", ") is missing"),
        ("(a", ") is missing"),
        ("a )", "unexpected )"),
        ("a &&", "nothing follows &&"),
        ("&& a", "unexpected '&'"),
        ("if a; then b", "fi is missing"),
        ("fi", "unexpected fi"),
        ("for x in a; b", "do is missing"),
        ("case x in a b) c;; esac", "has no )"),
        ("a ;; b", "unexpected ;;"),
        ("sh -c 'a \"b'", "what sh is given"),
        ("( " * 500 + "a" + " )" * 500, "levels deep"),
        ("$(" * 5000, "levels deep"),
        ('"${a:-' * 5000, "levels deep"),
        ("{ " * 5000, "levels deep"),
        ("f() " * 5000 + "a", "levels deep"),
    ],
)
def test_what_cannot_be_read_is_opaque(text: str, reason: str) -> None:
    script = split("x && y; " + text, here)
    assert reason in (script.opaque or "")
    assert script.items == ()
    assert {command.certainty for command in script.commands} <= {"unknown"}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["/bin/sh", "-c"], None),
        (["/bin/bash", "-o", "pipefail", "-c"], None),
        (["/bin/ash", "-eo", "pipefail", "-c"], None),
        (["zsh", "-c"], None),
        (["conda", "run", "-n", "x", "/bin/bash", "-c"], None),
        (["/usr/bin/env", "-S", "bash", "-e"], None),
        (["powershell", "-Command"], "PowerShell is not followed"),
        (["C:\\Program Files\\PowerShell\\7\\pwsh.exe", "-c"], "PowerShell is not followed"),
        (["cmd", "/S", "/C"], "cmd is not followed"),
        (["/usr/bin/python3", "-c"], "python3 is not followed"),
        (["/usr/bin/env", "node"], "node is not followed"),
        ([], "no shell is named"),
    ],
)
def test_shells(words: list[str], reason: str | None) -> None:
    assert is_opaque_shell(words) == reason


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["/bin/sh", "-c"], set[str]()),
        (["/bin/bash", "-eo", "pipefail", "-c"], {"e", "pipefail"}),
        (["/bin/bash", "-o", "errexit", "--login", "-c"], {"e"}),
        (["conda", "run", "bash", "-ec"], {"e"}),
        (["cmd", "/S"], set[str]()),
    ],
)
def test_options_that_a_shell_starts_with(words: list[str], options: set[str]) -> None:
    assert options_of_shell(words) == options


def test_a_shebang_decides_who_reads_a_script() -> None:
    assert split_script("#!/usr/bin/env python3\nimport os\n", here).opaque == "python3 is not followed"
    assert summary(split_script("#!/bin/bash -e\na\nb\n", here)) == "a | b"
    assert summary(split_script("a\nb\n", here)) == "-a | b"
    assert summary(split("a; b", here, frozenset("e"))) == "a | b"
