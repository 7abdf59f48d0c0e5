"""The proof does not trust the rule: fixes that are wrong in one point each, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext, OverlayContext
from copylast.dockerfile.source import Source
from copylast.fix.proof import prove
from copylast.rule.diagnostic import Effect

LOCK = '{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a"}}}'
FILES = {
    "package.json": '{"name": "a"}',
    "package-lock.json": LOCK,
    "requirements.txt": "flask\n",
    "settings.json": "{}",
    "prod/settings.json": "{1}",
    "src/a.js": "",
    ".dockerignore": "node_modules\n",
}
HEAD = "FROM node:20\nWORKDIR /app\n"


def check(
    old: str, new: str, effect: Effect, files: Mapping[str, str] = FILES, ignore: str | None = None
) -> str | None:
    """What the proof says of ``new``; ``ignore`` is the ignore file after the fix."""
    context = MemoryContext(files)
    here = OverlayContext(context, {".dockerignore": ignore}) if ignore is not None else context
    before, _ = lint(Source(old), context)
    after, _ = lint(Source(new), here)
    return prove(before, after, effect)


OLD = HEAD + "# all\nCOPY . .\n# deps\nRUN npm ci\nRUN npm run build\n"
EARLY = "COPY package-lock.json package.json ./"
GOOD = HEAD + EARLY + "\n# deps\nRUN npm ci\n# all\nCOPY . .\nRUN npm run build\n"
MOVE = Effect(moves=(2,), adds=(EARLY,))
"""The COPY is instruction 2 (after FROM and WORKDIR)."""


def test_accepts_the_right_fix() -> None:
    assert check(OLD, GOOD, MOVE) is None


WRONG = {
    "a COPY is dropped": (GOOD.replace("# all\nCOPY . .\n", "# all\n"), MOVE, "not be as declared"),
    "a manifest is not copied": (GOOD.replace("package-lock.json ", ""), MOVE, "not be as declared"),
    "a manifest is not copied, and declared so": (
        GOOD.replace("package-lock.json ", ""),
        MOVE._replace(adds=("COPY package.json ./",)),
        "no longer see all files",
    ),
    "a flag changes": (GOOD.replace("COPY . .", "COPY --link . ."), MOVE, "not be as declared"),
    "the early COPY has another owner": (
        GOOD.replace(EARLY, EARLY.replace("COPY", "COPY --chown=node")),
        MOVE._replace(adds=(EARLY.replace("COPY", "COPY --chown=node"),)),
        "another owner",
    ),
    "the early COPY has another mode": (
        GOOD.replace(EARLY, EARLY.replace("COPY", "COPY --chmod=600")),
        MOVE._replace(adds=(EARLY.replace("COPY", "COPY --chmod=600"),)),
        "another owner or mode",
    ),
    "the source sinks below its build": (
        HEAD + EARLY + "\n# deps\nRUN npm ci\nRUN npm run build\n# all\nCOPY . .\n",
        MOVE,
        "no longer see all files",
    ),
    "two RUNs change places": (
        HEAD + "# all\nCOPY . .\nRUN npm run build\n# deps\nRUN npm ci\n",
        Effect(moves=(3,)),
        "two RUNs",
    ),
    "order changes without a word": (
        HEAD + "# all\nCOPY . .\nRUN npm run build\n# deps\nRUN npm ci\n",
        Effect(),
        "keep their order",
    ),
    "a comment is lost": (GOOD.replace("# all\n", ""), MOVE, "lost or doubled"),
    "a comment is doubled": (GOOD.replace("# all\n", "# all\n# all\n"), MOVE, "lost or doubled"),
    "a comment goes to a neighbour": (
        GOOD.replace("# deps\n", "").replace("# all\n", "# all\n# deps\n"),
        MOVE,
        "leave its instruction",
    ),
    "an early file stays that was not there": (
        HEAD.replace("/app", "/app") + "COPY package.json /other/\n" + GOOD[len(HEAD) :],
        MOVE._replace(adds=(EARLY, "COPY package.json /other/")),
        "was not there",
    ),
    "a RUN is lost": (GOOD.replace("# deps\nRUN npm ci\n", "# deps\n"), MOVE._replace(removes=(3,)), "lost"),
    "a RUN is new": (
        GOOD.replace("RUN npm run", "RUN rm -rf src\nRUN npm run"),
        MOVE._replace(adds=(EARLY, "RUN rm -rf src")),
        "may read or change any file",
    ),
    "a variable is new": (
        GOOD.replace("# deps", "ENV NODE_ENV=test\n# deps"),
        MOVE._replace(adds=(EARLY, "ENV NODE_ENV=test")),
        "other variables",
    ),
    "a label is new": (GOOD + "LABEL a=b\n", MOVE._replace(adds=(EARLY, "LABEL a=b")), "would be new"),
    "the user changes": (
        GOOD.replace("# deps", "USER node\n# deps"),
        MOVE._replace(adds=(EARLY, "USER node")),
        "another user",
    ),
    "the directory changes": (
        GOOD.replace("# deps", "WORKDIR /app/web\n# deps"),
        MOVE._replace(adds=(EARLY, "WORKDIR /app/web")),
        "another directory",
    ),
    "line ends change": (GOOD.replace("\n", "\r\n"), MOVE, "line ends"),
    "line ends are mixed in": (GOOD.replace("ci\n", "ci\r\n"), MOVE, "line ends"),
    "it does not parse": (GOOD + "COPY\n", MOVE, "would not parse"),
    "the stage gets another base": (GOOD.replace("node:20", "node:22"), MOVE, "not be as declared"),
    "a directive appears": ("# escape=\\\n" + GOOD, MOVE, "directive"),
}


@pytest.mark.parametrize("name", WRONG)
def test_rejects(name: str) -> None:
    new, effect, word = WRONG[name]
    reason = check(OLD, new, effect)
    assert reason is not None and word in reason, reason


def test_rejects_a_copy_that_is_removed() -> None:
    old = HEAD + "COPY src src\nCOPY . .\nRUN npm ci\n"
    assert check(old, HEAD + "COPY . .\nRUN npm ci\n", Effect(removes=(2,))) is None
    reason = check(old, HEAD + "COPY src src\nRUN npm ci\n", Effect(removes=(3,)))
    assert reason is not None


def test_rejects_an_override_that_changes_sides() -> None:
    old = HEAD + "COPY . .\nCOPY prod/settings.json ./\nRUN npm ci\n"
    new = HEAD + EARLY + "\nCOPY prod/settings.json ./\nRUN npm ci\nCOPY . .\n"
    assert check(old, new, MOVE) == "two COPYs of the same files would change places"


def test_rejects_a_removal_that_changes_sides() -> None:
    old = "FROM node:20\nCOPY . /tmp/app/\nRUN cd /tmp/app && npm ci && rm -rf /tmp/app/src\n"
    run = old.splitlines()[-1]
    early = "COPY package-lock.json package.json /tmp/app/"
    new = f"FROM node:20\n{early}\n{run}\nCOPY . /tmp/app/\n"
    reason = check(old, new, Effect(moves=(1,), adds=(early,)))
    assert reason is not None and "where the source goes" in reason


def test_rejects_a_volume_on_the_other_side() -> None:
    old = HEAD + "COPY . .\nVOLUME /app/data\nRUN npm ci\n"
    new = HEAD + EARLY + "\nVOLUME /app/data\nRUN npm ci\nCOPY . .\n"
    reason = check(old, new, MOVE)
    assert reason is not None and "VOLUME" in reason


def test_rejects_another_maker_of_a_directory() -> None:
    old = "FROM node:20\nCOPY --chown=node src /srv/src\nCOPY package.json package-lock.json /srv/\n"
    old += "WORKDIR /srv\nRUN npm ci\n"
    lines = old.splitlines()
    new = "\n".join([lines[0], *lines[2:], lines[1]]) + "\n"
    assert check(old, new, Effect(moves=(1,))) == "/srv would be made for another user"


@pytest.mark.parametrize(
    ("copy", "run", "user"),
    [
        ("COPY --chown=1000 src /site/web", "RUN apk add jq && mkdir -p /site/data", ""),
        ("COPY --chown=1000 src /site/web", "RUN curl -fsSLo /site/tools/tool https://example.org/tool", ""),
        ("COPY src /site/web", "RUN mkdir /site/data", "USER app\n"),
    ],
)
def test_rejects_a_command_that_may_be_the_other_maker(copy: str, run: str, user: str) -> None:
    head = f"FROM alpine\n{user}"
    assert check(f"{head}{copy}\n{run}\n", f"{head}{run}\n{copy}\n", Effect(moves=(1 + bool(user),))) == (
        "/site would be made for another user"
    )


@pytest.mark.parametrize(
    ("copy", "run"),
    [
        ("COPY src /site/web", "RUN mkdir -p /site/data"),
        ("COPY --chown=1000 src /opt/web", "RUN mkdir -p /opt/data"),
        ("COPY --chown=1000 src /site/web", "RUN mkdir -p /other/data"),
    ],
)
def test_a_command_that_makes_nothing_for_another_user_may_cross(copy: str, run: str) -> None:
    assert check(f"FROM alpine\n{copy}\n{run}\n", f"FROM alpine\n{run}\n{copy}\n", Effect(moves=(1,))) is None


def test_rejects_what_ends_in_a_cache_mount() -> None:
    run = "RUN --mount=type=cache,target=/app/node_modules npm ci"
    old = HEAD + f"COPY . .\n{run}\n"
    new = HEAD + f"{EARLY}\n{run}\nCOPY . .\n"
    reason = check(old, new, MOVE)
    assert reason is not None and "cache mount" in reason


def test_rejects_host_files_over_what_was_installed() -> None:
    files = {**FILES, "node_modules/x/i.js": "", ".dockerignore": "dist\n"}
    reason = check(OLD, GOOD, MOVE, files)
    assert reason is not None and "laid over" in reason


CUT = HEAD + "COPY . .\nRUN set -e && cd . && npm ci && npm run build\n"


@pytest.mark.parametrize(
    "parts",
    [
        ("RUN set -e && cd . && npm ci", "RUN set -e && cd . && npm run build"),
        ("RUN set -e && cd . && npm ci", "RUN npm run build"),
        ("RUN set -e && cd . && npm ci", "RUN set -e && cd . && npm run test"),
        ("RUN set -e && cd . && npm ci", "RUN set -e && cd ./src && npm run build"),
        ("RUN set -e && npm ci", "RUN set -e && npm run build"),
        ("RUN set -e && cd . && npm ci --force", "RUN set -e && cd . && npm run build"),
        ("RUN set -e && cd . && npm ci", "RUN --network=none set -e && cd . && npm run build"),
        ("RUN set -e && cd . && npm ci", "RUN set -e && cd . && npm ci && npm run build"),
    ],
)
def test_only_the_same_commands_pass(parts: tuple[str, str]) -> None:
    new = HEAD + f"{EARLY}\n{parts[0]}\nCOPY . .\n{parts[1]}\n"
    reason = check(CUT, new, Effect(moves=(2,), adds=(EARLY,), rewrites=((3, parts),)))
    right = parts == ("RUN set -e && cd . && npm ci", "RUN set -e && cd . && npm run build")
    assert (reason is None) == right, reason


@pytest.mark.parametrize("operator", [";", "||", "|", "&"])
def test_rejects_a_cut_at_another_operator(operator: str) -> None:
    old = HEAD + f"COPY . .\nRUN npm ci {operator} npm run build\n"
    new = HEAD + f"{EARLY}\nRUN npm ci\nCOPY . .\nRUN npm run build\n"
    parts = ("RUN npm ci", "RUN npm run build")
    assert check(old, new, Effect(moves=(2,), adds=(EARLY,), rewrites=((3, parts),))) is not None


def test_proves_the_ignore_file() -> None:
    files = {**FILES, ".dockerignore": ""}
    effect = MOVE._replace(excludes=("**/node_modules",))
    assert check(OLD, GOOD, effect, files, "**/node_modules\n") is None
    assert check(OLD, GOOD, effect, files, "**/node_modules\nsrc\n") == "src would no longer be in the build context"
    kept = {**files, "lib/node_modules/x.js": ""}
    reason = check(OLD, GOOD, effect, kept, "**/node_modules\n")
    assert reason is not None and "part of the repository" in reason
    hidden = {**FILES, ".dockerignore": "secret\n", "secret": "x"}
    reason = check(OLD, GOOD, effect, hidden, "**/node_modules\n")
    assert reason == "secret would come into the build context"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("FROM nginx\nCOPY dist /www\n", "ci/Dockerfile:2 needs dist"),
        ("FROM nginx\nCOPY dist/*.html /www/\n", "ci/Dockerfile:2 needs dist/*.html"),
        ("FROM nginx\nRUN --mount=type=bind,source=dist,target=/d cp -r /d /www\n", "ci/Dockerfile:2 needs dist"),
        ("FROM node:20\nCOPY . .\nRUN npm ci\n", None),
    ],
)
def test_an_excluded_path_is_missed_by_no_dockerfile(other: str, reason: str | None) -> None:
    files = {**FILES, "dist/index.html": "<p>", "ci/Dockerfile": other}
    effect = Effect(excludes=("**/dist",), drops=("dist",))
    assert check(OLD, OLD, effect, files, "node_modules\n**/dist\n") == reason
    assert check(OLD, OLD, effect, {**files, "ci/Dockerfile.dockerignore": ""}, "node_modules\n**/dist\n") is None
    own = OLD + "COPY dist /www\n"
    assert check(own, own, effect, files, "node_modules\n**/dist\n") == "Dockerfile:8 needs dist"


def test_an_excluded_path_is_read_by_no_install() -> None:
    effect = Effect(excludes=("package-lock.json",), drops=("package-lock.json",))
    reason = check(OLD, OLD, effect, FILES, "node_modules\npackage-lock.json\n")
    assert reason == "Dockerfile:6 needs package-lock.json"


def test_only_what_is_dropped_by_name_may_be_part_of_the_repository() -> None:
    files = {**FILES, ".vscode/a.json": "{}", ".git/HEAD": "x"}
    effect = Effect(excludes=(".vscode", ".git"))
    reason = check(OLD, OLD, effect, files, "node_modules\n.vscode\n.git\n")
    assert reason == ".vscode is part of the repository and would no longer be in the build context"
    assert check(OLD, OLD, effect._replace(drops=(".vscode",)), files, "node_modules\n.vscode\n.git\n") is None


LATE_LOCK = HEAD + "COPY package.json ./\nRUN npm install\nCOPY src src\n"
LOCK_TOO = LATE_LOCK.replace("./\n", "./\nCOPY package-lock.json ./\n", 1)
BRINGS = Effect(adds=("COPY package-lock.json ./",), brings=("/app/package-lock.json",))


def test_a_file_that_never_came_may_come_if_it_is_declared() -> None:
    assert check(LATE_LOCK, LOCK_TOO, BRINGS) is None
    assert "file that was not there" in (check(LATE_LOCK, LOCK_TOO, BRINGS._replace(brings=())) or "")


def test_a_declared_file_brings_no_others_with_it() -> None:
    both = LATE_LOCK.replace("./\n", "./\nCOPY package-lock.json requirements.txt ./\n", 1)
    effect = BRINGS._replace(adds=("COPY package-lock.json requirements.txt ./",))
    assert "file that was not there" in (check(LATE_LOCK, both, effect) or "")


def test_a_declared_file_takes_no_others_place() -> None:
    old = LATE_LOCK.replace("./\n", "./\nCOPY prod/settings.json ./\n", 1)
    new = old.replace("RUN", "COPY settings.json ./\nRUN")
    effect = Effect(adds=("COPY settings.json ./",), brings=("/app/settings.json",))
    assert "file that was not there" in (check(old, new, effect) or "")


_COOKED = """\
FROM rust:1
WORKDIR /app
COPY recipe.json ./
RUN cargo chef cook
COPY . .
RUN cargo build --release --locked
RUN cargo test --workspace
"""
_RECIPE = {"recipe.json": "{}", "Cargo.toml": "", "Cargo.lock": "", "src/main.rs": ""}


def fitted(new: str, old: str = _COOKED, declared: bool = True) -> str | None:
    """What the proof says of another text for the step in the fourth line."""
    was = old.splitlines()[3]
    effect = Effect(rewrites=((3, (new,)),), fits=(3,) if declared else ())
    return check(old, old.replace(was, new), effect, _RECIPE)


def test_a_command_may_get_an_option_that_the_next_step_has() -> None:
    assert fitted("RUN cargo chef cook --release") is None
    assert fitted("RUN cargo chef cook --release --locked") is None


@pytest.mark.parametrize(
    "new",
    [
        "RUN cargo chef cook --offline",
        "RUN cargo chef cook --release --offline",
        "RUN cargo chef cook --workspace",
        "RUN cargo chef cook more --release",
        "RUN cargo chef prepare --release",
        "RUN CC=x cargo chef cook --release",
        "RUN cargo chef cook --release > log",
        "RUN cargo chef cook --release && touch a",
        "RUN cargo chef cook --release || true",
        "RUN --network=none cargo chef cook --release",
        "RUN cargo chef cook",
        "RUN cargo chef cook --",
    ],
)
def test_no_other_change_of_that_command_passes(new: str) -> None:
    assert fitted(new) is not None


def test_an_option_must_be_declared() -> None:
    assert fitted("RUN cargo chef cook --release", declared=False) is not None


def test_an_option_takes_no_others_value() -> None:
    old = _COOKED.replace("chef cook", "chef cook --target a").replace("--locked", "--target b")
    assert fitted("RUN cargo chef cook --target a --release", old) is None
    assert fitted("RUN cargo chef cook --target a --target b", old) is not None
    assert fitted("RUN cargo chef cook --target a --target b --release", old) is not None
    assert fitted("RUN cargo chef cook --target c", _COOKED.replace("--locked", "--target b")) is not None


def test_a_step_stays_one_when_it_gets_an_option() -> None:
    new = "RUN cargo chef cook --release"
    effect = Effect(rewrites=((3, (new, new)),), fits=(3,))
    assert check(_COOKED, _COOKED.replace("RUN cargo chef cook", f"{new}\n{new}"), effect, _RECIPE) is not None
