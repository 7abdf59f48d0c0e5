"""Random Dockerfiles over a small project: a safe fix never changes what is built.

The build is replayed by a simulation that shares nothing with the layer model: a dictionary of files, COPYs that
fill it, installs that read the manifests which are there, and any other command that reads everything.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.casebook import Project, lint, repair

from copylast.context.files import BuildContext
from copylast.context.memory import OverlayContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source

FILES = {
    "requirements.txt": "flask\n-c limits.txt\n",
    "limits.txt": "flask<4\n",
    "package.json": '{"name": "a", "version": "1.0.0", "dependencies": {}}',
    "package-lock.json": '{"name": "a", "version": "1.0.0", "lockfileVersion": 3,'
    ' "packages": {"": {"name": "a", "version": "1.0.0"}}}',
    "go.mod": "module a\n\ngo 1.22\n\nrequire b v1.0.0\n",
    "go.sum": "b v1.0.0 h1:x\nb v1.0.0/go.mod h1:x\n",
    "main.go": "package main\n",
    "settings.json": "{}",
    "prod/settings.json": '{"prod": 1}',
    "web/package.json": '{"name": "w", "version": "1.0.0", "scripts": {"postinstall": "node hook.js"}}',
    "web/package-lock.json": '{"name": "w", "version": "1.0.0", "lockfileVersion": 3,'
    ' "packages": {"": {"name": "w", "version": "1.0.0"}}}',
    "web/hook.js": "console.log(1)\n",
    "web/index.js": "x",
    "src/app.py": "x = 1\n",
}
HOST = ("node_modules/x/index.js", "web/node_modules/y/index.js")

MANIFESTS = {
    "pip": ("requirements.txt", "limits.txt"),
    "npm": ("package.json", "package-lock.json", ".npmrc"),
    "go": ("go.mod", "go.sum"),
}

STEPS = [
    "WORKDIR /app", "WORKDIR /srv/site", "WORKDIR web", "WORKDIR ..", "USER node", "ENV A=1", "ENV DIR=/app", "ARG V=2",
    "COPY . .", "COPY . /app", "COPY ./ /app/", "ADD . .", "COPY . $DIR", 'COPY [".", "."]', "COPY --chown=node . .",
    "COPY --link . /app", "COPY web .", "COPY web web", "COPY src src", "COPY src /app/src/", "COPY src web ./",
    "COPY --chown=node src /srv/site/src",
    "COPY requirements.txt .", "COPY requirements.txt limits.txt /app/", "COPY package.json package-lock.json ./",
    "COPY package*.json ./", "COPY go.mod go.sum ./", "COPY prod/settings.json .",
    "COPY prod/settings.json settings.json",
    "COPY prod/settings.json /app", "COPY settings.json /app/settings.json", "COPY --from=base /app /app",
    "COPY --from=base /app/src ./src",
    "RUN pip install -r requirements.txt", "RUN pip install -r /app/requirements.txt", "RUN npm ci",
    "RUN cd web && npm ci", "RUN cd /app/web && npm ci && npm run build", "RUN npm ci && npm run build",
    "RUN npm ci && npm cache clean --force && npm run build && rm -rf /tmp/*", "RUN npm ci; npm run build",
    "RUN set -e && pip install -r requirements.txt && python -m compileall .", "RUN go mod download",
    "RUN go build -o /bin/a .", "RUN cd /app && go build -o /bin/a .", "RUN go mod download && go build -o /bin/a .",
    "RUN pip install -r requirements.txt \\\n    # then\n    && npm ci && \\\n    make all",
    "RUN mkdir -p /app/logs", "RUN mkdir -p logs && npm ci", "RUN rm -rf /app/src", "RUN rm -rf /app/src && npm ci",
    "RUN apt-get update && apt-get install -y git", "RUN make all", "RUN chown -R node /app", "RUN echo hi > note.txt",
    "RUN npm ci || true", "RUN <<EOT\nnpm ci\nEOT", "VOLUME /app/data", "EXPOSE 80", "CMD npm start", "LABEL a=b",
]  # fmt: skip

_stage = st.lists(st.sampled_from(STEPS), min_size=2, max_size=7)
_comment = st.sampled_from(["", "", "", "# note\n", "\n", "\n# one\n# two\n"])


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    """A Dockerfile of one or two stages; the first is called ``base``."""
    text = "FROM node:20 AS base\n"
    for step in draw(_stage):
        text += draw(_comment) + step.replace("--from=base ", "") + "\n"
    second = draw(st.sampled_from(["", "FROM base AS last\n", "FROM python:3.12 AS last\n"]))
    if second:
        text += draw(_comment) + second
        for step in draw(_stage):
            text += draw(_comment) + step + "\n"
    text = text.rstrip("\n") if draw(st.booleans()) else text
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


class Build:
    """A naive replay: ``files`` of the running stage, and what every command saw."""

    def __init__(self, context: BuildContext) -> None:
        self.context = {e.path: e.path for e in context.files() if e.kind == "file" and e.path not in HOST}
        self.context.pop(".dockerignore", None)
        self.stages: dict[str, tuple[dict[str, str], str, str, dict[str, str]]] = {}
        self.saw: list[tuple[object, ...]] = []

    def run(self, text: str) -> None:
        """Replay a whole file."""
        dockerfile = parse(Source(text))
        for stage in dockerfile.stages:
            base = stage.from_.words[0].text
            own = f"/{base.split(':')[0]}"
            files, cwd, user, variables = self.stages.get(base, ({f"{own}/": "of the image"}, own, "", {}))
            files, variables = dict(files), dict(variables)
            for step in stage.instructions:
                words = [w.text.replace("$DIR", variables.get("DIR", "")) for w in step.words]
                if step.keyword == "WORKDIR":
                    cwd = posixpath.normpath(posixpath.join(cwd, words[0] if words else step.rest))
                    made = cwd
                    while made != "/":
                        files.setdefault(made + "/", "made for " + user)
                        made = posixpath.dirname(made)
                elif step.keyword == "USER":
                    user = step.rest
                elif step.keyword == "ENV":
                    variables |= {p.name.text: p.value.text if p.value else "" for p in step.pairs}
                elif step.keyword in ("COPY", "ADD"):
                    flag = step.flag("from")
                    source = self.stages[flag.value or ""][0] if flag is not None else None
                    owner = step.flag("chown")
                    self._copy(files, words, cwd, source, owner.value or "" if owner else "")
                elif step.keyword == "RUN":
                    body = step.heredocs[0].content if step.heredocs else step.rest
                    self._commands(files, body, cwd, (user, tuple(variables.items())))
            self.stages[stage.name or ""] = (files, cwd, user, variables)

    def _copy(
        self, files: dict[str, str], words: list[str], cwd: str, stage: Mapping[str, str] | None, owner: str
    ) -> None:
        dest = words[-1]
        place = posixpath.normpath(posixpath.join(cwd, dest))
        source_files = self.context if stage is None else {p[1:]: c for p, c in stage.items() if not p.endswith("/")}
        into = dest.endswith("/") or dest == "." or len(words) > 2
        into = into or any(path.startswith(place + "/") for path in files)
        made = place if into else posixpath.dirname(place)
        for source in words[:-1]:
            source = posixpath.normpath(source.lstrip("/"))
            for path, content in source_files.items():
                if source == "package*.json":
                    hit = path in ("package.json", "package-lock.json")
                    target = posixpath.join(place, path)
                elif source == ".":
                    hit, target, made = True, posixpath.join(place, path), place
                elif path == source:
                    hit, target = True, posixpath.join(place, posixpath.basename(path)) if into else place
                else:
                    hit, target = path.startswith(source + "/"), posixpath.join(place, path[len(source) + 1 :])
                    made = place if hit else made
                if hit:
                    files[target] = f"{content} of {owner}"
                    folder = posixpath.dirname(target)
                    while folder != place and folder.startswith(place):
                        # What a copied directory holds takes its owner, be it there or not.
                        files[folder + "/"] = "made for " + owner
                        folder = posixpath.dirname(folder)
        while made not in ("/", ""):
            files.setdefault(made + "/", "made for " + owner)
            made = posixpath.dirname(made)

    def _commands(self, files: dict[str, str], body: str, cwd: str, state: tuple[object, ...]) -> None:
        for raw in body.replace("&& \\", "&& ").replace(";", "&&").replace("\n", " && ").split("&&"):
            command = " ".join(word for word in raw.split() if word != "\\")
            name = command.split(" ")[0]
            if command.startswith("cd "):
                cwd = posixpath.normpath(posixpath.join(cwd, command[3:]))
            elif name in ("", "set", "mkdir", "apt-get") or "cache clean" in command or command == "rm -rf /tmp/*":
                continue
            elif command in ("npm ci", "npm ci || true") or command.startswith(("pip install", "go mod download")):
                folder = "/app" if "/app/" in command else cwd
                seen = tuple((m, files.get(f"{folder}/{m}")) for m in MANIFESTS[name])
                if name == "npm" and (files.get(f"{folder}/package.json") or "").startswith("web/"):
                    seen += (("hook.js", files.get(f"{folder}/hook.js")),)
                self.saw.append((command, cwd, state, seen))
                if name == "npm":
                    for path in [p for p in files if p.startswith(f"{cwd}/node_modules/")]:
                        del files[path]
                    files[f"{cwd}/node_modules/installed"] = str(seen)
            else:
                kept = {p: c for p, c in files.items() if not p.endswith("/")}
                self.saw.append((command, cwd, state, tuple(sorted(kept.items()))))
                if command.startswith("rm -rf /app/src"):
                    for path in [p for p in files if p.startswith("/app/src")]:
                        del files[path]
                else:
                    files[f"/made/{command} in {cwd}"] = command


def _final(build: Build, stages: Iterable[str]) -> dict[str, dict[str, str]]:
    return {name: {p: c for p, c in build.stages[name][0].items() if not p.startswith("/made/")} for name in stages}


def _seen(build: Build) -> list[tuple[object, ...]]:
    return [entry for entry in build.saw if entry[0] != "go mod download"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dockerfiles(), st.sampled_from([None, "**/node_modules\n", "dist\n!**/x\n", "node_modules"]), st.booleans())
def test_safe_fixes_build_the_same(text: str, ignore: str | None, host: bool) -> None:
    files = dict(FILES) if ignore is None else {**FILES, ".dockerignore": ignore}
    context = Project(files, "Dockerfile", HOST if host else ())
    outcome = repair(text, context)
    if not outcome.applied:
        assert not outcome.texts
        return
    new = outcome.texts["Dockerfile"]
    changed = {path: text for path, text in outcome.texts.items() if path != "Dockerfile"}
    here = OverlayContext(context, changed) if changed else context
    assert repair(new, here).texts == {}, "stable"
    old_file, new_file = parse(Source(text)), parse(Source(new))
    assert not new_file.problems
    assert sorted(c.text for c in old_file.comments) == sorted(c.text for c in new_file.comments)
    if "\r\n" in text:
        assert new.count("\n") == new.count("\r\n")
    assert len(lint(Source(new), here)[1]) < len(lint(Source(text), context)[1])
    before, after = Build(context), Build(here)
    before.run(text)
    after.run(new)
    assert _final(before, before.stages) == _final(after, before.stages)
    assert _seen(before) == _seen(after)
