"""``RUN --mount``: comma-separated keys (BuildKit: ``instructions.parseMount``)."""

from __future__ import annotations

from functools import lru_cache

from copylast.dockerfile.expand import UNKNOWN, ExpansionError, Unknown, expand
from copylast.dockerfile.nodes import Flag, Instruction
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_SHARING = ("shared", "private", "locked")
_SAME = {
    **{"src": "source", "dst": "target", "destination": "target"},
    **{"ro": "readonly", "rw": "readwrite"},
}
_KEYS = (
    *("type", "from", "source", "target", "readonly", "readwrite", "id", "sharing", "required", "size"),
    *("mode", "uid", "gid", "env", "src", "dst", "destination", "ro", "rw"),
)
_BARE = ("readonly", "readwrite", "required")
_BOOLEANS = frozenset("1 t T TRUE true True 0 f F FALSE false False".split())
_PLAIN = lazy_regex(r"""[^$'"\\`]*\Z""")
_SIZE = lazy_regex(r"[0-9]+(?:\.[0-9]+)? ?(?:[kKmMgGtTpP]i?)?[bB]?\Z")
_OCTAL = lazy_regex("[0-7]{1,12}\\Z")
_DECIMAL = lazy_regex("[0-9]{1,12}\\Z")


class MountField(NamedTuple):
    """``key=value``, or ``key`` alone (``value`` is None); ``start`` is an offset in the flag's value."""

    key: str
    value: str | None
    start: int


class MountError(ValueError):
    """A value that is no line of comma-separated values."""


def split_fields(value: str) -> list[tuple[str, int]]:
    """The fields of one line of comma-separated values, and where each begins. Raises MountError."""
    if '"' not in value:
        result: list[tuple[str, int]] = []
        at = 0
        for field in value.split(","):
            result.append((field, at))
            at += len(field) + 1
        return result
    return _quoted_fields(value)


def _quoted_fields(value: str) -> list[tuple[str, int]]:
    result: list[tuple[str, int]] = []
    at, size = 0, len(value)
    while True:
        begin = at
        if value[at : at + 1] != '"':
            end = value.find(",", at)
            end = size if end < 0 else end
            if '"' in value[at:end]:
                raise MountError("a quote inside a value that does not begin with one")
            result.append((value[at:end], begin))
            at = end
        else:
            parts: list[str] = []
            at += 1
            while True:
                end = value.find('"', at)
                if end < 0:
                    raise MountError("a quote without its partner")
                parts.append(value[at:end])
                at = end + 1
                if value[at : at + 1] != '"':
                    break
                parts.append('"')
                at += 1
            if at < size and value[at] != ",":
                raise MountError("something between a quote and the next comma")
            result.append(("".join(parts), begin))
        if at >= size:
            return result
        at += 1


def mount_fields(value: str) -> list[MountField]:
    """The keys of one ``--mount``, in lower case, with their values. Raises MountError."""
    fields: list[MountField] = []
    for field, start in split_fields(value):
        key, equals, text = field.partition("=")
        fields.append(MountField(key.lower(), text if equals else None, start))
    return fields


def mount_sources(run: Instruction) -> list[tuple[str, Flag]]:
    """What the ``from`` keys of the mounts of ``run`` name."""
    sources: list[tuple[str, Flag]] = []
    for flag in run.flags:
        if flag.name == "mount" and flag.value and "from" in flag.value.lower():
            try:
                fields = mount_fields(flag.value)
            except MountError:
                continue
            # A key given twice counts as given last.
            found = [field.value for field in fields if field.key == "from" and field.value is not None]
            if found and found[-1]:
                sources.append((found[-1], flag))
    return sources


@lru_cache(maxsize=256)
def mount_problem(value: str, escape: str) -> str | None:
    """What is wrong with the value of a ``--mount``, as far as it does not hang on variables."""
    from copylast.dockerfile.spelling import hint

    try:
        fields = mount_fields(value)
    except MountError as error:
        return f"--mount={value}: {error}"
    kind = "bind"
    given: dict[str, str] = {}
    variables = False
    for field in fields:
        key = _SAME.get(field.key, field.key)
        if key not in _KEYS:
            return f"--mount has no key {field.key or 'without a name'}{hint(field.key, _KEYS)}"
        text = field.value
        if text is None:
            if key not in _BARE:
                return f"--mount: {field.key} needs a value, {field.key}=..."
            text = "true"
        if key == "from" and 0 <= text.find("$") < len(text) - 1:
            return f"--mount: from={text} is not expanded; name a stage: FROM {text} AS name"
        if key == "type" and not _PLAIN.match(text):
            return None
        if not _PLAIN.match(text):
            variables = True
            try:
                expand(text, _anything, escape)
            except ExpansionError as error:
                return f"{text} cannot be expanded: {error.reason}"
        elif key == "type":
            kind = text.lower()
            if kind not in _TYPES:
                return f"--mount: there is no type {text}{hint(text, _TYPES)}"
        else:
            message = _value_problem(key, text, kind)
            if message:
                return f"--mount: {message}"
        given[key] = text
    message = _together(kind, given) if not variables else None
    return f"--mount: {message}" if message else None


def _value_problem(key: str, text: str, kind: str) -> str | None:
    from copylast.dockerfile.spelling import hint

    if key in ("readonly", "readwrite", "required") and text not in _BOOLEANS:
        return f"{key} is true or false, not {text}"
    if key == "required" and kind not in ("secret", "ssh"):
        return f"required is for the types secret and ssh, not {kind}"
    if key == "size":
        if kind != "tmpfs":
            return f"size is for the type tmpfs, not {kind}"
        if not _SIZE.match(text):
            return f"{text} is not a size such as 64m"
    if key == "sharing" and text.lower() not in _SHARING:
        return f"sharing is shared, private or locked, not {text}{hint(text, _SHARING)}"
    if key in ("uid", "gid", "mode"):
        pattern, base = (_OCTAL, 8) if key == "mode" else (_DECIMAL, 10)
        if not pattern.match(text) or int(text, base) >= 2**32:
            return f"{text} is no {key}"
    return None


def _together(kind: str, given: dict[str, str]) -> str | None:
    if kind in ("bind", "tmpfs"):
        for key in ("mode", "uid", "gid"):
            if key in given:
                return f"{key} is not for the type {kind}"
    if given.get("sharing") and kind != "cache":
        return f"sharing is for the type cache, not {kind}"
    if kind == "secret":
        if given.get("from"):
            return "a secret has no from"
        if not (given.get("source") or given.get("target") or given.get("id")):
            return "a secret needs an id, a source or a target"
        if given.get("source") and given.get("id"):
            return "a secret has an id or a source, not both"
    if kind == "ssh" and given.get("source"):
        return "ssh has no source"
    target = given.get("target", "")
    if kind in ("bind", "cache", "tmpfs") and target and not target.strip("/"):
        return "the target cannot be /"
    return None


def _anything(name: str) -> Unknown:
    return UNKNOWN
