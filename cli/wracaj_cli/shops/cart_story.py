"""What became of a cart, and why: for whoever is asked why a shopper got a message, or none."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj.cart import CART_TIMELINES, Cart
from wracaj.cart_rules import Choice
from wracaj.language import Locale
from wracaj.money import format_money
from wracaj.settings import ShopSettings
from wracaj.store.receipts import Mark
from wracaj_cli.outcome_words import NoTimeline, mark_in_words, moment, no_timeline_in_words, outcome_in_words


def timeline_of(cart: Cart, shop: ShopSettings) -> str:
    """Such as "high_value_cart, by rule 1 of `cart_timelines`; episode 1". What rule it is, is as of when it was chosen."""
    if cart.episode == 0:
        return f"none: {why_none(cart, shop)}"
    if cart.choice and cart.unreminded:
        return f"none: {why_unreminded(cart.choice)}"
    name = cart.occasion or (cart.choice.timeline if cart.choice else "abandoned_cart")
    rule = f", by rule {cart.choice.rule} of `cart_timelines`" if cart.choice and cart.choice.rule else ""
    return f"{name}{rule}; episode {cart.episode}{'' if cart.episode_ended_at is None else ', ended'}"


def why_unreminded(choice: Choice, language: Locale = "en") -> str:
    return no_timeline_in_words(NoTimeline.RULE if choice.rule else NoTimeline.NO_RULE, choice.rule, language)


def why_none(cart: Cart, shop: ShopSettings, language: Locale = "en") -> str:
    """Of a cart for which nothing was chosen."""
    return no_timeline_in_words(_what_was_missing(cart, shop), language=language)


def _what_was_missing(cart: Cart, shop: ShopSettings) -> NoTimeline:
    if cart.erased:
        return NoTimeline.ERASED
    if cart.ordered:
        return NoTimeline.ORDERED
    if not cart.contact.reachable:
        return NoTimeline.UNREACHABLE
    if cart.created_at and not shop.knows_cart_from(cart.created_at):
        return NoTimeline.OLDER
    if not cart.content.items:
        return NoTimeline.EMPTY
    if not CART_TIMELINES & set(shop.timelines):
        return NoTimeline.NONE_RUNS
    return NoTimeline.TOLD_LATE if shop.enabled else NoTimeline.SWITCHED_OFF


Became = Mapping[str, Mapping[Mark, str]]  # of each step, what providers told of its message, and when


def as_tables(cart: Cart, shop: ShopSettings, became: Became = MappingProxyType({})) -> Group:
    facts = Table("what", "is", show_header=False)
    for name, value in _facts(cart, shop):
        facts.add_row(name, Text(value))
    if not cart.records:
        return Group(facts)
    steps = Table("episode, step", "when", "what came of it", "and then", title="Messages", title_justify="left")
    for key, record in sorted(cart.records.items(), key=lambda one: one[1].at):
        steps.add_row(
            key.replace("#", ", "), moment(record.at, shop.zone), outcome_in_words(record, shop.zone), _told(key, became, shop)
        )
    return Group(facts, steps)


def _facts(cart: Cart, shop: ShopSettings) -> Iterator[tuple[str, str]]:
    yield "cart", cart.cart_id
    yield "items", ", ".join(f"{item.quantity} × {item.title}" for item in cart.content.items) or "none"
    if cart.content.total is not None and cart.content.currency:
        yield "worth", format_money(cart.content.total, cart.content.currency, "en")
    if cart.last_activity_at:
        yield "last touched", moment(cart.last_activity_at, shop.zone)
    yield "shopper", "known" if cart.customer_id else "not known"
    if cart.ordered:
        yield "ordered", "yes"
    yield "timeline", timeline_of(cart, shop)
    if cart.choice and cart.episode:
        yield "chosen", moment(cart.choice.at, shop.zone)


def _told(key: str, became: Became, shop: ShopSettings) -> str:
    told = sorted((at, mark) for mark, at in became.get(key, {}).items())
    return ", ".join(f"{mark_in_words(mark)} {moment(datetime.fromisoformat(at), shop.zone)}" for at, mark in told)
