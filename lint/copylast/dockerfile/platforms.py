"""Names of platforms as docker takes them, brought into the one form that a build sees."""

from __future__ import annotations

_NAMES = {
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "i386": ("386", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
_VARIANTS = {
    ("amd64", "v1"): "",
    ("arm64", "v8"): "",
    ("arm64", "8"): "",
    ("arm", ""): "v7",
    **{("arm", number): f"v{number}" for number in "5678"},
}
_ARCHITECTURES = frozenset(
    (*"386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm".split(), *_NAMES)
)


def normal_platform(text: str) -> str | None:
    """``os/arch[/variant]``, or None for what names no single platform (containerd: ``platforms.Parse``)."""
    parts = text.lower().split("/")
    if len(parts) == 1:
        # An architecture alone is one of Linux, since that is what builds run on.
        parts = ["linux", *parts]
        if parts[1] not in _ARCHITECTURES:
            return None
    if len(parts) > 3 or not all(part.replace("_", "").replace("-", "").replace(".", "").isalnum() for part in parts):
        return None
    os, arch, *rest = parts
    arch, variant = _NAMES.get(arch, (arch, ""))
    variant = rest[0] if rest else variant
    variant = _VARIANTS.get((arch, variant), variant)
    return "/".join((os, arch, variant)) if variant else f"{os}/{arch}"
