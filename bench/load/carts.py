"""The carts of a load test, and the signed webhooks that report them."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from support.webhook_bodies import (
    a_checkout_line,
    a_generic_cart,
    a_shopify_checkout,
    a_word,
    an_envelope,
    an_item,
)
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop
from wracaj_cli.preview import SAMPLE_SHOP
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import Target

Json = dict[str, Any]
BETWEEN_EVENTS = timedelta(milliseconds=1)  # so that none is of a time to come


@dataclass
class Cart:
    """A cart of one shopper, each with an address of their own. `content`: what its newest event
    says is in it."""

    shop: Shop
    id: str
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    events: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.shop.id, self.id

    @property
    def content(self) -> str:
        return f"Filiżanka {self.events} z koszyka {self.id}"

    def next_event(self) -> tuple[str, Json]:
        """Return (topic, body) of the cart as it is after one more change."""
        self.events += 1
        now = self.begun + self.events * BETWEEN_EVENTS
        times = {"created_at": self.begun.isoformat(), "updated_at": now.isoformat()}
        if self.shop.settings.platform == "shopify":
            return "checkouts/update", self._checkout(times)
        return "checkout.updated", an_envelope(
            "checkout.updated", self._generic(times), timestamp=now.isoformat()
        )

    def _checkout(self, times: dict[str, str]) -> Json:
        return a_shopify_checkout(
            token=f"checkout-{self.id}",
            cart_token=self.id,
            email=f"{self.id}@poczta.example",
            customer=None,
            buyer_accepts_marketing=True,
            line_items=[a_checkout_line(presentment_title=self.content)],
            **times,
        )

    def _generic(self, times: dict[str, str]) -> Json:
        person = {"id": None, "email": f"{self.id}@poczta.example", "locale": "pl-PL"}
        return a_generic_cart(
            cart_id=self.id,
            checkout_id=None,
            customer=person,
            consent={"email": a_word(updated_at=self.begun.isoformat())},
            items=[an_item(title=self.content)],
            **times,
        )


@dataclass(frozen=True)
class Webhook:
    cart: Cart
    topic: str
    body: Json


class Shops:
    """Two shops of different platforms, whose carts come in turn."""

    def __init__(self, target: Target) -> None:
        self.carts: dict[tuple[str, str], Cart] = {}
        self._shops = itertools.cycle(_put_shops(target))
        self._numbers = itertools.count(1)

    def new_cart(self) -> Webhook:
        cart = Cart(next(self._shops), f"cart-{next(self._numbers)}")
        self.carts[cart.key] = cart
        return Webhook(cart, *cart.next_event())

    def traffic(self, count: int, *, later_after: int = 5) -> list[Webhook]:
        """Return webhooks of which about every second reports a change of a cart that began some
        webhooks before."""
        sent: list[Webhook] = []
        begun: list[Cart] = []
        for number in range(count):
            if number % 2 and len(begun) > later_after:
                cart = begun[-later_after]
                sent.append(Webhook(cart, *cart.next_event()))
            else:
                sent.append(self.new_cart())
                begun.append(sent[-1].cart)
        return sent


def _put_shops(target: Target) -> tuple[Shop, Shop]:
    common = SAMPLE_SHOP.model_dump(mode="json", exclude_defaults=True)
    common |= {"timelines": ["abandoned_cart"]}
    generic = common | {"shop": "load-generic"}
    shopify = common | {"shop": "load-shopify", "platform": "shopify"}
    shopify |= {"shopify": {"shop_domain": "load.myshopify.com"}}
    return (
        put_shop(target, parse_settings(generic), Given()),
        put_shop(target, parse_settings(shopify), Given("shpss_load", "shpat_load")),
    )
