"""What the shop's ledger and its webhooks say of what shoppers of the WooCommerce shop do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.demo_evidence import A_CODE, MONDAY_10, SHOPS, a_link, a_message, a_sent
from wracaj.settings.shop import Shop, ShopSecrets
from wracaj.store.message_links import message_id
from wracaj_cli.demo import actions
from wracaj_cli.demo.actions import both, checks_out, fills, unsent
from wracaj_cli.demo.actor import Actor, OffScriptError, Scene
from wracaj_cli.demo.cast.goods import BEANS, GRINDER
from wracaj_cli.demo.delivered import possible_origins, told_apart
from wracaj_cli.demo.ledger import Ledger, What
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.transport import Answer
from wracaj_cli.demo.week import CODE, MAIL, ZIARNA
from wracaj_cli.demo.woocommerce_actions import (
    clicks_to_a_new_cart,
    is_cancelled,
    is_completed,
    orders_by,
    payment_fails,
    sends_back,
)
from wracaj_cli.demo.woocommerce_front import ON_DELIVERY, ONLINE, TRANSFER

Body = dict[str, Any]
OTYLIA = Persona("Otylia Żołna", ZIARNA, "", (), cart_id="wc_order_Hq3vTz8KwR1aX")


@dataclass
class HeardActor(Actor):
    """An actor whose webhooks are all accepted."""

    heard: list[Body] = field(default_factory=list)

    def post(self, webhook: tuple[str, Body] | None) -> bool:
        if webhook is None or self.manner.kept_back:
            return False
        self.heard.append(webhook[1])
        return True

    def did(self, *whats: What) -> list[tuple[What, Decimal | None]]:
        return [(noted.what, noted.amount) for noted in self.scene.ledger.of(OTYLIA.name, *whats)]


@pytest.fixture
def otylia() -> HeardActor:
    secrets = ShopSecrets(webhook_secrets=("whsec_c2VrcmV0",))
    shops = {ZIARNA: Shop(settings=SHOPS[ZIARNA], secrets=secrets)}
    now = iter(MONDAY_10 + timedelta(minutes=minute) for minute in range(100))

    def clock() -> datetime:
        return next(now)

    scene = Scene("http://127.0.0.1:1", clock, shops, Ledger(), lambda code, total: total / 10)
    actor = HeardActor(OTYLIA, 49, scene, member=False)
    both(fills(BEANS, GRINDER), checks_out()).play(actor)
    return actor


def test_the_first_webhook_is_the_checkouts(otylia: HeardActor) -> None:
    assert [body["status"] for body in otylia.heard] == ["checkout-draft"]
    assert otylia.heard[0]["billing"]["email"] == "otylia.zolna@poczta.example"


def test_an_order_is_the_purchase_of_its_draft(otylia: HeardActor) -> None:
    orders_by(ON_DELIVERY).play(otylia)

    draft, order = otylia.heard
    assert (order["order_key"], order["id"]) == (draft["order_key"], draft["id"])
    assert (order["status"], order["payment_method"]) == ("processing", "cod")
    assert otylia.did(What.ORDERED) == [(What.ORDERED, Decimal("368.90"))]


def test_who_is_at_the_banks_page_has_not_ordered(otylia: HeardActor) -> None:
    orders_by(ONLINE).play(otylia)
    assert otylia.did(What.ORDERED, What.WENT_TO_PAY) == [(What.WENT_TO_PAY, None)]


def test_a_payment_that_fails_before_a_webhook_leaves_is_told_alone(otylia: HeardActor) -> None:
    both(unsent(orders_by(ONLINE)), payment_fails()).play(otylia)

    assert [body["status"] for body in otylia.heard] == ["checkout-draft", "failed"]
    assert otylia.did(What.WENT_TO_PAY, What.ORDERED) == []
    assert len(otylia.did(What.TOUCHED)) == 2


def test_every_later_webhook_repeats_the_refund(otylia: HeardActor) -> None:
    for action in (orders_by(TRANSFER), sends_back(BEANS), is_completed()):
        action.play(otylia)

    *_, ordered, refunded, completed = otylia.heard
    assert (ordered["refunds"], len(refunded["refunds"])) == ([], 1)
    assert completed["refunds"] == refunded["refunds"]
    assert (refunded["status"], completed["status"]) == ("on-hold", "completed")
    assert otylia.did(What.SENT_BACK) == [(What.SENT_BACK, BEANS.price)]


def test_a_cancelled_order_is_noted_with_what_it_was_worth(otylia: HeardActor) -> None:
    for action in (orders_by(TRANSFER), is_cancelled()):
        action.play(otylia)

    assert otylia.heard[-1]["status"] == "cancelled"
    assert otylia.did(What.CANCELLED) == [(What.CANCELLED, Decimal("368.90"))]


def test_of_an_order_that_was_never_paid_nothing_is_taken_off(otylia: HeardActor) -> None:
    for action in (orders_by(ONLINE), is_cancelled()):
        action.play(otylia)

    assert otylia.heard[-1]["status"] == "cancelled"
    assert otylia.did(What.ORDERED, What.CANCELLED) == []


def test_nothing_becomes_of_an_order_that_there_is_not(otylia: HeardActor) -> None:
    for action in (sends_back(BEANS), is_completed(), is_cancelled(), payment_fails()):
        with pytest.raises(OffScriptError, match="no order"):
            action.play(otylia)


def test_an_order_with_the_code_costs_less_and_names_it(otylia: HeardActor) -> None:
    otylia.inbox.append(a_message(CODE))
    orders_by(TRANSFER, with_code=True).play(otylia)

    assert otylia.heard[-1]["total"] == "332.01"
    assert otylia.heard[-1]["coupon_lines"][0]["code"] == A_CODE.lower()


def test_an_order_of_a_later_checkout_is_for_the_cart_that_was_left(otylia: HeardActor) -> None:
    later = orders_by(ON_DELIVERY, basket="2", for_cart="1")
    both(fills(BEANS, GRINDER, basket="2"), later).play(otylia)

    draft, order = otylia.heard
    assert draft["order_key"] != order["order_key"] and draft["id"] != order["id"]
    assert order["date_created"] > draft["date_created"]
    (noted,) = otylia.scene.ledger.of(OTYLIA.name, What.ORDERED)
    assert noted.basket == "1"


Redirect = Callable[[str], None]


@pytest.fixture
def leads_to(monkeypatch: pytest.MonkeyPatch) -> Redirect:
    def lead(target: str) -> None:
        answer = Answer(302, {"location": target}, "")  # type: ignore[arg-type]
        monkeypatch.setattr(actions, "call", lambda *_: answer)

    return lead


def test_the_link_must_lead_to_the_products_with_the_code_of_its_mail(
    otylia: HeardActor, leads_to: Redirect
) -> None:
    link = otylia.heard[0]["line_items"]
    products = ",".join(f"{line['product_id']}:1" for line in link)
    there = f"https://ziarna.example/checkout-link/?products={products}"
    sent = f"10% mniej: {A_CODE} {a_link(message_id(ZIARNA, OTYLIA.cart_id or '', 1, CODE))}"
    origins = possible_origins(ZIARNA, OTYLIA.cart_id or "", OTYLIA.name, "1", (MAIL, CODE))
    otylia.inbox += told_apart([a_sent(text=sent)], origins)

    leads_to(f"{there}&coupon={A_CODE}")
    clicks_to_a_new_cart().play(otylia)
    assert [noted.step for noted in otylia.scene.ledger.of(OTYLIA.name, What.CLICKED)] == [CODE]
    for elsewhere in (there, there.replace("ziarna", "kubek"), "https://ziarna.example/"):
        leads_to(elsewhere)
        with pytest.raises(OffScriptError, match="leads to"):
            clicks_to_a_new_cart().play(otylia)
