"""Whether one COPY lays a different file over what another brought."""

from __future__ import annotations

from copylast.layers.model import LayerModel
from copylast.layers.paths import join, overlap, within
from copylast.layers.steps import Copy


def overrides(model: LayerModel, later: Copy, earlier: Copy) -> bool:
    """True unless it is sure that the two lay no different file, or one with other rights, at the same place."""
    if not overlap(later.dest, earlier.dest):
        return False
    if later.archives or earlier.archives:
        # What an archive holds is not looked at.
        return True
    if model.context is None:
        return True
    if earlier.selection is None:
        # Nobody knows what it brings; but what comes later may land elsewhere.
        if later.selection is None:
            return _of_stages_meet(model, later, earlier) and _of_stages_meet(model, earlier, later)
        return any(
            entry.kind != "dir" and overlap(image_path, earlier.dest) for entry, image_path in later.selection.pairs()
        )
    if later.selection is not None:
        for entry, image_path in later.selection.pairs():
            if entry.kind == "dir":
                continue
            twin = earlier.selection.context_path(image_path)
            if twin is None or model.context.entry(twin) is None:
                continue
            if twin != entry.path or later.rights != earlier.rights:
                return True
        return False
    if later.inline:
        places = [f"{later.dest.rstrip('/')}/{name}" for name in later.inline] if later.dest_is_dir else [later.dest]
    elif not later.dest_is_dir or len(later.sources) == 1:
        places = [later.dest]
        if later.dest_is_dir:
            places = [f"{later.dest.rstrip('/')}/{later.sources[0].rstrip('/').rsplit('/', 1)[-1]}"]
            # A directory lays its contents, whose names are not known here.
            if within(earlier.dest, later.dest) or earlier.selection.context_path(later.dest) is not None:
                return True
    else:
        return True
    for place in places:
        twin = earlier.selection.context_path(place)
        if twin is not None and model.context.entry(twin) is not None:
            return True
    return False


def _of_stages_meet(model: LayerModel, copy: Copy, other: Copy) -> bool:
    """False if the first brings only single files from another stage, and none to where the other lays its own."""
    if copy.stage is None or copy.inline:
        return True
    tree = model.final_tree(copy.stage)
    for source in copy.sources:
        path = join("/", source)
        if path is None or tree.kind(path) != "file":
            return True
        place = f"{copy.dest.rstrip('/')}/{path.rsplit('/', 1)[-1]}" if copy.dest_is_dir else copy.dest
        if overlap(place, other.dest):
            return True
    return False
