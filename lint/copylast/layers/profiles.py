"""The builders: what differs between them in what enters a key.

Sources of fact: BuildKit's ``CacheMap`` of each operation; the others by watching real builds (see the
conformance tests). kaniko was never run.
"""

from __future__ import annotations

from copylast.records import NamedTuple
from copylast.typed import Literal


class Profile(NamedTuple):
    """One builder.

    ``chain`` is False where only instructions that change files are steps (BuildKit); True where each
    instruction is a step, chained to the one before it. ``written`` (chain only) is True where the text as
    written counts, not what it expands to. ``links`` says whether COPY --link is real: it is on a
    containerd store or a container driver, and a plain COPY on Docker's overlay2. ``bound`` says whether the
    content of a bind mount counts. ``every_stage`` is True where stages that the target does not need are
    built too. ``dated`` says whether SOURCE_DATE_EPOCH is part of each WORKDIR. ``verified`` is False if the
    profile was not held against the builder.
    """

    name: Literal["buildkit", "buildah", "classic", "kaniko"]
    chain: bool = False
    written: bool = False
    links: bool = True
    bound: bool = True
    every_stage: bool = False
    networks: bool = True
    dated: bool = True
    verified: bool = True


BUILDKIT = Profile("buildkit")
BUILDKIT_OVERLAY = Profile("buildkit", links=False)
"""BuildKit inside Docker with its older image store, where --link does nothing."""
DATED_SINCE = (0, 22)
"""The version of BuildKit (frontend 1.16) whose WORKDIR makes a directory of the date SOURCE_DATE_EPOCH."""
BUILDAH = Profile("buildah", chain=True, written=True, links=False, bound=False)
CLASSIC = Profile("classic", chain=True, links=False, every_stage=True, networks=False)
KANIKO = Profile("kaniko", chain=True, links=False, networks=False, verified=False)

PROFILES = {profile.name: profile for profile in (BUILDKIT, BUILDAH, CLASSIC, KANIKO)}
"""By the name that ``--builder`` takes."""
