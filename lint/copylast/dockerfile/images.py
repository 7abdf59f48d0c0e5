"""Names of images and platforms, as Docker's libraries read them.

Source of fact: ``distribution/reference`` (``ParseNormalizedNamed``), ``opencontainers/go-digest`` and containerd's
``platforms.Parse``, with which BuildKit reads FROM.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from copylast.regexes import lazy_regex

_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_ORDINARY = _ALNUM | frozenset(".-_/:")
_HEX = frozenset("abcdef0123456789")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_IMAGE = lazy_regex(
    rf"(?:(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::\w[\w.-]{0,127})?(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?\Z",
    re.ASCII,
)
_DIGEST = lazy_regex(r"sha256:[a-f0-9]{64}\Z|sha384:[a-f0-9]{96}\Z|sha512:[a-f0-9]{128}\Z")
_PLATFORM_OS = lazy_regex(r"[A-Za-z0-9_-]+(?:\([A-Za-z0-9_.-]*\))?\Z")
_PLATFORM_PART = lazy_regex(r"[A-Za-z0-9_-]+\Z")


@lru_cache(maxsize=512)  # a repository builds on few images
def image_problem(text: str) -> str | None:
    """What is wrong with the name of an image; None if it is one."""
    if len(text) == 64 and _HEX.issuperset(text):
        return f"{text} is the id of an image, which FROM does not take"
    # Most names, without the price of the pattern.
    if (
        _ORDINARY.issuperset(text)
        and text[:1] in _ALNUM
        and text[-1:] in _ALNUM
        and all(one in _ALNUM or two in _ALNUM for one, two in pairwise(text))
        and text.count(":") < 2
        and "/" not in text.partition(":")[2]
    ):
        return None
    found = _IMAGE.match(text)
    if found is not None:
        digest = found["digest"]
        return digest_problem(digest) if digest is not None else None
    path = text.partition("@")[0]
    host, slash, rest = path.partition("/")
    if slash and (host == "localhost" or not {".", ":"}.isdisjoint(host) or host != host.lower()):
        path = rest
    path = path.partition(":")[0]
    if path != path.lower():
        return f"{text} is not the name of an image: it is written in lower case, {text.replace(path, path.lower(), 1)}"
    return f"{text} is not the name of an image"


def digest_problem(text: str) -> str | None:
    """What is wrong with a digest; None if it is one."""
    if _DIGEST.match(text):
        return None
    return f"{text} is not a digest: sha256: and 64 hexadecimal digits in lower case"


def platform_problem(text: str) -> str | None:
    """What is wrong with a platform, as far as its syntax goes; None if it may be one."""
    system, *others = text.split("/")
    if len(others) < 3 and _PLATFORM_OS.match(system) and all(_PLATFORM_PART.match(part) for part in others):
        return None
    return f"{text} is not a platform such as linux/amd64 or linux/arm/v7"
