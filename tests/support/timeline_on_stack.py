"""The whole product on the local stack, used as shops and shoppers use it: over HTTP, with the real
template and signatures."""

import itertools
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from support.http_shop import HttpShop
from support.local_stack import RunningStack
from support.webhook_bodies import (
    a_generic_cart,
    a_generic_order,
    a_shopify_checkout,
    a_shopify_order,
    a_word,
    an_envelope,
)
from wracaj.aws.step_functions import execution_name
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop
from wracaj.store.carts import cart_key
from wracaj_cli.local import SentMessage
from wracaj_cli.shops.post import Answer, post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import local_target

CREATED = {
    "data": {
        "discountCodeBasicCreate": {
            "codeDiscountNode": {"id": "gid://shopify/DiscountCodeNode/1"},
            "userErrors": [],
        }
    }
}
Json = dict[str, Any]
_numbers = itertools.count(1)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


browser = build_opener(ProxyHandler({}), _Stay)
# a browser's user agent, so that clicks count as a person's
browser.addheaders = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0")
]


@dataclass(frozen=True)
class Shopper:
    cart_id: str
    email: str
    phone: str


def a_shopper(name: str) -> Shopper:
    number = next(_numbers)
    return Shopper(f"{name}-{number}", f"{name}.{number}@poczta.example", f"+48600100{number:03}")


@dataclass(frozen=True)
class House:
    """One stack with two shops, and the address where both create their discount codes."""

    stack: RunningStack
    shopify: Shop
    generic: Shop
    codes: HttpShop

    # --- what a shop sends ------------------------------------------------------------------------

    def post(self, shop: Shop, topic: str, body: Json) -> Answer:
        return post_webhook(self.stack.info.api_url, shop, topic, body)

    def fills(self, shop: Shop, shopper: Shopper, **changes: Any) -> tuple[str, Json]:
        """Return (topic, body) of the shopper's cart, changed just now. The shopper agreed to both
        channels a day before."""
        at = changes.pop("at", None) or self.stack.now()
        yesterday, moment = (at - timedelta(days=1)).isoformat(), at.isoformat()
        if shop is self.shopify:
            told: Json = {
                "token": f"checkout-{shopper.cart_id}",
                "cart_token": shopper.cart_id,
                "email": shopper.email,
            }
            told |= {
                "buyer_accepts_marketing": True,
                "buyer_accepts_sms_marketing": True,
                "sms_marketing_phone": shopper.phone,
            }
            told |= {"created_at": moment, "updated_at": moment, "customer": None}
            return "checkouts/update", a_shopify_checkout(**(told | changes))
        person = {
            "id": None,
            "email": shopper.email,
            "phone": shopper.phone,
            "first_name": "Ala",
            "locale": "pl-PL",
        }
        words = {channel: a_word(updated_at=yesterday) for channel in ("email", "sms")}
        told = {
            "cart_id": shopper.cart_id,
            "checkout_id": None,
            "customer": person,
            "consent": words,
        }
        told |= {"created_at": moment, "updated_at": moment}
        return "checkout.updated", an_envelope(
            "checkout.updated", a_generic_cart(**(told | changes)), timestamp=moment
        )

    def buys(self, shop: Shop, shopper: Shopper, **changes: Any) -> tuple[str, Json]:
        moment = (changes.pop("at", None) or self.stack.now()).isoformat()
        if shop is self.shopify:
            told: Json = {
                "id": next(_numbers),
                "cart_token": shopper.cart_id,
                "checkout_token": None,
                "email": shopper.email,
            }
            told |= {
                "contact_email": shopper.email,
                "customer": None,
                "financial_status": "pending",
            }
            told |= dict.fromkeys(("created_at", "processed_at", "updated_at"), moment)
            return "orders/create", a_shopify_order(**(told | changes))
        told = {
            "order_id": f"ZAM-{next(_numbers)}",
            "cart_id": shopper.cart_id,
            "checkout_id": None,
        }
        told |= {"customer": {"email": shopper.email}, "created_at": moment, "updated_at": moment}
        return "order.created", an_envelope(
            "order.created", a_generic_order(**(told | changes)), timestamp=moment
        )

    # --- what came of it --------------------------------------------------------------------------

    def outbox(self, shopper: Shopper) -> list[SentMessage]:
        return [
            message
            for message in self.stack.outbox()
            if message.to in (shopper.email, shopper.phone)
        ]

    def execution(self, shop: Shop, shopper: Shopper, timeline: str = "abandoned_cart") -> str:
        machine = self.stack.info.state_machines[timeline]
        executions = machine.replace(":stateMachine:", ":execution:")
        return (
            f"{executions}:{execution_name(shop.id, shopper.cart_id, self._episode(shop, shopper))}"
        )

    def _episode(self, shop: Shop, shopper: Shopper) -> int:
        """Return the number of the cart's episode. In a shop's later fortnights, its first is not
        1."""
        found = self.stack.client("dynamodb").get_item(
            TableName=self.stack.info.table,
            Key={name: {"S": value} for name, value in cart_key(shop.id, shopper.cart_id).items()},
        )
        return int(found.get("Item", {}).get("episode", {}).get("N", 1))

    def history(self, shop: Shop, shopper: Shopper, timeline: str = "abandoned_cart") -> list[Json]:
        machines = self.stack.client("stepfunctions")
        told = machines.get_execution_history(
            executionArn=self.execution(shop, shopper, timeline), maxResults=1000
        )
        events: list[Json] = told["events"]
        return events

    def states(self, shop: Shop, shopper: Shopper, timeline: str = "abandoned_cart") -> list[str]:
        return entered(self.history(shop, shopper, timeline))

    def has_ended(self, shop: Shop, shopper: Shopper, timeline: str = "abandoned_cart") -> bool:
        machines = self.stack.client("stepfunctions")
        return bool(
            machines.describe_execution(executionArn=self.execution(shop, shopper, timeline))[
                "status"
            ]
            != "RUNNING"
        )

    def runs_on(self, shop: Shop, shopper: Shopper) -> list[str]:
        """Return the timelines that were started for the shopper's cart."""
        machines, found = self.stack.client("stepfunctions"), []
        for timeline in self.stack.info.state_machines:
            with suppress(machines.exceptions.ExecutionDoesNotExist):
                machines.describe_execution(executionArn=self.execution(shop, shopper, timeline))
                found.append(timeline)
        return found


def a_house(stack: RunningStack, codes: HttpShop, **rules: Any) -> House:
    """Return a house. `rules`: further settings of the generic shop."""
    codes.says(200, CREATED)
    target = local_target(stack.home)
    common = {
        "name": "Kubek i Spółka",
        "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
        "url": "https://kubek.example",
        "recovery_hosts": ["kubek.example", "checkout.kubek.example"],
        "email": {"sender": "Kubek, Talerz i Spółka <sklep@kubek.example>"},
        "sms": {"sender_id": "KUBEK"},
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
    }
    shopify = common | {
        "shop": "kubek-s",
        "platform": "shopify",
        "shopify": {"shop_domain": "kubek.myshopify.com", "admin_url": codes.url},
    }
    generic = (
        common
        | {
            "shop": "kubek-g",
            "platform": "generic",
            "generic": {"discount_url": f"{codes.url}/discount"},
        }
        | rules
    )
    return House(
        stack,
        put_shop(target, parse_settings(shopify), Given("shpss_e2e", "shpat_e2e")),
        put_shop(target, parse_settings(generic), Given()),
        codes,
    )


def entered(history: list[Json]) -> list[str]:
    return [
        event["stateEnteredEventDetails"]["name"]
        for event in history
        if "stateEnteredEventDetails" in event
    ]


def links_in(message: SentMessage) -> dict[str, str]:
    """Return the links of a message: {"c": back to the cart, "u": unsubscribe, "p": settings}."""
    return {
        found[1]: found[0]
        for found in re.finditer(r"https?://[^\s\"<>]+/([cup])/[\w-]{35}", message.text)
    }


def visit(
    url: str, method: str = "GET", body: bytes | None = None
) -> tuple[int, dict[str, str], str]:
    try:
        with browser.open(Request(url, data=body, method=method), timeout=30) as response:
            return response.status, lowered(response.headers), response.read().decode()
    except HTTPError as answer:
        return answer.code, lowered(answer.headers), answer.read().decode()


def lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
