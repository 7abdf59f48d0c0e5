"""Whether a build reads git's folder, so that it has to be in the build context.

A text that speaks of git, or of a tool that asks git for a version, is taken to read it: the mistake on that side costs
a finding, the other one a wrong version in the image.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from copylast import BuildContext, ContextError, Facts, LayerModel, Step, lazy_regex
from copylast_rules.context.brought import brought

_GIT = (
    r"\bgit\b(?:[\"'\s,]+-[\w-]+(?:[=\s\"',]+[\w/.$(){}-]+)?){0,4}[\"'\s,]+(?:describe|rev-parse|rev-list|log|show|show-ref"
    r"|status|diff|diff-index|ls-files|ls-tree|submodule|symbolic-ref|branch|tag|name-rev|for-each-ref|archive|lfs"
    r"|shortlog|cat-file|update-index|reset|checkout|clean|stash)\b"
)
_COMMAND = lazy_regex(_GIT, re.I)
_CLONES = lazy_regex(r"\bgit\b[^\n]*\s(?:clone|init)\b")
_FOLDER = lazy_regex(r"(?<![\w.*-])\.git(?:/[\w./-]+)?(?![\w.*-])")
_TOOLS = (
    r"setuptools[_-]scm|hatch[_-]vcs|versioneer|setuptools[_-]git|dunamai|dynamic[_-]versioning|versioningit|\bpbr\b"
    r"|flit[_-]scm|pdm[_-]backend[^\n]*scm|source\s*=\s*[\"'](?:scm|vcs)[\"']|\bvergen|shadow[_-]rs|git[_-]version"
    r"|git[_-]testament|MinVer|GitVersion|Nerdbank|GitInfo|SourceLink|git-commit-id|buildnumber-maven|jgitver|sbt-git|dynver"
    r"|git-?revision|gitinfo|git-properties|grgit|\bjgit\b|nebula\.release|axion-release|palantir\.git|git-rev-sync|git-rev\b"
    r"|git-last-commit|git-describe|git-semver|simple-git|isomorphic-git|lastUpdated|showLastUpdate|go-gitver|setlocalversion"
    r"|reckon|\bgitsha|git[_-]?commit|git[_-]?hash|git[_-]?sha|git[_-]?rev\b"
)
_CALLED = r"[\"']git[\"'][\s\S]{0,80}?[\"'](?:describe|rev-parse|rev-list|log|show|status|diff|ls-files|tag|branch)\b"
_SPEAKS = lazy_regex(f"{_GIT}|{_CALLED}|{_TOOLS}", re.I)
_FILES = lazy_regex(
    r"(?:pyproject\.toml|setup\.py|setup\.cfg|package\.json|lerna\.json|Cargo\.toml|build\.rs|pom\.xml|mix\.exs|build\.sbt"
    r"|(?:build|settings)\.gradle(?:\.kts)?|(?:GNU)?makefile|.*\.mk|Directory\.(?:Build|Packages)\.(?:props|targets)"
    r"|version\.json|GitVersion\.ya?ml|.*\.(?:cs|fs|vb)proj|.*\.gemspec|Rakefile|CMakeLists\.txt|meson\.build|configure\.ac"
    r"|(?:vite|next|nuxt|vue|webpack|rollup|rspack|astro|gatsby|svelte|docusaurus|craco|angular)[-.]?\w*\.(?:[cm]?[jt]s|json)"
    r"|mkdocs\.ya?ml|(?:hugo|config)\.(?:toml|ya?ml)|justfile|Taskfile\.ya?ml|version\.sh)\Z",
    re.I,
)
_SCRIPT = lazy_regex(r"[\w./-]+\.(?:sh|bash|py|js|mjs|cjs|rb|mk)\b|(?<![\w/])\./[\w./-]+")
_TEXTS = 200
_FOLDERS = 60


def reads_git(model: LayerModel) -> str | None:
    """What reads git's folder, in a few words; None if nothing is known to."""
    context = model.context
    if context is None:
        return None
    for stage in model.stages:
        for step in stage.steps:
            copy = step.copy
            if copy is not None and any(".git" in source.split("/") for source in copy.sources):
                return f"{step.keyword} names it in line {step.line}"
            if step.keyword == "RUN" and _runs_git(model.dockerfile.source.slice(step.instruction.span)):
                return f"line {step.line} runs git"
    return next(_texts_that_speak(model, context), None)


def _runs_git(text: str) -> bool:
    """Whether the text of a RUN asks git something; what it asks a clone that it just made is not meant."""
    return bool(_FOLDER.search(text) or (_COMMAND.search(text) and not _CLONES.search(text)))


def may_stamp(model: LayerModel) -> str | None:
    """What writes the commit into its result if it finds one, in a sentence; None if nothing is known to."""
    for stage in model.stages:
        for step in stage.steps:
            for fact in model.facts(step) if step.keyword == "RUN" else ():
                if fact.match is not None and _stamps(model, step, fact):
                    said = " ".join((fact.match.program, *fact.match.subcommand))
                    return f"`{said}` writes the commit into what it builds if git is at hand"
    return None


def _stamps(model: LayerModel, step: Step, fact: Facts) -> bool:
    assert fact.match is not None
    ecosystem, words = fact.match.ecosystem.id, fact.match.subcommand
    if ecosystem == "go" and words[:1] in (("build",), ("install",)):
        flags = [*fact.command.argv, model.environment(step).get("GOFLAGS") or ""]
        return not any("-buildvcs=false" in flag for flag in flags)
    return ecosystem == "dotnet" and words[:1] in (("build",), ("publish",), ("pack",), ("msbuild",))


def _texts_that_speak(model: LayerModel, context: BuildContext) -> Iterator[str]:
    """The files of the project that a build may run or heed and that speak of git."""
    waiting = list(dict.fromkeys(_first(model, context)))
    seen = set(waiting)
    for path in waiting:  # grows while it is walked
        try:
            text = context.raw_read(path, 500_000).decode("utf-8", "replace")
        except ContextError:
            continue
        if _SPEAKS.search(text):
            yield f"{path} speaks of git"
        folder = path.rpartition("/")[0]
        for name in _SCRIPT.findall(text) if not path.endswith((".toml", ".xml", "proj")) else ():
            for place in (name.removeprefix("./"), f"{folder}/{name.removeprefix('./')}"):
                if place not in seen and len(seen) < _TEXTS and _is_file(context, place):
                    seen.add(place)
                    waiting.append(place)


def _first(model: LayerModel, context: BuildContext) -> Iterator[str]:
    """Files that are named as tools name theirs, in the folders that matter, and those that a RUN names."""
    folders: dict[str, None] = {"": None}
    for one in model.shared(brought):
        if one.copy.selection is not None:
            folders.update(dict.fromkeys(one.copy.selection.folders))
    for stage in model.stages:
        for step in stage.steps:
            if step.keyword != "RUN":
                continue
            tree = model.tree(step)
            for fact in model.facts(step):
                needs = [need.path for need in fact.closure.needs] if fact.closure is not None else []
                if fact.cwd is not None:
                    # Where the command works is a folder that matters.
                    here = tree.origin(fact.cwd)
                    folders.update({here.path: None} if here is not None else {})
                    words = [word for word in fact.command.argv if not word.startswith("-")]
                    named = [posixpath.normpath(posixpath.join(fact.cwd, word)) for word in words]
                    for origin in filter(None, map(tree.origin, named)):
                        entry = context.raw_entry(origin.path)
                        folders.update({origin.path: None} if entry is not None and entry.kind == "dir" else {})
                for origin in filter(None, map(tree.origin, needs)):
                    folders[origin.path.rpartition("/")[0]] = None
            for word in _SCRIPT.findall(model.dockerfile.source.slice(step.instruction.span)):
                for place in (word.removeprefix("./"), word.rpartition("/")[2]):
                    if _is_file(context, place):
                        yield place
    for folder in list(folders)[:_FOLDERS]:
        for entry in context.raw_children(folder):
            if entry.kind == "file" and _FILES.match(entry.path.rpartition("/")[2]):
                yield entry.path
    for name in ("project/plugins.sbt", "buildSrc/build.gradle", "buildSrc/build.gradle.kts", ".mvn/extensions.xml"):
        if _is_file(context, name):
            yield name


def _is_file(context: BuildContext, path: str) -> bool:
    entry = context.raw_entry(path)
    return entry is not None and entry.kind == "file"
