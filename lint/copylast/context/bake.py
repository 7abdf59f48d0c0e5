"""Builds that bake files declare, in JSON or HCL.

HCL needs the library python-hcl2, an extra that is imported here only, when an HCL file that matters is
read. What needs evaluating beyond names and ``${name}`` (functions, conditions) is unknown, and a build
whose paths are unknown is left out. Source of fact: the bake file reference of buildx.
"""

from __future__ import annotations

import importlib
import itertools
import os
import re
from collections.abc import Iterator, Mapping

from copylast.context.changing import changing
from copylast.context.target import BuildTarget, Passed, is_remote, place, read
from copylast.context.tree import MissingExtra, Tree, TreeError, from_json
from copylast.regexes import lazy_regex
from copylast.typed import cast

_DEFAULT = lazy_regex(r"docker-bake\.(?:hcl|json)\Z")
_NAME = lazy_regex(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*\Z")
_PART = lazy_regex(r"\$\$\{|\$\{([^{}]*)\}")
_LIMIT = 200
_DEPTH = 20

Values = Mapping[str, Tree]


def bake_builds(path: str, top: str) -> list[BuildTarget]:
    """The builds of the bake file at ``path`` (with its override if it has a default name).

    Paths in a bake file are from where bake is run: ``top`` is tried first, then the file's folder.
    Raises :class:`~copylast.context.tree.TreeError`.
    """
    tree = _load(path)
    stem, ending = os.path.splitext(path)
    if _DEFAULT.match(os.path.basename(path)):
        override = f"{stem}.override{ending}"
        if os.path.isfile(override):
            tree = _over(tree, _load(override))
    variables: dict[str, Tree] = {}
    for name, variable in tree.get("variable").fields.items():
        variables[name] = variable.get("default")
    targets = tree.get("target").fields
    out: list[BuildTarget] = []
    for name in targets:
        # By convention these are only there to be inherited from.
        if not name.startswith("_"):
            for values, label in _matrix(name, targets[name], variables):
                build = _build(label, _inherited(targets, name, values, 0), values, path, top)
                if build is not None:
                    out.append(build)
        if len(out) > _LIMIT:
            break
    return out


def _load(path: str) -> Tree:
    text = read(path)
    if text is None:
        raise TreeError("cannot be read")
    return from_json(text) if path.lower().endswith(".json") else _from_hcl(text)


def _over(base: Tree, top: Tree) -> Tree:
    """Maps merged, everything else replaced."""
    if not (base.fields and top.fields):
        return top if top else base
    merged = Tree(top.line)
    merged.fields = dict(base.fields)
    for name, value in top.fields.items():
        merged.fields[name] = _over(merged.fields[name], value) if name in merged.fields else value
    return merged


def _inherited(targets: Values, name: str, values: Values, depth: int) -> Tree:
    own = targets.get(name, Tree(1))
    merged = Tree(own.line)
    for parent in own.get("inherits").strings() if depth < _DEPTH else ():
        merged = _over(merged, _inherited(targets, evaluate(parent, values) or parent, values, depth + 1))
    merged = _over(merged, own)
    merged.line = own.line
    return merged


def _matrix(name: str, target: Tree, variables: Values) -> Iterator[tuple[Values, str]]:
    matrix = target.get("matrix").fields
    if not matrix:
        yield variables, name
        return
    choices = [[(key, item) for item in value.items] for key, value in matrix.items()]
    for chosen in itertools.islice(itertools.product(*choices), _LIMIT):
        values = {**variables, **dict(chosen)}
        yield values, evaluate(target.get("name").text, values) or name


def _build(name: str, target: Tree, values: Values, path: str, top: str) -> BuildTarget | None:
    def text(*keys: str) -> str | None:
        return evaluate(target.get(*keys).text, values)

    unknown = any(target.get(key).text is not None and text(key) is None for key in ("context", "dockerfile"))
    inline = text("dockerfile-inline")
    if unknown:
        return None
    context = (text("context") or ".").removeprefix("cwd://") or "."
    dockerfile = text("dockerfile") or "Dockerfile"
    remote = is_remote(context)
    base = top
    if not remote:
        bases = (top, os.path.dirname(path))
        exists = (one for one in bases if os.path.isfile(place(place(one, context), dockerfile)))
        base = next(exists, top)
        context = place(base, context)
    named = {key: evaluate(value.text, values) for key, value in target.get("contexts").fields.items()}
    return BuildTarget(
        "" if inline is not None else dockerfile if remote else place(context, dockerfile),
        context,
        "remote" if remote else "folder",
        f"{os.path.basename(path)} target {name}",
        path,
        target.line,
        text("target"),
        {key: evaluate(value.text, values) for key, value in target.get("args").fields.items()},
        {key: one if ":" in one else place(base, one) for key, one in named.items() if one},
        tuple(filter(None, (evaluate(one, values) for one in target.get("platforms").strings()))),
        inline,
        tuple(
            Passed(key, value.text, changing(value.text, lambda name: _defaults(values, name)))
            for key, value in target.get("args").fields.items()
            if value.text is not None
        ),
        tuple(filter(None, (_cache(one, values) for one in target.get("cache-to").items))),
    )


def _cache(tree: Tree, values: Values) -> str | None:
    """An entry of ``cache-to`` as for ``--cache-to``: it is written so, or as a table. None if it is not known."""
    if tree.text is not None:
        return evaluate(tree.text, values)
    parts = [(key, evaluate(value.text, values)) for key, value in tree.fields.items()]
    return None if any(value is None for _, value in parts) else ",".join(f"{key}={value}" for key, value in parts)


def _defaults(values: Values, name: str) -> Iterator[str]:
    default = values[name].text if name in values else None
    if default is not None:
        yield default


def evaluate(text: str | None, values: Values, depth: int = 0) -> str | None:
    """``text`` with its ``${name}`` replaced; None if something else stands in one."""
    if text is None or "${" not in text:
        return text
    out: list[str] = []
    at = 0
    for part in _PART.finditer(text):
        out.append(text[at : part.start()])
        at = part.end()
        if part[1] is None:
            out.append("${")
            continue
        name = part[1].strip()
        head, *fields = name.split(".")
        found = values[head].get(*fields).text if _NAME.match(name) and head in values else None
        value = evaluate(found, values, depth + 1) if depth < _DEPTH else None
        if value is None or len(value) > 10_000:
            return None
        out.append(value)
    rest = text[at:]
    return None if "${" in rest else "".join((*out, rest))


def _from_hcl(text: str) -> Tree:
    try:
        hcl2 = importlib.import_module("hcl2")
    except ImportError:
        raise MissingExtra("python-hcl2 is not installed") from None
    try:
        value = cast("dict[str, object]", hcl2.loads(text))
    except Exception as error:
        # The library raises whatever its parser generator raises.
        raise TreeError(f"not HCL: {str(error).splitlines()[0] if str(error) else error!r}") from None
    return _of_hcl(value, text)


def _of_hcl(value: Mapping[str, object], text: str) -> Tree:
    tree = Tree(1)
    blocks: list[tuple[str, str, object]] = []
    for kind in ("variable", "group", "target"):
        for block in cast("list[dict[str, object]]", value.get(kind, [])):
            blocks += [(kind, name, body) for name, body in block.items() if name != "__is_block__"]
    # Newer releases keep the quotes of strings, so that a bare word is a name; older ones drop them.
    quoted = any(name.startswith('"') for _, name, _ in blocks)
    for kind, name, body in blocks:
        bare = name.strip('"')
        found = re.search(rf'^\s*{kind}\s+"{re.escape(bare)}"', text, re.M)
        line = text.count("\n", 0, found.end()) + 1 if found else 1
        tree.fields.setdefault(kind, Tree(1)).fields[bare] = _hcl_value(body, quoted, line)
    return tree


def _hcl_value(value: object, quoted: bool, line: int) -> Tree:
    tree = Tree(line)
    if isinstance(value, dict):
        for name, below in cast("dict[str, object]", value).items():
            if name != "__is_block__":
                tree.fields[name.strip('"')] = _hcl_value(below, quoted, line)
    elif isinstance(value, list):
        tree.items = [_hcl_value(one, quoted, line) for one in cast("list[object]", value)]
    elif isinstance(value, bool):
        tree.text = "true" if value else "false"
    elif isinstance(value, str):
        tree.text = _hcl_text(value) if quoted else value
    elif value is not None:
        tree.text = str(value)
    return tree


def _hcl_text(value: str) -> str:
    if len(value) < 2 or value[0] != '"':
        return "${" + value + "}" if _NAME.match(value) else value
    inner = value[1:-1]
    heredoc = re.match(r"<<-?\s*(\w+)\n(.*?)\n?\s*\1\Z", inner, re.S)
    if heredoc:
        return heredoc[2] + "\n"
    return re.sub(r"\\(.)", lambda one: {"n": "\n", "t": "\t"}.get(one[1], one[1]), inner)
