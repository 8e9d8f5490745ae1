"""Evidence of a demo in which one shopper got all three messages correctly. Tests change it."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountTerms
from wracaj.settings.shop import ShopSettings
from wracaj_cli.demo.delivered import Delivered, Origin
from wracaj_cli.demo.fake_shop import KnownCode
from wracaj_cli.demo.ledger import Ledger, Noted, What
from wracaj_cli.demo.numbers import with_numbers
from wracaj_cli.demo.promises import Evidence
from wracaj_cli.demo.stage import EXAMPLES
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS, ZIARNA, StepName
from wracaj_cli.local import SentMessage
from wracaj_cli.shops.settings_file import read_settings

MONDAY_10 = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Warsaw
FIRST, SECOND, THIRD = (MONDAY_10 + timedelta(hours=hours) for hours in (3, 27, 51))
EMAIL, PHONE, A_CODE = "ania@poczta.example", "+48600100200", "ACDE-FHJK-L347"
SHOPS: dict[str, ShopSettings] = {
    name: with_numbers(read_settings(EXAMPLES / f"{name}.yaml"))
    for name in (KUBEK, PARAPET, ZIARNA)
}
UNSUBSCRIBE = {
    "List-Unsubscribe": "<https://w.example/u/x>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def a_link(message_id: str) -> str:
    token = (
        base64.urlsafe_b64encode(b"0000" + bytes.fromhex(message_id) + b"m" * 12)
        .decode()
        .rstrip("=")
    )
    return f"https://w.example/c/{token}"


def a_sent(channel: str = "email", at: datetime = FIRST, **changes: Any) -> SentMessage:
    known = {
        "channel": channel,
        "message_id": f"{channel}-{at}",
        "real_at": at,
        "at": at,
        "sender": "Kubek",
    }
    known |= {
        "to": EMAIL,
        "subject": "Twój koszyk",
        "text": "Kubek czeka",
        "html": "<p>Kubek czeka",
        "headers": UNSUBSCRIBE,
    }
    known |= {"to": PHONE, "subject": "", "html": None, "headers": {}} if channel == "sms" else {}
    return SentMessage.model_validate(known | changes)


def a_message(
    step: StepName = MAIL,
    at: datetime = FIRST,
    shopper: str = "Ania",
    basket: str = "1",
    **sent: Any,
) -> Delivered:
    known = {"text": f"10% mniej: {A_CODE}"} if step == CODE else {}
    return Delivered(
        a_sent("sms" if step == SMS else "email", at, **known | sent),
        Origin(shopper, basket, 1, step),
    )


def a_persona(**changes: Any) -> Persona:
    return replace(
        Persona("Ania", KUBEK, "never buys", (), expects=(MAIL, SMS, CODE), mentions="Kubek"),
        **changes,
    )


def noted(what: What, at: datetime, **more: Any) -> Noted:
    return Noted("Ania", what, at, **more)


def good_evidence(
    *notes: Noted, messages: list[Delivered] | None = None, **changes: Any
) -> Evidence:
    yes = [noted(What.AGREED, MONDAY_10, channel=channel) for channel in Channel]
    touched = noted(What.TOUCHED, MONDAY_10, basket="1")
    known: dict[str, Any] = {
        "cast": (a_persona(),),
        "messages": tuple(
            [a_message(), a_message(SMS, SECOND), a_message(CODE, THIRD)]
            if messages is None
            else messages
        ),
        "ledger": Ledger(notes=[touched, *yes, *notes]),
        "shops": SHOPS,
        "codes": {A_CODE: KnownCode(KUBEK, A_CODE, DiscountTerms(percent=10), THIRD)},
        "turned_away": (),
        "begun": {("Ania", "1"): MONDAY_10, ("Ania", "2"): THIRD},
        "addresses": {"Ania": frozenset({EMAIL, PHONE})},
    }
    return Evidence(**known | changes)
