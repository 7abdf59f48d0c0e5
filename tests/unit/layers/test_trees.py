"""What a step sees: single files, directories that are there already, archives, stages that copy from themselves."""

from __future__ import annotations

from tests.casebook import lint

from copylast.context.memory import Content, MemoryContext
from copylast.dockerfile.source import Source
from copylast.layers.model import LayerModel
from copylast.layers.overrides import overrides
from copylast.layers.owners import Makers
from copylast.layers.steps import Step

FILES: dict[str, Content] = {
    "package.json": "{}",
    "a.json": "{}",
    "prod/a.json": "{1}",
    "packages/b/package.json": "{}",
    "packages/b/index.js": "",
}


def model(text: str, files: dict[str, Content] | None = None) -> LayerModel:
    return lint(Source(text), MemoryContext(FILES if files is None else files))[0]


def last(text: str, files: dict[str, Content] | None = None) -> tuple[LayerModel, Step]:
    found = model(text, files)
    return found, found.stages[-1].steps[-1]


def test_directories_of_single_files_are_seen() -> None:
    found, step = last(
        "FROM x\nWORKDIR /app\nCOPY package.json a.json ./\nCOPY packages/b/package.json packages/b/\nRUN npm ci\n"
    )
    tree = found.tree(step)
    assert tree.kind("/app/packages/b") == "dir"
    assert tree.names("/app") == ("a.json", "package.json", "packages")
    assert tree.names("/app/packages") == ("b",)
    assert tree.names("/app/packages/b") == ("package.json",)


def test_wildcards_and_stages_give_names_too() -> None:
    found, step = last("FROM x AS s\nCOPY *.json /w/\nFROM x\nCOPY --from=s /w/package.json /v/\nRUN npm ci\n")
    assert found.final_tree(0).names("/w") == ("a.json", "package.json")
    assert found.tree(step).names("/v") == ("package.json",)
    assert found.tree(step).kind("/v/package.json") == "file"


def test_a_file_goes_into_a_directory_that_is_there() -> None:
    found, step = last("FROM x\nWORKDIR /app\nCOPY . .\nCOPY prod/a.json /app\nRUN npm ci\n")
    copies = [s.copy for s in found.stages[0].steps if s.copy is not None]
    assert copies[1].dest_is_dir
    assert overrides(found, copies[1], copies[0])
    origin = found.tree(step).origin("/app/a.json")
    assert origin is not None and origin.path == "prod/a.json"


def test_a_file_gets_the_name_of_a_destination_that_is_not_there() -> None:
    found, step = last("FROM x\nCOPY prod/a.json /etc/app.json\nRUN true\n")
    assert found.tree(step).kind("/etc/app.json") == "file"


def test_archives_may_override_anything() -> None:
    archive = b"\0" * 257 + b"ustar" + b"\0" * 250
    files: dict[str, Content] = {"requirements.txt": "", "plain.bin": "text", "data.bin": archive}
    found = model("FROM x\nWORKDIR /app\nCOPY . .\nADD data.bin ./\nADD plain.bin ./\nCOPY data.bin ./\n", files)
    broad, archived, plain, copied = (s.copy for s in found.stages[0].steps if s.copy is not None)
    assert archived.archives and not plain.archives and not copied.archives
    assert overrides(found, archived, broad) and not overrides(found, plain, broad)


def test_the_same_file_with_other_rights_is_another() -> None:
    found = model("FROM x\nWORKDIR /app\nCOPY --chown=u . .\nCOPY a.json ./\nCOPY --chown=u a.json ./\n")
    broad, plain, owned = (s.copy for s in found.stages[0].steps if s.copy is not None)
    assert overrides(found, plain, broad) and not overrides(found, owned, broad)


def test_a_manifest_of_a_stage_does_not_meet_what_the_build_made_beside_it() -> None:
    found = model(
        "FROM x AS b\nWORKDIR /r\nCOPY . .\nRUN make\n\nFROM x\nWORKDIR /app\n"
        "COPY --from=b /r/dist ./dist\nCOPY --from=b /r/package.json ./\nCOPY --from=b /r/out .\n"
    )
    made, manifest, flat = (s.copy for s in found.stages[1].steps if s.copy is not None)
    assert not overrides(found, manifest, made) and not overrides(found, made, manifest)
    assert overrides(found, flat, manifest) and overrides(found, flat, made)


def test_a_stage_that_copies_from_itself_ends() -> None:
    found, step = last("FROM x AS s\nCOPY . /a\nCOPY --from=s /a/b /a\nCOPY --from=s / /\nRUN npm ci\n")
    assert found.tree(step).origin("/a/package.json") is not None
    assert found.facts(step)


def test_who_makes_a_directory() -> None:
    found = model(
        "FROM x\nUSER u\nWORKDIR /srv/app\nCOPY packages /srv/lib/packages\nCOPY --chown=w a.json /srv/w/\n"
        "WORKDIR /srv/lib/packages/b\n"
    )
    assert Makers().add(found.stages[0].steps).found == {
        "/srv": "u",
        "/srv/app": "u",
        "/srv/lib": "root",
        "/srv/lib/packages": "root",
        "/srv/lib/packages/b": "root",
        "/srv/w": "w",
    }
