from typing import Any as Any
from typing import Literal as Literal
from typing import NoReturn as NoReturn
from typing import Protocol as Protocol
from typing import TypeVar as TypeVar
from typing import cast as cast
from typing import get_args as get_args
