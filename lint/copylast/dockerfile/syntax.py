"""Whether an instruction's flags and arguments are what BuildKit takes (its ``instructions`` package)."""

from __future__ import annotations

from typing import Final

from copylast.dockerfile.nodes import Instruction, Problem

_NAMES = (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL "
    "STOPSIGNAL USER VOLUME WORKDIR"
).split()
# Both usual spellings; any other case goes through str.lower().
KEYWORDS: Final[dict[str, str]] = {name: name for name in _NAMES} | {name.lower(): name for name in _NAMES}


def check(instruction: Instruction, problems: list[Problem]) -> None:
    """Add what is wrong with ``instruction`` to ``problems``."""
    if instruction.keyword not in KEYWORDS:
        problems.append(Problem(f"unknown instruction {instruction.keyword}", instruction.keyword_span))
