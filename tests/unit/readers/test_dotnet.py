"""dotnet restore: which projects, what they import and refer to, what refuses."""

from __future__ import annotations

import time

import pytest
from tests.casebook import lint
from tests.unit.readers.project import closure, gates, paths

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source

SDK = '<Project Sdk="Microsoft.NET.Sdk">{}</Project>'
PLAIN = SDK.format('<ItemGroup><PackageReference Include="A" Version="1.0.0" /></ItemGroup>')
RESTORE = "dotnet restore"


def project(*lines: str) -> str:
    """An SDK project of these lines."""
    return SDK.format("\n" + "\n".join(lines) + "\n")


def refers(*paths: str, condition: str = "") -> str:
    """An ItemGroup with references."""
    said = f" Condition=\"{condition}\"" if condition else ""
    items = "".join(f'<ProjectReference Include="{path}"{said} />' for path in paths)
    return f"<ItemGroup>{items}</ItemGroup>"


def source(value: str) -> str:
    """A nuget.config with one package source."""
    return f'<configuration><packageSources><add key="a" value="{value}" /></packageSources></configuration>'


def classic(*paths: str) -> str:
    """A .sln that lists projects."""
    head = "\ufeff\r\nMicrosoft Visual Studio Solution File, Format Version 12.00\r\n"
    kind = "{9A19103F-16F7-4668-BE54-9A1E7A4F7556}"
    return head + "".join(f'Project("{kind}") = "x", "{p}", "{{0}}"\r\nEndProject\r\n' for p in paths)


@pytest.mark.parametrize(
    ("command", "files", "expected"),
    [
        (RESTORE, {"a.csproj": PLAIN, "a.cs": ""}, ["a.csproj"]),
        ("dotnet publish -c Release -o /out", {"a.fsproj": PLAIN}, ["a.fsproj"]),
        (RESTORE + " src/a", {"src/a/a.vbproj": PLAIN}, ["src/a/a.vbproj"]),
        ("dotnet build '*.csproj'", {"a.csproj": PLAIN, "b.fsproj": PLAIN}, ["a.csproj"]),
        (
            RESTORE + " src/App/App.csproj -r linux-x64",
            {
                "src/App/App.csproj": project(refers(r"..\Lib\Lib.csproj;../Other%20One/O.csproj")),
                "src/Lib/Lib.csproj": project(refers("../Deep/Deep.csproj", "../App/App.csproj")),
                "src/Deep/Deep.csproj": PLAIN,
                "src/Other One/O.csproj": PLAIN,
                "tests/T/T.csproj": PLAIN,
            },
            ["src/App/App.csproj", "src/Deep/Deep.csproj", "src/Lib/Lib.csproj", "src/Other One/O.csproj"],
        ),
        (
            RESTORE,
            {
                "a.sln": classic(r"src\A\A.csproj", "tests/T/T.csproj"),
                "src/A/A.csproj": PLAIN,
                "tests/T/T.csproj": PLAIN,
            },
            ["a.sln", "src/A/A.csproj", "tests/T/T.csproj"],
        ),
        (
            RESTORE + " a.sln",
            {
                "a.sln": 'Project("{2150E333-8FDC-42A3-9474-1A3956D46DE8}") = "docs", "docs", "{0}"\nEndProject\n'
                + classic("A.csproj"),
                "A.csproj": PLAIN,
            },
            ["A.csproj", "a.sln"],
        ),
        (RESTORE, {"A.sln": classic("A.csproj"), "A.csproj": PLAIN}, ["A.csproj", "A.sln"]),
        (
            RESTORE + " all.slnx",
            {
                "all.slnx": '<Solution><Folder Name="/x/"><Project Path="x/x.csproj" /></Folder></Solution>',
                "x/x.csproj": PLAIN,
            },
            ["all.slnx", "x/x.csproj"],
        ),
        (
            RESTORE + " some.slnf",
            {
                "some.slnf": r'{"solution": {"path": "all.sln", "projects": ["x\\x.csproj"]}}',
                "all.sln": classic("x/x.csproj", "y/y.csproj"),
                "x/x.csproj": PLAIN,
            },
            ["all.sln", "some.slnf", "x/x.csproj"],
        ),
        (
            RESTORE + " src/A/A.csproj",
            {
                "src/A/A.csproj": PLAIN,
                "src/Directory.Build.props": "<Project><Import Project=\"$([MSBuild]::GetPathOfFileAbove("
                "'Directory.Build.props', '$(MSBuildThisFileDirectory)../'))\" /></Project>",
                "Directory.Build.props": "<Project />",
                "Directory.Build.targets": "<Project />",
                "Directory.Packages.props": "<Project />",
                "NuGet.Config": "<configuration />",
                "src/nuget.config": "<configuration />",
                "global.json": "{}",
                "src/A/packages.config": "",
            },
            [
                "Directory.Build.props",
                "Directory.Build.targets",
                "Directory.Packages.props",
                "NuGet.Config",
                "global.json",
                "src/A/A.csproj",
                "src/Directory.Build.props",
                "src/nuget.config",
            ],
        ),
        (
            RESTORE,
            {
                "a.csproj": project(
                    "<PropertyGroup><Eng>$(MSBuildThisFileDirectory)eng\\</Eng></PropertyGroup>",
                    '<Import Project="$(Eng)versions.props" />',
                    '<Import Project="local.props" Condition="Exists(\'local.props\')" />',
                    '<Import Project="$(MSBuildExtensionsPath)/x/y.props" />',
                    '<Import Project="Sdk.props" Sdk="Other.Sdk" />',
                    '<Import Project="build/*.props" />',
                ),
                "eng/versions.props": "<Project />",
                "build/one.props": "<Project />",
                "build/two.targets": "<Project />",
            },
            ["a.csproj", "build/one.props", "eng/versions.props"],
        ),
        (
            RESTORE,
            {
                "a.csproj": project(
                    "<PropertyGroup><Side Condition=\"'$(X)' == ''\">one</Side><Side>two</Side></PropertyGroup>",
                    refers("$(Side)/p.csproj"),
                    refers("there/p.csproj", "gone/p.csproj", condition="'$(Y)' == 'true'"),
                ),
                "one/p.csproj": PLAIN,
                "two/p.csproj": PLAIN,
                "there/p.csproj": PLAIN,
            },
            ["a.csproj", "one/p.csproj", "there/p.csproj", "two/p.csproj"],
        ),
        (
            RESTORE + " all.proj",
            {"all.proj": project(refers("src/**/*.csproj")), "src/a/a.csproj": PLAIN, "src/b/c/c.csproj": PLAIN},
            ["all.proj", "src/a/a.csproj", "src/b/c/c.csproj"],
        ),
        (
            RESTORE,
            {
                "a.csproj": PLAIN,
                "nuget.config": '<configuration><packageSources><add key="local" value="./packages" />'
                '<add key="web" value="https://example.org/v3/index.json" /></packageSources></configuration>',
                "packages/x.1.0.0.nupkg": "",
            },
            ["a.csproj", "nuget.config", "packages/"],
        ),
        (
            RESTORE,
            {
                "a.csproj": project(
                    "<PropertyGroup><Version>$([System.IO.File]::ReadAllText('$(MSBuildThisFileDirectory)VERSION').Trim())"
                    "</Version></PropertyGroup>",
                    '<PropertyGroup Condition="Exists(\'flags.txt\')"><Flag>1</Flag></PropertyGroup>',
                ),
                "VERSION": "1",
                "flags.txt": "",
            },
            ["VERSION", "a.csproj", "flags.txt?"],
        ),
        (
            RESTORE,
            {
                "a.csproj": project(
                    '<Target Name="Web" BeforeTargets="Build">'
                    '<Exec Command="npm ci" Condition="!Exists(\'node_modules\')" /></Target>'
                )
            },
            ["a.csproj"],
        ),
        (
            "dotnet tool restore",
            {".config/dotnet-tools.json": "{}", "NuGet.config": "<configuration />", "a.csproj": PLAIN},
            [".config/dotnet-tools.json", "NuGet.config"],
        ),
    ],
)
def test_what_is_read(command: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files)
    assert not got.refusals
    assert sorted(paths(got)) == sorted(expected)


@pytest.mark.parametrize(
    ("command", "files", "gate", "said"),
    [
        (RESTORE, {}, 4, "no project or solution"),
        (RESTORE, {"a.csproj": PLAIN, "b.csproj": PLAIN}, 3, "more than one project"),
        (RESTORE + " $PROJECT", {"a.csproj": PLAIN}, 3, "cannot be known"),
        (RESTORE + " a.csproj b.csproj", {"a.csproj": PLAIN}, 3, "more than one project"),
        (RESTORE, {"a.csproj": None}, 11, "symbolic link"),
        (RESTORE, {"a.csproj": "<Project"}, 3, "a.csproj:1 cannot be read: not XML"),
        (
            RESTORE,
            {"a.csproj": '<!DOCTYPE p [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Project>&b;</Project>'},
            3,
            "declares entities",
        ),
        (RESTORE, {"a.csproj": "<a>" * 1000}, 3, "too deep"),
        (RESTORE, {"a.csproj": project(refers("b/b.csproj"))}, 4, "ProjectReference in a.csproj:2"),
        (RESTORE, {"a.csproj": project(refers("$(Where)/b.csproj"))}, 3, "not known"),
        (RESTORE, {"a.csproj": project(refers(r"C:\b\b.csproj"))}, 3, "not known"),
        (RESTORE, {"a.csproj": project('<Import Project="eng/x.props" />')}, 4, "imported in a.csproj:2"),
        (RESTORE, {"a.csproj": project('<Import Project="$(SolutionDir)x.props" />')}, 3, "imports"),
        (RESTORE, {"a.sln": classic("x/x.csproj")}, 4, "a.sln:3"),
        (
            RESTORE,
            {"a.sln": 'Project("{E24C65DC-7377-472B-9ABA-BC803B73C61A}") = "s", "site", "{0}"\n', "site/": ""},
            3,
            "web site",
        ),
        (RESTORE, {"a.slnx": "<Solution>"}, 3, "a.slnx:1 cannot be read"),
        (RESTORE + " a.slnf", {"a.slnf": "[]"}, 3, "solution filter"),
        (
            RESTORE,
            {"a.csproj": project('<Target Name="Hooks" BeforeTargets="Restore;CollectPackageReferences" />')},
            1,
            "the target Hooks of a.csproj runs with the restore",
        ),
        (RESTORE, {"a.csproj": '<Project InitialTargets="Check" Sdk="Microsoft.NET.Sdk" />'}, 1, "before everything"),
        (RESTORE, {"web.esproj": PLAIN}, 1, "what restoring web.esproj does"),
        (
            RESTORE,
            {"a.csproj": project("<PropertyGroup><A>$([System.IO.Directory]::GetFiles('.'))</A></PropertyGroup>")},
            3,
            "looks at files",
        ),
        (
            RESTORE,
            {"a.csproj": project('<PropertyGroup Condition="Exists(\'assets\')" />'), "assets/x": ""},
            3,
            "whether the directory /app/assets exists",
        ),
        (
            RESTORE,
            {"a.csproj": PLAIN, "nuget.config": source("gone")},
            6,
            "not in the build context",
        ),
        (
            RESTORE,
            {"a.csproj": PLAIN, "nuget.config": source("%X%/p")},
            6,
            "by a variable",
        ),
        (RESTORE, {"a.csproj": PLAIN, "global.json": '{"sdk": {"paths": [".dotnet"]}}'}, 6, "global.json"),
        ("dotnet tool restore", {"a.csproj": PLAIN}, 4, "no dotnet-tools.json"),
        ("nuget restore a.sln", {"a.sln": classic()}, 3, "nuget restore"),
    ],
)
def test_what_refuses(command: str, files: dict[str, str | None], gate: int, said: str) -> None:
    got = closure(command, files)
    assert gate in gates(got)
    assert any(said in r.reason for r in got.refusals), got.refusals


def test_every_project_gets_an_obj_directory() -> None:
    files = {"a/a.csproj": project(refers("../b/b.csproj")), "b/b.csproj": PLAIN}
    assert closure(RESTORE + " a/a.csproj", files).writes == ("/app/a/obj", "/app/b/obj")


def test_artifacts_lie_beside_the_common_properties() -> None:
    common = "<Project><PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup></Project>"
    got = closure(RESTORE + " a/a.csproj", {"a/a.csproj": PLAIN, "Directory.Build.props": common})
    assert "/app/artifacts" in got.writes


LOCKED = project("<PropertyGroup><RestoreLockedMode>true</RestoreLockedMode></PropertyGroup>")


@pytest.mark.parametrize(
    ("command", "text", "unsafe"),
    [
        (RESTORE, PLAIN, True),
        (RESTORE + " --locked-mode", PLAIN, False),
        (RESTORE + " -p:RestoreLockedMode=true", PLAIN, False),
        (RESTORE + " /p:RestoreLockedMode=true", PLAIN, False),
        (RESTORE, LOCKED, False),
        (RESTORE, LOCKED.replace("<RestoreLockedMode>", "<RestoreLockedMode Condition=\"'$(CI)' == 'true'\">"), True),
    ],
)
def test_a_lockfile_may_be_written_again(command: str, text: str, unsafe: bool) -> None:
    got = closure(command, {"a.csproj": text, "packages.lock.json": "{}"})
    assert bool(got.unsafe) is unsafe
    assert "packages.lock.json" in paths(got)


def test_a_property_of_the_command_line_wins() -> None:
    text = project("<PropertyGroup><Kind>a</Kind></PropertyGroup>", refers("$(Kind)/p.csproj"))
    files = {"x.csproj": text, "a/p.csproj": PLAIN, "b/p.csproj": PLAIN}
    assert paths(closure(RESTORE + " -p:Kind=b", files)) == ["b/p.csproj", "x.csproj"]
    assert gates(closure(RESTORE + " -p:Kind=$KIND", files)) == [3]


def test_many_projects_are_read_quickly() -> None:
    files = {"all.sln": classic(*(f"src/p{i}/p{i}.csproj" for i in range(5000)))}
    files["Directory.Build.props"] = "<Project />"
    for i in range(5000):
        other = (i * 7 + 1) % 5000
        files[f"src/p{i}/p{i}.csproj"] = project(refers(f"../p{other}/p{other}.csproj"))
    context = MemoryContext({path: text.encode() for path, text in files.items()})
    source = Source("FROM x\nWORKDIR /app\nCOPY . .\nRUN dotnet restore\n", "Dockerfile")
    start = time.process_time()
    model, _ = lint(source, context)
    step = model.stages[0].steps[-1]
    closure = model.facts(step)[0].closure
    assert closure is not None and len(closure.needs) == 5002 and not closure.refusals
    assert time.process_time() - start < 10, "about one second on one processor"
