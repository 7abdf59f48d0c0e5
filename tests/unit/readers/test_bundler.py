"""What Bundler reads of a project."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

LOCK = "PLATFORMS\n  ruby\n\nDEPENDENCIES\n  rack (~> 3.0, >= 3.0.8)\n  rake (= 13.0)\n"
GEMFILE = 'source "https://rubygems.org"\ngem "rack", ">= 3.0.8", "~> 3.0"\ngem("rake", "13.0", require: false)\n'


def test_the_lock_is_in_sync_whatever_the_order_of_its_versions() -> None:
    got = closure("bundle install", {"Gemfile": GEMFILE, "Gemfile.lock": LOCK})
    assert paths(got) == ["Gemfile", "Gemfile.lock"]
    assert got.unsafe == ()


@pytest.mark.parametrize(
    ("gemfile", "lock"),
    [
        (GEMFILE + 'gem "puma"\n', LOCK),
        (GEMFILE, LOCK.replace("13.0", "13.1")),
        (GEMFILE, LOCK + "  puma\n"),
        (GEMFILE, LOCK.replace("  ruby\n", "  x86_64-darwin-22\n")),
        (GEMFILE + "%w[a b].each do |name|\n  gem name\nend\n", LOCK),
    ],
    ids=["gem", "version", "gone", "platform", "computed"],
)
def test_a_lock_that_may_be_written_makes_the_fix_unsafe(gemfile: str, lock: str) -> None:
    files = {"Gemfile": gemfile, "Gemfile.lock": lock}
    assert len(closure("bundle install", files).unsafe) == 1
    assert closure("bundle install --frozen", files).unsafe == ()
    assert closure("bundle", files, environment={"BUNDLE_DEPLOYMENT": "1"}).unsafe == ()


def test_a_gem_in_a_directory_needs_its_gemspec_and_what_that_loads() -> None:
    files = {
        "Gemfile": 'gem "a",\n    path: "a"\npath "libs" do\n  gem "b"\nend\n',
        "a/a.gemspec": 'require_relative "lib/a/version"\nFile.read(File.join(__dir__, "NAME"))\n`git ls-files`\n',
        "a/NAME": "a",
        "a/lib/a/version.rb": "",
        "a/lib/a.rb": "",
        "libs/b/b.gemspec": 'lib = File.expand_path("../lib", __FILE__)\nrequire "b/version"\nrequire "date"\n',
        "libs/b/lib/b/version.rb": 'require_relative "other"\n',
        "libs/b/lib/b/other.rb": "",
    }
    assert paths(closure("bundle install", files)) == [
        "Gemfile",
        "a/NAME",
        "a/a.gemspec",
        "a/lib/a/version.rb",
        "libs/b/b.gemspec",
        "libs/b/lib/b/other.rb",
        "libs/b/lib/b/version.rb",
    ]


@pytest.mark.parametrize(
    "line",
    [
        'Dir["engines/*"].each { |path| gem path, path: path }',
        'instance_eval File.read("more")',
        "eval_gemfile ENV['OTHER']",
        'gem "a", path: ENV["A"]',
        'gem "a", path: "#{base}/a"',
        "version = `cat VERSION`",
        'require_relative File.join("lib", name)',
        'YAML.load_file("gems.yml")',
        'gem "a" if Pathname.new("x").exist?',
        'source "unfinished',
    ],
)
def test_what_is_not_plainly_literal_refuses(line: str) -> None:
    assert gates(closure("bundle install", {"Gemfile": f"{line}\n", "more": ""}))


@pytest.mark.parametrize(
    "line",
    [
        'gem "a" if ENV["CI"] == "true" && RUBY_VERSION >= "3.0"',
        'git_source(:github) { |repo| "https://github.com/#{repo}.git" }',
        'rails = ENV.fetch("RAILS", "~> 7.0")\ngem "rails", rails',
        "gem 'tzinfo-data', platforms: %i[mingw mswin]",
        "group :development, :test do\n  gem 'debug' # Dir.glob\nend",
        'gem "a", :git => "https://example.org/a.git", :ref => "abc"',
    ],
)
def test_what_names_no_file_is_plain(line: str) -> None:
    assert gates(closure("bundle install", {"Gemfile": f"{line}\n"})) == []


def test_a_missing_directory_or_file_refuses() -> None:
    for line in ('gem "a", path: "../a"', 'eval_gemfile "more.rb"', 'ruby file: ".ruby-version"', "gemspec"):
        assert gates(closure("bundle install", {"Gemfile": f"{line}\n"})) == [4], line


def test_programs_of_a_gem_are_linked_only_where_they_are() -> None:
    files = {"Gemfile": "gemspec\n", "a.gemspec": "", "exe/a": ""}
    assert closure("bundle install", files).unsafe


def test_gems_kept_in_the_project_and_settings_come_along() -> None:
    files = {"Gemfile": GEMFILE, "vendor/cache/rack-3.0.8.gem": "", ".bundle/config": 'BUNDLE_PATH: "gems"\n'}
    got = closure("bundle install", files)
    assert paths(got) == [".bundle/config?", "Gemfile", "vendor/cache/"]
    assert got.writes == ("/app/gems",)


def test_a_gem_file_is_read() -> None:
    assert paths(closure("gem install pkg/a.gem", {"pkg/a.gem": ""})) == ["pkg/a.gem"]


def test_gemfiles_that_name_each_other_end() -> None:
    files = {"Gemfile": 'eval_gemfile "b"\n', "b": 'eval_gemfile "Gemfile"\n'}
    assert paths(closure("bundle install", files)) == ["Gemfile", "b"]


def test_hostile_text_ends() -> None:
    for text in ('"' + "#{" * 50_000, "(" * 200_000, "gem " * 100_000, "<<A\n" * 20_000, "%w(" * 50_000):
        closure("bundle install", {"Gemfile": text})
