"""The keys of the configuration, in one table from which reading, checking and the schema are made."""

from __future__ import annotations

from copylast.records import NamedTuple
from copylast.typed import Literal

Shape = Literal["text", "flag", "choice", "texts", "selectors", "text-table", "selector-table", "tables"]


class Key(NamedTuple):
    """One key. ``choices`` only for ``choice``. ``environment``: may be set by ``COPYLAST_NAME``."""

    shape: Shape
    about: str
    choices: tuple[str, ...] = ()
    environment: bool = True


FAIL_LEVELS = ("error", "warning", "info", "none")
BUILDERS = ("buildkit", "buildah", "classic", "kaniko")

KEYS: dict[str, Key] = {
    "extends": Key("text", "Another configuration file, whose values count where this one says nothing.", (), False),
    "select": Key("selectors", "Rules that run: codes, prefixes of codes, names, or ALL."),
    "extend-select": Key("selectors", "Rules that run in addition to those selected."),
    "ignore": Key("selectors", "Rules that do not run."),
    "fixable": Key("selectors", "Rules whose fixes may be applied."),
    "unfixable": Key("selectors", "Rules whose fixes are never applied."),
    "per-file-ignores": Key("selector-table", "Glob of Dockerfiles -> rules that do not run there.", (), False),
    "fail-level": Key("choice", "The least severity that makes the exit code 1.", FAIL_LEVELS),
    "unsafe-fixes": Key("flag", "Whether --fix and --diff use unsafe fixes too."),
    "format": Key("text", "The output format."),
    "exclude": Key("texts", "Globs of files and folders in which no Dockerfile is looked for."),
    "force-exclude": Key("flag", "Whether exclude counts for files named on the command line too."),
    "respect-gitignore": Key("flag", "Whether files that git ignores are left out."),
    "contexts": Key("text-table", "Glob of Dockerfiles -> folder that is their build context.", (), False),
    "builder": Key("choice", "The program that builds, since not all have the same cache.", BUILDERS),
    "build-args": Key("text-table", "Build arguments, as given to --build-arg.", (), False),
    "local-plugins": Key("texts", "Plugins of this project: Python files or module names.", (), False),
    "require-plugins": Key("texts", "Distributions that must bring a plugin."),
    "disable-plugins": Key("texts", "Plugins that are not loaded."),
    "rules": Key("tables", "Options of built-in rules, by the rule's name.", (), False),
    "plugins": Key("tables", "Options of plugins' rules, by distribution (or local file's name) and rule.", (), False),
}
"""Key -> what it takes. Paths and globs in a file are relative to the folder of that file."""
