"""A TOML table with checked keys: every error names the file and the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from re import Pattern

from copylast.regexes import lazy_regex
from copylast.typed import TypeVar, cast

T = TypeVar("T", bound=str)


class DescriptorError(Exception):
    """A descriptor that cannot be used; the message begins with the file and the key."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file = file
        self.key = key


class Table:
    """Typed access to one table; :meth:`done` complains about keys that nobody asked for.

    ``known``: the table was read before and found right, so that its expressions are compiled late.
    """

    __slots__ = ("_data", "_seen", "file", "known", "where")

    def __init__(self, data: Mapping[str, object], file: str, where: str = "", known: bool = False) -> None:
        self._data = data
        self._seen: list[str] = []
        self.file = file
        self.where = where
        self.known = known

    def path(self, key: str) -> str:
        """How people call ``key`` of this table."""
        return f"{self.where}.{key}" if self.where else key

    def error(self, key: str, problem: str) -> DescriptorError:
        """An error about ``key``."""
        return DescriptorError(self.file, self.path(key), problem)

    def has(self, key: str) -> bool:
        """Is it set?"""
        return key in self._data

    def _get(self, key: str) -> object:
        self._seen.append(key)
        return self._data.get(key)

    def optional_text(self, key: str) -> str | None:
        """A string, or None where the key is absent."""
        value = self._get(key)
        if value is None or isinstance(value, str):
            return value
        raise self.error(key, "must be a string")

    def text(self, key: str) -> str:
        """A string that must be there and not empty."""
        value = self.optional_text(key)
        if not value:
            raise self.error(key, "is missing or empty")
        return value

    def choice(self, key: str, allowed: tuple[T, ...], default: T | None = None) -> T:
        """One of ``allowed``."""
        value = self.optional_text(key)
        if value is None and default is not None:
            return default
        for option in allowed:
            if option == value:
                return option
        raise self.error(
            key, "is missing" if value is None else f"{value!r} is not {_one_of(value, allowed)}"
        )

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where the key is absent."""
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.error(key, "must be a list of strings")
        out: list[str] = []
        for item in cast("list[object]", value):
            if not isinstance(item, str):
                raise self.error(key, "must be a list of strings")
            out.append(item)
        return tuple(out)

    def phrases(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of strings, each taken apart at its blanks. Raises :class:`DescriptorError`."""
        return tuple(tuple(text.split()) for text in self.texts(key))

    def text_lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of strings."""
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.error(key, "must be a list of lists of strings")
        rows = cast("list[object]", value)
        return tuple(
            self.inner(f"{key}[{i}]", {"row": row}).texts("row")
            for i, row in enumerate(rows)
        )

    def flag(self, key: str) -> bool:
        """A boolean; False where the key is absent."""
        value = self._get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.error(key, "must be true or false")

    def number(self, key: str) -> int | None:
        """A whole number, or None where the key is absent."""
        value = self._get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise self.error(key, "must be a whole number")

    def pattern(self, key: str) -> Pattern[str] | None:
        """A regular expression, or None where the key is absent."""
        value = self.optional_text(key)
        return None if value is None else self._compile(key, value)

    def patterns(self, key: str) -> tuple[Pattern[str], ...]:
        """A list of regular expressions."""
        return tuple(self._compile(key, text) for text in self.texts(key))

    def _compile(self, key: str, text: str) -> Pattern[str]:
        if self.known:
            return lazy_regex(text)
        try:
            return re.compile(text)
        except re.error as e:
            raise self.error(key, f"{text!r} is not a regular expression: {e}") from None

    def inner(self, key: str, data: Mapping[str, object]) -> Table:
        """A table inside, called ``key``."""
        return Table(data, self.file, self.path(key), self.known)

    def table(self, key: str) -> Table | None:
        """A table inside, or None where the key is absent."""
        value = self._get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.error(key, "must be a table")
        return self.inner(key, cast("dict[str, object]", value))

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables; empty where the key is absent."""
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.error(key, "must be a list of tables")
        out: list[Table] = []
        for i, item in enumerate(cast("list[object]", value)):
            if not isinstance(item, dict):
                raise self.error(f"{key}[{i}]", "must be a table")
            out.append(self.inner(f"{key}[{i}]", cast("dict[str, object]", item)))
        return tuple(out)

    def items(self) -> list[tuple[str, object]]:
        """All keys and values, for tables whose keys are free."""
        self._seen.extend(self._data)
        return list(self._data.items())

    def done(self) -> None:
        """Raises :class:`DescriptorError` for the first key that was never read."""
        for key in self._data:
            if key not in self._seen:
                raise self.error(key, f"unknown key; not {_one_of(key, tuple(sorted(set(self._seen))))}")


def _one_of(word: str | None, known: tuple[str, ...]) -> str:
    """The known words, and the one that was probably meant."""
    import difflib

    near = difflib.get_close_matches(word or "", known, 1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return f"one of {', '.join(known)}{hint}"
