import pytest
from acme_copylast.shell_starts import ShellStarts

from copylast.testing import RuleCase, rule_cases


@pytest.mark.parametrize("case", rule_cases(ShellStarts), ids=str)
def test_shell_starts(case: RuleCase) -> None:
    case.check()
