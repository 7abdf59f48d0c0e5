"""What former texts of a Dockerfile gave its variables."""

from __future__ import annotations

from copylast.context.files import BuildContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source


def former_values(context: BuildContext) -> dict[str, list[str]]:
    """By variable, the values that ENV gave it in the commits that changed the Dockerfile last, the newest first.

    The last ENV of a text counts. Git is run for it: only rules that people choose by name may ask.
    """
    found: dict[str, list[str]] = {}
    for text in context.former():
        values: dict[str, str] = {}
        for instruction in parse(Source(text)).instructions:
            for pair in instruction.pairs if instruction.keyword == "ENV" else ():
                if pair.value is not None:
                    values[pair.name.text] = pair.value.text
        for name, value in values.items():
            found.setdefault(name, []).append(value)
    return found
