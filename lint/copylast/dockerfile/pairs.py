"""Names and values: the words of ENV, LABEL and ARG taken apart."""

from __future__ import annotations

from copylast.dockerfile.nodes import Instruction, Pair, Word
from copylast.dockerfile.source import Span
from copylast.records import made


def split_pairs(instruction: Instruction) -> tuple[Pair, ...]:
    """See :attr:`Instruction.pairs`."""
    keyword, words = instruction.keyword, instruction.words
    if keyword not in ("ENV", "LABEL", "ARG"):
        return ()
    if keyword != "ARG" and words and "=" not in words[0].text:
        return (Pair(words[0], words[1]),) if len(words) == 2 else ()
    pairs: list[Pair] = []
    for word in words:
        text, (start, end) = word
        equals = text.find("=")
        if equals >= 0:
            middle = start + equals
            after = middle + 1
            if end - start > len(text) + 1 and len(instruction.segments) > 1:
                # A continuation inside the word: count in the joined line.
                inside = instruction.offset_of(start)
                middle = instruction.locate(inside + equals - 1) + 1 if equals else start
                after = instruction.locate(inside + equals) + 1
                if inside + equals + 1 < len(instruction.rest) and len(text) > equals + 1:
                    after = instruction.locate(inside + equals + 1)
            name = made(Word, (text[:equals], made(Span, (start, middle))))
            value = made(Word, (text[equals + 1 :], made(Span, (after, max(after, end)))))
            pairs.append(made(Pair, (name, value)))
        elif keyword == "ARG":
            pairs.append(Pair(word, None))
    return tuple(pairs)
