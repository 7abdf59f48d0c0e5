"""Proves fixes by building: of the cases below ``tests/cases``, and of texts that a test gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.casebook import Case, lint, repair
from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.inline import Project
from tests.conformance.buildkit.projects import write_files
from tests.conformance.buildkit.rootfs import stubbed_programs

from copylast.context.disk import DiskContext
from copylast.context.memory import Content
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.prove.docker import Request
from copylast.prove.report import ProofReport
from copylast.prove.run import Plan, prove
from copylast.prove.touch import source_file, spares


class Fixed(NamedTuple):
    """A project on disk with the texts that a fix gave it, by their path from the context's root."""

    context: Path
    dockerfile: Path
    texts: Mapping[str, str]


def of_case(case: Case, dockerfile: str, prefix: str, place: Path) -> Fixed:
    """The files of a case, and the fixed texts that it holds."""
    files: dict[str, Content] = {**dict.fromkeys(case.host, "host"), **case.files}
    for path, content in case.files.items():
        if isinstance(content, bytes) and path in case.dockerfiles:
            files[path] = _offline(content.decode())
    write_files(place, files)
    name, context = case.context(dockerfile)
    marker = case.folder / "context.txt"
    root = place / (marker.read_text().strip() if marker.exists() else ".")
    texts: dict[str, str] = {}
    for file in case.folder.glob(f"{prefix}.*"):
        what = file.name.removeprefix(f"{prefix}.")
        if what == dockerfile.replace("/", "-"):
            texts[name] = _offline(file.read_bytes().decode())
        elif what == "dockerignore":
            texts[context.ignore_path or ".dockerignore"] = file.read_bytes().decode()
    return Fixed(root, place / dockerfile, texts)


def _offline(text: str) -> str:
    """The text without its frontend, which would have to be fetched."""
    return re.sub(r"(?m)^#(\s*)syntax\s*=", r"#\1no syntax:", text, count=1)


def of_files(files: Mapping[str, Content], place: Path) -> Fixed:
    """The files of a test, and what the fixer makes of their Dockerfile."""
    write_files(place, files)
    text = (place / "Dockerfile").read_bytes().decode()
    outcome = repair(text, DiskContext(place, place / "Dockerfile", label=""), "Dockerfile")
    assert not outcome.skipped, outcome.skipped
    return Fixed(place, place / "Dockerfile", outcome.texts)


class Edit(NamedTuple):
    """The file whose edit shows what is rebuilt, and whether the model says that the fix spares a command then."""

    path: str
    spares: bool


def edit_of(fixed: Fixed) -> Edit:
    """What to edit."""
    text = fixed.dockerfile.read_bytes().decode()
    after = next((new for name, new in fixed.texts.items() if name.endswith(fixed.dockerfile.name)), text)
    context = DiskContext(fixed.context, fixed.dockerfile)
    before, then = (lint(Source(one, "Dockerfile"), context)[0] for one in (text, after))
    found = source_file(before, then)
    assert found is not None, "the project has no source file"
    return Edit(found, spares(before, then, found))


class Built(NamedTuple):
    """A proof, and whether the model says that the fix spares a command after its edit.

    ``mended`` is the proof of the fixed text alone, where the text as it is does not build.
    """

    report: ProofReport
    promised: bool
    mended: ProofReport | None = None


def prove_fixed(fixed: Fixed, private: PrivateDocker, options: Iterable[str] = ("--network=none",)) -> Built:
    """Four builds on the private docker."""
    edit = edit_of(fixed)
    plan = Plan(fixed.dockerfile, fixed.context, fixed.texts, edit.path, options=tuple(options))
    report = prove(plan, private.docker)
    if report.first.built.ok:
        return Built(report, edit.spares)
    for name, text in fixed.texts.items():
        (fixed.context / name).write_text(text)
    return Built(report, edit.spares, prove(plan._replace(fixed={}), private.docker))


class Proven(NamedTuple):
    """The proof of a test's project, None where there is no fix; and the Dockerfile after it."""

    report: ProofReport | None
    text: str


class Installed(NamedTuple):
    """The proof of a project that is installed for real, and whether what it needs is in its image.

    Without a project: whether it is in the image that the manager's projects begin with.
    """

    proven: Proven | None
    arrived: bool


def runs(text: str, command: str, place: Path, private: PrivateDocker, options: Iterable[str] = ()) -> bool:
    """Does a command end well in the image of a Dockerfile, built over the files in ``place``?"""
    dockerfile = place / "then.Dockerfile"
    dockerfile.write_text(f"{text.rstrip()}\nRUN {command}\n")
    return private.docker.build(Request(str(place), str(dockerfile), options=tuple(options))).ok


def prove_project(
    project: Project, place: Path, private: PrivateDocker, options: Iterable[str] = ("--network=none",)
) -> Proven:
    """Fix and build a project that a test gives."""
    fixed = of_files({**project.files, "Dockerfile": project.dockerfile}, place)
    if not fixed.texts:
        return Proven(None, project.dockerfile)
    return Proven(prove_fixed(fixed, private, options).report, fixed.texts.get("Dockerfile", ""))


def images_of(text: str) -> set[str]:
    """The images that a Dockerfile takes from outside."""
    evaluation = evaluate(parse(Source(text)))
    found = {stage.base.name for stage in evaluation.stages if stage.base.kind == "image" and stage.base.name}
    for instruction in evaluation.dockerfile.instructions:
        reference = evaluation.source_of(instruction) if instruction.keyword in ("COPY", "ADD") else None
        if reference is not None and reference.kind == "image" and reference.name:
            found.add(reference.name)
    return found


def without_stub(case: Case, dockerfile: str) -> list[str]:
    """The package managers that a Dockerfile calls and no stub stands for."""
    name, context = case.context(dockerfile)
    model, _ = lint(Source(case.text(dockerfile), name), context)
    steps = [step for stage in sorted(model.reachable()) for step in model.stages[stage].steps if step.keyword == "RUN"]
    called = {fact.match.program for step in steps for fact in model.facts(step) if fact.match is not None}
    names = {program.rpartition("/")[2] for program in called}
    # A program of the project, as gradlew, is run as it is.
    return sorted(names - stubbed_programs() - {path for path in case.files if "/" not in path})


def newly_cached(report: ProofReport) -> list[str]:
    """RUN steps that the cache gives after the edit, and did not give before the fix."""
    assert report.first_edited is not None
    assert report.fixed_edited is not None
    before = {step.text for step in report.first_edited.built.steps if step.status == "cached"}
    after = [s.text for s in report.fixed_edited.built.steps if s.status == "cached" and s.keyword == "RUN"]
    return [text for text in after if text not in before]
