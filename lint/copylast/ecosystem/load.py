"""TOML text -> :class:`~copylast.ecosystem.descriptor.Ecosystem`.

The format in short::

    id = "pip"                      # unique
    title = "pip"
    language = "python"
    reader = "package.readers.requirements:read"     # absent: nothing is read
    manifests = ["requirements*.txt"]                # globs of base names
    lockfiles, settings, source-suffixes, dependency-dirs, directory-options, environment = [...]

    [[match]]
    program = 'pip[0-9.]*'          # full match on the base name of the program
    before = ['python[0-9.]*', '-m']                 # words that must stand before it, or
    also-behind = [['python[0-9.]*', '-m']]          # several ways, the bare program being one of them
    global-values = ["--proxy"]     # options before the subcommand that take a value
    subcommands = ["install", "mod download", ""]    # "": the bare program; absent: none needed
    values = ["-r"]                 # options that take a value of their own
    bundled = true                  # -qr FILE is -q -r FILE
    anywhere = true                 # goals may stand anywhere
    weak = true                     # gives way to another manager
    # the first that holds; tests: has, has-all, given ("^--opt=value"), positional, number;
    # kind "unknown": not even that it is harmless can be told
    kinds = [{ has = ["-r"], kind = "deps" }, { kind = "tool" }]

    [listed]                        # in place of a reader: an install reads the files listed above, and nothing else
    local = ['path *=']             # how they name other files of the project: no fix then
    opaque = ["conanfile.py"]       # programs that may read any file: no fix where one exists
    frozen = ["--deployment"]       # options with which the lock is not written
    keeps-lock = false              # true: it never is
    doubt = "a sentence"            # why a fix is never a safe one
    unsure = ["CMakeLists.txt"]     # where one exists the install makes something else: the fix is not a safe one then

    [[marker]]                      # decides between managers that share a program
    file = ".yarnrc.yml"
    contains = "text"

    [[cache]]
    target = "/root/.cache/pip"
    home = ".cache/pip"
    environment = ["PIP_CACHE_DIR"]
    sharing = "shared"
    later-runs = false
    results = false                 # true: it keeps what was built, not what was downloaded
    offline = ["--offline"]         # options with which later commands bring nothing again; "*": none ever does
    drop-flags = ["--no-cache-dir", "pip cache purge"]     # options that turn it off, commands that empty it
    drop-environment = ["PIP_NO_CACHE_DIR"]          # variables that turn it off
    options = ["--cache-dir"]       # options whose value is the directory
    below = "registry"              # where it lies below the directory that the last of the variables names
    aside = true                    # a mount alone spares nothing, or the image needs what is in it
    images = 'rust(:.*)?'           # base images in which target is its place, and not the one below HOME

    [[prefetch]]
    command = "go mod download"     # "{program} ...": the program as the command calls it
    keep-options = ["-C", "-D*", "!-Dx"]             # of the command; ! leaves some out
    keep-positional = true
    drop-positional = 'true|false'
    translate = { "--self-contained" = "-p:SelfContained=true" }
    environment = ["GOFLAGS"]
    provides = ["go mod vendor"]
    halves = ["mix deps.get"]       # they do a part of it
    behind = true                   # and this step has its place behind one of them

    [again]                         # when a second command does the work of the first once more; absent: never
    anew = ["ci"]                   # subcommands that remove what is installed, and install all of it
    options = ["--force-reinstall"] # options with which what is there is installed once more
    beside = true                   # packages are copied beside the manifest: another directory needs its own
    choose = ["--omit*"]            # options and variables that choose among the dependencies
    unclear = ["--dry-run"]         # options with which a command installs nothing, or something else
    prune = "npm prune"             # removes what is not chosen, and leaves the rest

    [[again.fits]]                  # a dependency step that serves only commands with the same option
    early = ["chef cook"]
    late = ["build", "b"]
    alike = ["--release", "-r"]     # its spellings
    only-with = ["--self-contained"]                 # of the late command, without which it matters little
    unclear = ["--profile"]         # options and variables with which nobody can tell
    images = 'rust(:.*)?'           # base images that set nothing of the kind; absent: none can
    settled = 'target *='           # text in a manifest or a setting that may say the same

    [[lists]]                       # lists of packages that commands use without asking whether they are old
    program = 'apt(-get)?'          # whose subcommands these are:
    fetch = ["update"]              # fetch the lists and do nothing else, unless a package is named
    renew = []                      # fetch them and do more
    use = ["install"]               # install what they say
    also = 'add-apt-repository'     # other programs that fetch them
    directory = "/var/lib/apt/lists"
    sources = ["/etc/apt"]          # what says where they come from
    steered-by = 'apt-key|dpkg'     # programs that change that

    [examples]
    "pip install -r requirements.txt" = "deps"       # "" says: not a command of this manager
"""

from __future__ import annotations

from copylast.ecosystem.descriptor import (
    Again,
    CacheDir,
    Ecosystem,
    Example,
    InstallKind,
    KindRule,
    Listed,
    Marker,
    Matcher,
    PackageLists,
    Prefetch,
)
from copylast.ecosystem.table import DescriptorError, Table
from copylast.regexes import lazy_regex
from copylast.typed import Literal, get_args

__all__ = ["DescriptorError", "load"]

KINDS: tuple[InstallKind, ...] = get_args(InstallKind)
KindWord = InstallKind | Literal["unknown"]
_KIND_WORDS: tuple[KindWord, ...] = (*KINDS, "unknown")
Sharing = Literal["shared", "locked", "private"]
_SHARINGS: tuple[Sharing, ...] = ("shared", "locked", "private")
Safety = Literal["safe", "unsafe", "shown"]
_SAFETIES: tuple[Safety, ...] = ("safe", "unsafe", "shown")
_READER = lazy_regex(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def load(text: str, file: str, origin: str = "") -> Ecosystem:
    """The ecosystem that ``text`` describes; ``file`` is named in errors.

    Raises :class:`DescriptorError`.
    """
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise DescriptorError(file, "", f"not TOML: {e}") from None
    return build(Table(data, file), origin)


def build(top: Table, origin: str = "") -> Ecosystem:
    """The ecosystem that a whole table describes. Raises :class:`DescriptorError`."""
    reader = _function(top, "reader")
    matchers = tuple(m for t in top.tables("match") for m in _matchers(t))
    if not matchers:
        raise top.error("match", "at least one is needed")
    if reader is not None and top.has("listed"):
        raise top.error("listed", "does not go with a reader")
    ecosystem = Ecosystem(
        id=top.text("id"),
        title=top.text("title"),
        language=top.text("language"),
        matchers=matchers,
        reader=reader,
        manifests=top.texts("manifests"),
        lockfiles=top.texts("lockfiles"),
        settings=top.texts("settings"),
        source_suffixes=top.texts("source-suffixes"),
        dependency_dirs=top.texts("dependency-dirs"),
        directory_options=top.texts("directory-options"),
        environment=top.texts("environment"),
        caches=tuple(_cache(t) for t in top.tables("cache")),
        prefetches=tuple(_prefetch(t) for t in top.tables("prefetch")),
        origin=origin or top.file,
        markers=tuple(_marker(t) for t in top.tables("marker")),
        listed=_listed(top.table("listed")),
        again=_again(top.table("again")),
        foreign=_function(top, "foreign"),
        lists=tuple(_package_lists(t) for t in top.tables("lists")),
        config=tuple((top.optional_text("config") or "").split()),
        examples=_examples(top.table("examples")),
    )
    top.done()
    return ecosystem


def _function(top: Table, key: str) -> str | None:
    found = top.optional_text(key)
    if found is not None and not _READER.fullmatch(found):
        raise top.error(key, f"{found!r} is not module:function")
    return found


def _matchers(t: Table) -> list[Matcher]:
    """One matcher for each way in which the program may stand behind other words."""
    program = t.text("program")
    pattern = t.pattern("program")
    assert pattern is not None
    before, behind = t.patterns("before"), t.text_lists("also-behind")
    if before and behind:
        raise t.error("also-behind", "does not go with 'before'")
    ways = [before]
    for i, words in enumerate(behind):
        ways.append(t.inner(f"also-behind[{i}]", {"words": list(words)}).patterns("words"))
    matcher = Matcher(
        program=pattern,
        before=(),
        global_values=frozenset(t.texts("global-values")),
        subcommands=t.phrases("subcommands"),
        values=frozenset(t.texts("values")),
        kinds=tuple(_kind(k) for k in t.tables("kinds")),
        anywhere=t.flag("anywhere"),
        weak=t.flag("weak"),
        bundled=t.flag("bundled"),
    )
    if not matcher.kinds:
        raise t.error("kinds", f"no kind for {program!r}")
    t.done()
    return [matcher._replace(before=way) for way in ways]


def _kind(t: Table) -> KindRule:
    kind: KindWord = t.choice("kind", _KIND_WORDS)
    rule = KindRule(
        kind=None if kind == "unknown" else kind,
        has=t.texts("has"),
        has_all=t.texts("has-all"),
        positional=t.pattern("positional"),
        number=t.number("number"),
        given=t.pattern("given"),
    )
    t.done()
    return rule


def _cache(t: Table) -> CacheDir:
    sharing: Sharing = t.choice("sharing", _SHARINGS)
    cache = CacheDir(
        target=t.text("target"),
        home=t.optional_text("home"),
        environment=t.texts("environment"),
        sharing=sharing,
        later_runs=t.flag("later-runs"),
        offline=t.texts("offline"),
        drop_flags=t.texts("drop-flags"),
        results=t.flag("results"),
        options=t.texts("options"),
        below=t.optional_text("below") or "",
        images=t.pattern("images"),
        aside=t.flag("aside"),
        drop_environment=t.texts("drop-environment"),
    )
    if not cache.target.startswith("/"):
        raise t.error("target", "must be an absolute path of the image")
    t.done()
    return cache


def _prefetch(t: Table) -> Prefetch:
    safety: Safety = t.choice("safety", _SAFETIES, "safe")
    prefetch = Prefetch(
        command=t.optional_text("command") or "",
        append=t.texts("append"),
        kinds=t.texts("kinds") or ("build",),
        subcommands=t.texts("subcommands"),
        keep_options=t.texts("keep-options"),
        keep_positional=t.flag("keep-positional"),
        drop_positional=t.pattern("drop-positional"),
        translate=_translations(t.table("translate")),
        environment=t.texts("environment"),
        provides=t.texts("provides"),
        halves=t.texts("halves"),
        behind=t.flag("behind"),
        safety=safety,
        note=t.optional_text("note") or "",
    )
    for kind in prefetch.kinds:
        if kind not in KINDS:
            raise t.error("kinds", f"{kind!r} is no kind: one of {', '.join(KINDS)}")
    if safety == "shown":
        if prefetch.command or prefetch.append:
            raise t.error("command", "advice that is only shown has none")
    elif bool(prefetch.command) == bool(prefetch.append):
        raise t.error("command", "either a command or what to append is needed")
    if safety != "safe" and not prefetch.note:
        raise t.error("note", "is needed where the step is not safe")
    t.done()
    return prefetch


def _translations(t: Table | None) -> tuple[tuple[str, str], ...]:
    if t is None:
        return ()
    keys = [key for key, _ in t.items()]
    return tuple((key, t.text(key)) for key in keys)


def _listed(t: Table | None) -> Listed | None:
    if t is None:
        return None
    listed = Listed(
        local=t.patterns("local"),
        opaque=t.texts("opaque"),
        frozen=t.texts("frozen"),
        keeps_lock=t.flag("keeps-lock"),
        doubt=t.optional_text("doubt") or "",
        unsure=t.texts("unsure"),
    )
    t.done()
    return listed


def _again(t: Table | None) -> Again | None:
    if t is None:
        return None
    from copylast.ecosystem.again import read_again

    return read_again(t)


def _package_lists(t: Table) -> PackageLists:
    program = t.text("program")
    pattern = t.pattern("program")
    assert pattern is not None
    lists = PackageLists(
        program=pattern,
        fetch=t.phrases("fetch"),
        renew=t.phrases("renew"),
        use=t.phrases("use"),
        also=t.pattern("also"),
        directory=t.text("directory"),
        sources=t.texts("sources"),
        steered_by=t.pattern("steered-by"),
    )
    if not lists.use or not (lists.fetch or lists.renew):
        raise t.error("use", f"no command of {program!r} uses the lists, or none fetches them")
    t.done()
    return lists


def _marker(t: Table) -> Marker:
    marker = Marker(t.text("file"), t.optional_text("contains") or "")
    t.done()
    return marker


def _examples(t: Table | None) -> tuple[Example, ...]:
    if t is None:
        return ()
    out: list[Example] = []
    for command, kind in t.items():
        known: InstallKind | None = next((k for k in KINDS if k == kind), None)
        if known is None and kind != "":
            raise t.error(command, f"{kind!r} is no kind: one of {', '.join(KINDS)}, or empty")
        out.append(Example(command, known))
    return tuple(out)
