"""Which flags an instruction takes and what they may say (BuildKit: ``instructions.BFlags``)."""

from __future__ import annotations

from collections.abc import Callable

from copylast.dockerfile.expand import UNKNOWN, ExpansionError, Unknown, expand
from copylast.dockerfile.mounts import MountError, mount_problem, split_fields
from copylast.dockerfile.nodes import Flag, Instruction, Problem
from copylast.regexes import lazy_regex

_BOOL, _STRING, _STRINGS = "bool", "string", "strings"
_HEALTH: dict[str, str] = dict.fromkeys(("interval", "timeout", "start-period", "start-interval", "retries"), _STRING)
_PUT = {"chown": _STRING, "chmod": _STRING, "link": _BOOL, "exclude": _STRINGS}
# ARG and STOPSIGNAL are missing on purpose: BuildKit cuts their flags off and forgets to look at them.
FLAGS: dict[str, dict[str, str]] = {
    "ADD": _PUT | {"keep-git-dir": _BOOL, "checksum": _STRING, "unpack": _BOOL},
    "CMD": {},
    "COPY": _PUT | {"from": _STRING, "parents": _BOOL},
    "ENTRYPOINT": {},
    "ENV": {},
    "EXPOSE": {},
    "FROM": {"platform": _STRING},
    "HEALTHCHECK": _HEALTH,
    "LABEL": {},
    "MAINTAINER": {},
    "ONBUILD": {},
    "RUN": {"mount": _STRINGS, "device": _STRINGS, "network": _STRING, "security": _STRING},
    "SHELL": {},
    "USER": {},
    "VOLUME": {},
    "WORKDIR": {},
}
_OCTAL = lazy_regex(r"[0-7]{1,4}\Z|0+[0-7]{0,4}\Z")
_PLAIN = lazy_regex(r"""[^$'"\\`]*\Z""")
_DIGITS = lazy_regex(r"[0-9]+\Z")


def check_flags(instruction: Instruction, escape: str, problems: list[Problem]) -> None:
    """Add what is wrong with the flags of ``instruction`` to ``problems``."""
    keyword = instruction.keyword
    known = FLAGS[keyword]
    if keyword == "HEALTHCHECK" and instruction.words and instruction.words[0].text.upper() == "NONE":
        return
    seen: set[str] = set()
    for flag in instruction.flags:
        kind = known.get(flag.name)
        if kind is None:
            problems.append(Problem(_unknown(keyword, flag), flag.span))
            continue
        if flag.name in seen and kind != _STRINGS:
            problems.append(Problem(f"--{flag.name} is given twice", flag.span))
        seen.add(flag.name)
        message = _value(flag, kind)
        if message is None and flag.value:
            checker = _VALUES.get(flag.name)
            message = checker(flag.value, escape) if checker else None
        if message is not None:
            problems.append(Problem(message, flag.span))


def _unknown(keyword: str, flag: Flag) -> str:
    from copylast.dockerfile.spelling import hint

    owners = [name for name, known in FLAGS.items() if flag.name in known]
    if owners:
        verb = "has" if len(owners) == 1 else "have"
        return f"{keyword} has no --{flag.name}; {' and '.join(owners)} {verb}"
    return f"{keyword} has no --{flag.name}{hint(flag.name, FLAGS[keyword])}"


def _value(flag: Flag, kind: str) -> str | None:
    if kind == _BOOL:
        if flag.value is not None and flag.value.lower() not in ("true", "false"):
            return f"--{flag.name} is true or false, not {flag.value or 'empty'}"
    elif flag.value is None:
        return f"--{flag.name} needs a value: --{flag.name}=..."
    return None


def _copy_from(value: str, escape: str) -> str | None:
    try:
        plain = expand(value, lambda name: None, escape).text
    except ExpansionError:
        plain = ""
    if plain != value:
        return f"--from={value}: variables are not expanded here; name a stage: FROM {value} AS name"
    return None


def _expanded(value: str, escape: str) -> str | None:
    try:
        expand(value, _anything, escape)
    except ExpansionError as error:
        return f"{value} cannot be expanded: {error.reason}"
    return None


def _anything(name: str) -> Unknown:
    return UNKNOWN


def _network(value: str, escape: str) -> str | None:
    from copylast.dockerfile.spelling import hint

    modes = ("default", "none", "host")
    return None if value in modes else f"--network is default, none or host, not {value}{hint(value, modes)}"


def _security(value: str, escape: str) -> str | None:
    from copylast.dockerfile.spelling import hint

    modes = ("insecure", "sandbox")
    return None if value in modes else f"--security is insecure or sandbox, not {value}{hint(value, modes)}"


def _interval(value: str, escape: str) -> str | None:
    from copylast.dockerfile.values import duration  # few files need it

    length = duration(value)
    if length is None:
        return f"{value} is not a duration such as 30s or 1m30s"
    if length != 0 and length < 1_000_000:
        return f"{value} is shorter than a millisecond"
    return None


def _retries(value: str, escape: str) -> str | None:
    if _DIGITS.match(value.removeprefix("+")) and len(value) < 15 and int(value) < 2**31:
        return None
    # Minus nought is a number too, and not negative.
    return (
        None
        if value.startswith("-") and value.strip("-0") == "" and len(value) > 1
        else (f"--retries is a number, 0 or more, not {value}")
    )


def _chmod(value: str, escape: str) -> str | None:
    if _DIGITS.match(value) and not _OCTAL.match(value):
        return f"{value} is not an octal mode between 0 and 07777"
    return _expanded(value, escape)


def _platform(value: str, escape: str) -> str | None:
    from copylast.dockerfile.images import platform_problem  # few files need it

    return platform_problem(value) if _PLAIN.match(value) else _expanded(value, escape)


def _device(value: str, escape: str) -> str | None:
    try:
        fields = split_fields(value)
    except MountError as error:
        return f"--device={value}: {error}"
    name = ""
    for field, _ in fields:
        key, equals, text = field.partition("=")
        key = key.lower()
        if key == "required":
            if equals and text not in _BOOLEANS:
                return f"required is true or false, not {text}"
        elif key == "name" and equals:
            if name:
                return f"the device already has a name, {name}"
            name = text
        elif not name:
            name = field
        else:
            return f"{field} is no key of --device; it takes name and required"
    return None


_BOOLEANS = frozenset("1 t T TRUE true True 0 f F FALSE false False".split())
_VALUES: dict[str, Callable[[str, str], str | None]] = {
    "checksum": _expanded,
    "chmod": _chmod,
    "chown": _expanded,
    "device": _device,
    "from": _copy_from,
    "interval": _interval,
    "mount": mount_problem,
    "network": _network,
    "platform": _platform,
    "retries": _retries,
    "security": _security,
    "start-interval": _interval,
    "start-period": _interval,
    "timeout": _interval,
}
