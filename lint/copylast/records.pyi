from typing import NamedTuple as NamedTuple
from typing import TypeVar

_T = TypeVar("_T")

def made(cls: type[_T], fields: tuple[object, ...]) -> _T: ...
