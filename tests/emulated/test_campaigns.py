"""Campaigns on a real table: whom they ask, each once, no faster than the rate, and not at all once they are stopped."""

import itertools
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import HOUR, NOON, an_order, no, yes
from campaign_page.page import PageAnswer, PageOutcome, Pager
from campaign_page.selection import go_through
from clock import Clock
from dying import Killed, die_at, lines_to_die_at, tracing
from playing import Scene, a_scene
from wracaj.campaigns import Campaign, Course, Progress
from wracaj.consent import Channel
from wracaj.errors import ConflictError, DiscountError, NotTakenError
from wracaj.events import ConsentChanged, Contact, CustomerUpdated, PrivacyKind, PrivacyRequested
from wracaj.rfm import Rfm, Segment
from wracaj.steps import Outcome, Reason, RecordState, Step, StepResult
from wracaj.store import Store
from wracaj.store.customers import account_key
from wracaj.store.table import Change, ConditionFailedError, dump

MINUTE, DAY = timedelta(minutes=1), 24 * HOUR
DISCOUNT = {"percent": 10, "valid_days": 7}
CLUB = {
    "currency": "PLN",
    "margin_percent": 50,
    "points": {"per_unit": 1, "worth": "0.01"},
    "tiers": [{"name": "Gold", "reach": 500}],
}
_numbers = itertools.count()


@dataclass
class Hall:
    """A shop with its customers, a campaign, and the timelines that it started."""

    scene: Scene
    clock: Clock
    campaign: Campaign
    started: list[str] = field(default_factory=list)  # cart ids
    messages: list[dict[str, Any]] = field(default_factory=list)
    paged_at: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.scene.store

    @property
    def shop(self) -> str:
        return self.scene.shop.id

    @property
    def course(self) -> Course:
        course = self.store.campaigns.get(self.shop, self.campaign.id)
        assert course is not None
        return course

    def pager(self, *, switched_on: bool = True) -> Pager:
        return Pager(self.store, self._start, switched_on)

    def _start(self, shop: str, cart_id: str, episode: int, timeline: str, *, message: dict[str, Any]) -> None:
        assert (shop, episode, timeline) == (self.shop, 1, "campaign")
        self.started.append(cart_id)
        self.messages.append(message)

    def page(self, **how: Any) -> PageAnswer:
        before = len(self.started)
        answer = self.pager(**how).take(self.scene.shop.settings, self.campaign.id)
        self.paged_at.append((self.clock.time, len(self.started) - before))
        return answer

    def dispatch(self) -> PageOutcome:
        """As its state machine: page, wait, page …"""
        while (answer := self.page()).outcome is PageOutcome.MORE:
            self.clock.time += max(1, answer.wait_seconds) * timedelta(seconds=1)
        return answer.outcome

    @property
    def step_asked(self) -> Step:
        return Step.model_validate(self.campaign.message | {"after_seconds": 180})

    def send(self, cart_id: str, **how: Any) -> StepResult:
        return self.scene.step(self.step_asked, cart_id, **how)

    def send_all(self) -> Counter[str]:
        self.clock.time += 4 * MINUTE
        return Counter(self.send(cart_id).reason for cart_id in self.started)

    def stop(self) -> None:
        self.store.campaigns.stop(self.shop, self.campaign.id, self.clock.time)

    def addresses(self) -> list[str]:
        return sorted(message.to for message in self.scene.provider.sent)

    def score(self, contact: Contact, segment: Segment) -> None:
        """As the nightly job writes it."""
        (customer,) = self.store.erasure.find(self.shop, contact)
        rfm = Rfm(recency=5, frequency=5, monetary=5, segment=segment, at=NOON)
        self.store.table.update(account_key(self.shop, customer.id), Change().set(rfm=dump(rfm)))


def person(number: int, **changes: Any) -> Contact:
    return Contact(**({"email": f"customer{number:03}@example.com", "locale": "pl"} | changes))


def buys(scene: Scene, contact: Contact, *, total: int = 100, agrees: bool = True, at: datetime = NOON - 30 * DAY) -> None:
    scene.take(an_order(order_id=f"o{next(_numbers)}", contact=contact, total=Decimal(total), placed_at=at))
    if agrees:
        scene.take(ConsentChanged(at=at, contact=contact, channel=Channel.EMAIL, consent=yes(at)))


Open = Callable[..., Hall]


@pytest.fixture
def open_hall(store: Store, shop_id: str, clock: Clock) -> Open:
    """A hall of a shop of its own each time, with so many customers who agree."""
    halls = itertools.count()

    def opening(customers: int = 3, *, shop: dict[str, Any] | None = None, **campaign: Any) -> Hall:
        clock.time = NOON
        scene = a_scene(store, f"{shop_id}-{next(halls)}", **(shop or {}))
        for number in range(customers):
            buys(scene, person(number))
        return begun(Hall(scene, clock, a_campaign(**campaign)))

    return opening


def begun(hall: Hall) -> Hall:
    hall.store.campaigns.create(hall.shop, hall.campaign, 0, hall.clock.time)
    return hall


def a_campaign(**changes: Any) -> Campaign:
    told: dict[str, Any] = {"id": "winter_2026", "template": "campaign_season", "rate": 300, "begins_at": NOON}
    return Campaign.model_validate(told | {"until": NOON + 3 * DAY} | changes)


# Whom it asks


def test_every_customer_who_agrees_is_asked_once_and_told_once(open_hall: Open) -> None:
    hall = open_hall(3)
    assert hall.dispatch() is PageOutcome.THROUGH
    assert hall.send_all() == {Reason.DUE: 3}
    assert hall.addresses() == [f"customer{number:03}@example.com" for number in range(3)]
    assert (hall.course.progress.looked, hall.course.progress.asked) == (3, 3)


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
    assert hall.course.progress == hall.course.progress.model_copy(update={"looked": 3, "asked": 1, "passed_over": {}})


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
    hall.store.customers.amend(
        hall.shop, bounced, lambda c: c.with_suppressed(Channel.EMAIL, "customer002@example.com", "bounce")
    )
    hall.scene.take(PrivacyRequested(at=NOON, contact=buys_and_is(hall.scene, person(3)), kind=PrivacyKind.CUSTOMER_REDACT))
    hall.dispatch()
    assert len(hall.started) == 1
    assert hall.course.progress.passed_over == {"no_consent": 1, "no_address": 1, "suppressed": 1}


def buys_and_is(scene: Scene, contact: Contact) -> Contact:
    buys(scene, contact)
    return contact


def _known(hall: Hall, contact: Contact) -> list[str]:
    return [customer.id for customer in hall.store.erasure.find(hall.shop, contact)]


def test_shoppers_who_are_held_out_stay_so(open_hall: Open) -> None:
    hall = open_hall(12, shop={"holdout_percent": 50})
    hall.dispatch()
    held_out = hall.course.progress.passed_over["held_out"]
    assert 0 < held_out < 12 and len(hall.started) == 12 - held_out


def test_two_who_turn_out_to_be_one_are_told_once(open_hall: Open) -> None:
    """Both were asked already when the shop says that they are one."""
    hall = open_hall(0, shop={"frequency_cap": {"hours_between_same_channel": 0, "messages_in_7_days": 9}})
    buys(hall.scene, Contact(email="anna@example.com"))
    buys(hall.scene, Contact(platform_id="77", email="anna@work.example"))
    hall.dispatch()
    hall.scene.take(CustomerUpdated(at=NOON, contact=Contact(platform_id="77", email="anna@example.com")))
    assert hall.send_all() == {Reason.DUE: 1, Reason.ALREADY_SENT: 1}
    assert len(hall.addresses()) == 1


def test_an_occasion_holds_no_address_and_no_name(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    (item,) = hall.store.table.query({"PK": f"SHOP#{hall.shop}#CART#{hall.started[0]}"})
    assert "customer000" not in repr(item) and item["about"] == "winter_2026"
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
    hall.scene.take(ConsentChanged(at=NOON, contact=person(1), channel=Channel.EMAIL, consent=no(NOON)))
    looks = list(go_through(hall.store, hall.scene.shop.settings, hall.campaign, Progress(), NOON))
    assert hall.started == []
    hall.dispatch()
    progress = hall.course.progress
    assert [len(looks), sum(look.asked is not None for look in looks)] == [progress.looked, progress.asked] == [3, 1]
    assert Counter(look.reason for look in looks if look.reason) == progress.passed_over == {"no_consent": 1}


# How fast, and when


@pytest.mark.parametrize("rate", [1, 7, 60, 130, 2000])
def test_in_no_minute_are_more_asked_than_the_rate(open_hall: Open, rate: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_page.page.MOST_ASKED", 5)
    hall = open_hall(16, rate=rate)
    assert hall.dispatch() is PageOutcome.THROUGH
    for since, _ in hall.paged_at:
        assert sum(asked for at, asked in hall.paged_at if since <= at < since + MINUTE) <= rate
    assert len(hall.started) == 16


def test_a_page_is_bounded_however_few_of_the_customers_are_meant(open_hall: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_page.page.MOST_LOOKED_AT", 4)
    hall = open_hall(10, segments=[Segment.LOYAL])
    hall.score(person(9), Segment.LOYAL)
    looked = []
    while hall.page().outcome is PageOutcome.MORE:
        looked.append(hall.course.progress.looked)
        hall.clock.time += MINUTE
    assert (looked, len(hall.started)) == ([4, 8], 1)


def test_a_page_asked_for_too_early_is_told_to_wait(open_hall: Open) -> None:
    """As by a retry, or a second execution."""
    hall = open_hall(3, rate=2)
    assert [hall.page().wait_seconds, hall.page().wait_seconds] == [60, 60]
    assert len(hall.started) == 2


def test_nobody_is_asked_before_it_begins(open_hall: Open) -> None:
    hall = open_hall(1, begins_at=NOON + 2 * HOUR)
    assert (hall.page().wait_seconds, hall.started) == (7200, [])
    hall.dispatch()
    assert hall.paged_at[-1] == (NOON + 2 * HOUR, 1)


def test_nobody_is_asked_at_night(open_hall: Open) -> None:
    """Else all would be written to in the first half hour of the morning."""
    hall = open_hall(1)
    hall.clock.time = NOON + 10 * HOUR
    assert hall.page().wait_seconds == 11 * 3600
    hall.dispatch()
    assert hall.paged_at[-1] == (NOON + 21 * HOUR, 1)


def test_nobody_is_asked_after_its_last_moment(open_hall: Open) -> None:
    hall = open_hall(3, rate=1, until=NOON + MINUTE * 1.5)
    assert hall.dispatch() is PageOutcome.OVER
    assert len(hall.started) == 2


def test_what_is_not_sent_by_its_last_moment_never_is(open_hall: Open) -> None:
    hall = open_hall(1, until=NOON + 2 * MINUTE)
    hall.dispatch()
    assert hall.send_all() == {Reason.CAMPAIGN_OVER: 1}


def test_a_message_that_could_only_leave_after_its_last_moment_is_not_held(open_hall: Open) -> None:
    hall = open_hall(1, until=NOON + 10 * HOUR)
    hall.dispatch()
    hall.clock.time = NOON + 9 * HOUR
    assert hall.send(hall.started[0]).reason is Reason.WINDOW_CLOSED


@pytest.mark.parametrize("how", ["switched_on", "enabled"])
def test_a_switch_that_is_off_holds_the_campaign_and_loses_nobody(open_hall: Open, how: str) -> None:
    hall = open_hall(2)
    if how == "enabled":
        off = hall.scene.shop.settings.model_copy(update={"enabled": False})
        answer = hall.pager().take(off, hall.campaign.id)
    else:
        answer = hall.page(switched_on=False)
    assert (answer.outcome, answer.wait_seconds, hall.started) == (PageOutcome.MORE, 300, [])
    hall.dispatch()
    assert len(hall.started) == 2


# Once, whatever happens


def test_a_page_that_died_goes_on_where_it_was(open_hall: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed once for each customer of a page, right after that customer's timeline was started."""
    customers = 4
    for victim in range(customers):
        hall = open_hall(customers)
        start, calls = hall._start, itertools.count()

        def dies(*told: Any, start: Any = start, calls: Any = calls, victim: int = victim, **named: Any) -> None:
            start(*told, **named)
            if next(calls) == victim:
                raise Killed

        with monkeypatch.context() as patched, pytest.raises(Killed):
            patched.setattr(hall, "_start", dies)
            hall.page()
        assert hall.course.progress.asked == 0
        hall.dispatch()
        twice = [cart_id for cart_id, times in Counter(hall.started).items() if times > 1]
        assert len(set(hall.started)) == customers
        assert len(twice) <= 1, "only the one whose start was not written down is started again, under the same name"
        assert hall.course.progress.asked == customers


def test_asking_may_die_at_any_line_and_asks_once_in_the_end(open_hall: Open) -> None:
    def asking() -> tuple[Hall, Callable[[], None]]:
        hall = open_hall(1)
        shop = hall.scene.shop.settings
        (customer,) = [look.asked for look in go_through(hall.store, shop, hall.campaign, Progress(), NOON)]
        assert customer is not None
        return hall, partial(hall.pager().ask, shop, hall.course, NOON, customer)

    asking()[1]()
    whole, ask = asking()
    for line in lines_to_die_at(whole.scene, ask):
        hall, ask = asking()
        die_at(line, ask)
        hall.dispatch()
        assert len(set(hall.started)) == 1
        assert hall.send_all()[Reason.DUE] == 1, f"killed at line {line}"
        assert len(hall.addresses()) == 1


def test_taking_a_page_may_die_at_any_line(open_hall: Open) -> None:
    warm, whole = open_hall(1), open_hall(1)
    warm.page()
    lines = lines_to_die_at(whole.scene, whole.page)
    assert len(lines) > 4
    for line in lines:
        hall = open_hall(1)
        die_at(line, lambda hall=hall: hall.page())  # type: ignore[misc]
        hall.dispatch()
        assert len(set(hall.started)) == 1 == hall.course.progress.asked, f"killed at line {line}"
        assert hall.send_all()[Reason.DUE] == 1


def test_two_dispatches_at_once_ask_each_once_and_count_each_once(open_hall: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = open_hall(3)
    advance = hall.store.campaigns.advance

    def other_first(*told: Any) -> None:
        monkeypatch.setattr(hall.store.campaigns, "advance", advance)
        hall.page()
        advance(*told)

    monkeypatch.setattr(hall.store.campaigns, "advance", other_first)
    assert hall.page().outcome is PageOutcome.MORE
    assert hall.dispatch() is PageOutcome.THROUGH
    assert (len(set(hall.started)), hall.course.progress.asked) == (3, 3)


# The stop button


def test_after_a_stop_nobody_is_asked_and_nothing_is_sent(open_hall: Open) -> None:
    hall = open_hall(4, rate=2)
    hall.page()
    hall.stop()
    assert hall.page().outcome is PageOutcome.STOPPED
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 2}
    assert hall.addresses() == []


def test_a_message_that_waits_for_the_morning_is_not_sent_after_a_stop(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    hall.clock.time = NOON + 10 * HOUR
    assert hall.send(hall.started[0]).outcome is Outcome.WAIT
    hall.stop()
    hall.clock.time = NOON + 22 * HOUR
    assert hall.send(hall.started[0]).reason is Reason.CAMPAIGN_STOPPED


def test_a_stop_between_the_decision_and_the_claim_holds(open_hall: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = open_hall(1)
    hall.dispatch()
    claim = hall.store.step_records.claim

    def stop_first(*told: Any) -> Any:
        monkeypatch.setattr(hall.store.step_records, "claim", claim)
        hall.stop()
        return claim(*told)

    monkeypatch.setattr(hall.store.step_records, "claim", stop_first)
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}
    assert hall.addresses() == []


def test_a_stop_while_the_code_is_created_holds(open_hall: Open) -> None:
    hall = open_hall(1, discount=DISCOUNT)
    hall.dispatch()

    def stop_first(shop: Any, voucher: Any, cart_id: str) -> Any:
        hall.stop()
        return voucher

    hall.scene.on_discount = stop_first
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}
    assert hall.addresses() == []


def test_a_message_that_was_not_taken_is_not_tried_again_after_a_stop(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    hall.scene.provider.script = [NotTakenError("throttled")]
    with pytest.raises(NotTakenError):
        hall.send_all()
    hall.stop()
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}


def test_a_stop_that_died_between_two_gates_is_finished_by_the_next(open_hall: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = open_hall(1)
    hall.dispatch()
    shut, calls = hall.store.campaigns._shut, itertools.count()

    def dies(*told: Any) -> None:
        if next(calls) == 5:
            raise Killed
        shut(*told)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(hall.store.campaigns, "_shut", dies)
        hall.stop()
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}
    hall.stop()
    for gate in range(32):
        with pytest.raises(ConflictError):
            hall.store.table.transact([hall.store.campaigns.going_on(hall.shop, hall.campaign.id, _cart_of(gate, hall))])


def _cart_of(gate: int, hall: Hall) -> str:
    """An id whose claims pass this gate."""
    ids = (f"campaign~{number}" for number in itertools.count())
    campaigns, wanted = hall.store.campaigns, f"GATE#{gate:02d}"
    return next(id_ for id_ in ids if wanted in repr(campaigns.going_on(hall.shop, hall.campaign.id, id_)))


def test_to_stop_what_there_is_not_changes_nothing(open_hall: Open) -> None:
    hall = open_hall(0)
    with pytest.raises(ConditionFailedError):
        hall.store.campaigns.stop(hall.shop, "nothing", NOON)
    assert [course.stopped_at for course in hall.store.campaigns.all(hall.shop)] == [None]


def test_a_message_of_a_campaign_that_is_gone_is_not_sent(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    hall.store.table.delete({"PK": f"SHOP#{hall.shop}#CAMPAIGNS", "SK": "CAMPAIGN#winter_2026"})
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}


@pytest.mark.parametrize("discount", [None, DISCOUNT], ids=["plain", "discount"])
def test_a_stop_at_any_line_of_a_step_leaves_a_message_only_where_it_was_handed_over_before(
    open_hall: Open, discount: Any
) -> None:
    """The stop comes to its end between two lines of the step; what the provider gets after that, it was promised before."""

    def asked() -> Hall:
        hall = open_hall(1, discount=discount)
        hall.dispatch()
        hall.clock.time += 4 * MINUTE
        return hall

    warm, whole = asked(), asked()
    warm.send(warm.started[0])
    fates = set()
    for line in lines_to_die_at(whole.scene, lambda: whole.send(whole.started[0])):
        hall = asked()
        state = stop_at(line, hall)
        may_leave = state in {RecordState.SENDING, RecordState.SENT}
        assert (len(hall.addresses()) == 1) == may_leave, f"stopped before line {line}, when the record was {state}"
        fates.add(state)
    assert {None, RecordState.SENDING} <= fates


def stop_at(line: int, hall: Hall) -> RecordState | None:
    """The state of the record when the stop had come to its end."""
    left, state = line, None

    def count_down() -> None:
        nonlocal left, state
        left -= 1
        if left == 0:
            hall.stop()
            record = hall.scene.cart(hall.started[0]).record(1, hall.campaign.id)
            state = record.state if record else None

    tracing(lambda: hall.send(hall.started[0]), count_down)
    return state


# What is sent


def test_the_mail_is_the_campaigns_with_a_code_of_each_customers_own(open_hall: Open) -> None:
    hall = open_hall(2, discount={"amount": "20", "currency": "PLN", "valid_days": 7})
    hall.dispatch()
    hall.send_all()
    codes = [voucher.code for voucher in hall.scene.created]
    assert len(set(codes)) == 2
    for message, voucher in zip(hall.scene.provider.sent, hall.scene.created, strict=True):
        assert voucher.code in message.rendered.text
        assert "20 zł mniej na zimowe zakupy" in message.rendered.subject.replace("\u00a0", " ")
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
    hall = open_hall(1, shop={"loyalty": CLUB | {"margin_percent": 15}}, discount={"percent": 40, "valid_days": 7})
    hall.dispatch()
    hall.send_all()
    assert [voucher.percent for voucher in hall.scene.created] == [15]


def test_it_is_counted_by_its_own_name(open_hall: Open) -> None:
    hall = open_hall(2)
    hall.dispatch()
    hall.scene.take(ConsentChanged(at=NOON, contact=person(1), channel=Channel.EMAIL, consent=no(NOON)))
    hall.send_all()
    name = "abandoned_cart#winter_2026"  # the machine says which timeline it is; here nobody does
    assert hall.store.step_records.counted(hall.shop, name, ["2026-11-17", "2026-11-18"]) == {"sent": 1, "skipped_no_consent": 1}


def test_a_shopper_who_has_just_had_another_mail_gets_it_later(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    (customer,) = hall.store.erasure.find(hall.shop, person(0))
    hall.store.customers.amend(hall.shop, customer.id, lambda known: known.with_sent(Channel.EMAIL, NOON))
    hall.clock.time += 4 * MINUTE
    result = hall.send(hall.started[0])
    assert (result.outcome, result.reason) == (Outcome.WAIT, Reason.FREQUENCY_CAP)


# Any order of things

EVENTS = st.lists(st.sampled_from(["page", "send", "stop", "unsubscribe", "order", "hour"]), max_size=14)
_shops = itertools.count()


@given(EVENTS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
                scene.take(ConsentChanged(at=clock.time, contact=person(0), channel=Channel.EMAIL, consent=no(clock.time)))
                closed |= {person(0).email or ""}
            case "order":
                buys(scene, person(1), at=clock.time, agrees=False)
            case "hour":
                clock.time += HOUR
        new = Counter(hall.addresses()) - Counter(before)
        assert not set(new) & closed
    assert all(times == 1 for times in Counter(hall.addresses()).values())
    assert all(times == 1 for times in Counter(hall.started).values())
