"""What ``pip-sync`` reads: requirements files, as pip does.

Source: https://pip-tools.readthedocs.io/en/stable/cli/pip-sync/; runs pip-tools/* of the evidence table.
"""

from __future__ import annotations

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import PROJECT, Gathering, gather
from copylast_rules.readers.requirements import Reading


def read(request: InstallRequest) -> Closure:
    """The closure of one command of pip-tools."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind != "deps":
        g.refuse(PROJECT, f"{request.match.program} writes a manifest")
        return
    reading = Reading(request, g)
    reading.options()
    for word in request.match.positional or ("requirements.txt",):
        reading.file(word, request.cwd, word, None)
