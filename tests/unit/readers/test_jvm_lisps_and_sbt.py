"""Leiningen, the Clojure CLI and sbt: what their files name, and when they are more than data."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

from copylast_rules.readers.edn import EdnError, Form, parse_edn

LEIN, CLJ, SBT = "lein deps", "clojure -P", "sbt update"
PROJECT = '(defproject app "1.0"\n  :dependencies [[org.clojure/clojure "1.11.1"]]\n  {})\n'
SCALA = 'lazy val root = (project in file("."))\n'


def lein(inside: str) -> dict[str, str | None]:
    """A project.clj with more keys."""
    return {"project.clj": PROJECT.format(inside).replace("{}", "")}


def _shape(form: Form) -> object:
    return [form.kind, *map(_shape, form.items)] if form.items or form.kind in ("(", "[", "{") else form.text


@pytest.mark.parametrize(
    ("command", "files", "expected"),
    [
        (LEIN, {**lein(""), "src/a.clj": ""}, ["project.clj"]),
        (
            "lein uberjar",
            {**lein(':plugins [[lein-ring "0.12"]]'), "profiles.clj": "{:dev {}}"},
            ["profiles.clj", "project.clj"],
        ),
        (LEIN, {**lein(':repositories [["own" "file:repo"]]'), "repo/x.pom": ""}, ["project.clj", "repo/"]),
        (
            LEIN,
            {**lein('#_ :version #_ ~(slurp "x") ; slurp\n'), "checkouts/a/project.clj": ""},
            ["checkouts/", "project.clj"],
        ),
        (CLJ, {"deps.edn": '{:deps {a/b {:mvn/version "1"}}}', "src/a.clj": ""}, ["deps.edn"]),
        (
            "clojure -T:build uber",
            {
                "deps.edn": '{:deps {x {:local/root "x"} y {:local/root "lib/y.jar"} z {:local/root "z"}}'
                ' :aliases {:dev {:extra-deps {gone {:local/root "gone"}}}}}',
                "x/deps.edn": '{:deps {w {:local/root "../w"}}}',
                "w/deps.edn": "{}",
                "lib/y.jar": "",
                "z/pom.xml": "<project><artifactId>z</artifactId></project>",
            },
            ["deps.edn", "lib/y.jar", "w/deps.edn", "x/deps.edn", "z/pom.xml"],
        ),
        (SBT, {"build.sbt": SCALA, "src/A.scala": ""}, ["build.sbt"]),
        (
            "sbt assembly",
            {
                "build.sbt": SCALA + 'lazy val core = project\nlazy val web = project.in(file("modules/web"))\n',
                "version.sbt": 'ThisBuild / version := "1"',
                "project/build.properties": "sbt.version=1.10.0",
                "project/plugins.sbt": 'addSbtPlugin("com.eed3si9n" % "sbt-assembly" % "2.1.1")',
                "core/core.sbt": "",
                "modules/web/build.sbt": "",
                ".jvmopts": "",
            },
            [".jvmopts", "build.sbt", "core/core.sbt", "modules/web/build.sbt", "project/", "version.sbt"],
        ),
    ],
)
def test_what_is_read(command: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files)
    assert not got.refusals
    assert not got.unsafe
    assert sorted(paths(got)) == sorted(expected)


@pytest.mark.parametrize(
    ("command", "files", "gate", "said"),
    [
        (LEIN, {}, 4, "project.clj"),
        (LEIN, {"project.clj": "(defproject a"}, 3, "does not end"),
        (LEIN, {"project.clj": '(defproject a ~(slurp "VERSION"))'}, 1, "runs code"),
        (LEIN, {"project.clj": "(def v 1)\n(defproject a v)"}, 1, "runs code (def)"),
        (LEIN, lein(':plugins [[me.arrdem/lein-git-version "2"]]'), 1, "lein-git-version"),
        (LEIN, lein(':parent-project {:path "../parent"}'), 3, ":parent-project"),
        (LEIN, lein(':repositories {"own" "file:repo"}'), 4, "/app/repo"),
        (CLJ, {}, 4, "deps.edn"),
        (CLJ, {"deps.edn": "{:deps"}, 3, "does not end"),
        (CLJ, {"deps.edn": "[" * 1000}, 3, "too deep"),
        (CLJ, {"deps.edn": '{:deps {x {:local/root "x"}}}'}, 4, "neither deps.edn nor pom.xml"),
        (CLJ, {"deps.edn": '{:deps {x {:local/root "x"}}}', "x/deps.edn": "{:deps/prep-lib {}}"}, 1, "prepared"),
        (CLJ, {"deps.edn": '{:mvn/repos {"a" {:url "file:repo"}}}'}, 3, "local repository"),
        (SBT, {}, 4, "no build.sbt"),
        (SBT, {"build.sbt": 'version := IO.read(file("VERSION"))'}, 1, "reads or runs"),
        (SBT, {"build.sbt": 'version := "git describe".!!'.replace(".!!", " !!")}, 1, "reads or runs"),
        (SBT, {"build.sbt": "lazy val a = project.in(file(where))"}, 3, "by a variable"),
        (SBT, {"build.sbt": 'lazy val a = RootProject(file("../a"))'}, 3, "another build"),
        (SBT, {"project/p.sbt": 'addSbtPlugin("com.github.sbt" % "sbt-dynver" % "5")'}, 1, "sbt-dynver"),
        (SBT, {"build.sbt": 'x := "no end\n'}, 3, "does not end"),
    ],
)
def test_what_refuses(command: str, files: dict[str, str | None], gate: int, said: str) -> None:
    got = closure(command, files)
    assert gate in gates(got)
    assert any(said in r.reason for r in got.refusals), got.refusals


@pytest.mark.parametrize(
    ("command", "files"),
    [
        (LEIN, lein(':plugins [[com.example/own "1"]]')),
        (SBT, {"project/p.sbt": 'addSbtPlugin("com.example" % "own" % "1")'}),
    ],
)
def test_a_plugin_that_is_not_known_is_a_doubt(command: str, files: dict[str, str | None]) -> None:
    assert closure(command, files).unsafe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{:a 1, :b [x \"y;\\\"\"]}", [["{", ":a", "1", ":b", ["[", "x", 'y;"']]]),
        ("#_ (a b) c ; d\n#{1}", ["c", ["#{", "1"]]),
        ("^{:m 1} x \\a #\"re\"", [["{", ":m", "1"], "x", "\\a", "re"]),
    ],
)
def test_edn_is_taken_apart(text: str, expected: list[object]) -> None:
    assert [_shape(form) for form in parse_edn(text)] == expected


@pytest.mark.parametrize("text", [")", "(]", '"a', "(" * 300, "a " * 300_000])
def test_bad_edn_ends_in_a_message(text: str) -> None:
    with pytest.raises(EdnError):
        parse_edn(text)
