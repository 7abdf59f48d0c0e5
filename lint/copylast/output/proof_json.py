"""``prove --format json``, version 1; ``schema/prove.json`` describes it. It only grows."""

from __future__ import annotations

import json
from collections.abc import Sequence

from copylast.prove.filesystem import Difference
from copylast.prove.progress import BuiltStep
from copylast.prove.report import Phase, ProofReport
from copylast.rule.diagnostic import Diagnostic
from copylast.typed import Any


def proof_json(dockerfile: str, context: str, applied: Sequence[Diagnostic], proof: ProofReport | None) -> str:
    """One document; ``applied`` are the findings that were fixed. Without a fix there is no ``proof``."""
    document: dict[str, Any] = {
        "version": 1,
        "dockerfile": dockerfile,
        "context": context,
        "fixed": [{"code": one.code, "name": one.name, "message": one.message} for one in applied],
        "proof": None if proof is None else _proof(proof),
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _proof(proof: ProofReport) -> dict[str, Any]:
    phases = (
        ("before", False, proof.first),
        ("after", False, proof.fixed),
        ("before", True, proof.first_edited),
        ("after", True, proof.fixed_edited),
    )
    return {
        "same": proof.same,
        "edited": proof.edited,
        "builds": [_build(fix, edited, phase) for fix, edited, phase in phases if phase is not None],
        "differences": [_difference(one) for one in proof.differences],
        "excused": [_difference(one) for one in proof.excused],
        "spared": [_step(step) for step in proof.spared],
        "lost": [_step(step) for step in proof.lost],
    }


def _build(fix: str, edited: bool, phase: Phase) -> dict[str, Any]:
    return {
        "fix": fix,
        "edited": edited,
        "ok": phase.built.ok,
        "error": None if phase.built.ok else phase.built.complaint,
        "steps": [_step(step) for step in phase.built.steps],
    }


def _step(step: BuiltStep) -> dict[str, Any]:
    return {
        "stage": step.stage or None,
        "number": step.number,
        "instruction": step.text,
        "status": step.status,
        "seconds": round(step.seconds, 3),
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {"path": f"/{one.path}", "what": one.what, "reason": one.excuse or None}
