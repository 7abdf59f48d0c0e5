"""``RUN --mount``: comma-separated keys (BuildKit: ``instructions.parseMount``)."""

from __future__ import annotations

from typing import NamedTuple

from copylast.dockerfile.nodes import Instruction


class MountField(NamedTuple):
    """``key=value``, or ``key`` alone (``value`` is None), as written; ``start`` counts in the flag's value."""

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


def mount_names(run: Instruction) -> list[str]:
    """What the ``from`` keys of all mounts of ``run`` name."""
    names: list[str] = []
    for flag in run.flags:
        if flag.name == "mount" and flag.value and "from" in flag.value.lower():
            try:
                fields = mount_fields(flag.value)
            except MountError:
                continue
            # A key given twice counts as given last.
            found = [field.value for field in fields if field.key == "from" and field.value is not None]
            if found and found[-1]:
                names.append(found[-1])
    return names
