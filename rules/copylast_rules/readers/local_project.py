"""A directory that pip builds and installs: it reads all of it, and may read more.

Source: https://pip.pypa.io/en/stable/topics/local-project-installs/; runs
pip/req-minus-e-dot-missing, pip/pip-install-dot-setuptools-scm of the evidence table.
"""

from __future__ import annotations

from copylast import lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, Gathering
from copylast_rules.readers.places import join, name, within

_OUTSIDE = lazy_regex(
    r"\.\./|[\"']\.\.[\"']|setuptools[_-]scm|hatch-vcs|versioningit|\bpbr\b|dunamai|vcs-versioning"
    r"|setuptools-git|versioneer|poetry-dynamic-versioning|uv-dynamic-versioning|\.parents?\b.{0,80}\.parent\b"
    r"|[\"']git[\"' ]|@\s*file:|subprocess|getcwd"
)


def need_project(g: Gathering, path: str, why: str, line: int | None) -> None:
    """All of the directory ``path``; a refusal where that is the project itself."""
    if within(g.cwd, path):
        g.refuse(PROJECT, f"{why} installs the project itself", path, line)
        return
    kind = g.kind(path)
    if kind != "dir":
        if not g.linked(path):
            g.refuse(ABSENT, f"{g.files.shown(path)} is not in the build context ({why})", path, line)
        return
    builders = [f for f in ("pyproject.toml", "setup.py", "setup.cfg") if g.is_file(join(path, f))]
    if not {"pyproject.toml", "setup.py"} & set(builders):
        g.refuse(ABSENT, f"{g.files.shown(path)} has neither pyproject.toml nor setup.py ({why})", path, line)
        return
    for file in builders:
        text = g.text(join(path, file))
        found = _OUTSIDE.search(text) if text is not None else None
        if text is not None and found:
            at = text.count("\n", 0, found.start()) + 1
            g.refuse(
                LOCAL,
                f"building {name(path)} may read files outside of it ({found[0]})",
                join(path, file),
                at,
            )
    g.need(path, why, "dir")
