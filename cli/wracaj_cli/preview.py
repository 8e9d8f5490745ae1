"""`wracaj preview`: shows a message as a shopper would see it, with a made-up cart of a made-up
shop."""

import base64
import webbrowser
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.errors import WracajError
from wracaj.events import CartContent, Item
from wracaj.language import Locale
from wracaj.messages.facts import MessageFacts
from wracaj.messages.rendering import Rendered, render
from wracaj.messages.template_files import template_names
from wracaj.messages.template_mistakes import TemplateError
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSettings
from wracaj.text.sms_segments import encoding
from wracaj.text.spelling import nearest
from wracaj.timelines.campaign import TEMPLATES_BEGIN as CAMPAIGNS
from wracaj.timelines.occasion import bought
from wracaj_cli.counted import counted
from wracaj_cli.house import IN_A_CLONE, LOCAL, MESSAGE_TEMPLATES
from wracaj_cli.sample_loyalty import PROGRAMME, sample_loyalty
from wracaj_cli.shops.settings_file import read_settings
from wracaj_cli.typed_files import UnwritableError

PREVIEWS = LOCAL / "previews" if IN_A_CLONE else Path("wracaj-previews")
_LINK = "https://wracaj.example/{}/AAdyRzA4bWFkZS11cC1saW5rLWluLXByZXZp"  # as long as a real link

# These pictures are drawn here, so that nothing is loaded. A mail has only pictures from https
# addresses; these pictures replace the addresses after rendering.
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="72" height="72"'
    ' fill="{back}"/><g fill="{front}" stroke="{front}" stroke-width="5"'
    ' stroke-linecap="round">{shape}</g></svg>'
)
_MUG = (
    '<rect x="18" y="24" width="28" height="30" rx="7" stroke="none"/><path d="M46 31h4a7 7 0 0 1 0'
    ' 14h-4" fill="none"/>'
)
_POT = (
    '<path d="M22 30h26v14a11 11 0 0 1-11 11h-4a11 11 0 0 1-11-11z" stroke="none"/><path d="M48'
    ' 40l10-8" fill="none"/><path d="M22 34c-9 0-9 13 0 13M29 24h12" fill="none"/><circle cx="35"'
    ' cy="18" r="3" stroke="none"/>'
)
_PICTURES = {
    "https://kubek.example/kubek.png": _PICTURE.format(back="#f7d9c4", front="#a63d1b", shape=_MUG),
    "https://kubek.example/dzbanek.png": _PICTURE.format(
        back="#d5e5df", front="#2f6757", shape=_POT
    ),
}


class DiscountKind(StrEnum):
    PERCENT = "percent"
    AMOUNT = "amount"
    GIFT = "gift"
    FREE_SHIPPING = "free_shipping"
    ALL = "all"


def preview(
    template: Annotated[
        str, typer.Argument(help="Such as cart_reminder, cart_sms, thank_you or welcome")
    ],
    locale: Annotated[str, typer.Option(help="pl or en")] = "pl",
    shop: Annotated[
        Path | None,
        typer.Option(help="A shop's settings file; without it, a shop that does not exist"),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the files go")] = PREVIEWS,
    code: Annotated[
        bool | None, typer.Option("--code/--no-code", help="With a discount code or without")
    ] = None,
    discount: Annotated[
        DiscountKind, typer.Option(help="What the code gives; all: a code of each kind")
    ] = DiscountKind.PERCENT,
    open_it: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the mail in the browser")
    ] = True,
) -> None:
    """Write a message as the shopper will see it, and open it."""
    try:
        channel = _channel(template, locale)
        facts = sample_facts(locale, _shop(shop), template, with_code=code, discount=discount)
        rendered = render(template, channel, facts)
    except WracajError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    try:
        out.mkdir(parents=True, exist_ok=True)
        shown = _write(out / f"{template}.{locale}", rendered, channel)
    except OSError as error:
        typer.echo(str(UnwritableError(out, error, "--out")), err=True)
        raise typer.Exit(1) from None
    if rendered.html is None:
        typer.echo(
            f"\n{_plain(rendered)}" + (f"\n\n{_bill(rendered)}" if rendered.segments else "")
        )
    elif open_it:
        webbrowser.open(shown.resolve().as_uri())


def _channel(template: str, locale: str) -> Channel:
    if not (known := template_names(locale)):
        languages = sorted(
            folder.name for folder in MESSAGE_TEMPLATES.iterdir() if folder.name != "layout"
        )
        raise TemplateError(
            f"{locale}/",
            None,
            "there are no templates in this language",
            f"Use one of: {', '.join(languages)}",
        )
    if template not in known:
        meant = nearest(template, known)
        fix = f"{f'Did you mean {meant}? ' if meant else ''}Use one of: {', '.join(known)}"
        raise TemplateError(f"{locale}/{template}", None, "there is no such template", fix)
    return known[template]


def _shop(file: Path | None) -> ShopSettings:
    return SAMPLE_SHOP if file is None else read_settings(file)


def _write(stem: Path, rendered: Rendered, channel: Channel) -> Path:
    """The files of one message; returns the one to look at."""
    if rendered.html is None:
        return _put(stem.with_name(f"{stem.name}.{channel}.txt"), _plain(rendered))
    text = _put(
        stem.with_name(f"{stem.name}.txt"), f"Subject: {rendered.subject}\n\n{rendered.text}"
    )
    return _put(text.with_suffix(".html"), _with_pictures(rendered.html))


def _plain(rendered: Rendered) -> str:
    """Return the text of an SMS or a notification. A notification's title is on a line of its
    own."""
    return "\n".join(filter(None, (rendered.subject and f"[{rendered.subject}]", rendered.text)))


def _put(file: Path, content: str) -> Path:
    file.write_text(f"{content}\n", "utf-8")
    typer.echo(f"Wrote {file}")
    return file


def _with_pictures(html: str) -> str:
    for address, picture in _PICTURES.items():
        html = html.replace(
            address, f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"
        )
    return html


def _bill(rendered: Rendered) -> str:
    parts = counted(rendered.segments or 0, "segment")
    letters = counted(len(rendered.text), "character")
    return f"{letters}, {encoding(rendered.text)}, billed as {parts}"


SAMPLE_SHOP = parse_settings(
    {
        "shop": "kubek",
        "platform": "generic",
        "name": "Kubek i Spółka",
        "postal_address": "ul. Gliniana 7\n31-042 Kraków",
        "url": "https://kubek.example",
        "recovery_hosts": ["kubek.example"],
        "email": {
            "sender": "Kubek i Spółka <sklep@kubek.example>",
            "reply_to": "pomoc@kubek.example",
        },
        "discount": {"minimum_total": 150},
    }
)

_SAMPLE_TITLES = {
    "pl": (
        "Kubek „Dzień dobry”, 350 ml, terakota",
        "Dzbanek do herbaty z zaparzaczem, szałwiowy",
        "Bon podarunkowy",
    ),
    "en": ("“Good morning” mug, 350 ml, terracotta", "Teapot with an infuser, sage", "Gift card"),
}


_SAMPLE_GIFT: dict[Locale, str] = {"pl": "Kubek w kropki", "en": "Dotted mug"}
_WITH_CODE = {
    "cart_discount",
    "high_value_discount",
    "high_value_final_call",
    "win_back_offer",
    "welcome",
    "welcome_reminder",
    "welcome_sms",
    "reward",
    "birthday",
    "anniversary",
}
_ASKS_WHY = {"cart_discount", "high_value_final_call", "regular_last"}
_ABOUT_AN_ORDER = {"thank_you", "review_request"}
_LOOKED_AT = {"browse_reminder"}
_RECOMMENDED = {"recommendations"}
_ABOUT_THE_PROGRAMME = {
    "nudge",
    "reward",
    "programme_invitation",
    "birthday",
    "anniversary",
    "points_expiring",
}
_ABOUT_NOTHING_CHOSEN = {
    "confirm_consent",
    "confirm_consent_sms",
    "data_link",
    "win_back",
    "win_back_offer",
    "welcome",
    "welcome_reminder",
    "welcome_sms",
    *_ABOUT_THE_PROGRAMME,
}


def sample_facts(
    locale: str,
    shop: ShopSettings,
    template: str = "cart_reminder",
    *,
    with_code: bool | None = None,
    discount: DiscountKind = DiscountKind.PERCENT,
) -> MessageFacts:
    """Return the facts of a message of this template. With `with_code` None, there is a code if the
    template is meant to have one."""
    known_locale: Locale = "pl" if locale == "pl" else "en"
    coded = (
        template in _WITH_CODE or template.startswith(CAMPAIGNS) if with_code is None else with_code
    )
    vouchers = _sample_vouchers(known_locale, shop, discount) if coded else []
    return MessageFacts(
        shop=shop,
        locale=known_locale,
        first_name="Ania",
        content=_sample_content(locale, template),
        recovery_link=_LINK.format("c"),
        unsubscribe_link=_LINK.format("u"),
        preferences_link=_LINK.format("p"),
        why_link=_LINK.format("w") if template in _ASKS_WHY else None,
        voucher=vouchers[0] if vouchers else None,
        more_vouchers=tuple(vouchers[1:]),
        points_earned=120 if template in _ABOUT_AN_ORDER else None,
        points_balance=480,
        loyalty=sample_loyalty(template),
        programme=PROGRAMME if template == "programme_invitation" else None,
    )


def _sample_content(locale: str, template: str) -> CartContent:
    mug, pot = _PICTURES
    first, second, third = _SAMPLE_TITLES.get(locale, _SAMPLE_TITLES["en"])
    items = (
        Item(
            title=first,
            quantity=2,
            unit_price=Decimal("79.50"),
            image_url=mug,
            url="https://kubek.example/kubek",
        ),
        Item(
            title=second,
            quantity=1,
            unit_price=Decimal("975.50"),
            image_url=pot,
            url="https://kubek.example/dzbanek",
        ),
        Item(title=third, quantity=1, unit_price=Decimal("100.00")),
    )
    cart = CartContent(items=items, currency="PLN", total=Decimal("1234.50"))
    if template in _ABOUT_NOTHING_CHOSEN or template.startswith(CAMPAIGNS):
        return CartContent(currency="PLN")
    if template in _LOOKED_AT | _RECOMMENDED:
        cart = CartContent(
            items=tuple(item.model_copy(update={"quantity": Decimal(1)}) for item in items),
            currency="PLN",
        )
        return bought(cart) if template in _RECOMMENDED else cart
    return bought(cart) if template in _ABOUT_AN_ORDER else cart


_SAMPLE_CODES = {
    DiscountKind.PERCENT: "K7DM-4XRA-PL9C",
    DiscountKind.AMOUNT: "TUL3-HA7R-9XMC",
    DiscountKind.GIFT: "FYKE-P4NW-D7JV",
    DiscountKind.FREE_SHIPPING: "MYDH-W3LA-4KCX",
}


def _sample_vouchers(
    locale: Locale, shop: ShopSettings, discount: DiscountKind
) -> list[DiscountCode]:
    starts_at, expires_at = (
        datetime(2026, 11, 22, 13, tzinfo=UTC),
        datetime(2026, 11, 25, 13, tzinfo=UTC),
    )
    worths = {
        DiscountKind.PERCENT: DiscountTerms(percent=10),
        DiscountKind.AMOUNT: DiscountTerms(amount=Decimal(20), currency="PLN"),
        DiscountKind.GIFT: DiscountTerms(product_id="7", product_title=_SAMPLE_GIFT[locale]),
        DiscountKind.FREE_SHIPPING: DiscountTerms(free_shipping=True),
    }
    return [
        mint(worth, starts_at, expires_at, shop.discount.minimum_total, "PLN").model_copy(
            update={"code": _SAMPLE_CODES[kind]}
        )
        for kind, worth in worths.items()
        if discount in (kind, DiscountKind.ALL)
    ]
