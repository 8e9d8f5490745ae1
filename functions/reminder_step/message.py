"""The message of one step, as the cart is now."""

from collections.abc import Mapping
from typing import get_args

from reminder_step.context import Telling
from wracaj.carts.cart import Cart
from wracaj.channels import OutgoingMessage
from wracaj.consent.consent import whose
from wracaj.customers.shopper import Shopper
from wracaj.errors import RefusedError
from wracaj.language import Locale, language
from wracaj.messages.links import Purpose, link
from wracaj.messages.rendering import MessageFacts, Rendered, missing_files, render
from wracaj.settings.shop import Shop
from wracaj.timelines.occasion import ASKED_FOR, Occasion
from wracaj.timelines.steps import Step, StepRecord, TextsRequest

LEADS_TO: Mapping[str | None, Purpose] = {  # all others: back to the cart
    Occasion.CONFIRM_CONSENT: Purpose.CONFIRM,
    Occasion.DATA_LINK: Purpose.DATA,
}
NO_TEXT = Rendered(subject="", html=None, text="")  # an audience shows what the shop advertises


def address_of(shopper: Shopper, cart: Cart, step: Step) -> str:
    address = shopper.address(cart, step.channel)
    if address is None:  # decide() skips such a step
        raise RefusedError(f"no {step.channel} address for this shopper")
    return address


def compose(
    shop: Shop,
    cart: Cart,
    shopper: Shopper,
    step: Step,
    record: StepRecord,
    *,
    to: str,
    key: bytes,
    public_url: str,
    tags: Mapping[str, str],
    telling: Telling,
    asks_why: bool = False,
) -> OutgoingMessage:
    def address_to(purpose: Purpose) -> str:
        return link(public_url, key, purpose, record.message_id, record.at)

    facts = MessageFacts(
        shop=shop.settings,
        locale=language(shopper.locale(cart), shop.settings.locale),
        first_name=shopper.first_name(cart, to),
        content=telling.content or cart.content,
        recovery_link=address_to(LEADS_TO.get(cart.occasion, Purpose.CART)),
        unsubscribe_link=address_to(Purpose.UNSUBSCRIBE),
        preferences_link=address_to(Purpose.PREFERENCES),
        why_link=address_to(Purpose.WHY) if asks_why else None,
        voucher=None if record.without_discount else record.voucher,
        **telling.facts,
    )
    return OutgoingMessage(
        shop=shop,
        to=to,
        rendered=render(step.template, step.channel.value, facts) if step.template else NO_TEXT,
        about=whose(f"{shop.id}#{cart.cart_id}"),
        recovery_link=facts.recovery_link,
        unsubscribe_link=facts.unsubscribe_link,
        preferences_link=facts.preferences_link,
        locale=facts.locale,
        asked_for=cart.occasion in ASKED_FOR,
        tags=dict(tags),
    )


def missing_texts(asked: TextsRequest) -> list[str]:
    """The files that it lacks, in whatever language."""
    return [
        file
        for locale in get_args(Locale)
        for file in missing_files(asked.template, asked.channel.value, locale)
    ]
