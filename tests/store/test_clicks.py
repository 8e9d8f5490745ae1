"""Links of one message that are opened by people, and by scanners that look like people. The final
counts are the same in any order."""

import itertools
import json
import os
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery_events.app import read
from delivery_events.processing import DeliveryEventProcessor
from services.test_any_order import RELAXED
from support.builders import HOUR, NOON, a_cart_event
from support.clocks import Clock
from support.provider_events import about
from support.scenes import Scene, a_scene
from wracaj.channels import OutgoingMessage
from wracaj.messages.links import Purpose
from wracaj.store.message_links import LinkTarget
from wracaj.timelines.steps import Outcome

LATER = NOON + HOUR
CART, STOP, PREFERENCES, WHY = Purpose.CART, Purpose.UNSUBSCRIBE, Purpose.PREFERENCES, Purpose.WHY
Opening = tuple[Purpose, float]  # a link, and seconds since LATER
_numbers = itertools.count()


class Mail:
    def __init__(self, scene: Scene) -> None:
        assert scene.step().outcome is Outcome.SENT
        self.scene = scene
        self.message: OutgoingMessage = scene.provider.sent[-1]
        found = scene.store.message_links.target(self.message.tags["message"])
        assert found is not None
        self.target: LinkTarget = found

    def opens(self, *openings: Opening) -> list[bool]:
        clicks = self.scene.store.clicks
        return [
            clicks.opened(self.target, link, LATER + timedelta(seconds=seconds))
            for link, seconds in openings
        ]

    def arrives(self, seconds: float) -> None:
        event = about(self.message, "Delivery", at=LATER + timedelta(seconds=seconds))
        DeliveryEventProcessor(self.scene.store).process(read(json.dumps(event)))

    def arrives_and_opens(self, seconds: float, *, told_first: bool) -> None:
        if told_first:
            self.arrives(0)
        self.opens((CART, seconds))
        if not told_first:
            self.arrives(0)

    @property
    def clicks(self) -> int:
        (item,) = self.scene.store.table.query(
            {"PK": f"SHOP#{self.scene.shop.id}#CART#c1"}, begins="MESSAGE#1#first_email"
        )
        count = int(item.get("clicks", 0))
        assert ("clicked_at" in item) == (count > 0)
        return count

    @property
    def counted(self) -> int:
        return self.scene.store.counters.of_day(self.scene.shop.id, f"{NOON:%Y-%m-%d}")[
            "abandoned_cart#first_email"
        ].get("clicked", 0)

    @property
    def figures(self) -> tuple[int, int]:
        return self.clicks, self.counted


@pytest.fixture
def mail(store: Any, shop_id: str, clock: Clock) -> Mail:
    return a_mail(store, shop_id)


def a_mail(store: Any, shop_id: str) -> Mail:
    scene = a_scene(store, shop_id)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    return Mail(scene)


def test_a_person_s_clicks_are_counted_and_the_message_once(mail: Mail) -> None:
    assert mail.opens((CART, 0), (CART, 90), (CART, 7200)) == [True] * 3
    assert mail.figures == (3, 1)


def test_a_person_who_looks_at_another_link_later_has_clicked(mail: Mail) -> None:
    mail.opens((CART, 0), (PREFERENCES, 20), (STOP, 40), (CART, 60))
    assert mail.figures == (2, 1)


@pytest.mark.parametrize(
    "order", list(itertools.permutations([(CART, 0.0), (STOP, 0.3), (PREFERENCES, 0.6)]))
)
def test_links_that_are_opened_together_are_no_click_whichever_comes_first(
    mail: Mail, order: Sequence[Opening]
) -> None:
    mail.opens(*((link, number * 0.3) for number, (link, _) in enumerate(order)))
    assert mail.figures == (0, 0)


def test_a_person_s_click_stands_when_a_scanner_comes_later(mail: Mail) -> None:
    mail.opens((CART, 0), (STOP, 600), (CART, 600.2), (WHY, 600.4))
    assert mail.figures == (1, 1)


def test_a_click_after_a_scanner_counts(mail: Mail) -> None:
    mail.opens((STOP, 0), (CART, 0.2), (PREFERENCES, 0.4), (CART, 300))
    assert mail.figures == (1, 1)


def test_a_scan_that_came_twice_takes_back_what_it_counted_and_no_more(mail: Mail) -> None:
    mail.opens((CART, 0), (CART, 100), (STOP, 100.5), (PREFERENCES, 100.9), (WHY, 101.2))
    assert mail.figures == (1, 1)


@pytest.mark.parametrize("seconds", [-0.9, 0, 0.9])
@pytest.mark.parametrize("told_first", [True, False])
def test_what_opens_a_link_the_moment_it_arrives_is_no_person(
    mail: Mail, seconds: float, told_first: bool
) -> None:
    """The provider's word of the arrival often comes after the scanner."""
    mail.arrives_and_opens(seconds, told_first=told_first)
    assert mail.figures == (0, 0)


@pytest.mark.parametrize("told_first", [True, False])
def test_a_person_needs_more_than_a_second(mail: Mail, told_first: bool) -> None:
    mail.arrives_and_opens(2.5, told_first=told_first)
    assert mail.figures == (1, 1)


def test_an_arrival_that_is_told_twice_takes_back_once(mail: Mail) -> None:
    mail.opens((CART, 0.5))
    mail.arrives(0)
    mail.opens((CART, 60))
    mail.arrives(0)
    assert mail.figures == (1, 1)


def test_a_record_that_has_expired_before_its_link_is_not_brought_back(mail: Mail) -> None:
    key = {"PK": f"SHOP#{mail.scene.shop.id}#CART#c1", "SK": "MESSAGE#1#first_email"}
    mail.scene.store.table.delete(key)
    assert mail.opens((CART, 0), (STOP, 60)) == [False, False]
    assert mail.scene.store.table.get(key) is None


GAPS = st.sampled_from([0.2, 0.7, 5.0, 60.0])
OPENINGS = st.lists(st.tuples(st.sampled_from([CART, CART, STOP, PREFERENCES]), GAPS), max_size=8)


def in_time(steps: Iterable[tuple[Purpose, float]]) -> list[Opening]:
    at, told = 0.0, []
    for link, gap in steps:
        at += gap
        told.append((link, at))
    return told


@settings(RELAXED, max_examples=25)
@given(steps=OPENINGS)
def test_figures_agree_and_lone_clicks_count_whatever_else_is_opened(
    store: Any, steps: list[tuple[Purpose, float]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (
            "reminder_step.step",
            "wracaj.store.carts",
            "wracaj.store.customers",
            "wracaj.services.intake.dispatch",
        ):
            patch.setattr(f"{module}.now", Clock())
        mail = a_mail(store, f"clicks-{os.getpid()}-{next(_numbers)}")
    openings = in_time(steps)
    mail.opens(*openings)
    alone = [at for link, at in openings if link is CART and not near(at, openings)]
    clicks, counted = mail.figures
    assert counted == min(clicks, 1)
    assert clicks >= len(alone)
    if all(link is CART for link, _ in openings):
        assert clicks == len(openings)


def near(at: float, openings: list[Opening]) -> bool:
    return any(link is not CART and abs(at - other) <= 1.0 for link, other in openings)
