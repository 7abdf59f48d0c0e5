"""Whether a RUN may read a variable of its environment.

The builder hands every ARG with a value and every ENV to each RUN. What a RUN says in words is sure; what its programs
look up by themselves is known for package managers and for small tools only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast.context.entry import ContextError
from copylast.layers.commands import Facts, command_name
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.records import NamedTuple
from copylast.regexes import any_of
from copylast.typed import Literal

_QUIET = frozenset(
    "apt-get apt aptitude apk yum dnf microdnf zypper pacman [ [[ test cp mv ln rm rmdir mkdir touch chmod chown "
    "chgrp cat tee head tail sort uniq wc cut tr sed grep egrep fgrep tar gzip gunzip zcat xz unxz bzip2 bunzip2 "
    "unzip zip zstd base64 sha1sum sha256sum sha512sum md5sum ls stat file du df dirname basename readlink realpath "
    "install rsync curl wget dpkg rpm read shift local return wait break continue getent groups strip chsh passwd "
    "chpasswd update-rc.d".split()
)
"""Programs that look at no variable of a project; what they read of files does not matter here."""
_READ_BY_TOOLS = tuple(
    "CI CONTINUOUS_INTEGRATION DEBUG VERBOSE LOG_LEVEL PATH HOME USER USERNAME LOGNAME SHELL TERM LANG LANGUAGE "
    "LC_* TZ TMPDIR TMP TEMP PWD OLDPWD IFS ENV BASH_ENV HOSTNAME EDITOR PAGER DISPLAY XDG_* *_proxy *_PROXY SSL_* "
    "CURL_CA_BUNDLE CURL_HOME WGETRC SOURCE_DATE_EPOCH DEBIAN_FRONTEND DEBCONF_* DPKG_* APT_* UCF_* NODE_* npm_* "
    "NPM_* YARN_* PNPM_* COREPACK_* BUN_* DENO_* PIP_* PYTHON* VIRTUAL_ENV POETRY_* UV_* PDM_* PIPENV_* CONDA_* "
    "MAMBA_* SETUPTOOLS_* PBR_* CARGO_* RUST* GOFLAGS GOPROXY GOPRIVATE GONO* GOSUMDB GOTOOLCHAIN GOOS GOARCH GOARM "
    "GOAMD64 GOPATH GOROOT GOBIN GOCACHE GOENV GOMODCACHE GO111MODULE GOEXPERIMENT GOINSECURE GOVCS GOWORK CGO_* CC "
    "CXX CPP AR AS LD CFLAGS CXXFLAGS CPPFLAGS LDFLAGS LD_LIBRARY_PATH LD_PRELOAD LIBRARY_PATH MAKEFLAGS MAKE "
    "CMAKE_* PKG_CONFIG* ACLOCAL_PATH JAVA_* JDK_* MAVEN_* MVN_* GRADLE_* SBT_* DOTNET_* NUGET_* MSBUILD* GEM_* "
    "BUNDLE_* BUNDLER_* RUBY* RAILS_ENV RACK_ENV COMPOSER_* PHP_* MIX_* HEX_* REBAR* ELIXIR_* ERL_* GIT_ASKPASS "
    "GIT_SSH* GIT_CONFIG* GIT_DIR GIT_WORK_TREE GIT_TERMINAL_PROMPT GIT_AUTHOR_* GIT_COMMITTER_* GIT_INDEX_FILE "
    "GIT_OBJECT_DIRECTORY GIT_ALTERNATE_* GIT_CEILING_* GIT_TRACE* GIT_PROXY* GIT_LFS_* GIT_HTTP* GIT_EXEC_PATH "
    "GIT_TEMPLATE_DIR GIT_NAMESPACE GIT_CLONE_* GIT_ALLOW_* GIT_PROTOCOL* SSH_* PUPPETEER_* PLAYWRIGHT_* ELECTRON_* "
    "CYPRESS_* SENTRYCLI_* SASS_* PRISMA_* HUSKY* SHARP_* NVM_* PYENV_* RBENV_* ASDF_* MISE_* SDKMAN_* VCPKG_* "
    "CONAN_* OPAM* STACK_* CABAL_*".split()
)
"""What package managers, compilers and the usual tools look up, whoever runs them."""
_GIT = "GIT_*"
"""How descriptors call git's own variables, which are listed above; GIT_COMMIT and the like are the project's."""
_COMPILED = frozenset({"cargo", "small-compiled"})
"""Managers that compile packages as they come, with build scripts that may look up anything."""


class Reading(NamedTuple):
    """That a RUN reads a variable.

    ``how``: ``says`` it in words, ``may`` read it, or ``doubt``: it is not usual, and cannot be ruled out. ``why`` is
    a clause for people.
    """

    how: Literal["says", "may", "doubt"]
    why: str


def reading(model: LayerModel, step: Step, name: str) -> Reading | None:
    """How the RUN ``step`` reads the variable ``name``; None if it surely does not."""
    if says(step, name):
        return Reading("says", f"line {step.line} uses {name}")
    if any_of(_READ_BY_TOOLS)(name):
        return Reading("may", f"tools read {name} by themselves")
    found: Reading | None = None
    for fact in model.facts(step):
        one = _of_command(model, step, fact, name)
        if one is not None and one.how == "may":
            return one
        found = found or one
    return found


def read_by_tools(name: str) -> bool:
    """True for a variable that package managers and compilers look up by themselves."""
    return any_of(_READ_BY_TOOLS)(name)


def says(step: Step, name: str) -> bool:
    """True if the instruction, with its heredocs and comments, has the word ``name`` in it."""
    source = step.instruction.source
    text = source.slice(step.instruction.span) if source is not None else step.instruction.rest
    return name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def quiet(fact: Facts) -> bool:
    """True for a small tool of the system, which runs no other program."""
    argv = fact.command.argv
    program = argv[0].rsplit("/", 1)[-1] if argv else ""
    return program in _QUIET or program == "find" and not any(a.startswith("-exec") for a in argv)


def _of_command(model: LayerModel, step: Step, fact: Facts, name: str) -> Reading | None:
    match, line = fact.match, step.line
    if match is not None and any_of(tuple(g for g in match.ecosystem.environment if g != _GIT))(name):
        return Reading("may", f"`{command_name(fact)}` on line {line} reads {name}")
    if fact.role == "carry":
        return None
    # Which packages it installs may depend on a variable of the step; what it looks up does not.
    if fact.role in ("open", "build") and not (match is not None and match.kind == "tool"):
        argv = fact.command.argv
        if quiet(fact) and (match is None or argv[0].endswith("find")):
            return None
        who = f"`{command_name(fact)}`" if argv else "a command"
        return Reading("may", f"{who} on line {line} may read any variable")
    closure = fact.closure
    if closure is not None:
        if any(refusal.gate == 1 for refusal in closure.refusals):
            return Reading("may", f"`{command_name(fact)}` on line {line} runs scripts of the project")
        for text, path in _texts(model, step, fact):
            flags = re.I if match is not None and match.ecosystem.id == "dotnet" else 0
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags):
                return Reading("may", f"`{command_name(fact)}` on line {line} reads {path}, which names {name}")
        if any(need.what == "dir" for need in closure.needs):
            return Reading("doubt", f"`{command_name(fact)}` on line {line} builds packages of the project")
    if match is not None and match.ecosystem.id in _COMPILED and match.kind == "tool":
        return Reading("doubt", f"`{command_name(fact)}` on line {line} compiles packages with scripts of their own")
    return None


def _texts(model: LayerModel, step: Step, fact: Facts) -> Iterator[tuple[str, str]]:
    """What an install reads of the project, and how people call the files. Lockfiles name no variables."""
    assert fact.closure is not None
    tree = model.tree(step)
    locks = fact.match.ecosystem.lockfiles if fact.match is not None else ()
    for need in fact.closure.needs:
        if need.what == "file" and need.path.rsplit("/", 1)[-1] not in locks:
            try:
                yield tree.read(need.path), tree.shown(need.path)
            except ContextError:
                continue
