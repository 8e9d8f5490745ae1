"""What a message is about, and the part of it that a template sees. All texts in a view are cleaned
and ready to show."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict
from urllib.parse import urlsplit

from wracaj.discounts.code import DiscountCode
from wracaj.discounts.wording import LONGEST_TITLE, NAMELESS, discount_words, gift_name
from wracaj.events import CartContent, Frozen, Item
from wracaj.language import Locale
from wracaj.loyalty.programme import Programme
from wracaj.messages.links import encoded
from wracaj.messages.loyalty_facts import LoyaltyFacts, LoyaltyView, loyalty_view
from wracaj.messages.programme_facts import ProgrammeView, view_of_programme
from wracaj.money import format_money
from wracaj.settings.shop import ShopSettings
from wracaj.text.quantities import format_quantity, is_counted
from wracaj.text.wording import one_line, person, until

SHOWN_ITEMS = 8  # Gmail hides what is after the first 102 KB
LONGEST_PAGE = 2048


class MessageFacts(Frozen):
    shop: ShopSettings
    locale: Locale
    first_name: str | None
    content: CartContent
    recovery_link: str
    unsubscribe_link: str
    preferences_link: str
    voucher: DiscountCode | None
    more_vouchers: tuple[DiscountCode, ...] = ()
    why_link: str | None = None  # link to the question about the abandonment reason
    # by the order that the message is about; None: the shop has no points programme
    points_earned: int | None = None
    points_balance: int | None = None
    loyalty: LoyaltyFacts | None = None
    programme: Programme | None = None  # in messages that explain the programme
    tier: str | None = None  # the customer's tier


class ContentFacts(TypedDict, total=False):
    """Facts that only some messages have. They are described above under the same names."""

    more_vouchers: tuple[DiscountCode, ...]
    points_earned: int | None
    points_balance: int | None
    loyalty: LoyaltyFacts
    programme: Programme
    tier: str | None


@dataclass(frozen=True)
class ShopView:
    name: str
    address: str
    url: str
    logo_url: str | None
    answers: bool  # people read replies


@dataclass(frozen=True)
class ItemView:
    title: str
    quantity: str  # such as "2" or "0,5"
    one: bool  # a single piece, whose quantity is not shown
    counted: bool  # counted in pieces, not weighed
    unit_price: str | None
    price: str | None  # of the whole quantity
    picture: str | None
    url: str | None  # the product's page; only messages that are not about a cart link to it
    initial: str


@dataclass(frozen=True)
class VoucherView:
    code: str
    discount: str  # "10%", "20 zł", "prezent: Kubek"; in Polish after "kod na": "darmową dostawę"
    gift: str | None  # the gift's name; None: it is no gift
    free_shipping: bool
    expires: str  # follows "do" or "until": "środy, 25 listopada, 14:00"
    minimum: str | None


@dataclass(frozen=True)
class MessageView:
    """The variables of a template."""

    locale: Locale
    shop: ShopView
    first_name: str | None
    items: tuple[ItemView, ...]  # the first items
    more: int  # number of further items
    pictures: bool  # at least one of `items` has a picture
    total: str | None
    recovery_link: str  # the button's link
    unsubscribe_link: str
    preferences_link: str  # link to the preference page
    why_link: str | None
    vouchers: tuple[VoucherView, ...]  # each has a place in the layout
    voucher: VoucherView | None  # the first of `vouchers`
    points_earned: int | None
    points_balance: int | None
    loyalty: LoyaltyView | None  # loyalty content of this message
    # what the programme offers to everybody; only in the invitation
    programme: ProgrammeView | None
    tier: str | None


def view_of(facts: MessageFacts) -> MessageView:
    shown = facts.content.items[:SHOWN_ITEMS]
    items = tuple(_item(item, facts) for item in shown)
    vouchers = tuple(
        _voucher(voucher, facts) for voucher in (facts.voucher, *facts.more_vouchers) if voucher
    )
    return MessageView(
        locale=facts.locale,
        shop=_shop(facts.shop),
        first_name=person(facts.first_name),
        items=items,
        more=len(facts.content.items) - len(items),
        pictures=any(item.picture for item in items),
        total=_money(facts.content.total, facts.content.currency, facts.locale),
        recovery_link=facts.recovery_link,
        unsubscribe_link=facts.unsubscribe_link,
        preferences_link=facts.preferences_link,
        why_link=facts.why_link,
        vouchers=vouchers,
        voucher=vouchers[0] if vouchers else None,
        points_earned=facts.points_earned,
        points_balance=facts.points_balance,
        loyalty=loyalty_view(facts.loyalty, facts.locale) if facts.loyalty else None,
        programme=view_of_programme(facts.programme, facts.locale),
        tier=one_line(facts.tier) if facts.tier else None,
    )


def _shop(shop: ShopSettings) -> ShopView:
    address = ", ".join(
        line.strip(" ,") for line in shop.postal_address.splitlines() if line.strip(" ,")
    )
    return ShopView(
        one_line(shop.name),
        one_line(address),
        shop.url,
        _https(shop.logo_url),
        shop.email.reply_to is not None,
    )


def _item(item: Item, facts: MessageFacts) -> ItemView:
    currency, locale = facts.content.currency, facts.locale
    title = one_line(item.title, LONGEST_TITLE) or NAMELESS[locale]
    return ItemView(
        title=title,
        quantity=format_quantity(item.quantity, locale),
        one=item.quantity == 1,
        counted=is_counted(item.quantity),
        unit_price=_money(item.unit_price, currency, locale),
        price=_money(item.unit_price and item.unit_price * item.quantity, currency, locale),
        picture=_https(item.image_url),
        url=_page(item.url, facts.shop),
        initial=next((letter.upper() for letter in title if letter.isalnum()), "·"),
    )


def _page(url: str | None, shop: ShopSettings) -> str | None:
    """The page's address, if today's settings still allow it."""
    page = encoded(url) if url and shop.allows_recovery_to(url) else None
    return page if page and len(page) <= LONGEST_PAGE else None


def _voucher(voucher: DiscountCode, facts: MessageFacts) -> VoucherView:
    # the minimum total must be shown even without a currency
    currency = voucher.currency or facts.content.currency or ""
    return VoucherView(
        code=one_line(voucher.code),
        discount=discount_words(voucher.discount, facts.locale),
        gift=gift_name(voucher.discount, facts.locale),
        free_shipping=voucher.free_shipping,
        expires=until(voucher.expires_at, facts.shop.zone, facts.locale),
        minimum=_money(voucher.minimum_total, currency, facts.locale),
    )


def _money(amount: Decimal | None, currency: str | None, locale: Locale) -> str | None:
    """None where the currency is unknown: a number alone could promise the wrong price."""
    return None if amount is None or currency is None else format_money(amount, currency, locale)


def _https(url: str | None) -> str | None:
    """The address, if mail programs load it."""
    if not url or any(character <= " " for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme == "https" and parts.hostname else None
