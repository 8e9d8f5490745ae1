"""Builders of the facts of a message, and of the mails and texts made from them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from support.mail_reading import Mail
from wracaj.discounts.code import DiscountCode
from wracaj.events import CartContent, Item
from wracaj.language import LOCALES
from wracaj.messages.facts import MessageFacts
from wracaj.messages.rendering import Rendered, render_email
from wracaj.messages.template_files import template_names
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSettings
from wracaj_cli.sample_loyalty import sample_loyalty

SAMPLES = [
    sample for name in ("reward", "nudge", "points_expiring") if (sample := sample_loyalty(name))
]
# everything that a message may say of the programme
LOYALTY = SAMPLES[0].model_copy(update={"near": SAMPLES[1].near, "expiring": SAMPLES[2].expiring})
RECOVERY = "https://api.example/c/token?a=1&b=2"
UNSUBSCRIBE = "https://api.example/u/token"
PREFERENCES = "https://api.example/p/token"
PICTURE = "https://cdn.example/kubek.jpg"
CODE = "K7DM-4XRA-PL9C"
EMAILS = [name for name, channel in template_names("pl").items() if channel == "email"]
LEADS_TO_PRODUCTS = {"browse_reminder", "recommendations"}
every_email = pytest.mark.parametrize("template", EMAILS)
every_locale = pytest.mark.parametrize("locale", LOCALES)


def a_shop(**changes: Any) -> ShopSettings:
    return parse_settings(
        {
            "shop": "kubek",
            "platform": "generic",
            "name": "Kubek i Spółka",
            "postal_address": "ul. Gliniana 7\n31-042 Kraków",
            "url": "https://kubek.example",
            "recovery_hosts": ["kubek.example"],
            "email": {"sender": "Kubek <sklep@kubek.example>", "reply_to": "pomoc@kubek.example"},
        }
        | changes
    )


def an_item(**changes: Any) -> Item:
    return Item.model_validate(
        {"title": "Kubek", "quantity": 1, "unit_price": Decimal("49.50"), "image_url": PICTURE}
        | changes
    )


def a_cart(*items: Item, **changes: Any) -> CartContent:
    return CartContent.model_validate(
        {"items": items or (an_item(),), "currency": "PLN", "total": Decimal("1234.50")} | changes
    )


def a_voucher(**changes: Any) -> DiscountCode:
    known = {
        "starts_at": datetime(2026, 11, 22, tzinfo=UTC),
        "expires_at": datetime(2026, 11, 25, 13, tzinfo=UTC),
    }
    return DiscountCode.model_validate({"code": CODE, "percent": 10} | known | changes)


def an_amount(amount: str = "20", currency: str = "PLN", **changes: Any) -> DiscountCode:
    return a_voucher(percent=None, amount=amount, currency=currency, **changes)


def a_gift(title: str = "Kubek w kropki", **changes: Any) -> DiscountCode:
    return a_voucher(percent=None, product_id="7", product_title=title, **changes)


def free_delivery(**changes: Any) -> DiscountCode:
    return a_voucher(percent=None, free_shipping=True, **changes)


def facts(**changes: Any) -> MessageFacts:
    known = {
        "shop": a_shop(),
        "locale": "pl",
        "first_name": "Ania",
        "content": a_cart(),
        "voucher": None,
        "loyalty": LOYALTY,
    }
    links = {
        "recovery_link": RECOVERY,
        "unsubscribe_link": UNSUBSCRIBE,
        "preferences_link": PREFERENCES,
    }
    return MessageFacts.model_validate(links | known | changes)


def html_of(rendered: Rendered) -> str:
    assert rendered.html is not None
    return rendered.html


def mail(template: str = "cart_reminder", **changes: Any) -> Mail:
    return Mail(html_of(render_email(template, facts(**changes))))


def text_of(template: str = "cart_reminder", **changes: Any) -> str:
    """Return the text part, with plain spaces."""
    return render_email(template, facts(**changes)).text.replace("\u00a0", " ")


def shown(seen: Mail) -> str:
    """Return the visible text of the mail, with plain spaces."""
    return " ".join(
        " ".join(words.text for words in seen.seen)
        .replace("\u00a0", " ")
        .replace("\u200b", "")
        .split()
    )
