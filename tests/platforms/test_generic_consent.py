"""What a generic shop reports about consent."""

from typing import Any, cast

import pytest

from support import webhook_bodies as a
from support.generic_reading import HAPPENED, JAN, JANS_RECORD, SAID, UPDATED, parsed, read
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import ConsentChanged
from wracaj.platforms import Ignored


@pytest.mark.parametrize(
    "consent", [None, [], {}, {"email": None, "sms": None}, {"email": a.a_word("unknown")}]
)
def test_missing_consent_is_unknown_and_never_a_yes(consent: Any) -> None:
    (cart,) = read("cart.updated", a.a_generic_cart(consent=consent))
    assert cart.consent == {}


@pytest.mark.parametrize("date", [None, "", "wczoraj", [], "0000-00-00 00:00:00"])
def test_a_yes_without_its_date_counts_for_nothing(date: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(consent={"email": a.a_word(updated_at=date)}))
    assert cast(Any, changed.told)[0].consent == {}
    assert list(dict(changed.warnings)) == ["data.consent.email.updated_at"]


@pytest.mark.parametrize("date", [None, "", "wczoraj", []])
def test_a_no_without_its_date_is_a_no_of_the_webhooks_time(date: Any) -> None:
    (cart,) = read(
        "cart.updated",
        a.a_generic_cart(consent={"email": a.a_word("unsubscribed", updated_at=date)}),
    )
    assert cart.consent[Channel.EMAIL] == Consent(
        state=ConsentState.UNSUBSCRIBED, at=UPDATED, source="checkout"
    )


@pytest.mark.parametrize("state", ["yes", "tak", True, 1, "granted", [], {}])
def test_a_word_we_do_not_know_counts_for_nothing(state: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(consent={"sms": a.a_word(state)}))
    assert cast(Any, changed.told)[0].consent == {}
    problem = "must be subscribed, pending, unsubscribed or unknown: it counts for nothing"
    assert dict(changed.warnings) == {"data.consent.sms.state": problem}


@pytest.mark.parametrize(
    "state",
    ["no", "NO", "nie", False, "false", 0, "0", "opted_out", "opt-out", "Opted Out", "revoked"],
)
@pytest.mark.parametrize("shape", ["an object", "a bare word", "for all channels"])
def test_what_can_be_read_as_a_no_is_a_no(state: Any, shape: str) -> None:
    consent = {
        "an object": {"email": a.a_word(state)},
        "a bare word": {"email": state},
        "for all channels": state,
    }[shape]
    changed = parsed("cart.updated", a.a_generic_cart(consent=consent))
    assert cast(Any, changed.told)[0].consent[Channel.EMAIL].state is ConsentState.UNSUBSCRIBED
    assert "it is read as an opt-out" in dict(changed.warnings)["data.consent.email.state"]


@pytest.mark.parametrize(
    "consent",
    ["subscribed", True, 1, {"email": "subscribed"}, {"email": True}, [True], {"email": [[]]}],
)
def test_a_yes_that_is_no_dated_word_is_none(consent: Any) -> None:
    changed = parsed("cart.updated", a.a_generic_cart(consent=consent))
    assert cast(Any, changed.told)[0].consent == {}
    assert changed.warnings


def test_a_state_counts_in_any_case() -> None:
    assert parsed(
        "cart.updated", a.a_generic_cart(consent={"email": a.a_word(" Subscribed")})
    ).told == read("cart.updated", a.a_generic_cart(consent={"email": a.a_word()}))


@pytest.mark.parametrize("confirmed", ["true", 1, [], "yes"])
def test_only_a_plain_true_confirms(confirmed: Any) -> None:
    changed = parsed(
        "cart.updated", a.a_generic_cart(consent={"email": a.a_word(confirmed=confirmed)})
    )
    word = cast(Any, changed.told)[0].consent[Channel.EMAIL]
    assert (word.state, word.confirmed) == (ConsentState.SUBSCRIBED, False)
    assert list(dict(changed.warnings)) == ["data.consent.email.confirmed"]


def test_of_a_cart_without_a_name_a_no_is_kept() -> None:
    """Nothing else can be: but who said no said it."""
    consent = {"email": a.a_word("unsubscribed"), "sms": a.a_word()}
    changed = parsed(
        "cart.updated", a.a_generic_cart(cart_id=[], checkout_id=None, consent=consent)
    )
    (no,) = cast(Any, changed.told)
    assert (no.contact, no.channel, no.consent.state) == (
        JAN,
        Channel.EMAIL,
        ConsentState.UNSUBSCRIBED,
    )
    assert list(dict(changed.warnings)) == ["data.cart_id", "data"]


def test_consent_is_told_per_channel() -> None:
    data = {
        "customer": a.a_customer(),
        "consent": {"email": a.a_word("unsubscribed"), "sms": a.a_word(source=None)},
    }
    email, sms = read("consent.updated", data)
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=SAID, source="checkout")
    yes = Consent(state=ConsentState.SUBSCRIBED, at=SAID, source="shop")
    assert email == ConsentChanged(
        at=HAPPENED, contact=JANS_RECORD, channel=Channel.EMAIL, consent=no
    )
    assert sms == ConsentChanged(at=HAPPENED, contact=JANS_RECORD, channel=Channel.SMS, consent=yes)


def test_a_word_about_any_channel_is_heard() -> None:
    said = {channel.value: a.a_word("unsubscribed") for channel in Channel}
    told = read("consent.updated", {"customer": a.a_customer(), "consent": said})
    assert [event.channel for event in told] == list(Channel)
    (cart,) = read("cart.updated", a.a_generic_cart(consent={"audience": a.a_word()}))
    assert cart.consent.keys() == {Channel.AUDIENCE}


def test_a_consent_that_says_nothing_is_ignored() -> None:
    assert isinstance(
        read(
            "consent.updated",
            {"customer": a.a_customer(), "consent": {"email": a.a_word("unknown")}},
        ),
        Ignored,
    )


def test_consent_on_an_order_and_a_customer_counts_too() -> None:
    word = {"email": a.a_word()}
    _, from_order = read("order.created", a.a_generic_order(consent=word))
    _, from_completion = read("checkout.completed", a.a_generic_order(consent=word))
    _, from_customer = read("customer.updated", {"customer": a.a_customer(), "consent": word})
    assert from_order.consent == from_completion.consent == from_customer.consent


def test_consent_of_nobody_reachable_is_left_out() -> None:
    assert (
        len(read("order.created", a.a_generic_order(customer=None, consent={"email": a.a_word()})))
        == 1
    )
