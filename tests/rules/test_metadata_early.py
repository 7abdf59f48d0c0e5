"""CPL207 where its examples say too little: what the fix moves, and past what it does not."""

from __future__ import annotations

import pytest

from copylast.rule.rule import Example
from copylast.testing import RuleCase, rule_cases
from copylast_rules.arguments.metadata_early import MetadataEarly

_INSTALL = "RUN apt-get update && apt-get install -y nginx\n"
_HEREDOC = "RUN <<EOF\napt-get update\napt-get install -y nginx\nEOF\n"

_EXAMPLES = (
    Example(
        "a heredoc is the last step",
        f"FROM debian:12\nEXPOSE 80\n{_HEREDOC}",
        fixed=f"FROM debian:12\n{_HEREDOC}EXPOSE 80\n",
        builder="buildah",
    ),
    Example(
        "all keep their order",
        f"FROM debian:12\nLABEL a=1\nENTRYPOINT run\n{_INSTALL}LABEL a=2\nCMD x\nCOPY x /x\nLABEL a=3\n",
        {"x": ""},
        fixed=f"FROM debian:12\n{_INSTALL}COPY x /x\nLABEL a=1\nENTRYPOINT run\nLABEL a=2\nCMD x\nLABEL a=3\n",
        builder="classic",
    ),
    Example(
        "another shell on the way",
        f'FROM debian:12\nCMD run\nSHELL ["/bin/bash", "-c"]\n{_INSTALL}',
        withheld="line 3 sets another shell than the one of line 2",
        builder="buildah",
    ),
    Example(
        "the shell means nothing to a list",
        f'FROM debian:12\nCMD ["run"]\nSHELL ["/bin/bash", "-c"]\n{_INSTALL}',
        fixed=f'FROM debian:12\nSHELL ["/bin/bash", "-c"]\n{_INSTALL}CMD ["run"]\n',
        builder="buildah",
    ),
    Example(
        "an argument is declared anew",
        f"FROM debian:12\nARG P=1\nEXPOSE $P\nARG P=2\n{_INSTALL}",
        withheld="line 3 uses P, which line 4 sets anew",
        builder="kaniko",
    ),
    Example(
        "a stage that is left out",
        f"FROM debian:12 AS old\nLABEL a=1\n{_INSTALL}FROM debian:12\nRUN true\n",
        silent="nobody builds it",
        builder="buildah",
    ),
)


_CASES = rule_cases(type("_Cases", (MetadataEarly,), {"examples": _EXAMPLES}))


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_metadata(case: RuleCase) -> None:
    case.check()
