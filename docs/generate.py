"""Write what is made from the code: ``docs/rules/CODE.md``, their index, ``docs/ecosystems.md``, the schemas.

Run ``python docs/generate.py``; with ``--check`` nothing is written, and the exit code says whether
something would be. A test does the same.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "lint"), str(ROOT / "rules"), str(ROOT)]

from docs.managers import managers, managers_page  # noqa: E402

from copylast.engine.own import own_rules  # noqa: E402
from copylast.engine.schema import config_schema  # noqa: E402
from copylast.output.text import WORDS  # noqa: E402
from copylast.rule.documentation import documentation  # noqa: E402
from copylast.rule.plugins import RuleHandle, load_plugins  # noqa: E402
from copylast.rule.rule import Example  # noqa: E402

_NOTE = "<!-- Made by docs/generate.py from the rule's file. Change that instead. -->"
_FROM_TOML = "<!-- Made by docs/generate.py from rules/copylast_rules/ecosystems. Change that instead. -->"


def pages() -> dict[str, str]:
    """Path below the repository -> text, for everything that is generated."""
    handles = sorted((*load_plugins().rules, *own_rules()), key=lambda handle: handle.code)
    made = {f"docs/rules/{handle.code}.md": _page(handle) for handle in handles}
    made["docs/rules/README.md"] = _index(handles)
    made["docs/ecosystems.md"] = managers_page(_FROM_TOML, managers(ROOT / "rules" / "copylast_rules" / "ecosystems"))
    made["lint/copylast/engine/config.schema.json"] = json.dumps(config_schema(), indent=2) + "\n"
    return made


def _page(handle: RuleHandle) -> str:
    rule = handle.load()
    level = WORDS[rule.severity] + (", only when it is selected by name" if rule.opt_in else "")
    parts = [_NOTE, f"# {rule.code} {rule.name}", f"Level: {level}.", documentation(rule).markdown()]
    if rule.examples:
        parts.append("## Examples")
        parts += [_example(example) for example in rule.examples]
    return "\n\n".join(parts) + "\n"


def _example(example: Example) -> str:
    parts = [f"### {example.title[0].upper()}{example.title[1:]}"]
    before = _block(example.dockerfile)
    if example.files:
        names = ", ".join(f"`{name}`" for name in sorted(example.files))
        parts.append(f"With {names} in the build context:")
    if example.changes:
        often = ", ".join(f"`{path}` in {times}" for path, times in example.changes.items())
        parts.append(f"Of the last 50 commits changed {often}; all else in none:")
    parts.append(before)
    if example.silent is not None:
        parts.append(f"Nothing is found: {example.silent}.")
    elif example.found:
        parts.append("Found; there is no fix.")
    elif example.withheld is not None:
        parts.append(f"Found, and no safe fix is offered: {example.withheld}.")
    elif example.fixed is not None:
        with_what = "--fix --unsafe-fixes" if example.unsafe else "--fix"
        parts.append(f"`{with_what}` makes this of it:")
        parts.append(_block(example.fixed))
        if example.ignore is not None:
            parts.append(f"and `.dockerignore` becomes:\n\n{_block(example.ignore, '')}")
    return "\n\n".join(parts)


def _block(text: str, language: str = "dockerfile") -> str:
    return f"```{language}\n{text.rstrip(chr(10))}\n```"


def _index(handles: list[RuleHandle]) -> str:
    rows = ["| code | name | level | finds |", "|---|---|---|---|"]
    for handle in handles:
        level = "opt-in" if handle.opt_in else WORDS[handle.severity]
        summary = documentation(handle.load()).summary
        rows.append(f"| [{handle.code}]({handle.code}.md) | {handle.name} | {level} | {summary} |")
    return "\n\n".join([_NOTE, "# Rules", "\n".join(rows)]) + "\n"


def main() -> int:
    """Write what is not up to date, or with ``--check`` only name it. Gives the exit code."""
    check = "--check" in sys.argv[1:]
    stale: list[str] = []
    made = pages()
    for name, text in made.items():
        path = ROOT / name
        if not path.is_file() or path.read_bytes() != text.encode():
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
    for path in (ROOT / "docs" / "rules").glob("*.md"):
        name = path.relative_to(ROOT).as_posix()
        if name not in made:
            stale.append(name)
            if not check:
                path.unlink()
    for name in stale:
        print(f"{name} {'is not up to date' if check else 'written'}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
