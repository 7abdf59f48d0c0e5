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
