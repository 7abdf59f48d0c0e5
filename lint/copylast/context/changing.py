"""Which texts are another one at each build: a commit, a date, the number of a run, a tag.

Only what says so itself counts (``github.sha``, ``$(git describe)``, ``$CI_PIPELINE_ID``); a variable counts if a text
that it is given does. The name of an argument is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from copylast.regexes import lazy_regex

COMMIT, RUN, REF, DATE, VERSION = "the commit", "the number of the run", "the branch or tag", "the date", "the version"

Lookup = Callable[[str], Iterable[str]]
"""The texts that a variable may be given."""

_DEPTH = 6
_LENGTH = 4000
_DATE = lazy_regex(
    r"(?:\$\(|`)\s*(?:shell\s+|TZ=\S+\s+|env\s+)*g?date\b|\btimestamp\(\)"
    r"|\bgithub\.event\.(?:head_commit\.timestamp|repository\.(?:updated_at|pushed_at))"
    r"|\$\{?(?:CI_PIPELINE_CREATED_AT|CI_COMMIT_TIMESTAMP|CI_JOB_STARTED_AT)\b"
)
_COMMIT = lazy_regex(
    r"\bgithub\.(?:sha|event\.(?:after|head_commit\.id|workflow_run\.head_sha"
    r"|pull_request\.(?:head\.sha|merge_commit_sha)))\b"
    r"|\$[({]?(?:GITHUB_SHA|CI_COMMIT_(?:SHA|SHORT_SHA)|CIRCLE_SHA1|TRAVIS_COMMIT|BITBUCKET_COMMIT|DRONE_COMMIT(?:_SHA)?"
    r"|BUILDKITE_COMMIT|BUILD_SOURCEVERSION|Build\.SourceVersion|APPVEYOR_REPO_COMMIT|SEMAPHORE_GIT_SHA)\b"
)
_GIT = lazy_regex(
    r"\bgit\b(?:\s+-[cC]\s+\S+|\s+--[a-z-]+(?:=\S+)?)*\s+"
    r"(rev-parse|describe|log|show|rev-list|tag|branch|symbolic-ref|name-rev|for-each-ref)\b([^)`|]*)"
)
_ABOUT_PLACES = ("--show-", "--git-dir", "--git-common-dir", "--absolute-git-dir", "--is-", "--git-path")
_RUN = lazy_regex(
    r"\bgithub\.run_(?:number|id|attempt)\b"
    r"|\$[({]?(?:GITHUB_RUN_(?:NUMBER|ID|ATTEMPT)|CI_PIPELINE_I?ID|CI_JOB_ID|CIRCLE_BUILD_NUM|TRAVIS_BUILD_NUMBER"
    r"|BITBUCKET_BUILD_NUMBER|DRONE_BUILD_NUMBER|BUILDKITE_BUILD_NUMBER|Build\.Build(?:Id|Number)|APPVEYOR_BUILD_NUMBER)\b"
)
_REF = lazy_regex(
    r"\bgithub\.(?:ref|ref_name|head_ref|event\.(?:release\.(?:tag_name|name)|number"
    r"|pull_request\.(?:number|head\.ref)|workflow_run\.head_branch))\b"
    r"|\$[({]?(?:GITHUB_(?:REF|REF_NAME|HEAD_REF)|CI_COMMIT_(?:REF_NAME|REF_SLUG|TAG|BRANCH)|CIRCLE_(?:TAG|BRANCH)"
    r"|TRAVIS_(?:TAG|BRANCH)|BITBUCKET_(?:TAG|BRANCH)|DRONE_(?:TAG|BRANCH)|BUILDKITE_(?:TAG|BRANCH))\b"
)
_VERSION = lazy_regex(r"(?:\$\(|`)\s*(?:shell\s+)?cat\s+(?:\./)?\.?version(?:\.txt)?\s*[)`]", re.I)
_REFERENCE = lazy_regex(r"\$(?:\$?[{(]?)([A-Za-z_]\w*)")
_COMPARED = lazy_regex(
    r"(?:[\w.'\"-]+)\s*[!=]=\s*(?:'[^']*'|[\w.\"-]+)|\b(?:startsWith|endsWith|contains)\([^()]*\)|![\w.]+"
)
_EXPRESSION = lazy_regex(r"\$\{\{(.*?)\}\}", re.S)


def changing(text: str, lookup: Lookup | None = None) -> str | None:
    """What is another one at each build in ``text``, in words for people; None if nothing says that something is.

    ``lookup`` gives the texts of the variables that the text names.
    """
    return _changing(text, lookup, frozenset(), 0)


def references(text: str) -> list[str]:
    """The variables of the shell, of make, compose or bake that ``text`` names, in order."""
    bare = _EXPRESSION.sub("", text[:_LENGTH])
    return list(dict.fromkeys(found[1] for found in _REFERENCE.finditer(bare)))


def _changing(text: str, lookup: Lookup | None, seen: frozenset[str], depth: int) -> str | None:
    if "$" not in text and "`" not in text and "timestamp()" not in text:
        return None
    text = _EXPRESSION.sub(lambda one: "${{" + without_questions(one[1]) + "}}", text[:_LENGTH])
    own = _said(text)
    if own is not None or lookup is None or depth == _DEPTH:
        return own
    for name in references(text):
        if name not in seen:
            for value in lookup(name):
                found = _changing(value, lookup, seen | {name}, depth + 1)
                if found is not None:
                    return found
    return None


def without_questions(expression: str) -> str:
    """An expression of a workflow without what it only compares: ``github.ref == 'x' && 'a' || 'b'``."""
    return _COMPARED.sub("", expression)


def _said(text: str) -> str | None:
    if _DATE.search(text):
        return DATE
    if _COMMIT.search(text):
        return COMMIT
    for found in _GIT.finditer(text):
        if found[1] in ("describe", "tag", "for-each-ref"):
            return VERSION
        if found[1] in ("branch", "symbolic-ref", "name-rev") or "--abbrev-ref" in found[2]:
            return REF
        if not any(option in found[2] for option in _ABOUT_PLACES):
            return COMMIT
    if _RUN.search(text):
        return RUN
    if _REF.search(text):
        return REF
    return VERSION if _VERSION.search(text) else None
