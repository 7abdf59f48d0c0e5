"""The hooks through which plugins, the built-in rules included, bring what they have.

A plugin is a module (or any object) with functions of these names that is named by an entry point of the
group ``copylast`` or by ``local-plugins`` in the configuration. They may be decorated with
:data:`copylast.hookimpl`, which is needed only for pluggy's own options (``tryfirst`` and the like).
Each hook is called once per run, when the run begins and before any file is read. A hook must not
raise: whatever it raises ends the run with exit code 2 and a message that names the plugin. docs/plugins.md
shows a whole one.

The functions here only specify: pluggy takes their names and parameters and never calls them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copylast.records import NamedTuple
from copylast.rule.diagnostic import Severity
from copylast.rule.rule import Rule

PROJECT = "copylast"
"""The name of the pluggy project, and of the entry-point group."""

PREFIX = "copylast_get_"
"""How the name of every hook begins."""


class RuleEntry(NamedTuple):
    """What must be known of a rule before its module is imported.

    ``home`` is ``module:Class``. The other fields repeat the class attributes; when the class is
    imported they are compared, and a difference ends the run with exit code 2.

    ``words``, in small letters, are for speed: in a Dockerfile whose text holds none of them, in whatever case, the
    rule finds nothing, and so it is neither imported nor asked. Without any it is asked always.
    """

    code: str
    name: str
    severity: Severity
    home: str
    opt_in: bool = False
    words: tuple[str, ...] = ()


def copylast_get_rules() -> Sequence[type[Rule] | RuleEntry]:
    """The plugin's rules: classes, or entries whose modules are imported only when they are selected.

    Codes are two or more capital letters and three digits; ``CPL`` belongs to copylast.
    """
    raise NotImplementedError


def copylast_get_ecosystems() -> Sequence[str]:
    """Folders of ``*.toml`` descriptors of package managers; one replaces another of the same file name.

    Files are read when a command of a Dockerfile could be theirs; one that cannot be understood ends
    the run with exit code 2 then.
    """
    raise NotImplementedError


def copylast_get_formatters() -> Mapping[str, str]:
    """Names for ``--format`` and the ``module:function`` that makes that format.

    The function is a :data:`copylast.output.run.Formatter`. It is imported when the format is asked for.
    """
    raise NotImplementedError
