"""Turns Shopify's carts and checkouts into our events."""

from datetime import datetime
from decimal import Decimal

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.contact import contact
from wracaj.errors import PayloadError
from wracaj.events import CartContent, CartDeleted, CartUpdated, Contact, Item, OrderPlaced
from wracaj.platforms import Ignored
from wracaj.platforms.consent_words import says_no
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.fields import MAX_ITEMS, in_units
from wracaj.platforms.shopify.cart_payloads import (
    Cart,
    Checkout,
    Customer,
    LineItem,
    MoneySet,
    known_ids,
    record_of,
)
from wracaj.platforms.web_addresses import may_lead_to


def read_cart(delivery: Delivery) -> Reading:
    """A cart's content only: Shopify's carts contain no shopper, no address and no recovery
    link."""
    cart = delivery.read(Cart)
    cart_id = cart.token or cart.id
    if not cart_id:
        raise PayloadError([("token", "is missing: nothing else says which cart this is")])
    content = _cart_content(delivery, cart.line_items)
    at = cart.updated_at or delivery.sent_at
    return (
        CartUpdated(
            at=at,
            sequence=delivery.sequence,
            cart_id=cart_id,
            created_at=cart.created_at,
            content=content,
        ),
    )


def _cart_content(delivery: Delivery, lines: tuple[LineItem, ...]) -> CartContent:
    """A cart's amounts have their currency only inside `*_set`. The shopper sees the presentment
    money. Where one line could not be read, the total is unknown."""
    currency = next((code for line in lines if (code := _presented(line.price_set)[1])), None)
    kept = [line for line in lines if line.quantity > 0]
    items = tuple(_item(line, _presented_in(currency, line.price_set)) for line in kept[:MAX_ITEMS])
    line_totals = [_presented_in(currency, line.line_price_set) for line in kept]
    known = [amount for amount in line_totals if amount is not None]
    is_whole = len(known) == len(kept) and not delivery.is_doubtful("line_items")
    total = sum(known, Decimal(0)) if known and is_whole else None
    return CartContent(items=items, currency=currency, total=total)


def _presented(money: MoneySet | None) -> tuple[Decimal | None, str | None]:
    shown = money.presentment_money if money else None
    return (shown.amount, shown.currency_code) if shown else (None, None)


def _presented_in(currency: str | None, money: MoneySet | None) -> Decimal | None:
    amount, code = _presented(money)
    return (
        in_units(amount, currency) if amount is not None and currency and code == currency else None
    )


def _item(line: LineItem, unit_price: Decimal | None) -> Item:
    return Item(
        product_id=line.product_id,
        variant_id=line.variant_id,
        title=line.full_title,
        quantity=line.quantity,
        unit_price=unit_price,
    )


def read_checkout(delivery: Delivery) -> Reading:
    checkout = delivery.read(Checkout)
    if not checkout.tokens:
        raise PayloadError(
            [("token", "is missing, and cart_token too: nothing says which cart this is")]
        )
    at = checkout.updated_at or delivery.sent_at
    if checkout.completed_at:
        # The order comes first, so that no timeline starts between the two events. Its total comes
        # with orders/create.
        return _completed(delivery, checkout, at), _cart_of(delivery, checkout, at)
    if checkout.closed_at:  # closed by the shop without an order: there is no cart to return to
        return (CartDeleted(at=at, cart_id=checkout.tokens[0]),)
    return (_cart_of(delivery, checkout, at),)


def _cart_of(delivery: Delivery, checkout: Checkout, at: datetime) -> CartUpdated:
    shopper = _checkout_contact(delivery, checkout)
    return CartUpdated(
        at=at,
        sequence=delivery.sequence,
        cart_id=checkout.tokens[0],
        checkout_id=checkout.token,
        checkout_number=checkout.id,
        created_at=checkout.created_at,
        content=_checkout_content(delivery, checkout),
        contact=shopper,
        consent=_checkout_consent(checkout, shopper, at),
    )


def _completed(delivery: Delivery, checkout: Checkout, at: datetime) -> OrderPlaced:
    return OrderPlaced(
        at=at,
        order_id=None,
        placed_at=checkout.completed_at or at,
        cart_ids=checkout.tokens,
        checkout_ids=known_ids(checkout.token, checkout.id),
        contact=_checkout_contact(delivery, checkout),
    )


def _checkout_content(delivery: Delivery, checkout: Checkout) -> CartContent:
    """A checkout's amounts are in the presentment currency (Shopify's multi-currency migration
    guide)."""
    settings, currency = delivery.settings, checkout.presentment_currency or checkout.currency
    lines = [line for line in checkout.line_items if line.quantity > 0][:MAX_ITEMS]
    return CartContent(
        items=tuple(
            _item(line, delivery.money(line.price, currency, "presentment_currency"))
            for line in lines
        ),
        currency=currency,
        total=delivery.money(checkout.total_price, currency, "presentment_currency"),
        recovery_url=checkout.abandoned_checkout_url
        if may_lead_to(settings, checkout.abandoned_checkout_url)
        else None,
    )


def _checkout_contact(delivery: Delivery, checkout: Checkout) -> Contact:
    """The contact that was typed in this checkout. Shopify finds the customer by the typed e-mail,
    which proves nothing about who typed it. The customer's phone may come from a guest's other
    checkout, and the name is the customer's, so neither is used here."""
    customer = checkout.customer or Customer()
    phones = [checkout.phone, checkout.sms_marketing_phone]
    # the opt-in is for this number only
    if checkout.buyer_accepts_sms_marketing is True:
        phones = [checkout.sms_marketing_phone]
    return contact(
        delivery.region,
        platform_id=customer.id,
        emails=[checkout.email],
        phones=phones,
        locale=checkout.customer_locale,
        record=record_of(customer),
    )


def _checkout_consent(checkout: Checkout, shopper: Contact, at: datetime) -> dict[Channel, Consent]:
    """A ticked box is an opt-in at the time when the checkout began. The box stays ticked in every
    later event, and must not count again after an opt-out. An empty box says nothing about other
    consents. It only withdraws the opt-in that the same checkout gave before."""
    boxes = {
        Channel.EMAIL: (checkout.buyer_accepts_marketing, shopper.email),
        Channel.SMS: (checkout.buyer_accepts_sms_marketing, shopper.phone),
    }
    nothing = Consent(state=ConsentState.UNKNOWN, at=checkout.created_at or at, source="checkout")
    taken_back = {channel: nothing for channel, (ticked, _) in boxes.items() if says_no(ticked)}
    if checkout.created_at is None:  # without its time, this opt-in could be older than an opt-out
        return taken_back
    yes = Consent(state=ConsentState.SUBSCRIBED, at=checkout.created_at, source="checkout")
    return taken_back | {
        channel: yes for channel, (ticked, address) in boxes.items() if ticked is True and address
    }


def read_checkout_deletion(delivery: Delivery) -> Reading:
    """A deletion contains no time, and no `token` but the cart's. Since 2026-04 no other webhook
    contains its `id`."""
    checkout = delivery.read(Checkout)
    if not checkout.tokens:
        return Ignored("the deleted checkout names no cart")
    return (CartDeleted(at=delivery.sent_at, cart_id=checkout.tokens[0]),)
