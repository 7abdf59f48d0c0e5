"""What enters the key of a step, piece by piece, so that the guilty piece can be named.

Source of fact: ``CacheMap`` of BuildKit's ``ops`` (exec, file, source).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from copylast.dockerfile.nodes import Instruction
from copylast.layers.contents import Files, digest_files
from copylast.records import NamedTuple


class Input(NamedTuple):
    """One piece. ``value`` is what is compared, with ``kind``; ``name`` is for people and counts for nothing.

    ``content`` is what counts by content: files of the build context, or the output of another step.
    """

    kind: str
    name: str
    value: str = ""
    content: Files | Output | None = None


class Output(NamedTuple):
    """Files that another stage, or an image, has at its end. Nobody knows them without building.

    ``path`` says which of them, ``source`` the stage or image as people call it.
    """

    step: StepKey
    path: str
    source: str


@lru_cache(10_000)
def _compared(kind: str, value: str) -> tuple[str, str]:
    """What is compared of an input: one object for all steps that have it, as most have most variables."""
    return kind, value


class StepKey:
    """A step and what enters its key.

    ``part`` is empty for an instruction's own step, ``trigger`` for one of ONBUILD, ``from`` for a base image,
    ``image`` for one that is copied from, ``link`` for the merge that follows a COPY --link. ``roots`` are the
    steps whose *keys* enter: the root file system. ``stage`` is where the step runs; a trigger of ONBUILD runs
    in the stage that is built on the one it stands in.
    """

    __slots__ = ("_digest", "compared", "inputs", "instruction", "part", "roots", "stage")

    def __init__(
        self,
        stage: int,
        instruction: Instruction,
        inputs: tuple[Input, ...],
        roots: tuple[StepKey, ...],
        part: str = "",
    ) -> None:
        self.stage = stage
        self.instruction = instruction
        self.inputs = inputs
        self.roots = roots
        self.part = part
        self.compared = (part == "link", *(_compared(one.kind, one.value) for one in inputs))
        """The part of the key for which nothing has to be read."""
        self._digest: str | None = None

    def __repr__(self) -> str:
        return f"<StepKey {self.stage} {self.instruction.keyword} {self.part}>"

    @property
    def index(self) -> int:
        """Index of the instruction in the file."""
        return self.instruction.index

    @property
    def line(self) -> int:
        """The line on which the instruction begins, from 1; 0 if it has no source."""
        return self.instruction.line_number

    @property
    def contents(self) -> tuple[Files | Output, ...]:
        """What enters by content, in order."""
        return tuple(one.content for one in self.inputs if one.content is not None)

    @property
    def digest(self) -> str:
        """The key as one sha256, with every selected file read. Two steps with equal digests share a result."""
        if self._digest is None:
            # A chain of steps may be longer than Python's stack.
            todo: list[StepKey] = [self]
            while todo:
                step = todo[-1]
                needs = [*step.roots, *(c.step for c in step.contents if isinstance(c, Output))]
                missing = [other for other in needs if other._digest is None]
                if missing:
                    todo += missing
                else:
                    step._digest = step._make_digest()
                    todo.pop()
        assert self._digest is not None
        return self._digest

    def _make_digest(self) -> str:
        digest = hashlib.sha256(repr(self.compared).encode("utf-8", "surrogateescape"))
        for root in self.roots:
            digest.update(root.digest.encode())
        for content in self.contents:
            if isinstance(content, Output):
                digest.update(f"{content.step.digest} {content.path}".encode("utf-8", "surrogateescape"))
            else:
                digest.update(digest_files(content).encode())
        return digest.hexdigest()
