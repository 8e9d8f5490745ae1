"""The message of one step, made from the cart's current state."""

from collections.abc import Mapping

from reminder_step.context import MessageContent
from wracaj.channels import OutgoingMessage
from wracaj.consent.consent import address_hash_of
from wracaj.customers.shopper import Shopper
from wracaj.errors import RefusedError
from wracaj.language import language
from wracaj.messages.facts import MessageFacts
from wracaj.messages.links import Purpose, link
from wracaj.messages.rendering import Rendered, render
from wracaj.messages.template_files import missing_files
from wracaj.settings.shop import Shop
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.steps import Step, StepRecord, TextsRequest
from wracaj.timelines.subject import Subject

# an audience has no text: Meta shows the shop's advertisements
NO_TEXT = Rendered(subject="", html=None, text="")


def address_of(shopper: Shopper, subject: Subject, step: Step) -> str:
    address = shopper.address(subject, step.channel)
    if address is None:  # decide() skips such a step
        raise RefusedError(f"no {step.channel} address for this shopper")
    return address


def leads_to(subject: Subject) -> Purpose:
    """Where the message's main link leads: back to the cart, except in messages that a shopper
    asked for."""
    kind = subject.kind if isinstance(subject, Occasion) else None
    asked = {OccasionKind.CONFIRM_CONSENT: Purpose.CONFIRM, OccasionKind.DATA_LINK: Purpose.DATA}
    return asked.get(kind, Purpose.CART) if kind else Purpose.CART


def compose(
    shop: Shop,
    subject: Subject,
    shopper: Shopper,
    step: Step,
    record: StepRecord,
    *,
    to: str,
    key: bytes,
    public_url: str,
    tags: Mapping[str, str],
    content: MessageContent,
    asks_reason: bool = False,
) -> OutgoingMessage:
    def address_to(purpose: Purpose) -> str:
        return link(public_url, key, purpose, record.message_id, record.at)

    facts = MessageFacts(
        shop=shop.settings,
        locale=language(shopper.locale(subject), shop.settings.locale),
        first_name=shopper.first_name(subject, to),
        content=content.content or subject.content,
        recovery_link=address_to(leads_to(subject)),
        unsubscribe_link=address_to(Purpose.UNSUBSCRIBE),
        preferences_link=address_to(Purpose.PREFERENCES),
        why_link=address_to(Purpose.WHY) if asks_reason else None,
        voucher=record.code_told,
        **content.facts,
    )
    return OutgoingMessage(
        shop=shop,
        to=to,
        rendered=render(step.template, step.channel, facts) if step.template else NO_TEXT,
        about=address_hash_of(f"{shop.id}#{subject.cart_id}"),
        recovery_link=facts.recovery_link,
        unsubscribe_link=facts.unsubscribe_link,
        preferences_link=facts.preferences_link,
        locale=facts.locale,
        asked_for=subject.asked_for,
        tags=dict(tags),
    )


def missing_texts(asked: TextsRequest) -> list[str]:
    """The template files that this message lacks, in any language."""
    return missing_files(asked.template, asked.channel)
