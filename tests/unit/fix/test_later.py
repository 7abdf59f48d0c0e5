"""Variables that are set further down: what the proof lets through, and what it does not."""

from __future__ import annotations

import pytest
from tests.unit.fix.test_proof import check

from copylast.rule.diagnostic import Effect

OLD = """\
FROM node:20
WORKDIR /app
ARG COMMIT
ENV RELEASE=$COMMIT
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
LABEL commit=$COMMIT
RUN npm run build
"""
GOOD = """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
ARG COMMIT
ENV RELEASE=$COMMIT
LABEL commit=$COMMIT
RUN npm run build
"""
LATER = Effect(moves=(2, 3), later=("COMMIT", "RELEASE"))


def test_accepts_the_right_fix() -> None:
    assert check(OLD, GOOD, LATER) is None


def moved(text: str, line: str, below: str) -> str:
    assert text.count(f"{line}\n") == text.count(f"{below}\n") == 1
    return text.replace(f"{line}\n", "").replace(f"{below}\n", f"{below}\n{line}\n")


@pytest.mark.parametrize(
    ("old", "new", "effect", "reason"),
    [
        (OLD, GOOD, LATER._replace(later=()), "would see other variables"),
        (OLD, GOOD, LATER._replace(later=("COMMIT",)), "would see other variables"),
        (OLD, moved(GOOD, "ENV RELEASE=$COMMIT", "RUN npm run build"), LATER, "may read any variable"),
        (OLD, moved(GOOD, "ARG COMMIT", "ENV RELEASE=$COMMIT"), LATER, "would s"),
        (OLD, moved(GOOD, "ARG COMMIT", "LABEL commit=$COMMIT"), LATER, "would s"),
        (OLD.replace("npm ci", "npm ci $RELEASE"), GOOD.replace("npm ci", "npm ci $RELEASE"), LATER, "lose RELEASE"),
        (OLD.replace("RELEASE", "NODE_ENV"), GOOD.replace("RELEASE", "NODE_ENV"),
         LATER._replace(later=("COMMIT", "NODE_ENV")), "lose NODE_ENV"),
        (
            OLD.replace("ENV RELEASE=$COMMIT\n", "ENV RELEASE=$COMMIT\nENV RELEASE=1\n"),
            GOOD.replace("WORKDIR /app\n", "WORKDIR /app\nENV RELEASE=1\n"),
            LATER,
            "would see another RELEASE",
        ),
    ],
)  # fmt: skip
def test_refuses(old: str, new: str, effect: Effect, reason: str) -> None:
    said = check(old, new, effect)
    assert said is not None
    assert reason in said


def test_a_word_that_would_not_be_expanded() -> None:
    old = "FROM node:20\nARG COMMIT\nCOPY package.json /$COMMIT/\nRUN npm ci\n"
    new = "FROM node:20\nCOPY package.json /$COMMIT/\nRUN npm ci\nARG COMMIT\n"
    said = check(old, new, Effect(moves=(1,), later=("COMMIT",)))
    assert said is not None


REMOVED = Effect(removes=(1,), later=("MODE",))


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ("apt-get install -y curl", None),
        ("make", "may read any variable"),
        ("echo $MODE", "uses MODE"),
    ],
)
def test_an_argument_that_is_taken_away(run: str, reason: str | None) -> None:
    said = check(f"FROM debian\nARG MODE=1\nRUN {run}\n", f"FROM debian\nRUN {run}\n", REMOVED)
    assert said is None if reason is None else said is not None and reason in said


def test_a_variable_of_the_image_is_not_taken_away() -> None:
    old, new = "FROM debian\nENV MODE=1\nRUN apt-get install -y curl\n", "FROM debian\nRUN apt-get install -y curl\n"
    assert check(old, new, REMOVED) is not None


@pytest.mark.parametrize(("default", "proved"), [("", True), ("=http://example.org", False)])
def test_a_proxy_needs_no_argument_but_its_default_does(default: str, proved: bool) -> None:
    old = f"FROM debian\nARG HTTP_PROXY{default}\nRUN make\n"
    said = check(old, "FROM debian\nRUN make\n", Effect(removes=(1,), later=("HTTP_PROXY",)))
    assert (said is None) == proved
