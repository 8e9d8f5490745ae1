"""A shopper's story as tables, in English or Polish."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from wracaj.carts.cart import Cart
from wracaj.language import Locale
from wracaj.money import format_money
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.occasion import Occasion
from wracaj_cli.labels import label
from wracaj_cli.outcome_words import (
    channel_in_words,
    consent_in_words,
    moment,
    suppression_in_words,
)
from wracaj_cli.shopper.story import AddressStory, ShopperStory
from wracaj_cli.shopper_words import consent_source_in_words, occasion_in_words, whose_in_words
from wracaj_cli.shops.arms import arms_in_words
from wracaj_cli.shops.cart_story import as_tables as cart_as_tables


def as_tables(story: ShopperStory, shop: ShopSettings, language: Locale) -> Group:
    return Group(*_parts(story, shop, language))


def _parts(story: ShopperStory, shop: ShopSettings, language: Locale) -> Iterator[RenderableType]:
    yield _shopper(story, shop, language)
    lists = {
        "consents": (
            ("when", "channel", "said", "where", "address", "words"),
            _consents(story, shop, language),
        ),
        "codes": (("code", "discount", "until", "for"), _codes(story, shop)),
        "orders": (("when", "order", "total"), _orders(story, shop, language)),
    }
    for title, (columns, rows) in lists.items():
        yield from _listed(title, columns, rows, language)
    yield from _carts(story, shop, language)


def _carts(story: ShopperStory, shop: ShopSettings, language: Locale) -> Iterator[RenderableType]:
    for one in story.carts:
        yield Text(f"\n{_title(one.cart, language)}", style="bold")
        yield cart_as_tables(one.cart, shop, one.became, language)
    if not story.carts:
        yield Text(label("no carts", language))
    if story.left_out:
        yield Text(label("left out", language).format(story.left_out))


def _title(cart: Cart | Occasion, language: Locale) -> str:
    if isinstance(cart, Occasion):
        return label("occasion title", language).format(
            occasion_in_words(cart.kind, language), cart.cart_id
        )
    return f"{label('cart', language).capitalize()} {cart.cart_id}"


def _shopper(story: ShopperStory, shop: ShopSettings, language: Locale) -> Table:
    table = Table(title=whose_in_words(story.id, language), title_justify="left", show_header=False)
    for name, value in _facts(story, shop, language):
        table.add_row(label(name, language), Text(value))
    return table


def _facts(story: ShopperStory, shop: ShopSettings, language: Locale) -> Iterator[tuple[str, str]]:
    contact = story.contact
    names = (
        ("name", contact.first_name),
        ("id in the shop", contact.platform_id),
        ("language", contact.locale),
    )
    yield from ((name, value) for name, value in names if value)
    if story.erased_at:
        yield "forgotten", moment(story.erased_at, shop.zone)
    for one in story.addresses:
        yield channel_in_words(one.channel, language), f"{one.address} ({_use_of(one, language)})"
    if story.pace:
        yield "pace", label(story.pace, language)
    if story.declined:
        yield "declined", ", ".join(label(f"topic {topic}", language) for topic in story.declined)
    if story.arms:
        yield "experiments", arms_in_words(story.arms, shop, language)
    if story.points:
        yield (
            "points",
            f"{story.points.points}{f', {story.points.tier}' if story.points.tier else ''}",
        )


def _use_of(one: AddressStory, language: Locale) -> str:
    if one.suppressed is None:
        # the consents show whether the shopper wants messages
        return label("not suppressed", language)
    return f"{label('suppressed', language)}: {suppression_in_words(one.suppressed, language)}"


def _consents(
    story: ShopperStory, shop: ShopSettings, language: Locale
) -> Iterator[tuple[str, ...]]:
    for word in story.consents:
        said = consent_in_words(word.state, language)
        channel = channel_in_words(word.channel, language)
        yield (
            moment(word.at, shop.zone),
            channel,
            said,
            consent_source_in_words(word.source, language),
            word.address or "",
            word.wording_version or "",
        )


def _codes(story: ShopperStory, shop: ShopSettings) -> Iterator[tuple[str, ...]]:
    for code in story.codes:
        given_for = f"{code.given_for}, {code.cart_id}" if code.cart_id else code.given_for
        yield (
            code.voucher.code,
            str(code.voucher.discount),
            moment(code.voucher.expires_at, shop.zone),
            given_for,
        )


def _orders(story: ShopperStory, shop: ShopSettings, language: Locale) -> Iterator[tuple[str, ...]]:
    for order in story.orders:
        total = (
            format_money(order.total, order.currency, language)
            if order.total is not None and order.currency
            else ""
        )
        yield moment(order.placed_at, shop.zone), order.order_id, total


def _listed(
    title: str, columns: tuple[str, ...], rows: Iterator[tuple[str, ...]], language: Locale
) -> Iterator[Table | Text]:
    """Return a table without its empty columns. Without rows, return a line of text or nothing."""
    told = list(rows)
    places = [place for place in range(len(columns)) if any(row[place] for row in told)]
    named = (Column(label(columns[place], language), overflow="fold") for place in places)
    table = Table(*named, title=label(title, language).capitalize(), title_justify="left")
    for row in told:
        table.add_row(*(Text(row[place]) for place in places))
    if told:
        yield table
    elif title == "consents":
        yield Text(label("no consents", language))
