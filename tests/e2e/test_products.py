"""Product views and purchases, end to end: over HTTP, signed, with the template's permissions."""

from datetime import timedelta

import pytest

from support.local_stack import RunningStack
from support.timeline_on_stack import Shopper, a_shopper, links_in, visit
from support.webhook_bodies import (
    Json,
    a_bought_item,
    a_generic_order,
    a_viewed_product,
    a_word,
    an_envelope,
)
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import local_target

PAGE = "https://kubek.example/filizanka"


@pytest.fixture(scope="module")
def shop(stack: RunningStack) -> Shop:
    raw = {
        "shop": "kubek-p",
        "platform": "generic",
        "name": "Kubek i Spółka",
        "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
        "url": "https://kubek.example",
        "recovery_hosts": ["kubek.example"],
        "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
        "timelines": ["browse_reminder", "after_purchase"],
    }
    return put_shop(local_target(stack.home), parse_settings(raw), Given())


def post(stack: RunningStack, shop: Shop, type_: str, data: Json) -> None:
    body = an_envelope(type_, data, timestamp=stack.now().isoformat())
    assert post_webhook(stack.info.api_url, shop, type_, body).status == 200


def person(shopper: Shopper) -> Json:
    return {"id": None, "email": shopper.email}


def test_what_was_looked_at_is_mailed_and_the_button_leads_there(
    stack: RunningStack, shop: Shop
) -> None:
    shopper, stranger = a_shopper("oglada"), a_shopper("nieznana")
    yesterday = (stack.now() - timedelta(days=1)).isoformat()
    post(
        stack,
        shop,
        "consent.updated",
        {"customer": person(shopper), "consent": {"email": a_word(updated_at=yesterday)}},
    )
    for who in (shopper, stranger, shopper):
        post(
            stack,
            shop,
            "product.viewed",
            {"customer": person(who), "product": a_viewed_product(url=PAGE)},
        )

    def mails() -> list[str]:
        return [
            message.text
            for message in stack.outbox()
            if message.to in (shopper.email, stranger.email)
        ]

    stack.skip(timedelta(days=2))
    (message,) = [message for message in stack.outbox() if message.to == shopper.email]
    assert PAGE in message.text
    status, headers, _ = visit(links_in(message)["c"])
    assert (status, headers["location"]) == (302, PAGE)
    assert len(mails()) == 1


def test_what_was_bought_together_is_counted(stack: RunningStack, shop: Shop) -> None:
    moment = stack.now().isoformat()
    for order_id in ("p1", "p1", "p2"):
        items = [a_bought_item(), a_bought_item(product_id="p-2", title="Spodek")]
        told = {
            "order_id": order_id,
            "cart_id": None,
            "checkout_id": None,
            "created_at": moment,
            "updated_at": moment,
        }
        post(
            stack,
            shop,
            "order.created",
            a_generic_order(**told, items=items, customer=person(a_shopper("kupuje"))),
        )
    sold = local_target(stack.home).store().products.sold(shop.id, ["p-1"])["p-1"]
    assert (sold.orders, sold.companions["p-2"].surely) == (2, 2)
