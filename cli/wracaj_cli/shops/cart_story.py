"""What became of a cart, and why: for whoever is asked why a shopper got a message, or none."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj.cart import CART_TIMELINES, Cart
from wracaj.cart_rules import Choice
from wracaj.money import format_money
from wracaj.settings import ShopSettings
from wracaj.steps import Reason, StepRecord
from wracaj.store.receipts import Mark


def timeline_of(cart: Cart, shop: ShopSettings) -> str:
    """Such as "high_value_cart, by rule 1 of `cart_timelines`; episode 1". What rule it is, is as of when it was chosen."""
    if cart.episode == 0:
        return f"none: {why_none(cart, shop)}"
    if cart.choice and cart.unreminded:
        return f"none: {why_unreminded(cart.choice)}"
    name = cart.occasion or (cart.choice.timeline if cart.choice else "abandoned_cart")
    rule = f", by rule {cart.choice.rule} of `cart_timelines`" if cart.choice and cart.choice.rule else ""
    return f"{name}{rule}; episode {cart.episode}{'' if cart.episode_ended_at is None else ', ended'}"


def why_unreminded(choice: Choice) -> str:
    if choice.rule:
        return f"rule {choice.rule} of the shop's `cart_timelines` says so"
    return "no rule of the shop's `cart_timelines` holds, and abandoned_cart does not run"


def why_none(cart: Cart, shop: ShopSettings) -> str:
    """Of a cart for which nothing was chosen."""
    if cart.erased:
        return "the shopper asked to be forgotten"
    if cart.ordered:
        return "the order came first"
    if not cart.contact.reachable:
        return "no address to write to"
    if cart.created_at and not shop.knows_cart_from(cart.created_at):
        return "the cart is older than Wracaj here"
    if not cart.content.items:
        return "nothing to remind of"
    if not CART_TIMELINES & set(shop.timelines):
        return "no timeline of carts runs in this shop"
    return "the shop is switched off" if not shop.enabled else "it was told too long after it was last touched"


Became = Mapping[str, Mapping[Mark, str]]  # of each step, what providers told of its message, and when


def as_tables(cart: Cart, shop: ShopSettings, became: Became = MappingProxyType({})) -> Group:
    facts = Table("what", "is", show_header=False)
    for name, value in _facts(cart, shop):
        facts.add_row(name, Text(value))
    if not cart.records:
        return Group(facts)
    steps = Table("episode, step", "when", "what came of it", "and then", title="Messages", title_justify="left")
    for key, record in sorted(cart.records.items(), key=lambda one: one[1].at):
        steps.add_row(key.replace("#", ", "), _when(record.at, shop), _outcome(record), _told(became.get(key, {}), shop))
    return Group(facts, steps)


def _facts(cart: Cart, shop: ShopSettings) -> Iterator[tuple[str, str]]:
    yield "cart", cart.cart_id
    yield "items", ", ".join(f"{item.quantity} × {item.title}" for item in cart.content.items) or "none"
    if cart.content.total is not None and cart.content.currency:
        yield "worth", format_money(cart.content.total, cart.content.currency, "en")
    if cart.last_activity_at:
        yield "last touched", _when(cart.last_activity_at, shop)
    yield "shopper", "known" if cart.customer_id else "not known"
    if cart.ordered:
        yield "ordered", "yes"
    yield "timeline", timeline_of(cart, shop)
    if cart.choice and cart.episode:
        yield "chosen", _when(cart.choice.at, shop)


def _outcome(record: StepRecord) -> str:
    if record.reason is Reason.DUE:
        return str(record.state)
    return f"{record.state}: {record.reason.replace('_', ' ')}"


def _told(marks: Mapping[Mark, str], shop: ShopSettings) -> str:
    told = sorted((at, mark) for mark, at in marks.items())
    return ", ".join(f"{mark} {_when(datetime.fromisoformat(at), shop)}" for at, mark in told)


def _when(at: datetime, shop: ShopSettings) -> str:
    return f"{at.astimezone(shop.zone):%Y-%m-%d %H:%M}"
