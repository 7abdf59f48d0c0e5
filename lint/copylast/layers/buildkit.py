"""The keys of BuildKit: only what changes files is a step, and content cuts a cascade short.

Source of fact: ``dockerfile2llb`` (``dispatchRun``, ``dispatchCopy``, ``dispatchWorkdir``) and ``CacheMap``
of ``ExecOp`` and ``FileOp``.
"""

from __future__ import annotations

import re

from copylast.context.gopath import clean, in_root
from copylast.dockerfile.nodes import Instruction
from copylast.layers.copykeys import (
    Arguments,
    Bind,
    arguments_of,
    base_name,
    bind_content,
    bind_place,
    files_input,
    flag_value,
    is_remote,
    made_directory,
    mounts_of,
    output_inputs,
    remote_input,
)
from copylast.layers.inputs import Input
from copylast.layers.places import Variable, place
from copylast.layers.walk import Walk

_EACH_RUN = ("--add-host", "--shm-size", "--ulimit", "--cgroup-parent")


def step_inputs(walk: Walk, instruction: Instruction) -> list[Input] | None:
    """The inputs of a step besides its root file system; None for an instruction that is no step."""
    if instruction.keyword == "RUN":
        return _run(walk, instruction)
    if instruction.keyword in ("COPY", "ADD"):
        return copy_inputs(walk, instruction)
    if instruction.keyword == "WORKDIR":
        return _workdir(walk, instruction)
    return None


def _workdir(walk: Walk, instruction: Instruction) -> list[Input] | None:
    path = clean(walk.place.directory(instruction))
    if path == "/":
        return None
    epoch = walk.situation.settings.build_args.get("SOURCE_DATE_EPOCH")
    found = [Input("directory", path, path), Input("user", walk.place.user, walk.place.user)]
    return found if epoch is None or not walk.profile.dated else [*found, Input("epoch", "SOURCE_DATE_EPOCH", epoch)]


def _run(walk: Walk, instruction: Instruction) -> list[Input]:
    state = walk.place
    settings = walk.situation.settings
    argv = argv_of(instruction, state.shell)
    network = flag_value(instruction, "network", "default")
    found = [
        Input("command", instruction.rest, "\0".join(argv)),
        *(walk.inputs.get(one) or _variable(walk, one) for one in state.variables(instruction)),
        Input("user", state.user, state.user),
        Input("cwd", state.cwd, state.cwd),
        Input("network", network, settings.network if network == "default" else network),
        Input("security", "", flag_value(instruction, "security", "sandbox")),
        Input("platform", walk.platform, walk.platform),
    ]
    found += [Input("option", one, one) for one in settings.run_options if one.startswith(_EACH_RUN)]
    found += [Input("device", f.value or "", f.value or "") for f in instruction.flags if f.name == "device"]
    mounts = [_mount(walk, instruction, mount) for mount in mounts_of(instruction, state)]
    # BuildKit sorts mounts by their place.
    return found + sorted(mounts, key=lambda one: (one.name, one.value))


def _variable(walk: Walk, one: Variable) -> Input:
    found = Input("variable", f"{'ARG' if one.is_arg else 'ENV'} {one.name}", f"{one.name}={one.value}")
    return walk.inputs.setdefault(one, found)


def argv_of(instruction: Instruction, shell: tuple[str, ...]) -> tuple[str, ...]:
    """What a RUN executes, character by character (BuildKit: ``dispatchRun``, ``withShell``)."""
    if instruction.json:
        return tuple(word.text for word in instruction.words)
    text = instruction.words[0].text if instruction.words else ""
    heredocs = instruction.heredocs
    if heredocs:
        first = heredocs[0]
        operator = instruction.source.slice(first.operator) if instruction.source is not None else ""
        if text == operator:
            text = re.sub(r"(?m)^\t+", "", first.content) if first.chomp else first.content
            if text.startswith("#!"):
                # It becomes a file that is run; its name is seen too.
                text = f"/dev/pipes/{first.name}\0{text}"
        else:
            text += "".join(f"\n{heredoc.content}{heredoc.name}" for heredoc in heredocs)
    return (*shell, text)


def _mount(walk: Walk, instruction: Instruction, mount: Bind) -> Input:
    where = bind_place(mount, walk.place.cwd)
    value = [mount.kind, where]
    content = None
    fields = mount.fields
    if mount.kind in ("bind", "cache"):
        content = bind_content(walk, instruction, mount)
        writes = "readwrite" if _true(fields, "readwrite") or fields.get("readonly") in ("false", "0") else "readonly"
        if mount.kind == "bind":
            value.append(writes)
        else:
            value.append("" if _true(fields, "readonly") else "readwrite")
            value += ["" if _is_default_cache(fields, where) else "own", made_directory(mount)]
    elif mount.kind == "tmpfs":
        value.append(fields.get("size", ""))
    else:
        named = fields.get("id") or fields.get("source") or where.rpartition("/")[2]
        value += [named, fields.get("env", ""), str(_true(fields, "required"))]
        value += [fields.get("mode", "0400"), fields.get("uid", "0"), fields.get("gid", "0"), fields.get("text", "")]
    return Input("mount", where or mount.kind, "\0".join(value), content)


def _is_default_cache(fields: dict[str, str], where: str) -> bool:
    """True if a cache mount chooses neither id nor sharing: what is chosen is left out of the key.

    BuildKit: ``checkShouldClearCacheOpts``, which compares the id with the place; so a target that is no
    absolute path has an id of its own.
    """
    named = fields.get("id") or clean(fields.get("target", ""))
    return where in (named, f"/{named}") and fields.get("sharing", "shared").lower() == "shared"


def _true(fields: dict[str, str], name: str) -> bool:
    return fields.get(name, "false").lower() in ("true", "t", "1")


def copy_inputs(walk: Walk, instruction: Instruction) -> list[Input]:
    """The inputs of a COPY or ADD."""
    arguments = arguments_of(instruction, walk.place)
    found: list[Input] = []
    reference = walk.situation.evaluation.source_of(instruction)
    if reference is not None:
        found += output_inputs(walk, instruction, arguments, reference)
    else:
        found += _local(walk, instruction, arguments)
    found += [Input("inline", name, f"{name}\0{content}") for name, content in arguments.inline]
    dest = place(walk.place.cwd, arguments.dest, keep_slash=True)
    found.append(Input("destination", dest, dest))
    for name in ("chown", "chmod"):
        flag = instruction.flag(name)
        if flag is not None:
            found.append(Input("flag", f"--{name}", f"{name}={walk.place.expand(instruction, flag.value or '')[0]}"))
    for flag in instruction.flags:
        if flag.name == "exclude":
            found.append(Input("flag", "--exclude", f"exclude={walk.place.expand(instruction, flag.value or '')[0]}"))
    if instruction.keyword == "ADD":
        found.append(Input("unpack", "ADD", flag_value(instruction, "unpack", "auto")))
    return found


def _local(walk: Walk, instruction: Instruction, arguments: Arguments) -> list[Input]:
    found: list[Input] = []
    parents = flag_value(instruction, "parents", "false") != "false"
    local = False
    for source in arguments.sources:
        if is_remote(instruction, source):
            found.append(remote_input(walk.situation, instruction, source))
            continue
        local = True
        # With --parents the whole path is seen in the image.
        found.append(Input("source", source, "parents " + in_root(source) if parents else base_name(source)))
    if local:
        found.append(files_input(walk, instruction, arguments))
    return found
