"""The scripts and checks of the year. Every check can fail, and reports only the shopper
concerned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from demo.test_cast import an_actor
from support.demo_evidence import EMAIL, SHOPS, a_sent
from support.frozen_timelines import machine_of
from wracaj.consent.channel import Channel
from wracaj.customers.contact import normal_phone
from wracaj.customers.email_address import normal_email
from wracaj.discounts.code import DiscountTerms
from wracaj_cli.demo.cast import CAST
from wracaj_cli.demo.delivered import Delivered, Origin
from wracaj_cli.demo.fake_shop import KnownCode
from wracaj_cli.demo.ledger import Ledger, Noted, What
from wracaj_cli.demo.promises import CODES, SUMS, Evidence
from wracaj_cli.demo.week import KUBEK, PARAPET
from wracaj_cli.demo.year.cast import REGULARS
from wracaj_cli.demo.year.play import FIRST_NUMBER, a_common_year_after, with_programme
from wracaj_cli.demo.year.promises import YEAR_PROMISES, Standing, YearEvidence, broken_in_the_year
from wracaj_cli.demo.year.story import KINDS, Kind, On, Regular

YEAR = 2027
NAME, CODE = "Cecylia Jawor", "ACDE-FHJK-L347"
HOUR = timedelta(hours=1)
ORDERED, BACK = On(3, 3), On(3, 20)
ACTORS = [
    an_actor(regular.persona, number) for number, regular in enumerate(REGULARS, FIRST_NUMBER)
]


def at(when: On, hours: float = 0) -> datetime:
    return when.of(YEAR).astimezone(UTC) + hours * HOUR


def test_a_regular_shares_neither_name_nor_address_with_anybody() -> None:
    everybody = [*ACTORS, *(an_actor(persona, number) for number, persona in enumerate(CAST))]
    for values in (
        [actor.persona.name for actor in everybody],
        [actor.contact.email for actor in everybody if actor.contact.email],
        [actor.contact.phone for actor in everybody if actor.contact.phone],
        [actor.contact.customer_id for actor in ACTORS],
    ):
        assert len(set(values)) == len(values)
    for actor in ACTORS:
        assert normal_email(actor.contact.email) == actor.contact.email
        assert normal_phone(actor.contact.phone, "PL") == actor.contact.phone


@pytest.mark.parametrize("regular", REGULARS, ids=[regular.name for regular in REGULARS])
def test_a_year_is_in_the_order_of_time(regular: Regular) -> None:
    assert [when for when, _ in regular.does] == sorted(when for when, _ in regular.does)
    assert [when for when, _ in regular.gets] == sorted(when for when, _ in regular.gets)
    assert set(regular.says) <= {when for when, _ in regular.gets}


def test_the_year_has_no_leap_day_and_lies_ahead() -> None:
    assert a_common_year_after(datetime(2026, 11, 23, tzinfo=UTC)) == 2027
    assert a_common_year_after(datetime(2027, 2, 1, tzinfo=UTC)) == 2029


def test_the_programme_is_that_of_the_worked_example() -> None:
    club = with_programme(SHOPS[PARAPET])

    assert club.loyalty and club.loyalty.tiers
    assert club.shop == PARAPET
    assert set(KIND_TIMELINES) <= set(club.timelines)


KIND_TIMELINES = {timeline for timeline, _ in KINDS}


def test_every_mail_of_a_timeline_that_the_shop_runs_has_a_name() -> None:
    steps = {
        (name, step) for name in with_programme(SHOPS[PARAPET]).timelines for step in mails_of(name)
    }

    assert len(steps) > 10
    assert steps <= set(KINDS)


def mails_of(timeline: str) -> set[str]:
    payloads = (
        state["Arguments"]["Payload"]
        for state in machine_of(timeline)["States"].values()
        if state["Type"] == "Task"
    )
    return {
        payload["step"]["name"]
        for payload in payloads
        if payload.get("step", {}).get("channel") == "email"
    }


# --- the checks -----------------------------------------------------------------------------------


def a_message(
    when: On = ORDERED, kind: Kind = Kind.THANKS, hours: float = 1, basket: str = "1", **sent: Any
) -> Delivered:
    known = {"text": f"Brakuje 26,50 zł. 10% mniej: {CODE}"} if kind is Kind.SILENT_60 else {}
    return Delivered(a_sent(at=at(when, hours), **known | sent), Origin(NAME, basket, 1, kind))


def good_messages() -> list[Delivered]:
    return [a_message(), a_message(On(3, 17), Kind.REVIEW), a_message(BACK, Kind.SILENT_60, 2)]


def a_regular(**changes: Any) -> Regular:
    gets = ((ORDERED, Kind.THANKS), (On(3, 17), Kind.REVIEW), (BACK, Kind.SILENT_60))
    known = Regular(NAME, "", (), gets, points=349, tier="Srebrny", says={BACK: "26,50 zł"})
    return replace(known, **changes)


def noted(what: What, when: datetime, **more: Any) -> Noted:
    return Noted(NAME, what, when, **more)


def good(
    *notes: Noted,
    messages: list[Delivered] | None = None,
    regular: Regular | None = None,
    standing: Standing | None = None,
    **more: Any,
) -> YearEvidence:
    order = noted(What.ORDERED, at(ORDERED), amount=Decimal(349), currency="PLN", order="1")
    yes = noted(What.AGREED, at(ORDERED), channel=Channel.EMAIL)
    known: dict[str, Any] = {
        "cast": ((regular or a_regular()).persona,),
        "messages": tuple(good_messages() if messages is None else messages),
        "ledger": Ledger(notes=[order, yes, *notes]),
        "shops": SHOPS,
        "codes": {CODE: KnownCode(PARAPET, CODE, DiscountTerms(percent=10), at(BACK))},
        "turned_away": (),
        "begun": {(NAME, "1"): at(ORDERED) + timedelta(seconds=1), (NAME, "cart"): at(ORDERED, 1)},
        "addresses": {NAME: frozenset({EMAIL})},
    }
    standing = standing or Standing(349, "Srebrny", {"PLN": Decimal(349)})
    return YearEvidence(Evidence(**known | more), (regular or a_regular(),), YEAR, {NAME: standing})


def an_order(when: On, amount: int = 0) -> Noted:
    return noted(What.ORDERED, at(when), amount=Decimal(amount), currency="PLN", order="2")


DOCTORED: dict[str, tuple[str, Callable[[], YearEvidence]]] = {
    "a request for a review after the next order": (
        "Nothing after the order",
        lambda: good(an_order(On(3, 16))),
    ),
    "the same message twice": (
        "Nothing twice",
        lambda: good(
            messages=[*good_messages(), a_message(On(4, 20))],
            regular=a_regular(gets=(*a_regular().gets, (On(4, 20), Kind.THANKS))),
        ),
    ),
    "nobody agreed": (
        "Nothing without consent",
        lambda: good(noted(What.OBJECTED, at(On(3, 18)), channel=Channel.EMAIL)),
    ),
    "after unsubscribing": (
        "Nothing after unsubscribing",
        lambda: good(noted(What.UNSUBSCRIBED, at(On(3, 18)))),
    ),
    "at night": (
        "Nothing outside the send window",
        lambda: good(messages=[a_message(hours=9), *good_messages()[1:]]),
    ),
    "while the shopper shops": (
        "Nothing while the shopper shops",
        lambda: good(
            noted(What.TOUCHED, at(BACK, 1.9), basket="cart"),
            messages=[
                *good_messages()[:2],
                a_message(BACK, Kind.CART, 2, basket="cart", text="26,50 zł"),
            ],
            regular=a_regular(gets=(*a_regular().gets[:2], (BACK, Kind.CART))),
        ),
    ),
    "two on one day": (
        "Nothing too often",
        lambda: good(
            messages=[*good_messages(), a_message(BACK, Kind.NUDGE, 4)],
            regular=a_regular(gets=(*a_regular().gets, (BACK, Kind.NUDGE))),
        ),
    ),
    "a code that the shop does not know": (CODES, lambda: good(codes={})),
    "a code of the other shop": (
        CODES,
        lambda: good(codes={CODE: KnownCode(KUBEK, CODE, DiscountTerms(percent=10), at(BACK))}),
    ),
    "a code that gives less": (
        CODES,
        lambda: good(codes={CODE: KnownCode(PARAPET, CODE, DiscountTerms(percent=5), at(BACK))}),
    ),
    "a code of an amount that is not told": (
        CODES,
        lambda: good(
            codes={
                CODE: KnownCode(
                    PARAPET, CODE, DiscountTerms(amount=Decimal(20), currency="PLN"), at(BACK)
                )
            }
        ),
    ),
    "an offer without its code": (
        CODES,
        lambda: good(
            messages=[
                *good_messages()[:2],
                a_message(BACK, Kind.SILENT_60, 2, text="Brakuje 26,50 zł"),
            ]
        ),
    ),
    "to somebody else": (
        "To the right shopper only",
        lambda: good(messages=[a_message(to="x@obcy.example"), *good_messages()[1:]]),
    ),
    "of nobody's": (
        "To the right shopper only",
        lambda: good(messages=[*good_messages(), Delivered(a_sent(at=at(BACK, 30)), None)]),
    ),
    "no way out": (
        "A way out in every e-mail",
        lambda: good(messages=[a_message(headers={}), *good_messages()[1:]]),
    ),
    "a message that did not come": (
        "Each shopper got what the story says",
        lambda: good(messages=good_messages()[:2]),
    ),
    "a message a day late": (
        "Each shopper got what the story says",
        lambda: good(messages=[a_message(hours=23), *good_messages()[1:]]),
    ),
    "words that are missing": (
        "Each shopper got what the story says",
        lambda: good(regular=a_regular(says={BACK: "38,00 zł"})),
    ),
    "a point too many": (
        SUMS,
        lambda: good(standing=Standing(350, "Srebrny", {"PLN": Decimal(349)})),
    ),
    "a tier that was not reached": (
        SUMS,
        lambda: good(standing=Standing(349, "Złoty", {"PLN": Decimal(349)})),
    ),
    "a refund that was not taken off": (
        SUMS,
        lambda: good(
            noted(What.SENT_BACK, at(BACK), amount=Decimal(100), currency="PLN", order="1")
        ),
    ),
}


def names(evidence: YearEvidence) -> set[str]:
    return {broken.promise for broken in broken_in_the_year(evidence)}


def test_a_year_that_went_well_breaks_nothing() -> None:
    assert broken_in_the_year(good()) == []


@pytest.mark.parametrize("case", DOCTORED)
def test_a_broken_promise_is_found_and_no_other_is_blamed(case: str) -> None:
    promise, evidence = DOCTORED[case]

    assert names(evidence()) == {promise}


def test_every_promise_of_the_year_has_a_case_that_breaks_it() -> None:
    assert {promise for promise, _ in DOCTORED.values()} == set(YEAR_PROMISES)


def test_what_the_programme_gives_may_come_after_the_next_order() -> None:
    gets = (*a_regular().gets[:2], (On(3, 19), Kind.REWARD))
    messages = [*good_messages()[:2], a_message(On(3, 19), Kind.REWARD)]

    assert (
        names(good(an_order(On(3, 18)), messages=messages, regular=a_regular(gets=gets, says={})))
        == set()
    )
