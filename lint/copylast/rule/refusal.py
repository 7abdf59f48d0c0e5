"""Why a fix is not built."""

from __future__ import annotations


class Refused(Exception):
    """A gate that holds a fix back; ``str()`` is the sentence that people read.

    ``gate`` is its number in docs/how-fixes-are-proved, for those who look it up.
    """

    def __init__(self, gate: int, sentence: str) -> None:
        super().__init__(sentence)
        self.gate = gate
