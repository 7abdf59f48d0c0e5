"""XML that any text may stand in: what XML 1.0 cannot hold is shown as U+FFFD."""

from __future__ import annotations

from copylast.regexes import lazy_regex

# What remains of the characters that XML 1.0 allows (its production "Char") is taken out.
_NOT_XML = lazy_regex("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def element(name: str, attributes: dict[str, str | int], content: str = "") -> str:
    """An element; ``content`` is markup already."""
    given = "".join(f' {key}="{_fit(str(value)).translate(_ESCAPES)}"' for key, value in attributes.items())
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def escaped(text: str) -> str:
    """``text`` as the content of an element."""
    return _fit(text).translate(_IN_TEXT)


def document(root: str) -> str:
    """A whole file with this root element."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{root}\n'


def _fit(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
