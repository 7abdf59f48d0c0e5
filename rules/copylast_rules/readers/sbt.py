"""What sbt reads before it resolves dependencies: the ``.sbt`` files and the ``project`` directory, which it compiles.

Sources: https://www.scala-sbt.org/1.x/docs/Directories.html, .../Multi-Project.html, .../Organizing-Build.html.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, SCRIPTS, Gathering, gather
from copylast_rules.readers.gradle_scripts import ScriptError, Token, calls, literals, tokens
from copylast_rules.readers.places import join, name, within

_READS = frozenset("IO Source Process Files FileInputStream Paths listFiles".split())
_OTHERS = frozenset({"ProjectRef", "RootProject"})
_VERSIONS = lazy_regex(r"git|dynver|ci-release|sbt-release|semver|sbt-version")
_QUIET = lazy_regex(
    r"sbt-(assembly|native-packager|plugin|scalafmt|scalafix|scoverage|wartremover|buildinfo|updates|dotenv|revolver|jmh|twirl"
    r"|web|digest|gzip|header|tpolecat|bloop|protoc|pgp|mdoc|scalajs|scalajs-crossproject|play-ebean|coursier|dependency-graph)"
)


def read(request: InstallRequest) -> Closure:
    """The closure of ``sbt update`` for any command of sbt."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind in ("noop", "tool"):
        return
    cwd = request.cwd
    scripts = [join(cwd, n) for n in g.names(cwd) if n.endswith(".sbt") and g.is_file(join(cwd, n))]
    project = join(cwd, "project")
    has_project = g.kind(project) == "dir"
    if not scripts and not has_project:
        g.idle = "no project"
        g.refuse(ABSENT, "no build.sbt in this directory", cwd)
        return
    for file in (".sbtopts", ".jvmopts", ".sbtrc"):
        g.need_if_there(join(cwd, file), "options of sbt", required=True)
    if has_project:
        g.need(project, "sbt compiles it", "dir")
        scripts += [join(project, n) for n in g.names(project) if n.endswith((".sbt", ".scala"))]
        g.writes(join(project, "target"))
        g.writes(join(project, "project"))
    g.writes(join(cwd, "target"))
    for script in scripts:
        if not within(script, project):
            g.need(script, "a build file")
        _script(g, script, cwd)


def _script(g: Gathering, path: str, cwd: str) -> None:
    text = g.text(path)
    if text is None:
        return
    try:
        found = tokens(re.sub(r"(?<!')'\w(?!')", " ", text))
    except ScriptError as e:
        g.refuse(LOCAL, f"{name(path)}:{e.line} cannot be read: {e}", path, e.line)
        return
    for i, token in enumerate(found):
        after = found[i + 1].text if i + 1 < len(found) else ""
        word = token.kind == "word"
        if (token.kind == "text" and after == "!") or (word and token.text in _READS and after in (".", "(")):
            g.refuse(SCRIPTS, f"{name(path)}:{token.line} reads or runs something ({token.text})", path, token.line)
        elif word and token.text in _OTHERS:
            g.refuse(LOCAL, f"{name(path)}:{token.line} refers to another build", path, token.line)
    for call in calls(found, frozenset({"addSbtPlugin"})):
        _plugin(g, [t for t in call.arguments if t.kind == "text"], path, call.line)
    for call in calls(found, frozenset({"file"})):
        names = literals(call)
        if names is None:
            g.refuse(LOCAL, f"{name(path)}:{call.line} names a directory by a variable", path, call.line)
        for directory in names or ():
            _subproject(g, join(cwd, directory))
    for i, token in enumerate(found[:-3]):
        if token.text == "val" and found[i + 2].text == "=" and found[i + 3].text in ("project", "Project"):
            _subproject(g, join(cwd, found[i + 1].text))


def _subproject(g: Gathering, directory: str) -> None:
    """The build files that lie in a project of their own."""
    if g.kind(directory) == "dir" and directory != g.cwd:
        for file in g.names(directory):
            if file.endswith(".sbt"):
                g.need(join(directory, file), "a build file of a project")
                _script(g, join(directory, file), g.cwd)


def _plugin(g: Gathering, texts: list[Token], path: str, line: int) -> None:
    called = texts[1].text if len(texts) > 1 else ""
    if not called:
        g.unsafe("which plugin is added cannot be known")
    elif _VERSIONS.search(called):
        g.refuse(SCRIPTS, f"the plugin {called} may read the repository", path, line)
    elif not _QUIET.fullmatch(called):
        g.unsafe(f"the plugin {called} may read more than the build files")
