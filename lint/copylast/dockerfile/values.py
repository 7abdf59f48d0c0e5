"""Values that BuildKit reads with Go's standard library: durations, signals, ports."""

from __future__ import annotations

from copylast.regexes import lazy_regex

_DURATION = lazy_regex(r"[+-]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)\Z")
_PART = lazy_regex(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_NANOSECONDS = {
    **{"ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000},
    **{"s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9},
}
_PORT = lazy_regex(r"\+?[0-9]{1,18}\Z")
_SIGNALS = frozenset(
    (
        "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP "
        "SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
    ).split()
)
_REALTIME = lazy_regex(r"RTMIN\+([1-9]|1[0-5])\Z|RTMAX-([1-9]|1[0-4])\Z")
_NUMBER = lazy_regex(r"[+-]?[0-9]+\Z")


def duration(text: str) -> int | None:
    """Nanoseconds of ``1m30s``; None if it is none (Go: ``time.ParseDuration``)."""
    if not _DURATION.match(text):
        return None
    total = 0
    for whole, fraction, unit in _PART.findall(text):
        scale = _NANOSECONDS[unit]
        # No duration fits into more digits than these.
        total += int(whole[-20:] or "0") * scale
        total += int(fraction[:18] or "0") * scale // 10 ** len(fraction[:18])
        if len(whole.lstrip("0")) > 20 or total >= 2**63:
            return None
    return -total if text[0] == "-" else total


def is_signal(text: str) -> bool:
    """Whether STOPSIGNAL takes it: a number other than 0, or a name with or without SIG."""
    if _NUMBER.match(text):
        return text.strip("+-0") != ""
    name = text.upper().removeprefix("SIG")
    return name in _SIGNALS or _REALTIME.match(name) is not None


def port_problem(text: str) -> str | None:
    """What is wrong with a word of EXPOSE: ``[[ip:]port:]port[-port][/protocol]``."""
    _, _, last = text.rpartition(":")
    ports, _, protocol = last.partition("/")
    if protocol.lower() not in ("", "tcp", "udp", "sctp"):
        return f"the protocol must be tcp, udp or sctp, not {protocol}"
    start, dash, end = ports.partition("-")
    first = _port(start)
    final = _port(end) if dash else first
    if first is None or final is None:
        return f"{ports or 'nothing'} is not a port from 0 to 65535, nor a range of them"
    if final < first:
        return f"the range {ports} runs backwards"
    return None


def _port(text: str) -> int | None:
    if not _PORT.match(text):
        return None
    number = int(text)
    return number if number <= 65535 else None
