"""Every check of the demo can fail. Each gets an outbox or a story that breaks its promise and no
other."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.demo_evidence import (
    A_CODE,
    FIRST,
    MONDAY_10,
    SECOND,
    THIRD,
    a_message,
    a_persona,
    a_sent,
    good_evidence,
    noted,
)
from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountTerms
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.fake_shop import KnownCode
from wracaj_cli.demo.ledger import Ledger, What
from wracaj_cli.demo.promises import GRACE, PROMISES, Evidence, broken_promises
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS

CODES = "A working code in every discount e-mail, unless the shop was down"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def names(evidence: Evidence) -> set[str]:
    return {broken.promise for broken in broken_promises(evidence)}


def two_codes(**second: Any) -> Evidence:
    other = a_message(CODE, THIRD + 24 * HOUR, basket="2", **second)
    cast = (a_persona(expects=(MAIL, SMS, CODE, CODE)),)
    return good_evidence(
        messages=[a_message(), a_message(SMS, SECOND), a_message(CODE, THIRD), other], cast=cast
    )


def test_a_story_that_went_well_breaks_nothing() -> None:
    assert broken_promises(good_evidence()) == []


WITHOUT_CODE = [
    a_message(),
    a_message(SMS, SECOND),
    a_message(CODE, THIRD, text="10% mniej, Kubek"),
]
DOCTORED: dict[str, tuple[str, Evidence]] = {
    "a message after the order": (
        "Nothing after the order",
        good_evidence(noted(What.ORDERED, SECOND + MINUTE, basket="1")),
    ),
    "a message while the shopper is at the bank's page": (
        "Nothing after the order",
        good_evidence(noted(What.WENT_TO_PAY, SECOND + MINUTE, basket="1")),
    ),
    "the same step twice": (
        "Nothing twice",
        good_evidence(
            messages=[a_message(), a_message(at=FIRST + 20 * HOUR)],
            cast=(a_persona(expects=(MAIL, MAIL)),),
        ),
    ),
    "nobody agreed": (
        "Nothing without consent",
        good_evidence(ledger=Ledger(notes=[noted(What.AGREED, MONDAY_10, channel=Channel.EMAIL)])),
    ),
    "agreed only afterwards": (
        "Nothing without consent",
        good_evidence(
            ledger=Ledger(
                notes=[noted(What.AGREED, THIRD + HOUR, channel=channel) for channel in Channel]
            )
        ),
    ),
    "objected to SMS before it": (
        "Nothing without consent",
        good_evidence(noted(What.OBJECTED, SECOND - MINUTE, channel=Channel.SMS)),
    ),
    "unsubscribed before the last": (
        "Nothing after unsubscribing",
        good_evidence(noted(What.UNSUBSCRIBED, THIRD - MINUTE)),
    ),
    "forgotten before the last": (
        "Nothing once forgotten",
        good_evidence(noted(What.FORGOTTEN, THIRD - MINUTE)),
    ),
    "before nine": (
        "Nothing outside the send window",
        good_evidence(
            messages=[a_message(at=FIRST + 19 * HOUR - MINUTE)], cast=(a_persona(expects=(MAIL,)),)
        ),
    ),
    "after eight in the evening": (
        "Nothing outside the send window",
        good_evidence(
            messages=[a_message(at=FIRST + 7 * HOUR + GRACE)], cast=(a_persona(expects=(MAIL,)),)
        ),
    ),
    "while the shopper shops": (
        "Nothing while the shopper shops",
        good_evidence(noted(What.TOUCHED, SECOND - 29 * MINUTE, basket="1")),
    ),
    "two mails within 12 hours": (
        "Nothing too often",
        good_evidence(
            messages=[a_message(), a_message(at=FIRST + 6 * HOUR, basket="2")],
            cast=(a_persona(expects=(MAIL, MAIL)),),
        ),
    ),
    "a code that the shop does not know": (CODES, good_evidence(codes={})),
    "a code of the other shop": (
        CODES,
        good_evidence(codes={A_CODE: KnownCode(PARAPET, A_CODE, DiscountTerms(percent=10), THIRD)}),
    ),
    "a code that gives less": (
        CODES,
        good_evidence(codes={A_CODE: KnownCode(KUBEK, A_CODE, DiscountTerms(percent=5), THIRD)}),
    ),
    "a code for less money than was said": (
        CODES,
        good_evidence(
            codes={
                A_CODE: KnownCode(
                    KUBEK, A_CODE, DiscountTerms(amount=Decimal(20), currency="PLN"), THIRD
                )
            }
        ),
    ),
    "one code in two mails": (CODES, two_codes()),
    "a message of no cart": (
        "To the right shopper only",
        good_evidence(
            messages=[*good_evidence().messages, Delivered(a_sent(to="x@obcy.example"), None)]
        ),
    ),
    "a message to somebody else": (
        "To the right shopper only",
        good_evidence(
            messages=[a_message(to="x@obcy.example")], cast=(a_persona(expects=(MAIL,)),)
        ),
    ),
    "no one-click way out": (
        "A way out in every e-mail",
        good_evidence(messages=[a_message(headers={})], cast=(a_persona(expects=(MAIL,)),)),
    ),
    "a message that did not come": (
        "Each shopper got what the story says",
        good_evidence(messages=list(good_evidence().messages[:2])),
    ),
    "messages in the wrong order": (
        "Each shopper got what the story says",
        good_evidence(cast=(a_persona(expects=(SMS, MAIL, CODE)),)),
    ),
    "a discount without its code": (
        CODES,
        good_evidence(
            messages=[a_message(), a_message(SMS, SECOND), a_message(CODE, THIRD, text="10% mniej")]
        ),
    ),
    "a discount without its code while the other shop was down": (
        CODES,
        good_evidence(messages=WITHOUT_CODE, turned_away=((PARAPET, THIRD),)),
    ),
    "a discount without its code a day after the outage": (
        CODES,
        good_evidence(messages=WITHOUT_CODE, turned_away=((KUBEK, THIRD - 24 * HOUR),)),
    ),
    "words that are missing": (
        "Each shopper got what the story says",
        good_evidence(cast=(a_persona(mentions="Dzbanek"),)),
    ),
    "words that are out of date": (
        "Each shopper got what the story says",
        good_evidence(cast=(a_persona(never_mentions="Kubek"),)),
    ),
}


@pytest.mark.parametrize("case", DOCTORED)
def test_a_broken_promise_is_found_and_no_other_is_blamed(case: str) -> None:
    promise, evidence = DOCTORED[case]

    assert names(evidence) == {promise}


def test_trouble_on_the_way_is_a_broken_promise_of_the_shopper_it_befell() -> None:
    evidence = good_evidence()
    evidence.ledger.trouble("Ania", "carts/create was answered 500")

    assert [(broken.shopper, broken.what) for broken in broken_promises(evidence)] == [
        ("Ania", "carts/create was answered 500")
    ]


def test_every_promise_has_a_case_that_breaks_it() -> None:
    assert {promise for promise, _ in DOCTORED.values()} | {"All went as the scripts say"} == set(
        PROMISES
    )


def test_a_cart_begun_after_the_order_may_be_written_about() -> None:
    order = noted(What.ORDERED, THIRD - HOUR, basket="1")
    messages = [a_message(), a_message(SMS, SECOND), a_message(CODE, THIRD + 3 * HOUR, basket="2")]

    assert names(good_evidence(order, messages=messages)) == set()


KINDS = {
    "20 zł mniej za koszyk": DiscountTerms(amount=Decimal("20.00"), currency="PLN"),
    "Code for PLN 20.50 off": DiscountTerms(amount=Decimal("20.5"), currency="PLN"),
    "Twój prezent: Żółty kubek": DiscountTerms(product_id="7", product_title="Żółty kubek"),
    "Twój kod na darmową dostawę": DiscountTerms(free_shipping=True),
    "Kod na darmowa dostawe": DiscountTerms(free_shipping=True),
    "Code for free delivery": DiscountTerms(free_shipping=True),
    "Prezent (Zolty kubek), kod": DiscountTerms(product_id="7", product_title="Żółty kubek"),
}


@pytest.mark.parametrize("said", KINDS)
def test_a_code_of_any_kind_is_good_where_the_message_says_what_it_gives(said: str) -> None:
    codes = {A_CODE: KnownCode(KUBEK, A_CODE, KINDS[said], THIRD)}
    messages = [
        a_message(),
        a_message(SMS, SECOND),
        a_message(CODE, THIRD, text=f"{said}: {A_CODE}"),
    ]
    assert names(good_evidence(messages=messages, codes=codes)) == set()
    assert names(good_evidence(codes=codes)) == {CODES}


def test_a_discount_goes_without_its_code_while_the_shop_is_down() -> None:
    assert (
        names(good_evidence(messages=WITHOUT_CODE, turned_away=((KUBEK, THIRD - MINUTE),))) == set()
    )


def test_a_message_that_left_right_before_the_order_was_told_is_none_after_it() -> None:
    assert names(good_evidence(noted(What.ORDERED, THIRD + MINUTE, basket="1"))) == set()


def test_a_yes_after_a_no_counts_again() -> None:
    said = [
        noted(What.OBJECTED, SECOND - 9 * HOUR, channel=Channel.SMS),
        noted(What.AGREED, SECOND - HOUR, channel=Channel.SMS),
    ]

    assert names(good_evidence(*said)) == set()


def test_only_the_closing_of_the_window_allows_for_the_way_to_the_provider() -> None:
    closes = FIRST + 7 * HOUR
    late = good_evidence(
        messages=[a_message(at=closes + GRACE / 2)], cast=(a_persona(expects=(MAIL,)),)
    )
    too_late = good_evidence(
        messages=[a_message(at=closes + GRACE)], cast=(a_persona(expects=(MAIL,)),)
    )
    early = good_evidence(
        messages=[a_message(at=FIRST + 20 * HOUR - GRACE / 2)], cast=(a_persona(expects=(MAIL,)),)
    )

    assert names(late) == set()
    assert names(too_late) == names(early) == {"Nothing outside the send window"}
