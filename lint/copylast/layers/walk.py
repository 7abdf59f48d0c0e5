"""The state of building the keys of one stage, which the builders' recipes look at."""

from __future__ import annotations

from copylast.dockerfile.graph import Reference
from copylast.dockerfile.nodes import Instruction, Stage
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.layers.inputs import Input, StepKey
from copylast.layers.paths import UNKNOWN
from copylast.layers.places import Place, Variable
from copylast.layers.profiles import Profile
from copylast.layers.situations import Image, Situation


class Walk:
    """One stage of one build.

    ``ends`` are the last steps of the stages that are done; ``place`` is what holds at the instruction at
    hand; ``platform`` is the one that the stage runs on, as far as it is said.
    """

    def __init__(
        self, situation: Situation, profile: Profile, stage: Stage, ends: dict[int, StepKey], parent: Place | None
    ) -> None:
        self.situation = situation
        self.profile = profile
        self.stage = stage
        self.ends = ends
        scope = situation.evaluation.stages[stage.index]
        self.base = scope.base
        asked = scope.platform.text if scope.platform is not None else None
        self.platform = asked or situation.settings.platform or ""
        image = situation.settings.images.get(self.base.name) if self.base.stage is None else None
        cwd = "/" if self.base.kind == "scratch" else UNKNOWN
        if image is not None and image.cwd is not None:
            cwd = image.cwd
        env = image.env if image is not None else ()
        self.place = Place(situation.evaluation, stage, parent, cwd, env)
        self.inputs: dict[Variable, Input] = {}
        """Inputs made so far of variables: each RUN has those of all RUNs above it."""
        self.images: list[StepKey] = []
        """Images that the instruction at hand copies from."""

    def from_key(self, instruction: Instruction) -> StepKey:
        """The step of a base that is no stage of the file."""
        return self._image(self.base, instruction, "from")

    def end_of(self, reference: Reference, instruction: Instruction) -> StepKey | None:
        """The step whose files are copied or mounted: the last of a stage, or an image or named context."""
        if reference.stage is not None:
            return self.ends.get(reference.stage)
        self.images.append(self._image(reference, instruction, "image"))
        return self.images[-1]

    def triggers(self) -> list[Instruction]:
        """What ONBUILD left in the base image, if somebody knows; they count as the FROM's own lines."""
        image = self.situation.settings.images.get(self.base.name)
        if image is None or self.base.stage is not None or self.profile.written:
            return []
        from_ = self.stage.from_
        found = parse(Source("\n".join(("FROM scratch", *image.onbuild)))).instructions[1:]
        return [
            Instruction(
                from_.index,
                one.keyword,
                from_.keyword_span,
                from_.span,
                one.rest,
                one.segments,
                one.flags,
                one.words,
                one.json,
                source=from_.source,
            )
            for one in found
        ]

    def _image(self, reference: Reference, instruction: Instruction, part: str) -> StepKey:
        if reference.kind == "scratch":
            return StepKey(self.stage.index, instruction, (Input("scratch", "scratch"),), (), part)
        image = self.situation.settings.images.get(reference.name, Image(reference.name))
        inputs = [Input(reference.kind, reference.name, image.layers), Input("platform", self.platform, self.platform)]
        if self.profile.chain:
            # The others know an image by its identity, of which its configuration is a part.
            inputs.append(Input("image", reference.name, f"{image.config}\0{image.env}"))
            if self.profile.name == "buildah":
                network = self.situation.settings.network
                inputs.append(Input("network", network, network))
        return StepKey(self.stage.index, instruction, tuple(inputs), (), part)
