"""Stub package managers: what each of them looks at and leaves behind, in a table.

A manager with a file in ``stubs/`` has one that was written by hand. The others are rows here: to add one, say for
each of its calls which files it needs, which it reads where they are, and where it leaves its work. A stub fails
where the manager would fail, and leaves a digest of everything that it read: where a fix copies too little,
either the build fails or the images differ.

What is known of the managers comes from runs of the real ones with only some of the files present.
"""

from __future__ import annotations

from typing import NamedTuple


class Call(NamedTuple):
    """One way to call a program.

    ``words`` is a pattern of the shell for all words after the program's name, alternatives joined by ``|``; the
    first call that fits counts. ``needs`` are files without which it fails, ``reads`` patterns of files that count
    where they are there (``**/NAME``: at any depth), ``whole`` takes in every file of the project. The digest goes
    to the directory ``writes`` (``-o DIR``: to that one if the option ``-o`` names none); ``keeps`` names its file
    there, where two calls share a directory; ``beside`` names files in folders below that get a copy. ``after`` are
    the words of a call that is done first, ``runs`` a program that does it all. ``named`` is a command that prints
    a name under which the digest lies there too.
    """

    words: str
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: str = ""
    whole: bool = False
    keeps: str = ".stub"
    beside: str = ""
    named: str = ""
    after: str = ""
    runs: str = ""


_POETRY = ("pyproject.toml", "poetry.lock", "poetry.toml")
_UV = ("pyproject.toml", "uv.lock", "uv.toml", ".python-version")
_CARGO = ("Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "rust-toolchain", ".cargo/config.toml", "**/Cargo.toml")
_VENV = "/opt/stub-venv"
_COMPOSER = ("composer.lock", "auth.json", "**/composer.json", "patches/*")
_NUGET = ("**/*.csproj", "NuGet.config", "nuget.config", "Directory.*.props", "global.json")
_PUB = ("pubspec.lock", "**/pubspec.yaml")
_DENO = ("deno.lock", "package.json", "**/deno.json")
_GRADLE = ("**/*.gradle", "gradle/*", "gradle.properties", "buildSrc/src/main/groovy/*")
_WRAPPER = ("gradle/wrapper/gradle-wrapper.properties",)
_CRATE = "sed -n 's/^name = \"\\(.*\\)\"/\\1/p' Cargo.toml | head -n 1"
_RELEASE = "sed -n 's,.*app: :\\([a-z_]*\\).*,prod/rel/\\1,p' mix.exs"
_PACKAGES = (Call("*", writes="/var/lib/stub-packages"),)
_NO_ROOT = "install*--no-root*|install*--only*|sync*--no-root*"
_NO_PROJECT = "sync*--no-install-project*|sync*--no-install-workspace*"
_NO_SELF = "install*--no-self*|sync*--no-self*"

CALLS: dict[str, tuple[Call, ...]] = {
    "cargo": (
        Call("install*", writes="/usr/local/cargo/bin"),
        Call("fetch*", ("Cargo.toml",), _CARGO, "/usr/local/cargo/registry"),
        Call("chef prepare*", ("Cargo.toml",), _CARGO, ".", keeps="recipe.json"),
        Call("chef cook*", ("recipe.json",), ("recipe.json",), "target", keeps="cooked"),
        Call("build*|test*|check*", ("Cargo.toml",), writes="target/release", whole=True, named=_CRATE),
    ),
    "poetry": (
        Call(_NO_ROOT, ("pyproject.toml",), _POETRY, _VENV),
        Call("install*|sync*", ("pyproject.toml",), ("**/*.py",), _VENV, keeps="project", after=_NO_ROOT),
        Call("config*|self*|cache*|run*|"),
        Call("build*", ("pyproject.toml",), writes="dist", whole=True),
    ),
    "uv": (
        Call(_NO_PROJECT, ("pyproject.toml",), _UV, ".venv"),
        Call("sync*", ("pyproject.toml",), ("**/*.py",), ".venv", keeps="project", after=_NO_PROJECT),
        Call("pip install*pyproject.toml*", ("pyproject.toml",), ("pyproject.toml",), "/usr/local/lib/stub-uv"),
        Call("pip*", runs="pip"),
        Call("tool install*", writes="/root/.local/bin"),
        Call("venv*|python*|cache*|"),
    ),
    "pipenv": (
        Call("sync*", ("Pipfile.lock",), ("Pipfile", "Pipfile.lock"), _VENV),
        Call("install*--deploy*|install*--ignore-pipfile*", ("Pipfile", "Pipfile.lock"), writes=_VENV),
        Call("install*", ("Pipfile",), ("Pipfile.lock",), _VENV),
        Call("run*"),
    ),
    "pdm": (
        Call(_NO_SELF, ("pyproject.toml",), ("pdm.lock", "pdm.toml"), ".venv"),
        Call("install*|sync*", ("pyproject.toml",), ("**/*.py",), ".venv", keeps="project", after=_NO_SELF),
    ),
    "bundle": (
        Call("config*"),
        Call("install*|", ("Gemfile",), ("Gemfile.lock", ".ruby-version", "*.gemspec"), "/usr/local/bundle"),
        Call("exec*", writes="public", whole=True),
    ),
    "composer": (
        Call("install*--no-autoloader*", ("composer.json",), _COMPOSER, "vendor"),
        Call("install*", ("composer.json",), (*_COMPOSER, "**/*.php"), "vendor"),
        Call("dump-autoload*|dumpautoload*", ("composer.json",), ("**/*.php",), "vendor", keeps="autoload.php"),
    ),
    "mvn": (
        Call("*dependency:*", ("pom.xml",), ("**/pom.xml",), "/root/.m2"),
        Call(
            "*package*|*verify*|*install*|*compile*",
            ("pom.xml",),
            writes="target",
            whole=True,
            keeps="app.jar",
            beside="pom.xml",
        ),
    ),
    "dotnet": (
        Call("restore*", (), _NUGET, "/root/.nuget"),
        Call("tool install*|tool restore*", (), (".config/dotnet-tools.json",), "/root/.dotnet/tools"),
        Call("workload*", (), _NUGET, "/usr/share/dotnet"),
        Call("ef*", (".config/dotnet-tools.json", "/root/.dotnet/tools/.stub")),
        Call("build*|publish*|test*", writes="-o out", whole=True, after="restore*"),
    ),
    "mix": (
        Call("local.*"),
        Call("do*", runs="mix-do"),
        Call("deps.get*", ("mix.exs",), ("mix.lock", "apps/*/mix.exs"), "deps"),
        Call("deps.compile*", ("mix.exs",), ("config/config.exs", "config/prod.exs"), "_build", keeps="deps"),
        Call("release*", ("mix.exs",), writes="_build", whole=True, named=_RELEASE, after="deps.compile*"),
        Call("compile*|assets.deploy*", ("mix.exs",), writes="_build", whole=True, after="deps.compile*"),
    ),
    "cabal": (
        Call("update*", writes="/root/.cabal/packages"),
        Call("build*--only-dep*", (), ("**/*.cabal", "cabal.project", "cabal.project.freeze"), "/root/.cabal/store"),
        Call("build*|install*", writes="dist-newstyle", whole=True, after="build*--only-dep*"),
    ),
    "stack": (
        Call("setup*", writes="/root/.stack/programs"),
        Call("build*--only-dep*", ("stack.yaml",), ("stack.yaml.lock", "**/*.cabal", "vendor/*/*"), "/root/.stack"),
        Call("build*|install*", writes=".stack-work", whole=True, after="build*--only-dep*"),
    ),
    "carton": (Call("install*", ("cpanfile",), ("cpanfile.snapshot",), "local"),),
    "cmake": (Call("*", writes="build/out", whole=True),),
    "cpanm": (Call("*", reads=("cpanfile",), writes="/usr/local/lib/perl5"),),
    "conan": (Call("install*", (), ("conanfile.txt", "conanfile.py", "conan.lock", "profiles/*"), "/root/.conan2"),),
    "dart": (
        Call("pub get*", ("pubspec.yaml",), _PUB, ".dart_tool"),
        Call("compile*", ("pubspec.yaml",), writes="-o out", whole=True),
    ),
    "flutter": (
        Call("pub get*", ("pubspec.yaml",), _PUB, ".dart_tool"),
        Call("build*", ("pubspec.yaml",), writes="build/web", whole=True, after="pub get*"),
    ),
    "deno": (
        Call("install*|ci*", ("deno.json",), _DENO, "/tmp/deno-dir"),
        Call("cache*", ("deno.json",), ("**/*.ts",), "/tmp/deno-dir", keeps="modules", after="install*|ci*"),
        Call("check*", ("deno.json", "/tmp/deno-dir/.stub")),
    ),
    "gleam": (
        Call("deps download*", ("gleam.toml",), ("manifest.toml",), "build/packages"),
        Call("export*|build*", ("gleam.toml",), writes="build/shipment", whole=True, after="deps download*"),
    ),
    "gradle": (
        Call("dependencies*", (), _GRADLE, "/root/.gradle"),
        Call("build*|assemble*|bootJar*", writes="build/libs", whole=True, keeps="shop.jar"),
        Call("", (), _WRAPPER, "/root/.gradle/wrapper"),
    ),
    "julia": (Call("*instantiate*", ("Project.toml",), ("Manifest.toml",), "/root/.julia"),),
    "lein": (
        Call("deps*", ("project.clj",), ("profiles.clj",), "/root/.m2"),
        Call("uberjar*", ("project.clj",), writes="target", whole=True, keeps="app.jar", after="deps*"),
    ),
    "lua": (Call("*"),),
    "luarocks": (
        Call("*--only-deps*", reads=("*.rockspec",), writes="/usr/local/lib/luarocks"),
        Call("make*", writes="/usr/local/share/lua", whole=True, after="*--only-deps*"),
    ),
    "opam": (
        Call("install*--deps-only*", reads=("*.opam", "*.opam.locked"), writes="/tmp/opam"),
        Call("install*", writes="/tmp/opam/bin", whole=True, after="install*--deps-only*"),
    ),
    "pixi": (
        Call("install*", ("pixi.toml",), ("pixi.lock", "libs/*/*"), ".pixi"),
        Call("run*", ("pixi.toml",), writes="dist", whole=True, after="install*"),
        Call("shell-hook*", (".pixi/.stub",)),
    ),
    "rebar3": (
        Call("get-deps*", ("rebar.config",), ("rebar.lock",), "_build/default"),
        Call("release*|compile*|escriptize*", ("rebar.config",), writes="_build/rel", whole=True, after="get-deps*"),
    ),
    "R": (Call("renv::restore*", ("renv.lock",), (".Rprofile", "renv/activate.R"), "renv/library"),),
    "sbt": (
        Call("update*", reads=("**/build.sbt", "project/*"), writes="/root/.ivy2"),
        Call("*assembly*", writes="target", whole=True, keeps="app.jar", after="update*"),
    ),
    "swift": (
        Call("package resolve*", ("Package.swift",), ("Package.resolved", "**/Package.swift"), ".build/checkouts"),
        Call("build*", ("Package.swift",), writes=".build/release", whole=True, after="package resolve*"),
    ),
    "vcpkg": (Call("install*", ("vcpkg.json",), ("vcpkg-configuration.json",), "vcpkg_installed"),),
    "terraform": (Call("init*", reads=("*.tf", ".terraform.lock.hcl"), writes=".terraform"),),
    "corepack": (Call("enable*|prepare*|install*"),),
    "gem": (Call("install*", writes="/usr/local/bundle/gems"), Call("update*")),
    "pipx": (Call("install*", writes="/root/.local/bin"),),
    **dict.fromkeys(("apk", "dnf", "yum", "microdnf", "docker-php-ext-install", "docker-php-ext-enable"), _PACKAGES),
}
"""By program."""

PLACES = {"usr/bin/composer": "composer", "uv": "uv", "uvx": "uv"}
"""Where the managers' own images keep them: Dockerfiles copy them from there."""

_MOVES = (
    "while :; do case $1 in",
    "    -d | -C | --directory | --cwd | --working-dir) cd \"$2\"; shift 2 ;;",
    "    --directory=* | --cwd=* | --working-dir=*) cd \"${1#*=}\"; shift ;;",
    "    -*) shift ;;",
    "    *) break ;;",
    "esac; done",
    'out=; previous=; for word; do [ "$previous" != -o ] || out=$word; previous=$word; done',
    'for word; do case $word in --gemfile=*) cd "$(dirname "${word#*=}")" ;;',
    '    --x-manifest-root=*) cd "${word#*=}" ;; esac; done',
)
"""Options before the first word: those that say where to work count. And where the output goes."""


def script(program: str) -> str:
    """The stub of a program in the table, for the shell of busybox."""
    lines = [
        "#!/bin/sh",
        f"# Stands for {program}.",
        "set -e",
        f'need() {{ [ -e "$1" ] || {{ echo "{program}: no $1 in $PWD" >&2; exit 1; }}; }}',
        *_MOVES,
        "seen() { sort -u | while read -r file; do sha256sum \"$file\"; done; }",
        "all() { find . -type f ! -path './node_modules/*' ! -path './.venv/*' ! -path './vendor/*' \\",
        "    ! -path './obj/*' ! -path './bin/*' ! -path './target/*' ! -path './_build/*' \\",
        "    ! -path './deps/*' ! -path './build/*' ! -path './.build/*' ! -path './dist-newstyle/*' \\",
        "    ! -path './.dart_tool/*' ! -path './.pixi/*' ! -path './.stack-work/*' ! -iname '*docker*'; }",
        'case "$*" in',
    ]
    calls = {call.words: call for call in CALLS[program]}
    for call in calls.values():
        pattern = "|".join(part.replace(" ", "\\ ") or "''" for part in call.words.split("|"))
        lines.append(f"{pattern})")
        lines += [line for one in (calls.get(call.after), call) if one is not None for line in _work(one)]
        lines.append("    ;;")
    lines += [f'*) echo "{program}: the stub does not know: $*" >&2; exit 2 ;;', "esac", ""]
    return "\n".join(lines)


def _work(call: Call) -> list[str]:
    if call.runs:
        return [f'    shift; exec {call.runs} "$@"']
    lines = [f"    need {name}" for name in call.needs]
    if call.writes:
        place = f"${{out:-{call.writes[3:]}}}" if call.writes.startswith("-o ") else call.writes
        found = "all" if call.whole else "; ".join(_found(name) for name in (*call.needs, *call.reads)) or "true"
        lines.append(f'    mkdir -p "{place}"; new=$(mktemp)')
        lines.append(f'    {{ {found}; }} | seen >"$new"; mv "$new" "{place}/{call.keeps}"')
        if call.named:
            lines.append(f'    name=$({call.named}); [ -z "$name" ] || mkdir -p "$(dirname "{place}/$name")"')
            lines.append(f'    [ -z "$name" ] || cp "{place}/{call.keeps}" "{place}/$name"')
        if call.beside:
            lines.append(f"    find . -mindepth 2 -name {call.beside} -type f | while read -r file; do")
            lines.append(f'        mkdir -p "${{file%/*}}/{place}"; cp "{place}/{call.keeps}" "${{file%/*}}/{place}/"')
            lines.append("    done")
    return lines


def _found(name: str) -> str:
    """A command that lists the files that a pattern means."""
    if name.startswith("**/"):
        return f"find . -name '{name[3:]}' -type f ! -path '*/node_modules/*' ! -path './target/*'"
    return f"for file in {name}; do [ ! -f \"$file\" ] || echo \"./$file\"; done"
