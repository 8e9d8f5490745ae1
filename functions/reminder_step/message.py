"""The message of one step, as the cart is now."""

from collections.abc import Mapping
from typing import get_args

from reminder_step.circumstances import Telling
from wracaj.cart import Cart
from wracaj.channels import OutgoingMessage
from wracaj.consent import Channel
from wracaj.customer import Customer
from wracaj.errors import RefusedError
from wracaj.language import Locale, language
from wracaj.links import Purpose, link
from wracaj.rendering import MessageFacts, Rendered, missing_files, render_email, render_sms
from wracaj.settings import ShopSettings
from wracaj.steps import Step, StepRecord, TextsRequest


def address_of(customer: Customer, cart: Cart, step: Step) -> str:
    address = customer.address(cart, step.channel)
    if address is None:  # decide() skips such a step
        raise RefusedError(f"no {step.channel} address for this shopper")
    return address


def compose(
    shop: ShopSettings,
    cart: Cart,
    customer: Customer,
    step: Step,
    record: StepRecord,
    *,
    to: str,
    key: bytes,
    public_url: str,
    tags: Mapping[str, str],
    telling: Telling,
) -> OutgoingMessage:
    def address_to(purpose: Purpose) -> str:
        return link(public_url, key, purpose, record.message_id, record.at)

    facts = MessageFacts(
        shop=shop,
        locale=language(cart.contact.locale or customer.contact.locale, shop.locale),
        first_name=cart.contact.first_name or customer.contact.first_name,
        content=telling.content or cart.content,
        recovery_link=address_to(Purpose.CART),
        unsubscribe_link=address_to(Purpose.UNSUBSCRIBE),
        voucher=None if record.without_discount else record.voucher,
        **telling.facts,
    )
    return OutgoingMessage(
        shop=shop,
        to=to,
        rendered=render(step, facts),
        unsubscribe_link=facts.unsubscribe_link,
        tags=dict(tags),
    )


def render(step: Step, facts: MessageFacts) -> Rendered:
    return render_sms(step.template, facts) if step.channel is Channel.SMS else render_email(step.template, facts)


def missing_texts(asked: TextsRequest) -> list[str]:
    """The files that it lacks, in whatever language."""
    return [file for locale in get_args(Locale) for file in missing_files(asked.template, asked.channel.value, locale)]
