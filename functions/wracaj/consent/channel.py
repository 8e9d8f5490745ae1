"""The channels, and what each of them is like: one table that every rule goes by.

A new channel is a member of `Channel` and a line of `TRAITS`; CONTRIBUTING has the whole walk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from wracaj.language import Locale


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WEB_PUSH = "web_push"  # to the browser, once its owner allowed it
    MESSENGER = "messenger"
    # an advertising audience: the shopper sees advertisements of the shop elsewhere
    AUDIENCE = "audience"


class Form(StrEnum):
    """How a message is written."""

    MAIL = "mail"  # words of which an HTML and a text part are made, with a subject
    TEXT = "text"  # in letters that are billed by the SMS segment
    NOTE = "note"  # a short text and a title, which is a notification's or a button's


@dataclass(frozen=True, kw_only=True)
class Words:
    """A channel's, in one language."""

    label: str  # for people of the shop: commands, reports
    name: str  # on the shopper's preference page
    agree: str  # a button there
    withdraw: str  # another
    consent: str  # what a shopper agrees to there, word by word; {shop} is the shop's name


# Addresses that shops keep of their customers, and that anybody can type. All others are given to
# a shopper's own browser or conversation.
RECORDED_FIELDS = ("email", "phone")


@dataclass(frozen=True, kw_only=True)
class Traits:
    words: Mapping[Locale, Words]

    # How it is addressed
    # by which fields of a Contact, the first that is known; an e-mail address before any other
    contact_fields: tuple[str, ...]
    # whoever's cart first named an address keeps it: in a cart of somebody else it counts for none
    keeps_first_owner: bool = False
    # an address that leads to nobody is taken out of its cart: a newer one will come in its place
    drops_gone_address: bool = False

    # Who can be reached
    settings: str | None = None  # the section of a shop's settings that it cannot do without
    mobiles_only: bool = False  # of the countries in the shop's `texts_to`
    # nothing goes to an address that anybody ordered with since the cart began: it may be shared
    stops_for_orders_at_address: bool = False
    # after the shopper's own last message there; None: at any time
    window: timedelta | None = None
    # the template that asks for a confirming click, where a shop wants one; None: it never does
    confirm_template: str | None = None
    webhook_note: str | None = None  # on its consent in the generic webhook's schema

    # Which caps it counts for
    counts_for_caps: bool = True  # and is held back by them, and by the send window
    takes_campaigns: bool = False

    # How it is rendered; None: it shows no text of ours
    form: Form | None = None
    suffix: str | None = None  # of a template's file

    @property
    def is_recorded(self) -> bool:
        """Whether it goes by addresses of the shop's record alone."""
        return set(self.contact_fields) <= set(RECORDED_FIELDS)

    @property
    def typed_field(self) -> str | None:
        """The one field that an address for it is typed in. None: nobody types one, or it goes by
        more than one."""
        (first, *others) = self.contact_fields
        return first if self.is_recorded and not others else None


TRAITS: Mapping[Channel, Traits] = {
    Channel.EMAIL: Traits(
        contact_fields=("email",),
        confirm_template="confirm_consent",
        takes_campaigns=True,
        form=Form.MAIL,
        suffix=".email.j2",
        words={
            "pl": Words(
                label="e-mail",
                name="E-mail",
                agree="Zgadzam się na e-maile",
                withdraw="Wycofuję zgodę na e-maile",
                consent=(
                    "Zgadzam się, żeby {shop} pisał do mnie na ten adres e-mail o koszykach,"
                    " zamówieniach, programie lojalnościowym i ofertach sklepu. Tę zgodę mogę"
                    " wycofać w każdej chwili."
                ),
            ),
            "en": Words(
                label="e-mail",
                name="E-mail",
                agree="I agree to e-mails",
                withdraw="Withdraw consent to e-mails",
                consent=(
                    "I agree that {shop} may write to this e-mail address about carts, orders, the"
                    " loyalty programme and offers of the shop. I can withdraw this consent at any"
                    " time."
                ),
            ),
        },
    ),
    Channel.SMS: Traits(
        contact_fields=("phone",),
        mobiles_only=True,
        stops_for_orders_at_address=True,
        confirm_template="confirm_consent_sms",
        takes_campaigns=True,
        form=Form.TEXT,
        suffix=".sms.j2",
        words={
            "pl": Words(
                label="SMS",
                name="SMS",
                agree="Zgadzam się na SMS-y",
                withdraw="Wycofuję zgodę na SMS-y",
                consent=(
                    "Zgadzam się, żeby {shop} wysyłał mi na ten numer SMS-y o koszykach,"
                    " zamówieniach, programie lojalnościowym i ofertach sklepu. Tę zgodę mogę"
                    " wycofać w każdej chwili."
                ),
            ),
            "en": Words(
                label="SMS",
                name="SMS",
                agree="I agree to SMS",
                withdraw="Withdraw consent to SMS",
                consent=(
                    "I agree that {shop} may text this number about carts, orders, the loyalty"
                    " programme and offers of the shop. I can withdraw this consent at any time."
                ),
            ),
        },
    ),
    Channel.WEB_PUSH: Traits(
        contact_fields=("web_push",),
        drops_gone_address=True,
        settings="web_push",
        webhook_note="An opt-out stops notifications; shoppers opt in in the browser",
        takes_campaigns=True,
        form=Form.NOTE,
        suffix=".push.j2",
        words={
            "pl": Words(
                label="web push",
                name="Powiadomienia w przeglądarce",
                agree="Zgadzam się na powiadomienia",
                withdraw="Wycofuję zgodę na powiadomienia",
                consent=(
                    "Zgadzam się, żeby {shop} pokazywał mi w tej przeglądarce powiadomienia o"
                    " koszykach, zamówieniach, programie lojalnościowym i ofertach sklepu. Tę zgodę"
                    " mogę wycofać w każdej chwili."
                ),
            ),
            "en": Words(
                label="web push",
                name="Notifications in the browser",
                agree="I agree to notifications",
                withdraw="Withdraw consent to notifications",
                consent=(
                    "I agree that {shop} may show notifications in this browser about carts,"
                    " orders, the loyalty programme and offers of the shop. I can withdraw this"
                    " consent at any time."
                ),
            ),
        },
    ),
    Channel.MESSENGER: Traits(
        contact_fields=("messenger",),
        keeps_first_owner=True,
        settings="messenger",
        window=timedelta(hours=24),  # Meta's "standard messaging window"
        webhook_note="An opt-out stops Messenger; shoppers opt in by writing to the page",
        form=Form.NOTE,
        suffix=".messenger.j2",
        words={
            "pl": Words(
                label="Messenger",
                name="Messenger",
                agree="Zgadzam się na wiadomości w Messengerze",
                withdraw="Wycofuję zgodę na wiadomości w Messengerze",
                consent=(
                    "Zgadzam się, żeby {shop} pisał do mnie w Messengerze o koszykach,"
                    " zamówieniach, programie lojalnościowym i ofertach sklepu. Tę zgodę mogę"
                    " wycofać w każdej chwili."
                ),
            ),
            "en": Words(
                label="Messenger",
                name="Messenger",
                agree="I agree to Messenger",
                withdraw="Withdraw consent to Messenger",
                consent=(
                    "I agree that {shop} may write to me on Messenger about carts, orders, the"
                    " loyalty programme and offers of the shop. I can withdraw this consent at any"
                    " time."
                ),
            ),
        },
    ),
    Channel.AUDIENCE: Traits(
        contact_fields=("email", "phone"),
        settings="audiences",
        webhook_note="Advertisements elsewhere: the shop's audiences at Meta",
        counts_for_caps=False,
        words={
            "pl": Words(
                label="grupa odbiorców reklam",
                name="Reklamy sklepu w innych serwisach",
                agree="Zgadzam się na reklamy",
                withdraw="Wycofuję zgodę na reklamy",
                consent=(
                    "Zgadzam się, żeby {shop} pokazywał mi swoje reklamy w innych serwisach. W tym"
                    " celu przekaże im skrót (SHA-256) mojego adresu e-mail lub numeru telefonu. Tę"
                    " zgodę mogę wycofać w każdej chwili."
                ),
            ),
            "en": Words(
                label="advertising audience",
                name="The shop's advertisements on other services",
                agree="I agree to advertisements",
                withdraw="Withdraw consent to advertisements",
                consent=(
                    "I agree that {shop} may show me its advertisements on other services. For this"
                    " it passes on a hash (SHA-256) of my e-mail address or phone number. I can"
                    " withdraw this consent at any time."
                ),
            ),
        },
    ),
}
# In the order of the channels, each once.
ADDRESS_FIELDS = tuple(
    dict.fromkeys(field for traits in TRAITS.values() for field in traits.contact_fields)
)
