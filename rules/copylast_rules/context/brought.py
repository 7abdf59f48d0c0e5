"""What the steps of a build take from the build context: asked once for all rules on the context."""

from __future__ import annotations

from copylast import Copy, LayerModel, NamedTuple, Step


class Brought(NamedTuple):
    """A step and something that it takes from the build context."""

    step: Step
    copy: Copy
    mount: bool

    @property
    def what(self) -> str:
        """How people call the one that takes it."""
        return "a bind mount" if self.mount else self.step.keyword


def brought(model: LayerModel) -> tuple[Brought, ...]:
    """All COPYs, ADDs and bind mounts from the context whose files are known, in stages that the build needs."""
    needed = model.reachable()
    found: list[Brought] = []
    for stage in model.stages:
        if stage.index in needed:
            for step in stage.steps:
                if step.copy is not None:
                    if step.copy.selection is not None:
                        found.append(Brought(step, step.copy, False))
                elif step.mounts:
                    copies = (mount.copy for mount in step.mounts)
                    found += [Brought(step, copy, True) for copy in copies if copy is not None and copy.selection]
    return tuple(found)
