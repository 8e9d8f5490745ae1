"""What happened to a cart and why. It answers why a shopper got a message or got none."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

from wracaj.carts.cart import CART_TIMELINES, Cart, counted
from wracaj.experiments.arms import Entry
from wracaj.language import Locale
from wracaj.money import format_money
from wracaj.settings.shop import ShopSettings
from wracaj.settings.timeline_rules import Choice
from wracaj.store.delivery_events import Mark
from wracaj.text.quantities import format_quantity
from wracaj.timelines.occasion import Occasion
from wracaj_cli.labels import label
from wracaj_cli.outcome_words import (
    NoTimeline,
    channel_in_words,
    mark_in_words,
    moment,
    no_timeline_in_words,
    none_in_words,
    outcome_in_words,
    timeline_in_words,
)
from wracaj_cli.shopper_words import known_by_in_words, occasion_in_words
from wracaj_cli.shops.arms import arms_in_words
from wracaj_cli.shops.next_message import kept_message, next_message


def timeline_of(subject: Cart | Occasion, shop: ShopSettings, language: Locale = "en") -> str:
    """Return the timeline that the subject took, or why it took none. The rule's number is that of
    the time when the timeline was chosen."""
    if subject.episode == 0:
        return none_in_words(why_none(subject, shop, language), language)
    name, rule, ended = name_of(subject), rule_of(subject), subject.episode_ended_at is not None
    if isinstance(subject, Cart) and subject.choice and subject.unreminded:
        return none_in_words(why_unreminded(subject.choice, language), language)
    return timeline_in_words(name, rule, counted(subject.episode), ended=ended, language=language)


def name_of(subject: Cart | Occasion) -> str:
    """Return the name of the subject's timeline."""
    if isinstance(subject, Occasion):
        return subject.kind
    return subject.choice.timeline if subject.choice else "abandoned_cart"


def rule_of(subject: Cart | Occasion) -> int | None:
    """Return the number of the rule in the shop's `cart_timelines` that gave the cart its
    timeline."""
    return subject.choice.rule if isinstance(subject, Cart) and subject.choice else None


def why_unreminded(choice: Choice, language: Locale = "en") -> str:
    return no_timeline_in_words(
        NoTimeline.RULE if choice.rule else NoTimeline.NO_RULE, choice.rule, language
    )


def why_none(subject: Cart | Occasion, shop: ShopSettings, language: Locale = "en") -> str:
    """Return why no timeline was chosen for a subject."""
    return no_timeline_in_words(_what_was_missing(subject, shop), language=language)


def _what_was_missing(cart: Cart | Occasion, shop: ShopSettings) -> NoTimeline:
    if cart.erased:
        return NoTimeline.ERASED
    if isinstance(cart, Cart) and cart.ordered:
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


# step → delivery event of its message → time
Became = Mapping[str, Mapping[Mark, str]]


def as_tables(
    cart: Cart | Occasion,
    shop: ShopSettings,
    became: Became = MappingProxyType({}),
    language: Locale = "en",
    arms: Mapping[str, Entry] = MappingProxyType({}),
) -> Group:
    """`arms`: the experiments that the cart's shopper is in."""
    facts = Table("what", "is", show_header=False)
    for name, value in _facts(cart, shop, language):
        facts.add_row(label(name, language), Text(value))
    if arms:
        facts.add_row(label("experiments", language), Text(arms_in_words(arms, shop, language)))
    if not cart.records:
        return Group(facts)
    names = ("episode, step", "channel", "when", "what came of it", "and then")
    columns = (Column(label(name, language), overflow="fold") for name in names)
    steps = Table(*columns, title=label("messages", language).capitalize(), title_justify="left")
    for key, record in sorted(cart.records.items(), key=lambda one: one[1].at):
        episode, _, step = key.partition("#")
        steps.add_row(
            f"{counted(int(episode))}, {step}",
            channel_in_words(record.channel, language),
            moment(record.at, shop.zone),
            outcome_in_words(record, shop.zone, language),
            _told(became.get(key, {}), shop, language),
        )
    return Group(facts, steps)


def _facts(
    cart: Cart | Occasion, shop: ShopSettings, language: Locale
) -> Iterator[tuple[str, str]]:
    if isinstance(cart, Occasion):
        yield "occasion", occasion_in_words(cart.kind, language)
    yield "cart", cart.cart_id
    items = ", ".join(
        f"{format_quantity(item.quantity, language)} × {item.title}" for item in cart.content.items
    )
    if items or isinstance(cart, Cart):
        yield "items", items or label("none", language)
    if cart.content.total is not None and cart.content.currency:
        yield "total", format_money(cart.content.total, cart.content.currency, language)
    if cart.last_activity_at:
        yield "last touched", moment(cart.last_activity_at, shop.zone)
    yield (
        "shopper",
        known_by_in_words(cart.customer_id, language)
        if cart.customer_id
        else label("not known", language),
    )
    if isinstance(cart, Cart) and cart.ordered:
        yield "ordered", moment(_ordered_at(cart), shop.zone)
    yield "timeline", timeline_of(cart, shop, language)
    if isinstance(cart, Cart) and cart.choice and cart.episode:
        yield "chosen", moment(cart.choice.at, shop.zone)
    coming = kept_message(cart, name_of(cart))
    if coming is None and isinstance(cart, Cart):
        coming = next_message(cart, shop)
    if coming:
        channel, at = channel_in_words(coming.channel, language), moment(coming.due, shop.zone)
        yield (
            "next message",
            f"{coming.step} ({channel}), {at} {label('at the earliest', language)}",
        )


def _ordered_at(cart: Cart) -> datetime:
    """Return when the first order was placed, because that order ended the timeline."""
    return min(datetime.fromisoformat(reference.partition("#")[0]) for reference in cart.orders)


def _told(marks: Mapping[Mark, str], shop: ShopSettings, language: Locale) -> str:
    told = sorted((at, mark) for mark, at in marks.items())
    return ", ".join(
        f"{mark_in_words(mark, language)} {moment(datetime.fromisoformat(at), shop.zone)}"
        for at, mark in told
    )
