"""Local results reach a broad COPY, though the build makes them again.

What it finds
=============

A `COPY`, an `ADD` or a bind mount that takes a folder as a whole, where the folder's `.gitignore` names installed
packages (`node_modules`, `.venv`, `__pycache__`) or results of a build (`dist`, `build`, `target`, `.next`, `out`,
`bin`, `obj`, `vendor`), the ignore file lets them through, and a command of the same stage makes them again.

Why it matters
==============

What the machine that builds happens to have is copied into the image. Packages for another system or of another version
are laid over those that the image installed, results of yesterday's source are taken for today's, thousands of files go
to the builder, and each local install or build runs the step and all below it again.

What the fix does
=================

It adds the lines to the ignore file that counts, before the first line that could bring the files back. For packages
that is safe: a fresh clone has none, and every Dockerfile that shares the ignore file installs them. For results of a
build it is an unsafe fix, since a program may look for a file that only the machine has. Nothing is left out that a
`COPY`, a bind mount or an install of any Dockerfile that shares the ignore file names, nor a result that a compose or
bake file names.

When it stays silent
====================

Where nothing in the stage makes the files again, for then they may be what the image is for: `.next` or `target/*.jar`
that was built before. For all other names that git ignores. Without an effective ignore file, which ignore-file-missing
(CPL301) reports; beside a `.containerignore`, which Podman and Buildah read instead; in stages that the build does not
need; where the context is guessed and another one is possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast import BuildContext, Diagnostic, Example, LayerModel, Rule, Safety, Severity, View
from copylast_rules.context.local_files import Local, for_podman, ignoring, listed, local_files
from copylast_rules.context.made_again import Again, made_again

_NODE = {
    "package.json": '{"name": "a", "dependencies": {"left-pad": "1.3.0"}, "scripts": {"build": "vite build"}}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {"name": "a"}}}',
    "src/a.js": "",
    ".dockerignore": ".git\n",
}
_INSTALL = "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"
_BUILD = f"{_INSTALL}RUN npm run build\n"


class ArtifactsInContext(Rule):
    """Local results reach a broad COPY, though the build makes them again."""

    code = "CPL303"
    name = "artifacts-in-context"
    severity = Severity.INFO
    examples = (
        Example(
            "Installed packages",
            _INSTALL,
            {**_NODE, ".gitignore": "node_modules/\n"},
            fixed=_INSTALL,
            ignore=".git\n**/node_modules\n",
        ),
        Example(
            "Python's own",
            "FROM python:3.12\nCOPY . /app\n",
            {"app.py": "", ".gitignore": "__pycache__/\n", ".dockerignore": "# ours\r\ndocs"},
            fixed="FROM python:3.12\nCOPY . /app\n",
            ignore="# ours\r\ndocs\r\n**/__pycache__",
        ),
        Example(
            "Results of the build",
            _BUILD,
            {**_NODE, ".gitignore": "/dist\n", ".dockerignore": "node_modules\n"},
            fixed=_BUILD,
            ignore="node_modules\ndist\n",
            unsafe=True,
        ),
        Example(
            "Another Dockerfile takes the result",
            _BUILD,
            {**_NODE, ".gitignore": "/dist\n", "web.Dockerfile": "FROM nginx\nCOPY dist /www\n"},
            withheld="web.Dockerfile:2 needs dist",
        ),
        Example(
            "Another Dockerfile takes all",
            _INSTALL,
            {**_NODE, ".gitignore": "node_modules\n", "ci/Dockerfile": "FROM node:20\nCOPY . /ci\n"},
            withheld="ci/Dockerfile:2 brings node_modules",
        ),
        Example(
            "A compose file names it",
            _BUILD,
            {**_NODE, ".gitignore": "/dist\n", "compose.yaml": "services:\n  web:\n    volumes: ['./dist:/www']\n"},
            withheld="compose.yaml names dist",
        ),
        Example(
            "The payload",
            "FROM nginx\nCOPY . /usr/share/nginx/html\n",
            {"dist/index.html": "", ".gitignore": "dist\nnode_modules\n", ".dockerignore": ".git\n"},
            silent="nothing in the image makes it",
        ),
        Example(
            "A jar that was built before",
            "FROM eclipse-temurin:21\nCOPY . /app\nRUN java -jar /app/target/app.jar --version\n",
            {"pom.xml": "<project/>", ".gitignore": "target/\n", ".dockerignore": ".git\n"},
            silent="Maven does not run here",
        ),
        Example(
            "They are ignored",
            _INSTALL,
            {**_NODE, ".gitignore": "node_modules/\n", ".dockerignore": "node_modules/**\n"},
            silent="nothing of them reaches the COPY",
        ),
        Example(
            "No name of its own",
            _BUILD,
            {**_NODE, ".gitignore": "*.sqlite3\nuploads\n"},
            silent="what else git ignores may be needed",
        ),
        Example(
            "It is part of the repository",
            _BUILD,
            {**_NODE, "dist/index.html": ""},
            silent="no `.gitignore` says that it is made locally",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for all that the same command makes again."""
        context, model = ignoring(view), view.layers
        local = model.shared(local_files) if context is not None else ()
        if context is None or not local or for_podman(context):
            return
        groups: dict[tuple[Again, Safety], list[Local]] = {}
        for one in local:
            again = made_again(model, one) if one.kind in ("packages", "results") else None
            if again is not None:
                safety = Safety.SAFE if one.kind == "packages" else Safety.UNSAFE
                groups.setdefault((again, safety), []).append(one)
        for (again, safety), some in groups.items():
            yield self._found(context, model, again, safety, some)

    def _found(
        self, context: BuildContext, model: LayerModel, again: Again, safety: Safety, local: Sequence[Local]
    ) -> Diagnostic:
        from copylast_rules.context.leaving import leaving, said_by

        assert context.ignore is not None
        one = local[0].one
        doubt = "a step may read what only the machine that builds has of it"
        fix, withheld = leaving(model, local, safety, again.refused, doubt)
        names = [each.name for each in local]
        them = "it" if len(names) == 1 else "them"
        return Diagnostic(
            self.code,
            self.name,
            f"{context.ignore.path} lets {listed(names)} through, though {again.command} makes {them} again",
            one.step.instruction.span,
            self.severity,
            label="brings what the machine that builds has of it",
            notes=said_by(local),
            help=f"add {'it' if len(names) == 1 else 'a line for each'} to {context.ignore.path}",
            fix=fix,
            withheld=withheld,
        )
