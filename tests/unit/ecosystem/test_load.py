"""A descriptor that is wrong says where."""

from __future__ import annotations

import pytest

from copylast.ecosystem.load import DescriptorError, load
from copylast.ecosystem.stems import stems

GOOD = """
id = "x"
title = "X"
language = "x"
manifests = ["x.toml"]

[[match]]
program = 'x[0-9]*'
also-behind = [['run', '(-y)?']]
subcommands = ["install", "mod get", ""]
kinds = [
    { has = ["-g"], number = 0, kind = "tool" },
    { positional = '^x', kind = "unknown" },
    { kind = "deps" },
]

[[cache]]
target = "/root/.x"
sharing = "locked"
"""


def test_a_good_one() -> None:
    x = load(GOOD, "x.toml", "mine")
    assert (x.id, x.origin, x.reader, x.manifests) == ("x", "mine", None, ("x.toml",))
    assert len(x.matchers) == 2
    assert x.matchers[0].subcommands == (("install",), ("mod", "get"), ())
    assert [k.kind for k in x.matchers[0].kinds] == ["tool", None, "deps"]
    assert x.caches[0].sharing == "locked" and not x.caches[0].later_runs


_AGAIN = """
[again]
anew = ["ci", "clean install"]
choose = ["--omit*"]

[[again.fits]]
early = ["chef cook"]
late = ["build"]
alike = ["--release"]
settled = 'target *='
"""


def test_what_makes_a_second_pass_dear() -> None:
    again = load(GOOD + _AGAIN, "x.toml").again
    assert again is not None and again.anew == (("ci",), ("clean", "install"))
    assert (again.options, again.beside, again.choose, again.prune) == ((), False, ("--omit*",), "")
    (fit,) = again.fits
    assert (fit.early, fit.late, fit.alike) == ((("chef", "cook"),), (("build",),), ("--release",))
    assert fit.images is None and fit.settled is not None
    assert load(GOOD, "x.toml").again is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('early = ["chef cook"]', "", r"x.toml: again.fits\[0\].early: at least one"),
        ('alike = ["--release"]', "alike = []", r"again.fits\[0\].alike: at least one"),
        ("'target *='", "'('", r"again.fits\[0\].settled: .* is not a regular expression"),
        ('anew = ["ci", "clean install"]', "new = []", "again.new: unknown key"),
        ("late = ", "later = ", r"again.fits\[0\].l"),
    ],
)
def test_errors_in_what_makes_a_second_pass_dear(old: str, new: str, message: str) -> None:
    with pytest.raises(DescriptorError, match=message):
        load(GOOD + _AGAIN.replace(old, new), "x.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "x"', "", "x.toml: id: is missing or empty"),
        ('id = "x"', "id = 1", "x.toml: id: must be a string"),
        (
            'manifests = ["x.toml"]',
            'manifest = ["x.toml"]',
            "x.toml: manifest: unknown key.*did you mean 'manifests'",
        ),
        ('manifests = ["x.toml"]', "manifests = [1]", "x.toml: manifests: must be a list of strings"),
        ('manifests = ["x.toml"]', 'manifests = "x"', "x.toml: manifests: must be a list of strings"),
        (
            "program = 'x[0-9]*'",
            "program = '('",
            r"x.toml: match\[0\].program: .* is not a regular expression",
        ),
        ("['run', '(-y)?']", "'run'", r"x.toml: match\[0\].also-behind\[0\].row: must be a list of strings"),
        ("['run', '(-y)?']", "['(']", r"also-behind\[0\].words: '\(' is not a regular expression"),
        (
            'kind = "tool"',
            'kind = "tol"',
            r"match\[0\].kinds\[0\].kind: 'tol' is not one of .*did you mean 'tool'",
        ),
        ("number = 0", "number = true", r"kinds\[0\].number: must be a whole number"),
        ("number = 0", "count = 0", r"kinds\[0\].count: unknown key"),
        ('target = "/root/.x"', 'target = "root"', r"cache\[0\].target: must be an absolute path"),
        ('sharing = "locked"', "", r"cache\[0\].sharing: is missing"),
        ('sharing = "locked"', 'sharing = "lock"', r"cache\[0\].sharing: .*did you mean 'locked'"),
        ('title = "X"', 'title = "X"\nreader = "x"', "x.toml: reader: 'x' is not module:function"),
        ('title = "X"', 'title = "X"\nexamples = { a = "b" }', "x.toml: examples.a: 'b' is no kind"),
        ('title = "X"', 'title = "X"\nprefetch = 1', "x.toml: prefetch: must be a list of tables"),
        ('title = "X"', 'title = "X', "x.toml: not TOML"),
        ("[[match]]", "[match]", "x.toml: match: must be a list of tables"),
    ],
)
def test_errors_name_file_and_key(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(DescriptorError, match=message):
        load(GOOD.replace(old, new, 1), "x.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('id = "x"\ntitle = "x"\nlanguage = "x"', "match: at least one"),
        ("[[match]]\nprogram = 'x'", r"match\[0\].kinds: no kind"),
        (
            "[[match]]\nprogram = 'x'\nbefore = ['a']\nalso-behind = [['b']]\nkinds = [{ kind = 'deps' }]",
            "does not go with",
        ),
        ("[[match]]\nkinds = [{ kind = 'deps' }]", r"match\[0\].program: is missing"),
        ("match = [1]", r"match\[0\]: must be a table"),
    ],
)
def test_more_errors(text: str, message: str) -> None:
    with pytest.raises(DescriptorError, match=message):
        load(text, "x.toml")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("pip[0-9.]*", {"pip"}),
        ("(g|gnu)?make", {"=make", "=gmake", "=gnumake"}),
        (r"setup\.py", {"=setup.py"}),
        ("dnf5?|yum", {"=dnf", "=dnf5", "=yum"}),
        (r"composer(\.phar)?[0-9]*", {"composer", "composer.phar"}),
        (r"a\d", {"a"}),
        ("a(b[)]|c)", {"ab", "=ac"}),
        ("ab+", {"a"}),
        (".*x", {""}),
        ("(?:a)", {""}),
        ("x|[ab|c]y", {"=x", ""}),
    ],
)
def test_literal_beginnings(pattern: str, expected: set[str]) -> None:
    assert stems(pattern) == expected
