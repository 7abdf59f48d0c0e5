"""Bundler, run for real on gems in the project's own directories: what the fix copies is enough."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.installs.harness import both, contents, tool

pytestmark = pytest.mark.installs
ENVIRONMENT = {"BUNDLE_SILENCE_ROOT_WARNING": "1", "BUNDLE_LOCAL": "true", "BUNDLE_DISABLE_VERSION_CHECK": "true"}
ENGINE = {
    "engines/engine/engine.gemspec": 'require_relative "lib/engine/version"\nrequire "json"\n'
    'Gem::Specification.new do |spec|\n  spec.name = "engine"\n  spec.version = Engine::VERSION\n'
    '  spec.summary = File.read(File.expand_path("SUMMARY", __dir__)).strip\n  spec.authors = ["a"]\n'
    '  spec.files = Dir["lib/**/*"]\nend\n',
    "engines/engine/SUMMARY": "An engine\n",
    "engines/engine/lib/engine/version.rb": 'module Engine\n  VERSION = "0.1.0"\nend\n',
    "engines/engine/lib/engine.rb": 'require "engine/version"\n',
}
LOCK = (
    "PATH\n  remote: engines/engine\n  specs:\n    engine (0.1.0)\n\nGEM\n  specs:\n\nPLATFORMS\n  ruby\n"
    "  x86_64-linux\n\nDEPENDENCIES\n  engine!\n\nBUNDLED WITH\n   2.3.15\n"
)


@pytest.fixture(autouse=True)
def bundler() -> None:
    tool("bundle", "ruby-bundler")


def _project(gemfile: str, **more: str) -> Mapping[str, str]:
    return {
        "Gemfile": gemfile,
        "Gemfile.lock": LOCK,
        "app.rb": 'require "engine"; puts Engine::VERSION\n',
        "Dockerfile": "FROM ruby:3.1\nWORKDIR /app\nCOPY . .\nRUN bundle install\nRUN bundle exec ruby app.rb\n",
        **ENGINE,
        **more,
    }


def _same(files: Mapping[str, str], folder: Path) -> None:
    runs = both(files, folder, ENVIRONMENT)
    assert "COPY engines/engine/lib/engine/version.rb" in runs.fixed
    assert "lib/engine.rb" not in runs.fixed
    assert contents(runs.after) == contents(runs.before)
    assert runs.said_after.splitlines()[-1] == "0.1.0"


def test_a_gem_in_a_directory(tmp_path: Path) -> None:
    _same(_project('gem "engine", path: "engines/engine"\n'), tmp_path)


def test_gems_in_a_block_and_a_gemfile_taken_in(tmp_path: Path) -> None:
    files = _project(
        'eval_gemfile "gemfiles/own.rb"\n',
        **{"gemfiles/own.rb": 'path "../engines/engine" do\n  gem "engine" # ours\nend\n'},
    )
    _same(files, tmp_path)


def test_a_version_of_ruby_in_a_file(tmp_path: Path) -> None:
    gemfile = 'ruby File.read(".wanted").strip\nrequire "./lib/name"\ngem "engine", path: "engines/engine"\n'
    files = _project(gemfile, **{"lib/name.rb": 'NAME = "engine"\n', ".wanted": ">= 3\n"})
    text = files["Dockerfile"].replace("bundle install", "BUNDLE_FROZEN=true bundle install")
    _same({**files, "Dockerfile": text}, tmp_path)
