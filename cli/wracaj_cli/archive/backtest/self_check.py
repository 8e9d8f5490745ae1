"""Makes archived decisions again, from their own facts, step, settings and moment."""

from enum import Enum
from typing import NamedTuple

from wracaj.settings.shop import ShopSettings
from wracaj.timelines.decision import decided, reason_against
from wracaj.timelines.steps import Outcome, Reason, StepResult
from wracaj_cli.archive.backtest.runs import Made

OF_ARMS = frozenset({Reason.IN_HOLDOUT, Reason.OTHER_TIMINGS})
# what comes of a message once the rules say that it is due: by its content, its code, the provider
NOT_OURS = frozenset(
    {
        Reason.NO_CONTENT,
        Reason.MAILBOX_LIMIT,
        Reason.NO_DISCOUNT,
        Reason.REFUSED,
        Reason.ADDRESS_GONE,
        Reason.PROVIDER_THROTTLED,
        Reason.OUTCOME_UNKNOWN,
        Reason.WINDOW_CLOSED,
        Reason.FAILED,
    }
)


class Finding(Enum):
    OF_AN_ARM = "of_an_arm"  # the rules said yes, and an experiment's arm something else
    NOT_OURS = "not_ours"  # the rules said yes, and what came of it was not theirs to say
    DIFFERENT = "different"


class Checked(NamedTuple):
    finding: Finding
    result: StepResult


def checked(one: Made, shop: ShopSettings) -> Checked | None:
    """Return what does not come out the same. None: it does. `shop`: the settings of that time."""
    result = decided(one.facts, one.step, shop, one.at)
    if is_same(one, result):
        return None
    if one.reason in OF_ARMS:
        against = reason_against(one.facts, one.step, shop, one.at)
        return (
            Checked(Finding.DIFFERENT, against) if against else Checked(Finding.OF_AN_ARM, result)
        )
    is_due = result.outcome is Outcome.SENT or result.reason is Reason.OUTCOME_UNKNOWN
    if is_due and (one.reason in NOT_OURS or one.facts.earlier is not None):
        return Checked(Finding.NOT_OURS, result)
    return Checked(Finding.DIFFERENT, result)


def is_same(one: Made, result: StepResult) -> bool:
    return (
        one.reason is result.reason
        and one.outcome is result.outcome
        and one.wait == result.wait_seconds
    )
