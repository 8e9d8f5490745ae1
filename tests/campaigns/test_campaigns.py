"""Campaigns on a real table: which customers they message, each once, and what is sent."""

import itertools
import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_page.page import PageOutcome
from campaign_page.selection import go_through
from support.builders import HOUR, NOON, a_holdout, no
from support.clocks import Clock
from support.running_campaign import (
    CLUB,
    DAY,
    DISCOUNT,
    MINUTE,
    Hall,
    Open,
    a_campaign,
    begun,
    buys,
    person,
)
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.errors import DiscountError
from wracaj.events import (
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    PrivacyKind,
    PrivacyRequested,
)
from wracaj.experiments.arms import Entry
from wracaj.segments.rfm import Segment
from wracaj.store import Store
from wracaj.store.table import ConditionFailedError
from wracaj.timelines.campaign import Progress
from wracaj.timelines.steps import Outcome, Reason

# Whom it asks


def test_every_customer_who_agrees_is_asked_once_and_told_once(open_hall: Open) -> None:
    hall = open_hall(3)
    assert hall.dispatch() is PageOutcome.THROUGH
    assert hall.send_all() == {Reason.DUE: 3}
    assert hall.addresses() == [f"customer{number:03}@example.com" for number in range(3)]
    assert (hall.course.progress.looked, hall.course.progress.started) == (3, 3)


def test_a_campaign_that_was_gone_through_asks_nobody_again(open_hall: Open) -> None:
    hall = open_hall(2)
    hall.dispatch()
    hall.dispatch()
    assert len(hall.started) == 2


def test_one_id_is_one_campaign_for_all_times(open_hall: Open) -> None:
    hall = open_hall(0)
    with pytest.raises(ConditionFailedError):
        begun(hall)


def test_another_campaign_asks_the_same_customers(open_hall: Open) -> None:
    hall = open_hall(2)
    hall.dispatch()
    other = begun(Hall(hall.scene, hall.clock, a_campaign(id="spring_2027")))
    other.dispatch()
    assert len({*hall.started, *other.started}) == 4


def test_only_its_segments_are_asked_and_who_has_no_scores_is_in_none(open_hall: Open) -> None:
    hall = open_hall(3, segments=[Segment.CHAMPIONS, Segment.LOYAL])
    hall.score(person(0), Segment.LOYAL)
    hall.score(person(1), Segment.HIBERNATING)
    hall.dispatch()
    hall.send_all()
    assert hall.addresses() == ["customer000@example.com"]
    assert hall.course.progress == hall.course.progress.model_copy(
        update={"looked": 3, "started": 1, "passed_over": {}}
    )


def test_only_its_tiers_are_asked(open_hall: Open) -> None:
    hall = open_hall(1, shop={"timelines": ["abandoned_cart"], "loyalty": CLUB}, tiers=["Gold"])
    buys(hall.scene, person(7), total=700)
    hall.dispatch()
    hall.send_all()
    assert hall.addresses() == ["customer007@example.com"]


def test_only_those_who_read_its_language_are_asked(open_hall: Open) -> None:
    hall = open_hall(1, locale="en")
    buys(hall.scene, person(8, locale="de-DE"))
    buys(hall.scene, person(9, locale=None))  # the shop's own is Polish
    hall.dispatch()
    hall.send_all()
    assert hall.addresses() == ["customer008@example.com"]


def test_who_ordered_since_is_not_asked_where_the_campaign_says_so(open_hall: Open) -> None:
    hall = open_hall(1, not_if_ordered_since=NOON - 2 * DAY)
    buys(hall.scene, person(5), at=NOON - DAY)
    hall.dispatch()
    assert (len(hall.started), hall.course.progress.passed_over) == (1, {"ordered": 1})
    buys(hall.scene, person(0), at=NOON)
    assert hall.send_all() == {Reason.ORDERED: 1}


def test_an_order_does_not_end_a_campaign_that_does_not_say_so(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    buys(hall.scene, person(0), at=NOON + MINUTE)
    assert hall.send_all() == {Reason.DUE: 1}


def test_who_may_not_be_written_to_is_counted_and_no_timeline_is_started(open_hall: Open) -> None:
    hall = open_hall(1)
    buys(hall.scene, person(1), agrees=False)
    buys(hall.scene, Contact(phone="+48600100200"))
    (bounced,) = _known(hall, buys_and_is(hall.scene, person(2)))
    hall.store.customers.amend_one(
        hall.shop, bounced, lambda known: known.suppressing(Channel.EMAIL, "bounce")
    )
    hall.scene.take(
        PrivacyRequested(
            at=NOON, contact=buys_and_is(hall.scene, person(3)), kind=PrivacyKind.CUSTOMER_REDACT
        )
    )
    hall.dispatch()
    assert len(hall.started) == 1
    assert hall.course.progress.passed_over == {"no_consent": 1, "no_address": 1, "suppressed": 1}


def buys_and_is(scene: Scene, contact: Contact) -> Contact:
    buys(scene, contact)
    return contact


def _known(hall: Hall, contact: Contact) -> list[str]:
    return [customer.id for customer in hall.store.customers.behind(hall.shop, contact)]


def test_shoppers_who_are_held_out_stay_so(open_hall: Open) -> None:
    hall = open_hall(12, shop={"experiments": {"does_it_pay": a_holdout(50)}})
    hall.dispatch()
    reasons = hall.send_all()
    assert 0 < reasons["in_holdout"] < 12
    assert len(hall.scene.provider.sent) == 12 - reasons["in_holdout"]


def test_whoever_is_known_to_be_held_out_is_not_even_asked(open_hall: Open) -> None:
    hall = open_hall(4, shop={"experiments": {"does_it_pay": a_holdout(50)}})
    (held_out,) = hall.store.customers.behind(hall.shop, person(0))
    entry = Entry(arm="held_out", person=held_out.id, at=NOON, needed_until=NOON + 30 * DAY)
    hall.store.customers.amend_one(
        hall.shop, held_out.id, lambda one: one.model_copy(update={"arms": {"does_it_pay": entry}})
    )
    hall.dispatch()
    assert hall.course.progress.passed_over["in_holdout"] == 1
    assert len(hall.started) == 3


def test_two_whom_the_shop_merges_are_told_once(open_hall: Open) -> None:
    """Both were asked already when the shop says that they are one."""
    hall = open_hall(
        0, shop={"frequency_cap": {"hours_between_same_channel": 0, "messages_in_7_days": 9}}
    )
    for id_ in ("76", "77"):
        customer = Contact(
            platform_id=id_, email=f"{id_}@example.com", record_email=f"{id_}@example.com"
        )
        hall.scene.take(CustomerUpdated(at=NOON - 31 * DAY, contact=customer))
        buys(hall.scene, customer)
    hall.dispatch()
    hall.scene.take(CustomersMerged(at=NOON, kept="77", gone="76"))
    assert hall.send_all() == {Reason.DUE: 1, Reason.ALREADY_SENT: 1}
    assert len(hall.addresses()) == 1


def test_who_is_merged_while_a_page_is_read_is_asked_once(
    open_hall: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = open_hall(0)
    for id_ in ("76", "77"):
        customer = Contact(
            platform_id=id_, email=f"{id_}@example.com", record_email=f"{id_}@example.com"
        )
        buys(hall.scene, customer)
    owners = hall.store.customers.owners

    def merged_first(*asked: Any) -> Any:
        hall.scene.take(CustomersMerged(at=NOON, kept="77", gone="76"))
        return owners(*asked)

    monkeypatch.setattr(hall.store.customers, "owners", merged_first)
    hall.dispatch()
    assert (len(hall.started), hall.course.progress.started) == (1, 1)


def test_a_customer_and_a_guest_who_share_an_address_are_two(open_hall: Open) -> None:
    """Each is asked. What comes to the address counts for both: the second one waits for its turn
    there."""
    hall = open_hall(0)
    customer = Contact(platform_id="77", email="anna@example.com", record_email="anna@example.com")
    hall.scene.take(CustomerUpdated(at=NOON - 31 * DAY, contact=customer))
    buys(hall.scene, customer)
    buys(hall.scene, Contact(email="anna@example.com"))
    hall.dispatch()
    assert len(hall.started) == 2
    assert hall.send_all() == {Reason.DUE: 1, Reason.FREQUENCY_CAP: 1}
    assert hall.addresses() == ["anna@example.com"]


def the_occasion(hall: Hall) -> dict[str, Any]:
    hall.dispatch()
    (item,) = hall.store.table.query({"PK": f"SHOP#{hall.shop}#CART#{hall.started[0]}"})
    assert item["about"] == "winter_2026"
    return item


def test_an_occasion_of_a_customer_holds_no_address_and_no_name(open_hall: Open) -> None:
    hall = open_hall(0)
    known = person(
        0,
        platform_id="77",
        record_email="customer000@example.com",
        record_first_name="Ala",
        first_name="Ala",
    )
    hall.scene.take(CustomerUpdated(at=NOON - 31 * DAY, contact=known))
    buys(hall.scene, known)
    item = the_occasion(hall)
    assert "customer000" not in repr(item) and "Ala" not in repr(item)
    assert "customer000" not in repr(hall.messages)
    assert hall.send_all() == {Reason.DUE: 1}
    assert hall.addresses() == ["customer000@example.com"]


def test_an_occasion_of_a_guest_holds_the_address_that_the_guest_is_known_by_and_no_more(
    open_hall: Open,
) -> None:
    hall = open_hall(0)
    buys(hall.scene, person(0, phone="+48600100200", first_name="Ala"))
    item = the_occasion(hall)
    assert item["email"] == "customer000@example.com"
    assert "+48600100200" not in repr(item) and "Ala" not in repr(item)
    assert "customer000" not in repr(hall.messages)


def test_who_is_forgotten_between_page_and_message_is_left_alone(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    hall.scene.take(PrivacyRequested(at=NOON, contact=person(0), kind=PrivacyKind.CUSTOMER_REDACT))
    assert hall.send_all() == {Reason.ERASED: 1}
    assert hall.scene.cart(hall.started[0]).erased


def test_a_dry_run_counts_whom_the_pages_ask(open_hall: Open) -> None:
    hall = open_hall(3, segments=[Segment.LOYAL])
    for number in (0, 1):
        hall.score(person(number), Segment.LOYAL)
    hall.scene.take(
        ConsentChanged(at=NOON, contact=person(1), channel=Channel.EMAIL, consent=no(NOON))
    )
    looks = list(go_through(hall.store, hall.scene.shop.settings, hall.campaign, Progress(), NOON))
    assert hall.started == []
    hall.dispatch()
    progress = hall.course.progress
    assert (
        [len(looks), sum(look.asked is not None for look in looks)]
        == [progress.looked, progress.started]
        == [3, 1]
    )
    assert (
        Counter(look.reason for look in looks if look.reason)
        == progress.passed_over
        == {"no_consent": 1}
    )


# What is sent


def test_the_mail_is_the_campaigns_with_a_code_of_each_customers_own(open_hall: Open) -> None:
    hall = open_hall(2, discount={"amount": "20", "currency": "PLN", "valid_days": 7})
    hall.dispatch()
    hall.send_all()
    codes = [voucher.code for voucher in hall.scene.created]
    assert len(set(codes)) == 2
    for message, voucher in zip(hall.scene.provider.sent, hall.scene.created, strict=True):
        assert voucher.code in message.rendered.text
        assert "Zimowe zakupy 20 zł taniej" in message.rendered.subject.replace("\u00a0", " ")
        assert (message.tags["timeline"], message.tags["step"]) == ("abandoned_cart", "winter_2026")
    assert {voucher.expires_at for voucher in hall.scene.created} == {hall.clock.time + 7 * DAY}


def test_a_shop_that_creates_no_code_is_skipped_where_the_campaign_says_so(open_hall: Open) -> None:
    hall = open_hall(1, discount=DISCOUNT | {"if_unavailable": "skip"})
    hall.dispatch()

    def refuse(*_: Any) -> Any:
        raise DiscountError("the shop does not answer")

    hall.scene.on_discount = refuse
    assert hall.send_all() == {Reason.NO_DISCOUNT: 1}


def test_a_percentage_grows_no_further_than_the_margin(open_hall: Open) -> None:
    hall = open_hall(
        1,
        shop={"loyalty": CLUB | {"margin_percent": 15}},
        discount={"percent": 40, "valid_days": 7},
    )
    hall.dispatch()
    hall.send_all()
    assert [voucher.percent for voucher in hall.scene.created] == [14]  # a point costs 1


def test_it_is_counted_by_its_own_name(open_hall: Open) -> None:
    hall = open_hall(2)
    hall.dispatch()
    hall.scene.take(
        ConsentChanged(at=NOON, contact=person(1), channel=Channel.EMAIL, consent=no(NOON))
    )
    hall.send_all()
    name = "abandoned_cart#winter_2026"  # the machine says which timeline it is; here nobody does
    assert hall.store.counters.of_step(hall.shop, name, ["2026-11-17", "2026-11-18"]) == {
        "sent": 1,
        "skipped_no_consent": 1,
    }


def test_a_shopper_who_has_just_had_another_mail_gets_it_later(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    (customer,) = hall.store.customers.behind(hall.shop, person(0))
    hall.store.customers.amend_one(
        hall.shop, customer.id, lambda known: known.with_sent(Channel.EMAIL, NOON)
    )
    hall.clock.time += 4 * MINUTE
    result = hall.send(hall.started[0])
    assert (result.outcome, result.reason) == (Outcome.WAIT, Reason.FREQUENCY_CAP)


# Any order of things

EVENTS = st.lists(
    st.sampled_from(["page", "send", "stop", "unsubscribe", "order", "hour"]), max_size=14
)
_shops = itertools.count()


@given(EVENTS)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_in_any_order_of_things_each_is_told_once_and_nobody_after_a_stop_or_a_no(
    store: Store, clock: Clock, events: list[str]
) -> None:
    clock.time = NOON
    scene = a_scene(store, f"any-{os.getpid()}-{next(_shops)}")
    for number in range(2):
        buys(scene, person(number))
    hall = begun(Hall(scene, clock, a_campaign(rate=1)))
    closed: set[str] = set()
    for event in events:
        before = hall.addresses()
        match event:
            case "page":
                hall.page()
            case "send":
                clock.time += 4 * MINUTE
                for cart_id in set(hall.started):
                    hall.send(cart_id)
            case "stop":
                hall.stop()
                closed = {person(number).email or "" for number in range(2)}
            case "unsubscribe":
                scene.take(
                    ConsentChanged(
                        at=clock.time,
                        contact=person(0),
                        channel=Channel.EMAIL,
                        consent=no(clock.time),
                    )
                )
                closed |= {person(0).email or ""}
            case "order":
                buys(scene, person(1), at=clock.time, agrees=False)
            case "hour":
                clock.time += HOUR
        new = Counter(hall.addresses()) - Counter(before)
        assert not set(new) & closed
    assert all(times == 1 for times in Counter(hall.addresses()).values())
    assert all(times == 1 for times in Counter(hall.started).values())
