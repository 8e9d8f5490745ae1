"""The demo's experiment: its scripts, what must be counted, and checks that can each fail."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any, NamedTuple

import pytest
from rich.console import Console

from demo.test_cast import an_actor
from support.demo_experiment import (
    BUYS_ANYWAY,
    DAY,
    ENTERED,
    HELD,
    HOUR,
    OUTSIDE,
    PEOPLE,
    SETTINGS,
    SILENT,
    WRITTEN_TO,
    YEAR,
    a_ledger,
    a_mail,
    a_play,
    a_refund,
    a_review,
    an_order,
    arm_sums,
    as_stored,
    at,
    noted,
)
from wracaj.customers.email_address import normal_email
from wracaj.experiments.outcomes import freezes_at
from wracaj.settings.experiments import HELD_OUT, TREATED
from wracaj.settings.reading import parse_settings
from wracaj_cli.demo import tables
from wracaj_cli.demo.cast import CAST
from wracaj_cli.demo.credited import Credit, credits_of, differences
from wracaj_cli.demo.experiment import expected
from wracaj_cli.demo.experiment.cast import AFTER_THE_END, LEFT, PARTICIPANTS, TOO_LATE
from wracaj_cli.demo.experiment.expected import Played
from wracaj_cli.demo.experiment.promises import Stored, broken_in_the_experiment
from wracaj_cli.demo.experiment.story import DAYS, NAME, Participant
from wracaj_cli.demo.ledger import Ledger, What
from wracaj_cli.demo.promises import COUNTED, HELD_BACK, NAMES
from wracaj_cli.demo.rescue.cast import VISITORS
from wracaj_cli.demo.year.cast import REGULARS
from wracaj_cli.demo.year.play import FIRST_PARTICIPANT
from wracaj_cli.demo.year.story import Kind

ACTORS = [an_actor(one.persona, number) for number, one in enumerate(PARTICIPANTS, 100)]


# The scripts


def test_nobody_shares_a_name_or_an_address_with_anybody_in_the_demo() -> None:
    others = [person.name for person in CAST]
    others += [visitor.name for visitor in VISITORS]
    others += [regular.name for regular in REGULARS]
    names = [one.name for one in PARTICIPANTS]
    assert len({*names, *others}) == len(names) + len(others)
    emails = {actor.contact.email for actor in ACTORS}
    assert len(emails) == len(ACTORS) and FIRST_PARTICIPANT == 100
    assert all(normal_email(email) == email for email in emails)


@pytest.mark.parametrize("one", PARTICIPANTS, ids=[one.name for one in PARTICIPANTS])
def test_a_script_is_in_the_order_of_time_and_begins_with_the_cart(one: Participant) -> None:
    times = [when for when, _ in one.does]
    assert times == sorted(times) and times[0] == LEFT


def test_the_days_of_the_stories_are_those_of_the_settings() -> None:
    one, entered = SETTINGS.experiments[NAME], at(ENTERED)
    assert parse_settings(SETTINGS.model_dump(mode="json")).experiments[NAME] == one
    assert one.is_running(entered) and one.days == DAYS
    frozen = freezes_at(entered.date(), one.days)
    assert expected._frozen_at(entered) == frozen
    assert entered + one.days * DAY < at(TOO_LATE) < frozen < at(AFTER_THE_END)
    first = SETTINGS.timings["abandoned_cart"]["first_email_after_hours"]
    assert timedelta(hours=float(first)) == expected.FIRST_MAIL_AFTER
    assert at(LEFT) + expected.FIRST_MAIL_AFTER == entered


# What must be counted


def sums(played: Played) -> dict[str, Any]:
    return {arm: told._asdict() for arm, told in played.sums("PLN").items()}


def changed(arm: str, **changes: Any) -> dict[str, Any]:
    other = {HELD_OUT: TREATED, TREATED: HELD_OUT}[arm]
    return {arm: arm_sums(**changes)._asdict(), other: arm_sums()._asdict()}


NOTHING = {"ordered": 0, "paid": 0, "paid_squared": 0}
HALF = {"paid": 50, "paid_squared": 2_500}
TWICE = {"paid": 200, "paid_squared": 40_000}


@pytest.mark.parametrize(
    ("notes", "counted"),
    [
        ([], {}),
        ([a_refund(BUYS_ANYWAY, at(ENTERED, 40), "61.50")], HALF),
        ([a_refund(BUYS_ANYWAY, at(ENTERED, 40), "123.00")], NOTHING),
        ([a_refund(BUYS_ANYWAY, at(AFTER_THE_END), "61.50")], {"late": -50}),
        ([an_order(BUYS_ANYWAY, at(ENTERED, 50), order="2")], TWICE),
        ([an_order(BUYS_ANYWAY, at(TOO_LATE), order="2")], {}),
        ([an_order(BUYS_ANYWAY, at(ENTERED, -1), order="2")], {}),
        ([an_order(BUYS_ANYWAY, at(ENTERED, 50), order="2", currency="EUR")], {}),
        ([an_order(OUTSIDE, at(ENTERED, 50))], {}),
        ([noted(BUYS_ANYWAY, What.UNSUBSCRIBED, at(ENTERED, 1))] * 2, {"unsubscribed": 1}),
    ],
    ids=[
        "an order in each arm",
        "half sent back",
        "all sent back",
        "half sent back when the day is frozen",
        "two orders",
        "one of them too late",
        "one of them too early",
        "one of them in euros",
        "by somebody who did not enter",
        "unsubscribed twice",
    ],
)
def test_what_the_till_says_of_an_arm(notes: list[Any], counted: dict[str, Any]) -> None:
    assert sums(a_play(*notes)) == changed(HELD_OUT, **counted)


def test_the_arm_is_read_from_the_mails() -> None:
    played = a_play(messages={HELD: [a_mail(HELD)], WRITTEN_TO: [a_mail(WRITTEN_TO, Kind.THANKS)]})
    arms = [played.arm_of(one) for one in played.participants]
    assert arms == [HELD_OUT, TREATED, HELD_OUT, HELD_OUT, None]


# The checks


def told(played: Played, stored: Stored) -> list[tuple[str, str]]:
    return [(one.promise, one.shopper) for one in broken_in_the_experiment(played, stored, "PLN")]


def wrong_sum(name: str) -> Stored:
    wrong = arm_sums(**{name: getattr(arm_sums(), name) + 1})
    return as_stored(sums={HELD_OUT: arm_sums(), TREATED: wrong})


def otherwise(who: str, entry: tuple[str, datetime] | None) -> Stored:
    return as_stored(arms=dict(as_stored().arms) | {who: entry})


def test_an_experiment_that_was_counted_correctly_breaks_nothing() -> None:
    assert told(a_play(), as_stored()) == []
    assert {HELD_BACK, COUNTED} <= set(NAMES)


@pytest.mark.parametrize("name", arm_sums()._fields)
def test_each_sum_of_an_arm_is_checked(name: str) -> None:
    assert told(a_play(), wrong_sum(name)) == [(COUNTED, TREATED)]


def test_a_missing_arm_is_found() -> None:
    found = told(a_play(), as_stored(sums={TREATED: arm_sums()}))
    assert set(found) == {(COUNTED, HELD_OUT)}


@pytest.mark.parametrize(
    ("who", "entry"),
    [
        (HELD, (TREATED, at(ENTERED))),
        (WRITTEN_TO, (HELD_OUT, at(ENTERED))),
        (SILENT, None),
        (OUTSIDE, (HELD_OUT, at(ENTERED))),
        (HELD, (HELD_OUT, at(ENTERED, 1))),
    ],
    ids=["no mail", "a mail", "not entered", "entered", "an hour late"],
)
def test_an_arm_that_does_not_fit_the_mails_is_found(
    who: str, entry: tuple[str, datetime] | None
) -> None:
    assert told(a_play(), otherwise(who, entry)) == [(HELD_BACK, who)]


def test_a_mail_to_somebody_who_gets_none_is_found() -> None:
    messages = {who: [a_mail(who)] for who in (WRITTEN_TO, SILENT)}
    silent = a_play(messages=messages | {HELD: [a_mail(HELD, Kind.THANKS)]})
    assert told(silent, as_stored()) == [(HELD_BACK, HELD)]
    outside = a_play(messages=messages | {OUTSIDE: [a_mail(OUTSIDE)]})
    assert told(outside, as_stored()) == [(HELD_BACK, OUTSIDE)]
    thanked = a_play(messages=messages | {BUYS_ANYWAY: [a_mail(BUYS_ANYWAY, Kind.THANKS)]})
    assert told(thanked, as_stored()) == []


# What is credited to messages


def a_click(who: str, when: datetime, kind: Kind = Kind.CART) -> Any:
    return noted(who, What.CLICKED, when, step=kind)


ORDERED = at(ENTERED, 20)


@pytest.mark.parametrize(
    ("notes", "credited"),
    [
        ([], {}),
        ([a_click(WRITTEN_TO, ORDERED)], {Kind.CART: (1, 100)}),
        ([a_click(WRITTEN_TO, ORDERED - 5 * DAY)], {Kind.CART: (1, 100)}),
        ([a_click(WRITTEN_TO, ORDERED - 5 * DAY - HOUR)], {}),
        ([a_click(WRITTEN_TO, ORDERED + HOUR)], {}),
        (
            [
                a_click(WRITTEN_TO, ORDERED - HOUR, Kind.CART_CODE),
                a_click(WRITTEN_TO, ORDERED - DAY),
            ],
            {Kind.CART_CODE: (1, 100)},
        ),
        (
            [a_click(WRITTEN_TO, ORDERED), a_refund(WRITTEN_TO, at(AFTER_THE_END), "61.50")],
            {Kind.CART: (1, 50)},
        ),
        ([a_click(WRITTEN_TO, ORDERED), a_refund(WRITTEN_TO, at(AFTER_THE_END), "123.00")], {}),
        (
            [a_click(WRITTEN_TO, ORDERED), a_click(BUYS_ANYWAY, ORDERED)],
            {Kind.CART: (2, 200)},
        ),
    ],
    ids=[
        "no click",
        "at once",
        "after five days",
        "later",
        "before the click",
        "the last of two",
        "sent back in part",
        "sent back",
        "two orders",
    ],
)
def test_what_is_credited_by_clicks_and_the_till(
    notes: list[Any], credited: dict[str, tuple[int, int]]
) -> None:
    found = credits_of(a_ledger(*notes), PEOPLE, "PLN")
    wanted = {kind: Credit(orders, Decimal(paid)) for kind, (orders, paid) in credited.items()}
    assert found == wanted


def test_an_order_in_euros_is_credited_without_money() -> None:
    order = an_order(HELD, ORDERED, "30.00", currency="EUR")
    ledger = Ledger(notes=[order, a_click(HELD, ORDERED)])
    assert credits_of(ledger, PEOPLE, "PLN") == {Kind.CART: Credit(1, Decimal(0))}


@pytest.mark.parametrize(("back", "paid"), [("0", "115.00"), ("61.50", "57.50")])
def test_of_an_order_that_tells_its_tax_that_tax_is_not_credited(back: str, paid: str) -> None:
    order = an_order(HELD, ORDERED, tax=Decimal("8.00"))
    notes = [order, a_click(HELD, ORDERED), a_refund(HELD, at(AFTER_THE_END), back)]
    assert credits_of(Ledger(notes=notes), PEOPLE, "PLN") == {Kind.CART: Credit(1, Decimal(paid))}


CART_ROW = "abandoned_cart#first_email"


class Row(NamedTuple):
    step: str
    orders: int
    paid: Decimal


def row(orders: int, cents: int, step: str = CART_ROW) -> Row:
    return Row(step, orders, Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([row(1, 10_000)], 0),
        ([row(1, 10_001)], 1),
        ([row(2, 10_000)], 1),
        ([], 1),
        ([row(1, 10_000), row(1, 500, "win_back#first_email")], 1),
    ],
    ids=["the same", "a cent more", "an order more", "nothing", "another message"],
)
def test_a_report_that_credits_otherwise_is_found(rows: list[Row], found: int) -> None:
    wanted = {str(Kind.CART): Credit(1, Decimal("100.00"))}
    assert len(list(differences(wanted, rows, {CART_ROW: str(Kind.CART)}))) == found


# What is shown


def test_the_terminal_says_what_the_experiment_shows() -> None:
    output = StringIO()
    tables.show_experiment(Console(file=output, width=150), a_review())
    words = " ".join(output.getvalue().split())
    assert "Before Christmas, 5 shoppers left a cart" in words
    assert "Too early" in words and f"over since {YEAR}-12-24" in words
