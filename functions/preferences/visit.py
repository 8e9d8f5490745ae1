"""One request for one of the pages, and the answers that all pages share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from preferences.words import PROBLEMS
from wracaj.carts.cart import Cart
from wracaj.customers.customer import Customer
from wracaj.customers.identity import FACTS, identifier_kind, identifier_of
from wracaj.events import Contact
from wracaj.language import Locale
from wracaj.pages.layout import PRIVATE, Response, html_page
from wracaj.services.readers import Reader
from wracaj.settings.shop import ShopSettings
from wracaj.store.message_links import LinkTarget
from wracaj.timelines.subject import Subject


@dataclass(frozen=True)
class Visit:
    """`cart`: the message's subject; None where it is gone. `sent_at`: when its newest message was
    sent."""

    token: str
    told: str  # result of the last form, see told.Told; anybody may write it
    target: LinkTarget
    shop: ShopSettings
    reader: Reader
    cart: Subject | None
    sent_at: datetime | None
    lang: Locale
    # open carts with this address or of this person; filled on pages about consent
    carts: tuple[Cart, ...] = ()
    # identifier → record, for all identifiers in these carts
    known: Mapping[str, Customer] = field(default_factory=dict)

    @property
    def here(self) -> Customer:
        return self.reader.here

    @property
    def person(self) -> Customer | None:
        return self.reader.person

    @property
    def contact(self) -> Contact:
        """Only the address that the message went to. Empty where no record has that address any
        more."""
        kind = identifier_kind(self.here.id)
        carts = (cart.contact for cart in (self.cart, *self.carts) if cart)
        told = (self.here.contact, self.reader.owner.contact, *carts)
        values = (value for contact in told if (value := getattr(contact, FACTS[kind])))
        here = (
            value for value in values if identifier_of(self.shop.shop, kind, value) == self.here.id
        )
        return Contact(**{FACTS[kind]: next(here, None)})

    @property
    def data_address(self) -> str | None:
        """The address to which a link to this reader's data may be mailed."""
        return self.contact.email or (
            self.reader.account.contact.email if self.reader.account else None
        )

    @property
    def forgotten(self) -> bool:
        """Whether the reader asked for erasure after this message."""
        return self.is_erased(self.here)

    def is_erased(self, one: Customer) -> bool:
        return one.erased_at is not None and (
            self.cart is None or self.sent_at is None or self.sent_at <= one.erased_at
        )

    def page(self, title: str, body: str, status: int = 200) -> Response:
        return html_page(title, body, self.lang, status=status, shop=self.shop, wide=True)

    def back(self, told: str = "") -> Response:
        """Redirect to the page after a form, so that a reload does not post again. The location is
        relative, because the API may have any path."""
        return {
            "statusCode": 303,
            "headers": PRIVATE | {"location": f"{self.token}{f'?told={told}' if told else ''}"},
        }


def problem(which: str, status: int, lang: Locale, shop: ShopSettings | None = None) -> Response:
    words = PROBLEMS[lang][which]
    return html_page(words.title, f"<p>{escape(words.text)}</p>", lang, status=status, shop=shop)
