"""Everything about one shopper, as support reads it: in words, in two languages, and as JSON for
scripts."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from rich.console import Console

from support.builders import NOON, a_cart, some_occasion, some_settings
from wracaj.consent.channel import Channel
from wracaj.customers.data_export import KnownConsent, KnownOrder
from wracaj.discounts.code import DiscountCode
from wracaj.events import CartContent, Contact
from wracaj.experiments.arms import Entry
from wracaj.language import Locale
from wracaj.timelines.occasion import OccasionKind
from wracaj.timelines.steps import Reason, RecordState, StepRecord
from wracaj_cli import labels
from wracaj_cli.shopper.as_json import story_as_json
from wracaj_cli.shopper.story import AddressStory, CartStory, CodeStory, PointsStory, ShopperStory
from wracaj_cli.shopper.tables import as_tables
from wracaj_cli.shopper_words import OCCASIONS

SHOP = some_settings()
CODE = DiscountCode(
    code="K7DM-4XRA-PL9C", percent=10, starts_at=NOON, expires_at=NOON + timedelta(days=7)
)


def record(state: RecordState, reason: Reason, channel: Channel, **more: object) -> StepRecord:
    return StepRecord.model_validate(
        {
            "state": state,
            "reason": reason,
            "channel": channel,
            "at": NOON,
            "message_id": "0" * 20,
            **more,
        }
    )


CART = a_cart(
    records={
        "1#first_email": record(RecordState.SENT, Reason.DUE, Channel.EMAIL),
        "1#sms": record(RecordState.SKIPPED, Reason.NO_CONSENT, Channel.SMS),
        "1#discount_email": record(RecordState.SENT, Reason.DUE, Channel.EMAIL, voucher=CODE),
    }
)
STORY = ShopperStory(
    shop="kubek",
    id="a-5f0c",
    contact=Contact(
        email="ala@example.com",
        phone="+48600100200",
        first_name="Ala",
        platform_id="77",
        locale="pl",
    ),
    erased_at=NOON,
    pace="weekly",
    declined=("loyalty", "offers"),
    addresses=(
        AddressStory(Channel.EMAIL, "ala@example.com", None),
        AddressStory(Channel.SMS, "+48600100200", "complaint"),
    ),
    consents=(
        KnownConsent(
            channel=Channel.EMAIL,
            state="subscribed",
            at=NOON,
            source="checkout",
            wording_version="pl-2",
        ),
        KnownConsent(
            channel=Channel.SMS, state="unsubscribed", at=NOON, source="link in first_email"
        ),
    ),
    carts=(CartStory(CART, {"1#first_email": {"delivered": "2026-11-18T11:01:00+00:00"}}),),
    codes=(CodeStory(CODE, "discount_email", "c1", NOON),),
    orders=(KnownOrder(order_id="o1", placed_at=NOON, currency="PLN", total=Decimal("120.00")),),
    points=PointsStory(340, "Złoty"),
    left_out=3,
    arms={
        "does_it_pay": Entry(
            arm="held_out", person="e-1", at=NOON, needed_until=NOON + timedelta(days=90)
        )
    },
)


def shown(language: Locale, story: ShopperStory = STORY, width: int = 160) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    console.print(as_tables(story, SHOP, language))
    return console.export_text()


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in text.splitlines()
        if line.startswith("│")
    ]


def test_support_reads_each_message_with_when_or_why_not_in_words() -> None:
    told = rows(shown("en"))
    assert [
        "1, first_email",
        "e-mail",
        "2026-11-18 12:00",
        "sent",
        "arrived 2026-11-18 12:01",
    ] in told
    assert ["1, sms", "SMS", "2026-11-18 12:00", "not sent: no consent", ""] in told
    assert ["timeline", "abandoned_cart; episode 1"] in told


def test_support_reads_consents_with_their_source_addresses_codes_orders_and_points() -> None:
    told = rows(shown("en"))
    assert ["2026-11-18 12:00", "e-mail", "opted in", "checkout in the shop", "pl-2"] in told
    assert ["2026-11-18 12:00", "SMS", "opted out", "link in the message first_email", ""] in told
    assert ["SMS", "+48600100200 (suppressed: its owner reported a message as spam)"] in told
    assert ["K7DM-4XRA-PL9C", "10 %", "2026-11-25 12:00", "discount_email, c1"] in told
    assert ["2026-11-18 12:00", "o1", "PLN\xa0120.00"] in told
    assert ["points", "340, Złoty"] in told
    assert ["experiments", "does_it_pay: no messages, since 2026-11-18 12:00"] in told
    assert ["declined topics", "the loyalty programme, offers"] in told
    assert "Older carts that are not shown: 3." in shown("en")


def test_the_same_stands_there_in_polish() -> None:
    told = rows(shown("pl"))
    assert ["1, sms", "SMS", "2026-11-18 12:00", "niewysłana: brak zgody", ""] in told
    assert ["2026-11-18 12:00", "e-mail", "zgoda", "koszyk w sklepie", "pl-2"] in told
    assert [
        "SMS",
        "+48600100200 (adres wykluczony: właściciel zgłosił wiadomość jako spam)",
    ] in told
    assert ["harmonogram", "abandoned_cart; przebieg 1"] in told
    assert ["eksperymenty", "does_it_pay: bez wiadomości, od 2026-11-18 12:00"] in told


def test_no_label_is_left_in_english() -> None:
    """What stands in the first column of each English table has a Polish word of its own."""
    english = {row[0] for row in rows(shown("en")) if len(row) == 2} - {"e-mail", "SMS"}
    polish = {row[0] for row in rows(shown("pl")) if len(row) == 2}
    assert english & polish == set()
    assert set(labels.ENGLISH) <= set(labels.POLISH)


def test_of_whom_little_is_known_little_is_told() -> None:
    text = shown("en", ShopperStory(shop="kubek", id="e-5f0c", contact=Contact()))
    assert "There is no cart." in text
    assert "Consents: none" in text and "Codes" not in text and "Orders" not in text


def test_a_block_says_whether_it_is_the_account_or_what_is_known_at_an_address() -> None:
    at_address = replace(STORY, id="e-5f0c")
    assert "Shopper a-5f0c: the account in the shop" in shown("en")
    assert "Shopper e-5f0c: what is known at the e-mail address" in shown("en", at_address)
    assert "Kupujący a-5f0c: konto w sklepie" in shown("pl")


def test_a_column_that_says_nothing_is_left_out_and_no_word_is_cut() -> None:
    source = "link in a_step_with_a_name_that_is_longer_than_a_narrow_terminal"
    no = KnownConsent(channel=Channel.SMS, state="unsubscribed", at=NOON, source=source)
    assert "words" not in shown("en", replace(STORY, consents=(no,)))
    assert "…" not in shown("en", replace(STORY, consents=(no,)), width=60)


def test_an_occasion_and_an_order_are_told_in_words() -> None:
    asked = some_occasion("data_link", cart_id="data_link~e184", content=CartContent())
    text = shown("en", replace(STORY, carts=(CartStory(asked, {}),)))
    assert (
        "Occasion: asked for the link to their data (data_link~e184)" in text
        and "items" not in text
    )
    assert "Powód wiadomości: prośba o link do danych" in shown(
        "pl", replace(STORY, carts=(CartStory(asked, {}),))
    )
    bought = a_cart(orders=frozenset({"2026-11-18T11:00:00.000000Z#o1"}), customer_id="a-5f0c")
    told = rows(shown("en", replace(STORY, carts=(CartStory(bought, {}),))))
    assert ["ordered", "2026-11-18 12:00"] in told and [
        "shopper",
        "known by the account in the shop",
    ] in told


@pytest.mark.parametrize("occasion", list(OccasionKind))
def test_every_occasion_has_words(occasion: OccasionKind) -> None:
    assert occasion in OCCASIONS


def test_the_keys_for_scripts_stay_as_they_are() -> None:
    told = json.loads(json.dumps(story_as_json(STORY, SHOP), default=str))
    assert list(told) == [
        "shop",
        "id",
        "email",
        "phone",
        "platform_id",
        "first_name",
        "locale",
        "erased_at",
        "pace",
        "declined",
        "addresses",
        "consents",
        "carts",
        "carts_left_out",
        "codes",
        "orders",
        "points",
        "tier",
        "experiments",
    ]
    assert list(told["carts"][0]) == [
        "cart_id",
        "occasion",
        "created_at",
        "last_activity_at",
        "items",
        "total",
        "currency",
        "shopper_known",
        "ordered",
        "episode",
        "episode_ended_at",
        "execution",
        "timeline",
        "rule",
        "timeline_in_words",
        "waits_until",
        "experiments",
        "messages",
    ]
    sms = next(one for one in told["carts"][0]["messages"] if one["step"] == "sms")
    assert (sms["state"], sms["reason"], sms["in_words"]) == (
        "skipped",
        "no_consent",
        "not sent: no consent",
    )
    assert list(sms) == [
        "episode",
        "step",
        "channel",
        "template",
        "state",
        "reason",
        "in_words",
        "error",
        "at",
        "until",
        "message_id",
        "code",
        "delivery",
    ]
    assert told["codes"][0]["code"] == "K7DM-4XRA-PL9C"
    assert told["orders"] == [
        {
            "order_id": "o1",
            "placed_at": "2026-11-18T11:00:00Z",
            "currency": "PLN",
            "total": "120.00",
        }
    ]
    assert told["addresses"][1] == {
        "channel": "sms",
        "address": "+48600100200",
        "suppressed": "complaint",
    }
