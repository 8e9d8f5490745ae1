from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.builders import (
    ANNA,
    HOUR,
    NOON,
    a_cart,
    a_shopper,
    a_step,
    no,
    some_content,
    some_occasion,
    some_settings,
    yes,
)
from support.decisions import AT_META, CHATS, JOINS, NIGHT, a_membership, result_of, sent
from wracaj.carts.cart import Cart, bound
from wracaj.clock import timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.consent.preferences import Topic
from wracaj.customers.customer import SentMessage
from wracaj.customers.identity import IdentifierKind
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent, Contact
from wracaj.timelines.campaign import Campaign, CampaignStatus
from wracaj.timelines.decision import decide, next_opening
from wracaj.timelines.steps import Outcome, Reason, RecordState, StepRecord


def record(state: RecordState, reason: Reason = Reason.DUE) -> dict[str, StepRecord]:
    told = StepRecord(
        state=state,
        reason=reason,
        at=NOON,
        message_id="00" * 10,
        channel=Channel.EMAIL,
        template="cart_reminder",
    )
    return {"1#first_email": told}


def other_cart(touched: datetime = NOON - HOUR, **changes: Any) -> Cart:
    return a_cart(touched=touched, **({"cart_id": "c2"} | changes))


MEMBER = ANNA.model_copy(update={"platform_id": "7"})


def ordered_with(kind: IdentifierKind, surer: str, at: datetime) -> Shopper:
    """Anna, one of whose names stood on an order that named surer ones as well."""
    shopper = a_shopper()
    return shopper.changed(shopper.known[shopper.names[kind]].with_order(surer, at))


CAMPAIGN = Campaign(
    id="winter_2026",
    template="campaign_season",
    rate=60,
    begins_at=NOON - 9 * HOUR,
    until=NOON + 9 * HOUR,
)
OF_A_CAMPAIGN = some_occasion("campaign", about="winter_2026", content=CartContent())

CASES: dict[Reason, tuple[Outcome, dict[str, Any]]] = {
    Reason.DUE: (Outcome.SENT, {}),
    Reason.ORDERED: (
        Outcome.ORDERED,
        {"cart": a_cart(orders=frozenset({"2026-11-18T10:00:00.000000Z#o1"}))},
    ),
    Reason.ERASED: (Outcome.STOPPED, {"cart": a_cart(erased=True)}),
    Reason.SWITCHED_OFF: (Outcome.SKIPPED, {"switched_on": False}),
    Reason.CART_EMPTIED: (Outcome.STOPPED, {"cart": a_cart(content=CartContent())}),
    Reason.OLDER_THAN_SWITCH_ON: (Outcome.STOPPED, {"shop": some_settings(switched_on_at=NOON)}),
    Reason.ORDER_UNDONE: (
        Outcome.STOPPED,
        {"cart": some_occasion("after_purchase", called_off=True)},
    ),
    Reason.CAMPAIGN_STOPPED: (
        Outcome.STOPPED,
        {"cart": OF_A_CAMPAIGN, "campaign": CampaignStatus(campaign=CAMPAIGN, stopped=True)},
    ),
    Reason.CAMPAIGN_ENDED: (
        Outcome.STOPPED,
        {
            "cart": OF_A_CAMPAIGN,
            "campaign": CampaignStatus(campaign=CAMPAIGN.model_copy(update={"until": NOON - HOUR})),
        },
    ),
    Reason.ALREADY_IN_CART: (
        Outcome.STOPPED,
        {"cart": some_occasion("browse_reminder", content=CartContent())},
    ),
    Reason.NEWER_CART: (Outcome.STOPPED, {"other_carts": [other_cart()]}),
    Reason.SUPERSEDED: (Outcome.STOPPED, {"cart": a_cart(episode=2)}),
    Reason.ALREADY_SENT: (Outcome.SENT, {"cart": a_cart(records=record(RecordState.SENT))}),
    Reason.OUTCOME_UNKNOWN: (
        Outcome.SKIPPED,
        {"cart": a_cart(records=record(RecordState.SENDING))},
    ),
    Reason.SHOPPER_ACTIVE: (Outcome.WAIT, {"cart": a_cart(touched=NOON - HOUR)}),
    Reason.NOT_SET_UP: (Outcome.SKIPPED, {"step": CHATS}),
    Reason.NO_ADDRESS: (Outcome.SKIPPED, {"cart": a_cart(contact=Contact(phone="+48600100200"))}),
    Reason.NO_CONSENT: (Outcome.SKIPPED, {"shopper": a_shopper(consent={})}),
    Reason.SUPPRESSED: (Outcome.SKIPPED, {"shopper": a_shopper(suppressed={"email": "bounce"})}),
    Reason.ADDRESS_NOT_IN_RECORD: (
        Outcome.SKIPPED,
        {
            "cart": some_occasion("birthday", content=CartContent(), contact=MEMBER),
            "shopper": a_shopper(
                contact=Contact(platform_id="7", email="ola@example.com"), birthday="11-18"
            ),
        },
    ),
    Reason.PHONE_ORDERED: (
        Outcome.SKIPPED,
        {
            "step": a_step(name="sms", channel="sms"),
            "shopper": ordered_with(IdentifierKind.PHONE, "e", NOON - HOUR),
        },
    ),
    Reason.TOPIC_DECLINED: (Outcome.SKIPPED, {"shopper": a_shopper(declined={Topic.CARTS})}),
    Reason.IN_AUDIENCE: (
        Outcome.SKIPPED,
        {
            "step": JOINS,
            "shop": AT_META,
            "shopper": a_shopper(
                consent={Channel.AUDIENCE: yes()}, audience=a_membership(cart_id="other")
            ),
        },
    ),
    Reason.FREQUENCY_CAP: (Outcome.WAIT, {"shopper": a_shopper(sent=(sent(10),))}),
    Reason.QUIET_HOURS: (Outcome.WAIT, {"now": NIGHT, "cart": a_cart(touched=NIGHT - 4 * HOUR)}),
    Reason.WINDOW_CLOSED: (
        Outcome.SKIPPED,
        {"now": NIGHT, "cart": a_cart(touched=NIGHT - 20 * HOUR)},
    ),
    Reason.STALE: (Outcome.SKIPPED, {"cart": a_cart(touched=NOON - 28 * HOUR)}),
    Reason.SENT_ON_ANOTHER_CHANNEL: (
        Outcome.SKIPPED,
        {
            "cart": a_cart(records=record(RecordState.SENT)),
            "step": a_step(name="sms", channel="sms", instead_of="first_email"),
        },
    ),
}


GIVEN_LATER = {
    Reason.IN_HOLDOUT,
    Reason.OTHER_TIMINGS,
    Reason.NO_DISCOUNT,
    Reason.REFUSED,
    Reason.PROVIDER_THROTTLED,
    Reason.ADDRESS_GONE,
    Reason.NO_CONTENT,
    Reason.MAILBOX_LIMIT,
    Reason.FAILED,
}  # once it was decided to send


@pytest.mark.parametrize("state", RecordState)
def test_a_message_stands_in_only_for_one_that_certainly_did_not_leave(state: RecordState) -> None:
    sms = a_step(name="sms", channel="sms", instead_of="first_email")
    result = result_of(cart=a_cart(records=record(state)), step=sms)
    may_have_left = state in {RecordState.SENDING, RecordState.SENT, RecordState.UNKNOWN}
    assert (result.reason is Reason.SENT_ON_ANOTHER_CHANNEL) == may_have_left


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in GIVEN_LATER])
def test_every_reason_that_a_decision_can_give_is_reachable(reason: Reason) -> None:
    outcome, given = CASES[reason]
    result = result_of(**given)
    assert (result.outcome, result.reason) == (outcome, reason)
    assert (result.wait_seconds > 0) == (outcome is Outcome.WAIT)


def test_an_order_of_the_same_shopper_counts_for_every_cart_that_existed_then() -> None:
    cart = a_cart(created_at=NOON - 5 * HOUR)
    assert (
        result_of(cart=cart, shopper=a_shopper(last_order_at=NOON - 5 * HOUR)).outcome
        is Outcome.ORDERED
    )
    assert (
        result_of(cart=cart, shopper=a_shopper(last_order_at=NOON - 6 * HOUR)).outcome
        is Outcome.SENT
    )


@pytest.mark.parametrize(
    "state", [ConsentState.UNKNOWN, ConsentState.PENDING, ConsentState.UNSUBSCRIBED]
)
def test_anything_but_a_yes_is_a_no(state: ConsentState) -> None:
    shopper = a_shopper(consent={Channel.EMAIL: Consent(state=state, at=NOON)})
    assert result_of(shopper=shopper).reason is Reason.NO_CONSENT


def test_an_unsubscribe_beats_a_box_that_stays_ticked_in_the_same_checkout() -> None:
    cart = a_cart(consent={Channel.EMAIL: yes(at=NOON - 9 * HOUR)})
    assert (
        result_of(
            cart=cart, shopper=a_shopper(consent={Channel.EMAIL: no(at=NOON - 5 * HOUR)})
        ).reason
        is Reason.NO_CONSENT
    )
    assert (
        result_of(
            cart=cart, shopper=a_shopper(consent={Channel.EMAIL: no(at=NOON - 10 * HOUR)})
        ).outcome
        is Outcome.SENT
    )


def test_a_no_and_a_yes_of_the_same_moment_are_a_no() -> None:
    cart = a_cart(consent={Channel.EMAIL: yes(at=NOON)})
    assert (
        result_of(cart=cart, shopper=a_shopper(consent={Channel.EMAIL: no(at=NOON)})).reason
        is Reason.NO_CONSENT
    )


def test_a_guest_is_never_written_to_an_address_that_only_the_profile_knows() -> None:
    guest = a_cart(contact=Contact(phone="+48600100200"))
    member, known = a_cart(contact=Contact(platform_id="7")), a_shopper(contact=MEMBER)
    assert result_of(cart=guest).reason is Reason.NO_ADDRESS
    assert result_of(cart=member, shopper=known).outcome is Outcome.SENT


def test_a_step_waits_for_what_is_left_since_the_last_activity() -> None:
    result = result_of(cart=a_cart(touched=NOON - HOUR))
    assert result.wait_seconds == 2 * 3600


def test_a_later_step_counts_from_the_step_before_it_and_is_not_stale_after_days() -> None:
    cart = a_cart(touched=NOON - 60 * HOUR, last_step_at=NOON - 24 * HOUR)
    assert (
        result_of(
            cart=cart, step=a_step(name="sms", channel="sms", after_seconds=24 * 3600)
        ).outcome
        is Outcome.SENT
    )
    late = a_cart(touched=NOON - 99 * HOUR, last_step_at=NOON - 49 * HOUR)
    assert (
        result_of(cart=late, step=a_step(name="sms", channel="sms", after_seconds=24 * 3600)).reason
        is Reason.STALE
    )


def test_nothing_leaves_within_half_an_hour_of_activity_even_from_a_step_without_delay() -> None:
    result = result_of(
        cart=a_cart(touched=NOON - timedelta(minutes=10)), step=a_step(after_seconds=0)
    )
    assert (result.reason, result.wait_seconds) == (Reason.SHOPPER_ACTIVE, 20 * 60)


def test_the_weekly_cap_counts_all_channels() -> None:
    five = tuple(sent(hours, Channel.SMS) for hours in (20, 40, 60, 80, 167))
    result = result_of(shopper=a_shopper(sent=five))
    assert (result.outcome, result.reason, result.wait_seconds) == (
        Outcome.WAIT,
        Reason.FREQUENCY_CAP,
        3600,
    )
    far = tuple(sent(hours, Channel.SMS) for hours in (20, 40, 60, 80, 100))
    assert result_of(shopper=a_shopper(sent=far)).outcome is Outcome.SKIPPED


def test_another_channel_does_not_count_for_the_twelve_hours() -> None:
    assert result_of(shopper=a_shopper(sent=(sent(1, Channel.SMS),))).outcome is Outcome.SENT


def test_an_empty_newer_cart_does_not_end_the_timeline_of_a_full_one() -> None:
    assert result_of(other_carts=[other_cart(content=CartContent())]).outcome is Outcome.SENT
    assert result_of(other_carts=[other_cart(touched=NOON - 9 * HOUR)]).outcome is Outcome.SENT


def test_of_two_carts_touched_at_the_same_moment_exactly_one_goes_on() -> None:
    touched = NOON - 4 * HOUR
    first = result_of(
        cart=a_cart(cart_id="a"), other_carts=[other_cart(cart_id="b", touched=touched)]
    )
    second = result_of(
        cart=a_cart(cart_id="b"), other_carts=[other_cart(cart_id="a", touched=touched)]
    )
    assert [first.reason, second.reason] == [Reason.NEWER_CART, Reason.DUE]


def test_a_claim_that_was_released_may_be_tried_again() -> None:
    assert result_of(cart=a_cart(records=record(RecordState.RELEASED))).outcome is Outcome.SENT
    assert result_of(cart=a_cart(records=record(RecordState.PREPARING))).outcome is Outcome.SENT
    assert result_of(cart=a_cart(records=record(RecordState.UNKNOWN))).outcome is Outcome.SKIPPED


def test_a_skipped_step_keeps_its_first_reason() -> None:
    cart = a_cart(records=record(RecordState.SKIPPED, Reason.NO_CONSENT))
    assert result_of(cart=cart).reason is Reason.NO_CONSENT


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-28T20:30:00+01:00", "2026-03-29T09:00:00+02:00"),  # the night that loses an hour
        ("2026-10-24T20:30:00+02:00", "2026-10-25T09:00:00+01:00"),  # the night that gains one
        ("2026-11-18T08:59:59+01:00", "2026-11-18T09:00:00+01:00"),
        ("2026-11-18T09:00:00+01:00", "2026-11-18T09:00:00+01:00"),
        ("2026-11-18T19:59:59+01:00", "2026-11-18T19:59:59+01:00"),
        ("2026-11-18T20:00:00+01:00", "2026-11-19T09:00:00+01:00"),
    ],
)
def test_the_send_window_follows_the_shops_wall_clock(moment: str, expected: str) -> None:
    assert next_opening(datetime.fromisoformat(moment), some_settings()) == datetime.fromisoformat(
        expected
    )


ZONES = [
    "Europe/Warsaw",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "UTC",
]


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),
    st.sampled_from(ZONES),
    st.times().filter(lambda t: t.hour < 23),
    st.integers(1, 600),
)
def test_whatever_the_zone_the_next_opening_is_inside_the_window_and_at_most_a_day_away(
    moment: datetime, zone: str, opens: Any, minutes: int
) -> None:
    closes = (datetime.combine(moment, opens) + timedelta(minutes=minutes)).time()
    if closes <= opens:
        return
    shop = some_settings(time_zone=zone, send_window={"opens": opens, "closes": closes})
    utc = moment.replace(tzinfo=UTC)
    opening = next_opening(utc, shop)
    assert utc <= opening <= utc + timedelta(hours=50)
    local = opening.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    into = local - datetime.combine(local.date(), opens)
    # an opening that a clock change skips comes an hour later
    assert timedelta(0) <= into < timedelta(minutes=minutes + 60)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    touched_hours=st.floats(0, 400),
    after=st.integers(0, 200 * 3600),
    ordered=st.booleans(),
    consent=st.sampled_from(list(ConsentState)),
    items=st.booleans(),
    sent_hours=st.lists(st.floats(0, 300), max_size=8),
    last_order_hours=st.none() | st.floats(0, 500),
)
def test_decide_is_total_and_sends_only_to_whom_it_may(
    now: datetime,
    touched_hours: float,
    after: int,
    ordered: bool,
    consent: ConsentState,
    items: bool,
    sent_hours: list[float],
    last_order_hours: float | None,
) -> None:
    shop = some_settings()
    touched = now - touched_hours * HOUR
    cart = a_cart(
        touched=touched,
        orders=frozenset({"2026-11-18T10:00:00.000000Z#o"} if ordered else ()),
        content=some_content() if items else CartContent(),
    )
    shopper = a_shopper(
        consent={Channel.EMAIL: Consent(state=consent, at=now)},
        sent=tuple(
            SentMessage(at=now - hours * HOUR, channel=Channel.EMAIL) for hours in sent_hours
        ),
        last_order_at=None if last_order_hours is None else now - last_order_hours * HOUR,
    )
    result = decide(cart, shopper, a_step(after_seconds=after), shop, now)
    if result.outcome is Outcome.SENT:
        assert not ordered and items and consent is ConsentState.SUBSCRIBED
        assert last_order_hours is None or shopper.last_order_at < cart.created_at  # type: ignore[operator]
        assert now - touched >= timedelta(minutes=30)
        assert all(hours >= 12 for hours in sent_hours)
        assert 9 <= now.astimezone(shop.zone).hour < 20
    if result.outcome is Outcome.WAIT:
        assert 0 < result.wait_seconds <= after + 25 * 3600 + 8 * 86400
    else:
        assert result.wait_seconds == 0


@given(
    now_hours=st.floats(-60, 60),
    stopped=st.booleans(),
    gone=st.booleans(),
    told=st.booleans(),
    ordered_hours=st.none() | st.floats(-60, 60),
    since_hours=st.none() | st.floats(-60, 60),
    consent=st.sampled_from(list(ConsentState)),
)
@settings(deadline=None)
def test_a_campaign_sends_while_it_goes_on_once_and_to_whom_it_may(
    now_hours: float,
    stopped: bool,
    gone: bool,
    told: bool,
    ordered_hours: float | None,
    since_hours: float | None,
    consent: ConsentState,
) -> None:
    now, shop = NOON + now_hours * HOUR, some_settings()
    since = None if since_hours is None else NOON + since_hours * HOUR
    shopper = a_shopper(
        consent={Channel.EMAIL: Consent(state=consent, at=NOON - 100 * HOUR)},
        last_order_at=None if ordered_hours is None else NOON + ordered_hours * HOUR,
    )
    campaign = None if gone else CAMPAIGN.model_copy(update={"not_if_ordered_since": since})
    standing = CampaignStatus(campaign=campaign, stopped=stopped, announced_to_another=told)
    cart = OF_A_CAMPAIGN.model_copy(update={"version": f"{timestamp(now - HOUR)}#campaign"})
    result = decide(cart, shopper, a_step(after_seconds=180), shop, now, campaign=standing)
    if result.outcome is Outcome.SENT:
        assert not (stopped or gone or told) and consent is ConsentState.SUBSCRIBED
        assert now <= CAMPAIGN.until and 9 <= now.astimezone(shop.zone).hour < 20
        assert since is None or shopper.last_order_at is None or shopper.last_order_at < since
    if result.outcome is Outcome.WAIT:
        assert now + timedelta(seconds=result.wait_seconds) <= CAMPAIGN.until + timedelta(seconds=1)


def test_an_occasion_of_a_campaign_that_nobody_asked_for_is_stopped() -> None:
    assert result_of(cart=OF_A_CAMPAIGN).reason is Reason.CAMPAIGN_STOPPED


def test_the_version_of_a_cart_tells_its_last_activity() -> None:
    assert a_cart(touched=NOON).last_activity_at == NOON
    assert timestamp(NOON) == "2026-11-18T11:00:00.000000Z"


@pytest.mark.parametrize(
    ("phone", "countries", "expected"),
    [
        ("+48600100200", [], Reason.DUE),
        ("+420601123456", [], Reason.NO_ADDRESS),
        ("+420601123456", ["PL", "CZ"], Reason.DUE),
        ("+48701234567", [], Reason.NO_ADDRESS),  # premium rate
        ("+88213300655", ["PL"], Reason.NO_ADDRESS),  # an international network
        ("+48221234567", [], Reason.NO_ADDRESS),  # a landline
    ],
)
def test_sms_go_to_mobiles_of_the_shops_countries_only(
    phone: str, countries: list[str], expected: Reason
) -> None:
    contact = Contact(phone=phone)
    cart = a_cart(contact=contact, consent={Channel.SMS: yes()})
    cart = cart.model_copy(update={"consent": {Channel.SMS: bound(yes(), Channel.SMS, contact)}})
    shop = some_settings(sms={"countries": countries})
    assert (
        result_of(cart=cart, step=a_step(name="sms", channel="sms"), shop=shop).reason is expected
    )


def test_what_waited_for_the_morning_does_not_leave_all_in_one_second() -> None:
    waits = {
        result_of(
            now=NIGHT, cart=a_cart(cart_id=f"c{number}", touched=NIGHT - 4 * HOUR)
        ).wait_seconds
        for number in range(50)
    }
    assert len(waits) > 40
    assert all(10 * 3600 <= wait < 10.5 * 3600 for wait in waits)
