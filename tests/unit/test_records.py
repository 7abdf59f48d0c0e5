"""Our NamedTuple is the standard one in all that code can notice."""

from __future__ import annotations

import copy
import inspect
import pickle
import typing

import pytest

from copylast import records


class Ours(records.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    name: str = "hidden"

    @property
    def both(self) -> tuple[int, int]:
        """Line and column."""
        return self.line, self.column


class Theirs(typing.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    name: str = "hidden"

    @property
    def both(self) -> tuple[int, int]:
        """Line and column."""
        return self.line, self.column


Bare = type("Bare", (), {})
KINDS: tuple[typing.Any, ...] = (Ours, Theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_what_code_can_notice(kind: typing.Any) -> None:
    made: typing.Any = kind(3, name="x")
    assert made == (3, 1, "x") and hash(made) == hash((3, 1, "x"))
    assert (made.line, made.column, made.name, made.both) == (3, 1, "x", (3, 1))
    assert kind._fields == kind.__match_args__ == ("line", "column", "name")
    assert kind._field_defaults == {"column": 1, "name": "hidden"}
    assert made._asdict() == {"line": 3, "column": 1, "name": "x"}
    assert made._replace(line=4) == kind(4, 1, "x") and type(made._replace(line=4)) is kind
    assert repr(made) == f"{kind.__name__}(line=3, column=1, name='x')"
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made
    assert type(pickle.loads(pickle.dumps(made))) is type(copy.copy(made)) is kind
    assert str(inspect.signature(kind)).replace("typing.", "").startswith("(line")
    assert kind.__doc__ == "A place." and kind.__bases__ == (tuple,) and kind.__module__ == __name__
    with pytest.raises(AttributeError):
        made.line = 4
    with pytest.raises(AttributeError):
        made.other = 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("arguments", "named"), [((), {}), ((1, 2, "x", 4), {}), ((1,), {"line": 2}), ((1,), {"other": 2})]
)
def test_wrong_arguments_are_refused(kind: typing.Any, arguments: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        kind(*arguments, **named)


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_changes_are_refused(kind: typing.Any) -> None:
    with pytest.raises((TypeError, ValueError), match="unexpected field names: \\['other'\\]|'other'"):
        kind(1)._replace(other=2)
    with pytest.raises(TypeError, match="Expected 3 arguments, got 1"):
        kind._make([1])


def test_a_class_that_cannot_be_one_is_refused() -> None:
    base: typing.Any = records.NamedTuple
    meta: typing.Any = base.__class__
    with pytest.raises(TypeError, match="has no fields"):
        meta("Empty", (base,), {})
    with pytest.raises(TypeError, match="follows one with a default"):
        meta("Order", (base,), {"__annotations__": {"a": "int", "b": "int"}, "a": 1})
    with pytest.raises(TypeError, match="inherits from nothing else"):
        meta("Two", (base, Bare), {"__annotations__": {"a": "int"}})


def test_made_is_the_constructor_with_all_fields_given() -> None:
    made = records.made(Ours, (3, 7, "shown"))
    assert type(made) is Ours
    assert made == Ours(3, 7, "shown")
    assert made.both == (3, 7)
