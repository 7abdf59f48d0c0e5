"""The keys of builders that chain every instruction to the one before it: classic, buildah, kaniko.

Sources of fact: Docker's ``builder/dockerfile`` (the command that the classic builder writes into an image
and compares), buildah's ``imagebuildah`` (the ``created_by`` of an image's history), and real builds.
"""

from __future__ import annotations

from copylast.context.gopath import clean, has_wildcard
from copylast.dockerfile.nodes import Instruction
from copylast.layers.buildkit import argv_of
from copylast.layers.copykeys import (
    arguments_of,
    bind_content,
    files_input,
    flag_value,
    is_remote,
    mounts_of,
    output_inputs,
    remote_input,
)
from copylast.layers.inputs import Input
from copylast.layers.walk import Walk

_EXPANDED = frozenset({"LABEL", "EXPOSE", "USER", "VOLUME", "STOPSIGNAL"})
_ROOT = frozenset({"0:0", "0", "root", "root:root"})


def step_inputs(walk: Walk, instruction: Instruction) -> list[Input]:
    """The inputs of any instruction besides the step before it."""
    keyword = instruction.keyword
    if keyword == "RUN":
        return _run(walk, instruction)
    if keyword in ("COPY", "ADD"):
        return _copy(walk, instruction)
    if keyword == "ARG":
        return _argument(walk, instruction)
    text = f"{keyword} {_written(instruction) if walk.profile.written else _meant(walk, instruction)}"
    return [Input("text", instruction.rest, text)]


def _written(instruction: Instruction) -> str:
    """The text behind the keyword, white space at its end included."""
    line = instruction.line
    if line is None or line.text.lstrip()[:7].upper() == "ONBUILD":
        return instruction.rest
    return line.text.lstrip()[len(instruction.keyword) :][1:].rstrip("\r\n")


def _meant(walk: Walk, instruction: Instruction) -> str:
    state = walk.place
    if instruction.keyword in ("ENV", "LABEL"):
        pairs = [
            (state.expand(instruction, name.text)[0], state.expand(instruction, value.text)[0] if value else "")
            for name, value in instruction.pairs
        ]
        return "\0".join(f"{name}={value}" for name, value in pairs)
    if instruction.keyword == "WORKDIR":
        return state.directory(instruction)
    if instruction.keyword in _EXPANDED:
        return state.expand(instruction, instruction.rest)[0]
    if instruction.json:
        return "\0".join(word.text for word in instruction.words)
    return instruction.rest


def _argument(walk: Walk, instruction: Instruction) -> list[Input]:
    if not walk.profile.written:
        return [Input("text", instruction.rest, f"ARG {instruction.rest}")]
    given = walk.situation.settings.build_args
    names = [
        f"{name.text}{' has a value' if value is not None or name.text in given else ''}"
        for name, value in instruction.pairs
    ]
    return [Input("text", instruction.rest, "ARG " + " ".join(names))]


def _run(walk: Walk, instruction: Instruction) -> list[Input]:
    state, settings = walk.place, walk.situation.settings
    if walk.profile.written:
        body = "".join(heredoc.content for heredoc in instruction.heredocs)
        command = Input("command", instruction.rest, f"{_written(instruction)}\n{body}")
    else:
        command = Input("command", instruction.rest, "\0".join(argv_of(instruction, state.shell)))
    found = [command]
    values = {one.name: one.value for one in state.variables(instruction) if one.is_arg}
    for name in sorted(set(state.arguments)):
        if name in state.constants:
            # ENV wins, wherever it stands; the classic builder leaves the argument out.
            if walk.profile.written:
                found.append(Input("variable", f"ENV {name}", f"{name}={state.constants[name]}"))
        elif name in values:
            found.append(Input("variable", f"ARG {name}", f"{name}={values[name]}"))
    if walk.profile.networks:
        found.append(Input("network", settings.network, settings.network))
    if walk.profile.bound:
        for mount in mounts_of(instruction, state):
            content = bind_content(walk, instruction, mount)
            found.append(Input("mount", mount.get("target"), repr(mount), content))
    return found


def _copy(walk: Walk, instruction: Instruction) -> list[Input]:
    state = walk.place
    arguments = arguments_of(instruction, state)
    dest = arguments.dest
    if walk.profile.written and instruction.words:
        dest = instruction.words[-1].text
    found = [Input("text", instruction.keyword, instruction.keyword), Input("destination", dest, dest)]
    chown = state.expand(instruction, flag_value(instruction, "chown", ""))[0]
    mode = state.expand(instruction, flag_value(instruction, "chmod", ""))[0]
    if walk.profile.written and chown in _ROOT:
        # The owner counts by what the files get.
        chown = ""
    if chown:
        found.append(Input("flag", "--chown", chown))
    reference = walk.situation.evaluation.source_of(instruction)
    if reference is not None:
        found += output_inputs(walk, instruction, arguments, reference)
    else:
        remote = [source for source in arguments.sources if is_remote(instruction, source)]
        found += [remote_input(walk.situation, instruction, source) for source in remote]
        if len(remote) < len(arguments.sources):
            found.append(files_input(walk, instruction, arguments, own=not walk.profile.written, mode=mode))
        if not walk.profile.written:
            # The classic builder hashes a file with its path.
            found += [Input("source", one, clean("/" + one)) for one in arguments.sources if not has_wildcard(one)]
    return [*found, *(Input("inline", name, content) for name, content in arguments.inline)]
