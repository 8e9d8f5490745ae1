"""A message that a shopper has just requested is not advertising. It is sent at once, to the
address that it was requested for."""

from typing import Any

import pytest

from support.builders import HOUR, NOON, a_shopper, a_step, no, some_occasion, some_settings
from support.decisions import sent
from wracaj.consent.channel import Channel
from wracaj.consent.preferences import Pace, Topic
from wracaj.events import CartContent, Contact
from wracaj.timelines.decision import decide
from wracaj.timelines.occasion import Occasion
from wracaj.timelines.steps import Reason

ANSWERS = a_step(name="data_link_email", template="data_link", after_seconds=0)


def asked_for(occasion: str = "data_link", **changes: Any) -> Occasion:
    told: dict[str, Any] = {
        "touched": NOON,
        "content": CartContent(),
        "contact": Contact(email="anna@example.com"),
    }
    return some_occasion(occasion, **(told | changes))


@pytest.mark.parametrize(
    "customer",
    [
        {"consent": {}},
        {"consent": {Channel.EMAIL: no()}},
        {"declined": set(Topic)},
        {"pace": Pace.MONTHLY, "sent": tuple(sent(hours, Channel.EMAIL) for hours in range(1, 9))},
        {"last_order_at": NOON + HOUR},
    ],
    ids=["never asked", "said no", "declined all", "over every cap", "ordered since"],
)
@pytest.mark.parametrize("hour", [0, 11, 22])
def test_it_comes_at_once_whatever_was_chosen_about_advertisements(
    customer: dict[str, Any], hour: int
) -> None:
    at = NOON.replace(hour=hour)
    result = decide(asked_for(touched=at), a_shopper(**customer), ANSWERS, some_settings(), at)
    assert result.reason is Reason.DUE


def test_it_goes_to_the_address_it_was_asked_for_and_not_to_one_that_bounced() -> None:
    assert (
        decide(asked_for(contact=Contact()), a_shopper(), ANSWERS, some_settings(), NOON).reason
        is Reason.NO_ADDRESS
    )
    gone = a_shopper(suppressed={"email": "bounce"})
    assert decide(asked_for(), gone, ANSWERS, some_settings(), NOON).reason is Reason.SUPPRESSED
    assert (
        decide(asked_for(), a_shopper(erased_at=NOON), ANSWERS, some_settings(), NOON).reason
        is Reason.ERASED
    )


def test_the_switch_holds_it_too() -> None:
    assert (
        decide(asked_for(), a_shopper(), ANSWERS, some_settings(enabled=False), NOON).reason
        is Reason.SWITCHED_OFF
    )
