"""``copylast check`` as a process: exit codes, what goes where, and bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT, Copylast, Project

TOYS = str(ROOT / "tests" / "toys.py")
WRONG = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "app.py"]\n'
RIGHT = (
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n"
    'COPY . .\nCMD ["python", "app.py"]\n'
)
PROJECT = {"Dockerfile": WRONG, "requirements.txt": "flask==3.0.0\n", "app.py": "print()\n", ".dockerignore": ".git\n"}
UNKNOWN = "FROM a\n# copylast: ignore=NOT999\nRUN x\n"


def test_find_show_fix(project: Project, copylast: Copylast) -> None:
    project(PROJECT)
    found = copylast("check")
    assert (found.returncode, found.stderr) == (1, "")
    assert found.stdout.startswith("CPL101 [*] ")
    assert found.stdout.endswith("Found 1 problem in 1 file (1 fixable with --fix).\n")
    shown = copylast("check", "--diff")
    assert shown.returncode == 1 and shown.stdout.startswith("--- a/Dockerfile\n+++ b/Dockerfile\n")
    assert Path("Dockerfile").read_text() == WRONG
    fixed = copylast("check", "--fix", "--show-fixes")
    assert fixed.returncode == 0
    assert fixed.stdout == "Dockerfile: fixed CPL101 source-before-install\nFixed 1 problem in 1 file.\n"
    assert Path("Dockerfile").read_text() == RIGHT
    assert copylast("check").stdout == "No problems in 1 file.\n"
    again = copylast("check", "--diff")
    assert (again.returncode, again.stdout) == (0, "")


def test_exit_codes(project: Project, copylast: Copylast) -> None:
    project({"Dockerfile": UNKNOWN})
    assert copylast("check").returncode == 1
    assert copylast("check", "--exit-zero").returncode == 0
    assert copylast("check", "--fail-level", "error").returncode == 0
    assert copylast("check", "--fail-level", "none").returncode == 0
    assert copylast("check", "--ignore", "CPL902").returncode == 0
    assert copylast("check", "--fix", "--unfixable", "CPL9").returncode == 1
    assert copylast("check", "--diff", "--exit-zero").returncode == 0
    assert copylast("check", "--fix", "--exit-non-zero-on-fix").returncode == 1
    assert copylast("check", "--fix", "--exit-non-zero-on-fix").returncode == 0
    assert copylast("check", "gone").returncode == 2
    assert copylast("check", "Dockerfile", "gone", "--exit-zero").returncode == 2
    Path("Dockerfile").write_text("RUN x\n")
    assert copylast("check").returncode == 1, "a syntax error is a finding"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "--nonsense"], "unrecognized arguments: --nonsense; see copylast"),
        (["check", "--fail-level", "x"], "argument --fail-level: invalid choice: 'x'"),
        (["chekc"], "invalid choice: 'chekc'"),
        ([], "the following arguments are required: COMMAND"),
        (["check", "--select", "CPL1O1"], '--select: "CPL1O1" is no rule, prefix of one, or ALL; did you mean "CPL1'),
        (["check", "--format", "jsn"], '--format: "jsn" is no format; did you mean "json"? (formats: '),
        (["check", "--context", "gone"], "gone: no such folder, so it cannot be the build context"),
        (["check", "--context", "Dockerfile"], "Dockerfile: is not a folder, so it cannot be the build context"),
        (["check", "--target", "gone"], "Dockerfile: has no stage called gone"),
        (["check", "--no-plugin", "copylast_rules"], "no plugin brings a rule"),
        (["check", "--config", "gone.toml"], "gone.toml: cannot be read: no such file or directory"),
        (["check", "--config", "selct=1"], '--config selct: unknown key "selct"; did you mean "select"?'),
        (["check", "--fix", "--diff"], "--fix and --diff exclude each other"),
        (["check", "--output", "json"], '--output: "json" is not FORMAT=FILE'),
        (["check", "--build-arg", "=x"], '--build-arg: "=x" is not KEY=VALUE'),
        (["check", "--stdin-filename", "x"], "give - as PATH"),
        (["explain", "CPL1O1"], '"CPL1O1" is no rule; did you mean "CPL1'),
    ],
)
def test_usage_errors(project: Project, copylast: Copylast, arguments: list[str], words: str) -> None:
    project({"Dockerfile": "FROM a\n"})
    done = copylast(*arguments)
    assert done.returncode == 2
    assert words in done.stderr and done.stderr.startswith("copylast: ")
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_bad_input_is_one_line_each_and_the_rest_is_checked(project: Project, copylast: Copylast) -> None:
    top = project({"Dockerfile": UNKNOWN, "Dockerfile.empty": "", "Dockerfile.big": "#" * 10_000_000})
    (top / "Dockerfile.latin").write_bytes(b"FROM a\n# \xe9\n")
    (top / "Dockerfile.binary").write_bytes(b"\x7fELF\0\0")
    (top / "Dockerfile.broken").symlink_to("nowhere")
    done = copylast("check", "--format", "concise")
    assert done.returncode == 2
    assert sorted(done.stderr.splitlines()) == [
        "copylast: Dockerfile.big: is too large for a Dockerfile (10.0 MB; the limit is 4 MB)",
        "copylast: Dockerfile.binary:1:5: is a binary file",
        "copylast: Dockerfile.broken: is a broken link",
        "copylast: Dockerfile.latin:2:3: is not UTF-8 (byte 0xe9); a Dockerfile is UTF-8",
    ]
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Dockerfile:2:20: CPL902")
    assert lines[1].startswith("Dockerfile.empty:1:1: CPL900")


def test_large_but_allowed(project: Project, copylast: Copylast) -> None:
    lines = "echo hello world && echo again\n" * 50_000
    project({"Dockerfile": f"FROM a\n# a comment\nRUN <<END\n{lines}END\n" + "# a comment\n" * 100_000})
    done = copylast("check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(project: Project, copylast: Copylast) -> None:
    project({"Dockerfile": UNKNOWN})
    os.chmod("Dockerfile", 0)
    assert copylast("check").stderr == "copylast: Dockerfile: permission denied\n"


def test_read_only_on_fix(project: Project, copylast: Copylast) -> None:
    project({"Dockerfile": UNKNOWN})
    os.chmod("Dockerfile", 0o444)
    done = copylast("check", "--fix")
    assert done.returncode == 2
    assert done.stderr == "copylast: Dockerfile: is read-only; it was not changed\n"
    assert done.stdout.startswith("CPL902"), "what could not be fixed is still reported"
    assert Path("Dockerfile").read_text() == UNKNOWN


def test_a_crash_in_a_rule_names_it_and_costs_nothing_else(project: Project, copylast: Copylast) -> None:
    project({"Dockerfile": "FROM a\nRUN toy crash\n", "copylast.toml": f"local-plugins = ['{TOYS}']\n"})
    done = copylast("check", "--format", "concise")
    assert done.returncode == 2
    assert "Dockerfile: internal error in TOY102 toy-crash (plugin" in done.stderr
    assert "LookupError: the rule broke down" in done.stderr and "Traceback" not in done.stderr
    assert "TOY101" in done.stdout
    assert "Traceback" in copylast("check", "-v").stderr


def test_local_plugins_are_code_and_stay_out_when_isolated(project: Project, copylast: Copylast) -> None:
    project({"Dockerfile": "FROM a\nRUN toy\n", "copylast.toml": f"local-plugins = ['{TOYS}']\n"})
    assert copylast("check").returncode == 1
    assert copylast("check", "--isolated").returncode == 0
    assert copylast("--isolated", "check").returncode == 0
    assert copylast("check", "--select", "TOY103").returncode == 0, "an information does not fail the run"
    assert copylast("check", "--select", "TOY103", "--fail-level", "info").returncode == 1
    loud = copylast("check", "--format", "loud")
    assert loud.stdout == "LOUD\n"


def test_standard_input(project: Project, copylast: Copylast) -> None:
    project({"requirements.txt": "x\n", "app.py": "", ".dockerignore": ".git\n"})
    done = copylast("check", "-", input=WRONG)
    assert done.returncode == 1 and "<stdin>:3:1" in done.stdout
    assert "fixable with --fix" not in done.stdout, "without a context there is no fix of an order"
    named = copylast("check", "-", "--stdin-filename", "Dockerfile", input=WRONG)
    assert " --> Dockerfile:3:1" in named.stdout and "fixable with --fix" in named.stdout
    fixed = copylast("check", "-", "--fix", "--context", ".", "--stdin-filename", "Dockerfile", input=WRONG)
    assert (fixed.returncode, fixed.stdout) == (0, RIGHT)
    assert fixed.stderr == "Fixed 1 problem in 1 file.\n"
    assert not Path("Dockerfile").exists()


def test_no_dockerfile(project: Project, copylast: Copylast) -> None:
    project({"x": ""})
    done = copylast("check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "copylast: no Dockerfile found\n")
    assert json.loads(copylast("check", "--format", "json").stdout)["files"] == []


def test_several_outputs_in_one_run(project: Project, copylast: Copylast) -> None:
    project(PROJECT)
    done = copylast("check", "--format", "concise", "--output", "json=a.json", "--output", "sarif=b.sarif")
    assert done.returncode == 1
    document = json.loads(Path("a.json").read_text())
    assert document["files"][0]["diagnostics"][0]["fix"]["safety"] == "safe"
    assert json.loads(Path("b.sarif").read_text())["version"] == "2.1.0"
    full = copylast("check", "--output", "json=no/such/folder")
    assert full.returncode == 2 and "no/such/folder: cannot be written" in full.stderr


def test_the_format_never_changes_the_code(project: Project, copylast: Copylast) -> None:
    project(PROJECT)
    for name in ("full", "concise", "json", "sarif", "github"):
        assert copylast("check", "--format", name).returncode == 1


def test_paths_are_shown_from_the_working_directory(project: Project, copylast: Copylast) -> None:
    top = project({"a/Dockerfile": UNKNOWN})
    for path in ("a", "./a", "a/Dockerfile", str(top / "a"), str(top / "a" / "Dockerfile"), "."):
        assert copylast("check", "--format", "concise", path).stdout.startswith("a/Dockerfile:2:20: ")


def test_show_files_and_settings(project: Project, copylast: Copylast) -> None:
    project({"a/Dockerfile": UNKNOWN, "a/copylast.toml": 'fail-level = "info"\n', "Dockerfile": UNKNOWN})
    assert copylast("check", "--show-files").stdout == "Dockerfile\na/Dockerfile\n"
    shown = copylast("check", "a", "--show-settings", "--ignore", "CPL101").stdout
    assert 'fail-level = "info"  # a/copylast.toml\n' in shown
    assert 'ignore = ["CPL101"]  # --ignore\n' in shown


def test_nearest_settings_per_file(project: Project, copylast: Copylast) -> None:
    project({"a/Dockerfile": UNKNOWN, "a/copylast.toml": 'ignore = ["CPL902"]\n', "Dockerfile": UNKNOWN})
    assert copylast("check", "--format", "concise").stdout.count("CPL902") == 1


def test_two_dockerfiles_one_ignore_file(project: Project, copylast: Copylast) -> None:
    """Both fixes add to the ignore file: the second must see what the first did."""
    node = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
    files = {
        "package.json": '{"name": "x", "version": "1.0.0"}\n',
        "package-lock.json": '{"name": "x", "lockfileVersion": 3, "packages": {"": {"name": "x"}}}\n',
        "index.js": "",
    }
    top = project({"Dockerfile": node, "Dockerfile.two": node, **files})
    shown = copylast("check", "--diff", "--context", ".")
    checked = subprocess.run(["git", "apply", "--check", "-"], input=shown.stdout.encode(), cwd=top, check=False)
    assert checked.returncode == 0
    subprocess.run(["git", "apply", "-"], input=shown.stdout.encode(), cwd=top, check=True)
    by_diff = {path.name: path.read_text() for path in top.iterdir() if path.is_file()}
    project({"Dockerfile": node, "Dockerfile.two": node, **files})
    Path(".dockerignore").unlink(missing_ok=True)
    copylast("check", "--fix", "--context", ".")
    assert {path.name: path.read_text() for path in top.iterdir() if path.is_file()} == by_diff


def test_nothing_heavy_is_imported(project: Project) -> None:
    project(PROJECT)
    code = (
        "import sys; from copylast.cli import main; main(['check', '--context', '.', 'Dockerfile']); "
        "print('MODULES', *sys.modules)"
    )
    # -S: what a site-packages folder imports by itself is not ours.
    command = [sys.executable, "-S", "-c", code]
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("MODULES ")[2].split())
    heavy = (
        "click typer rich pydantic asyncio yaml pygls hcl2 importlib.metadata subprocess pathspec shutil tempfile "
        "configparser logging email socket ssl http jinja2 dockerfile_parse unittest multiprocessing concurrent "
        "argparse typing dataclasses inspect pathlib gettext datetime"
    )
    assert not loaded & set(heavy.split())


def test_version_is_cheap() -> None:
    code = "import sys, copylast; print(copylast.__version__, *(m for m in sys.modules if m.startswith('copylast')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1:] == ["copylast"]


def test_a_closed_pipe_is_no_error(project: Project) -> None:
    project({"Dockerfile": "FROM a\n" + "# copylast: ignore=NOT999\nRUN x\n" * 3000})
    command = f"{sys.executable} -m copylast check --format concise | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1 and done.stderr == ""


def test_a_full_disk_on_standard_output(project: Project) -> None:
    project({"Dockerfile": UNKNOWN})
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "copylast", "check"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "copylast: No space left on device\n"


def test_bad_settings_of_a_folder_below_do_not_stop_the_rest(project: Project, copylast: Copylast) -> None:
    project({"Dockerfile": UNKNOWN, "a/Dockerfile": UNKNOWN, "a/copylast.toml": "selct = 1\n"})
    done = copylast("check", "--format", "concise")
    assert done.returncode == 2
    assert done.stdout.startswith("Dockerfile:2:20: CPL902")
    assert done.stderr.startswith('copylast: a/copylast.toml:1:1: unknown key "selct"')
