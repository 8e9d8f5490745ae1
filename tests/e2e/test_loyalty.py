"""The loyalty timeline, end to end: orders by webhook, fifteen days skipped, the code created in
the shop, the mail read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from support.http_shop import HttpShop, an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import Shopper, a_shopper
from support.webhook_bodies import a_generic_order, a_word, an_envelope
from wracaj.settings.shop import Shop, ShopSettings
from wracaj_cli.house import ROOT
from wracaj_cli.local import SentMessage
from wracaj_cli.main import app
from wracaj_cli.shopper.known import customers_known_by
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.settings_file import read_settings
from wracaj_cli.shops.target import find_target, local_target

NBSP = "\xa0"


@dataclass(frozen=True)
class Club:
    stack: RunningStack
    shop: Shop
    codes: HttpShop

    def post(self, topic: str, data: dict[str, Any]) -> None:
        body = an_envelope(topic, data, timestamp=self.stack.now().isoformat())
        answer = post_webhook(self.stack.info.api_url, self.shop, topic, body)
        assert answer.status == 200, answer

    def buys(self, shopper: Shopper, order_id: str, total: str) -> None:
        moment = self.stack.now().isoformat()
        word = a_word(updated_at=(self.stack.now() - timedelta(days=1)).isoformat())
        told: dict[str, Any] = {
            "order_id": order_id,
            "cart_id": None,
            "checkout_id": None,
            "total": total,
            "currency": "PLN",
        }
        told |= {"customer": {"email": shopper.email, "locale": "pl"}, "consent": {"email": word}}
        self.post("order.created", a_generic_order(**told, created_at=moment, updated_at=moment))

    def gives_back(self, order_id: str, amount: str) -> None:
        told = {
            "order_id": order_id,
            "refund_id": f"r-{order_id}",
            "amount": amount,
            "currency": "PLN",
        }
        self.post(
            "refund.created", {"schema": 1, **told, "updated_at": self.stack.now().isoformat()}
        )

    def mails(self, shopper: Shopper) -> list[SentMessage]:
        return [message for message in self.stack.outbox() if message.to == shopper.email]


@pytest.fixture(scope="module")
def codes() -> Iterator[HttpShop]:
    with an_http_shop() as codes:
        codes.says(200, {})
        yield codes


def a_club(stack: RunningStack, codes: HttpShop, name: str = "club", **programme: Any) -> Club:
    """The shop of the example, at any hour."""
    told = read_settings(ROOT / "examples" / "shops" / "loyalty.yaml").model_dump()
    told |= {"shop": name, "generic": {"discount_url": codes.url}, "timelines": ["loyalty"]}
    told |= {
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
        "switched_on_at": stack.now() - timedelta(days=2),
    }
    without = {"birthday": None, "anniversary": None}  # which have timelines of their own
    settings = ShopSettings.model_validate(
        told | {"loyalty": told["loyalty"] | without | programme}
    )
    return Club(stack, put_shop(local_target(stack.home), settings, Given()), codes)


@pytest.fixture(scope="module")
def club(stack: RunningStack, codes: HttpShop) -> Club:
    return a_club(stack, codes)


@pytest.fixture(scope="module")
def played(club: Club) -> dict[str, Shopper]:
    people = {
        name: a_shopper(name) for name in ("reaches", "gives-back", "comes-close", "buys-little")
    }
    club.buys(people["reaches"], "R1", "410.00")
    club.buys(people["gives-back"], "G1", "410.00")
    club.buys(people["comes-close"], "C1", "365.00")
    club.buys(people["buys-little"], "L1", "12.00")
    club.gives_back("G1", "410.00")
    club.stack.skip(timedelta(days=16))
    return people


def test_what_an_order_reached_is_told_with_the_codes_that_the_shop_created(
    club: Club, played: dict[str, Shopper]
) -> None:
    (mail,) = club.mails(played["reaches"])
    created = [call.json["data"] for call in club.codes.calls]
    mine = [told for told in created if told["code"] in mail.text]
    assert sorted(told["kind"] for told in mine) == ["amount", "amount", "gift", "percent"]
    assert {told["amount"] for told in mine if told["kind"] == "amount"} == {"25.00", "12.30"}
    assert "„400 zł w kwartale”" in mail.text.replace(NBSP, " ")


def test_who_gave_it_all_back_is_told_nothing(club: Club, played: dict[str, Shopper]) -> None:
    assert club.mails(played["gives-back"]) == []


def test_who_is_close_also_gets_what_the_first_order_gives(
    club: Club, played: dict[str, Shopper]
) -> None:
    """A reward comes first; the nudge waits for a day with nothing better to tell."""
    (mail,) = club.mails(played["comes-close"])
    assert "Za pierwsze zakupy" in mail.text


def test_a_small_first_order_brings_its_welcome_gift_and_no_cashback(
    club: Club, played: dict[str, Shopper]
) -> None:
    (mail,) = club.mails(played["buys-little"])
    assert [
        call.json["data"]["kind"]
        for call in club.codes.calls
        if call.json["data"]["code"] in mail.text
    ] == ["percent"]


def test_whoever_is_close_to_a_tier_is_nudged_once_for_two_orders(
    stack: RunningStack, codes: HttpShop
) -> None:
    club = a_club(
        stack,
        codes,
        "club-of-tiers",
        rewards=(),
        cashback=None,
        first_purchase=None,
        order_gift=None,
        achievements=(),
    )
    shopper = a_shopper("nudged")
    club.buys(shopper, "N1", "465.00")
    club.buys(shopper, "N2", "1.00")
    stack.skip(timedelta(days=16))
    (nudge,) = club.mails(shopper)
    assert nudge.subject.replace(NBSP, " ") == "Do poziomu Srebrny brakuje 34,00 zł"
    assert "darmowa dostawa od 100 zł" in nudge.text.replace(NBSP, " ")


def ask(club: Club, **payload: str) -> dict[str, Any]:
    """The deployed function, as somebody in the shop's own account would call it."""
    function = next(
        f
        for f in club.stack.client("lambda").list_functions()["Functions"]
        if "LoyaltyCheck" in f["FunctionName"]
    )
    called = club.stack.client("lambda").invoke(
        FunctionName=function["FunctionName"], Payload=json.dumps(payload).encode()
    )
    answer: dict[str, Any] = json.loads(called["Payload"].read())
    return answer


def test_the_function_says_where_a_customer_stands_and_nothing_personal(
    club: Club, played: dict[str, Shopper]
) -> None:
    target = local_target(club.stack.home)
    (customer,) = customers_known_by(target, club.shop.settings, played["comes-close"].email)
    told = ask(club, shop=club.shop.id, customer_id=customer.id)
    assert (told["orders"], told["spend"], told["tier"], told["points"]) == (1, "365.00", None, 365)
    assert [one["kind"] for one in told["reached"]] and all(one["told"] for one in told["reached"])
    assert not {played["comes-close"].email, "K7DM"} & set(json.dumps(told).split('"'))
    assert ask(club, shop=club.shop.id, customer_id="nobody")["errorType"] == "NothingKnownError"


def test_wracaj_loyalty_shows_it_to_people(
    club: Club, played: dict[str, Shopper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "wracaj_cli.loyalty.command.find_target",
        lambda name: find_target(name, home=club.stack.home),
    )
    shown = CliRunner().invoke(app, ["loyalty", club.shop.id, played["reaches"].email])
    assert (
        shown.exit_code == 0
        and "400 zł w kwartale" in shown.output
        and "PLN 410.00" in shown.output.replace(NBSP, " ")
    )
    nobody = CliRunner().invoke(app, ["loyalty", club.shop.id, "nobody@poczta.example"])
    assert (
        nobody.exit_code == 1
        and "Nobody in club is known by nobody@poczta.example" in nobody.output
    )
