"""What CPL106 says; it is imported only where there may be something to say."""

from __future__ import annotations

from collections.abc import Iterator

from copylast import Diagnostic, Label, Rule, View, command_name, offer
from copylast_rules.order.twice import Twice, again_of, installs_twice
from copylast_rules.order.unfit import Unfit, unfit_steps

_MESSAGES = {
    "anew": "`{name}` removes what is installed already, and installs everything again",
    "removed": "`{name}` installs again what was installed and removed",
    "forced": "`{name}` installs again all that is installed already",
    "copied": "`{name}` removes what was copied from another stage, and installs everything again",
    "elsewhere": "`{name}` installs in {here} again what was installed in {there}",
    "lock": "`{name}` installs again what is installed already, by another lock",
}


def findings(view: View, rule: Rule) -> Iterator[Diagnostic]:
    """One finding for each command that does again what an earlier step did."""
    for twice in installs_twice(view):
        yield _twice(rule, twice)
    for unfit in unfit_steps(view):
        yield _unfit(rule, view, unfit)


def _twice(rule: Rule, twice: Twice) -> Diagnostic:
    fact = twice.later.fact
    name = command_name(fact)
    copied = twice.how == "copied"
    return Diagnostic(
        rule.code,
        rule.name,
        _MESSAGES[twice.how].format(name=name, here=fact.cwd, there=twice.first.fact.cwd),
        fact.command.span,
        rule.severity,
        label="installs the dependencies once more",
        labels=(
            Label(
                twice.by.instruction.span if copied else twice.first.fact.command.span,
                "they were copied here" if copied else "they were installed here",
            ),
        ),
        help=_help(twice),
    )


def _unfit(rule: Rule, view: View, unfit: Unfit) -> Diagnostic:
    from copylast_rules.order.fitting import plan_option

    early, late, option = command_name(unfit.early.fact), command_name(unfit.late.fact), unfit.option
    fix, withheld = offer(lambda: plan_option(view, unfit))
    lacks, has = (early, late) if unfit.missing else (late, early)
    return Diagnostic(
        rule.code,
        rule.name,
        f"`{late}` does again what `{early}` did: only `{has}` has `{option}`",
        unfit.late.fact.command.span,
        rule.severity,
        label="can use nothing of it",
        labels=(Label(unfit.early.fact.command.span, f"has {'no' if unfit.missing else 'a'} `{option}`"),),
        help=f"give `{option}` to `{lacks}` too",
        fix=fix,
        withheld=withheld,
    )


def _help(twice: Twice) -> str:
    again = again_of(twice.later.fact)
    if twice.how in ("anew", "removed") and not twice.same_choice:
        if again is not None and again.prune:
            return f"`{again.prune}` removes what is not needed and leaves the rest, and installs nothing"
        return "install in a stage of its own what the image needs, and copy the results of the build there"
    if twice.how == "copied":
        return "leave out the COPY or the install"
    if twice.how == "elsewhere":
        return "install once, in the directory in which the packages are used"
    if twice.how == "lock":
        return "copy the lock that the later install sees above the first one, and install once"
    return "leave out one of the two"
