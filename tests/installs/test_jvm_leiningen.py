"""Leiningen, run for real against Debian's local repository: project.clj alone is enough to fetch dependencies."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.installs.harness import both, contents, events, tool

pytestmark = pytest.mark.installs
REPOSITORY = Path("/usr/share/maven-repo")
PROJECT = '(defproject shop "1.0.0"\n  :dependencies [[org.clojure/clojure "1.x"]]\n  :main shop.core)\n'
FILES = {
    "project.clj": PROJECT,
    "profiles.clj": '{:dev {:jvm-opts ["-Dwho=dev"]}}\n',
    "src/shop/core.clj": '(ns shop.core)\n(defn -main [] (println (str "ran: " (System/getProperty "who"))))\n',
}


@pytest.fixture(autouse=True)
def leiningen(tmp_path: Path) -> None:
    tool("lein", "leiningen")
    home = tmp_path / "home" / ".lein"
    home.mkdir(parents=True)
    (home / "profiles.clj").write_text(f'{{:user {{:local-repo "{REPOSITORY}" :offline? true}}}}\n')


@pytest.mark.parametrize(
    ("commands", "fixed"),
    [
        ("RUN lein deps && lein run\n", "RUN lein deps\n"),
        ("RUN lein run\n", "RUN lein deps\n"),
    ],
    ids=["a step of its own", "the build alone"],
)
def test_dependencies_come_before_the_source(commands: str, fixed: str, tmp_path: Path) -> None:
    files = {**FILES, "Dockerfile": "FROM clojure:lein\nWORKDIR /app\nCOPY . .\n" + commands}
    runs = both(files, tmp_path, {})
    assert "COPY profiles.clj project.clj ./\n" + fixed in runs.fixed
    assert events(runs.said_after) == events(runs.said_before) == ["ran: dev"]
    assert sorted(contents(runs.after)) == sorted(contents(runs.before))
