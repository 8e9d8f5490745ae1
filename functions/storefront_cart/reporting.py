"""Turns a page's report of its cart into an event, and processes it like a shop's event.

What it may lead to is decided where messages are: see wracaj/carts/page_carts.py.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from storefront_cart.report import Line, Report
from wracaj.carts.page_carts import page_cart_id
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.email_address import mailbox_of
from wracaj.events import CartContent, CartUpdated, Contact, Item
from wracaj.services.intake.dispatch import Intake
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.request_limits import LimitedAction

# ordered, forgotten: the cart is at its end, and the page begins another one
Said = Literal["taken", "ordered", "forgotten"]
EXACT_ID = re.compile("[0-9]{1,18}")  # of a product or a variation in WooCommerce


class NoCartsError(Exception):
    """The shop takes no carts from its pages."""


class TooManyError(Exception):
    """Too many reports of one cart, or a rate limit of the shop or the address."""


@dataclass(frozen=True)
class Reporting:
    store: Store
    intake: Intake

    def take(self, shop: ShopSettings, report: Report) -> tuple[str, Said]:
        """Process the report. Returns the cart's id, after the event is stored."""
        if shop.storefront is None:
            raise NoCartsError
        report.check_wording(shop)
        cart_id = page_cart_id(shop.shop, report.key)
        cart = self.store.carts.get(shop.shop, cart_id)
        if cart and cart.ordered:
            return cart_id, "ordered"
        if cart and cart.erased:
            return cart_id, "forgotten"
        self._pass(shop, report, cart_id, is_new=cart is None)
        at = self.store.page_carts.admit(shop, cart_id, report.at, only_stops=report.only_stops)
        if at is None:
            raise TooManyError
        self.intake.take(shop, event_of(shop, report, cart_id, at))
        return cart_id, "taken"

    def _pass(self, shop: ShopSettings, report: Report, cart_id: str, *, is_new: bool) -> None:
        """Emptying a known cart and unticking its box only stop messages: the shop's limit does
        not count for them."""
        stops = not is_new and report.only_stops
        action = LimitedAction.PAGE_CART_NO if stops else LimitedAction.PAGE_CART
        reported = mailbox_of(report.email) if report.email else cart_id
        if not self.store.rate_limits.admit(shop.shop, action, reported):
            raise TooManyError


def event_of(shop: ShopSettings, report: Report, cart_id: str, at: datetime) -> CartUpdated:
    return CartUpdated(
        at=at,
        cart_id=cart_id,
        content=_content(shop, report),
        contact=Contact(email=report.email, locale=report.lang),
        consent={Channel.EMAIL: word} if (word := _word(report, at)) else {},
    )


def _word(report: Report, at: datetime) -> Consent | None:
    """A box that was unticked takes back the report's own opt-in. It is no opt-out of the address:
    whoever unticked it proved nothing."""
    if report.email:
        source = f"storefront: {' '.join((report.wording or '').split())}"
        return Consent(state=ConsentState.SUBSCRIBED, at=at, source=source)
    if report.agreed is False:
        return Consent(state=ConsentState.UNKNOWN, at=at, source="storefront")
    return None


def _content(shop: ShopSettings, report: Report) -> CartContent | None:
    if report.items is None:
        return None
    return CartContent(
        items=tuple(_item(shop, line) for line in report.items),
        currency=report.currency,
        total=Decimal(report.total) if report.total else None,
        recovery_url=way_back(shop, report.items),
    )


def _item(shop: ShopSettings, line: Line) -> Item:
    return Item(
        product_id=line.id,
        variant_id=line.variant,
        title=line.title,
        quantity=Decimal(line.quantity),
        unit_price=Decimal(line.price) if line.price else None,
        image_url=_own(shop, line.image),
        url=_own(shop, line.url),
    )


def _own(shop: ShopSettings, address: str | None) -> str | None:
    """Return the address if it is on one of the shop's hosts. A stranger's picture is not shown."""
    is_own = shop.allows_recovery_to(address) and not set(address or "") & set("\"'<>")
    return address if is_own else None


def way_back(shop: ShopSettings, lines: tuple[Line, ...]) -> str:
    """Return where a reminder leads. It is made here from the shop's settings, so that no stranger
    chooses it."""
    assert shop.storefront is not None
    basket = shop.storefront.basket_url or shop.url
    exact = [line for line in lines if EXACT_ID.fullmatch(line.variant or "")]
    is_whole = all(line.quantity.isdecimal() for line in lines) and len(exact) == len(lines)
    if shop.storefront.restore is None or not lines or not is_whole:
        return basket
    products = ",".join(f"{line.variant}:{line.quantity}" for line in exact)
    return f"{shop.url.rstrip('/')}/checkout-link/?products={products}"
