"""What people write behind --platform."""

from __future__ import annotations

import pytest

from copylast.dockerfile.platforms import normal_platform


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("linux/amd64", "linux/amd64"),
        ("arm64", "linux/arm64"),
        ("Linux/AArch64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("x86_64", "linux/amd64"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/6", "linux/arm/v6"),
        ("armel", "linux/arm/v6"),
        ("windows/amd64", "windows/amd64"),
        ("linux/amd64/v3", "linux/amd64/v3"),
    ],
)
def test_one_form(written: str, meant: str) -> None:
    assert normal_platform(written) == meant


@pytest.mark.parametrize("written", ["", "linux", "linux/", "/amd64", "a/b,c/d", "a/b/c/d", "linux/am d"])
def test_no_platform(written: str) -> None:
    assert normal_platform(written) is None
