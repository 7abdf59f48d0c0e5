"""What the modifier of a ``${name...}`` makes of a value.

Imported when the first one is met, and patterns when the first of those is: few files have any.
"""

from __future__ import annotations

from copylast.dockerfile.lexer import ExpansionError


def modified(name: str, value: str | None, shown: str, argument: str) -> str:
    """``value`` after ``${name`` + ``shown`` + ``argument}``. Raises :class:`ExpansionError`."""
    modifier = shown[-1:]
    missing = value is None or (not value and len(shown) == 2)
    if modifier == "-":
        return argument if missing else value or ""
    if modifier == "+":
        return "" if missing else argument
    if modifier == "?":
        if missing:
            state = "unset" if value is None else "empty"
            raise ExpansionError(f"{name}: {argument or f'is not allowed to be {state}'}")
        return value or ""
    if modifier not in ("#", "%"):
        raise ExpansionError(f"unsupported modifier ({shown}) in substitution")
    from copylast.dockerfile.pattern import PatternError, remove_prefix, remove_suffix

    longest = argument[:1] == modifier
    try:
        remove = remove_prefix if modifier == "#" else remove_suffix
        return remove(value or "", argument[longest:], longest)
    except PatternError as error:
        raise ExpansionError(str(error)) from None


def replaced(value: str, pattern: str, new: str, everywhere: bool) -> str:
    """``value`` after ``/pattern/new`` or ``//pattern/new``. Raises :class:`ExpansionError`."""
    from copylast.dockerfile.pattern import PatternError, replace

    try:
        return replace(value, pattern, new, everywhere)
    except PatternError as error:
        raise ExpansionError(str(error)) from None
