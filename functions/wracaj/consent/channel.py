"""The channels and their traits, in one table that all rules use.

A new channel is a member of `Channel` and a line of `TRAITS`; CONTRIBUTING describes all the steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from wracaj.language import Locale


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WEB_PUSH = "web_push"  # to the browser, after its user allowed notifications
    MESSENGER = "messenger"
    # an advertising audience: the shopper sees advertisements of the shop elsewhere
    AUDIENCE = "audience"


class Form(StrEnum):
    """The form in which a message is written."""

    MAIL = "mail"  # an HTML and a text part made from one text, with a subject
    TEXT = "text"  # plain text, billed by the SMS segment
    NOTE = "note"  # a short text with the title of a notification or a button


@dataclass(frozen=True, kw_only=True)
class Words:
    """A channel's texts in one language."""

    label: str  # for the shop's people, in commands and reports
    name: str  # heading on the preference page
    agree: str  # button on the preference page
    withdraw: str  # button on the preference page
    consent: str  # wording of the consent; {shop} is the shop's name


# Addresses that shops store, and that anybody can type. All others come from a shopper's own
# browser or conversation.
RECORDED_FIELDS = ("email", "phone")


@dataclass(frozen=True, kw_only=True)
class Traits:
    words: Mapping[Locale, Words]

    # How it is addressed. Fields of a Contact; the first that is known counts, and an e-mail
    # address comes before any other.
    contact_fields: tuple[str, ...]
    # the owner of the first cart with an address keeps it; it is not used for another owner's cart
    keeps_first_owner: bool = False
    # an address that is gone is removed from its cart; a newer one will be reported
    drops_gone_address: bool = False

    # Who can be reached
    settings: str | None = None  # the section of a shop's settings that it needs
    mobiles_only: bool = False  # only mobile numbers of the countries in the shop's `texts_to`
    # no message to an address with any order since the cart was created: the address may be shared
    stops_for_orders_at_address: bool = False
    # messages may go out this long after the shopper's own last message; None: at any time
    window: timedelta | None = None
    # the template of the double opt-in message; None: this channel has none
    confirm_template: str | None = None
    webhook_note: str | None = None  # note on its consent in the generic webhook's schema

    # Which caps it counts for
    # its messages count for frequency caps, and are held by them and by the send window
    counts_for_caps: bool = True
    takes_campaigns: bool = False

    # How it is rendered; None: it shows no text of ours
    form: Form | None = None
    suffix: str | None = None  # end of a template's file name

    @property
    def is_recorded(self) -> bool:
        """Whether it uses only addresses that the shop's record can have."""
        return set(self.contact_fields) <= set(RECORDED_FIELDS)

    @property
    def typed_field(self) -> str | None:
        """The one field for an address that can be typed. None if nobody types one, or if the
        channel uses several fields."""
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
