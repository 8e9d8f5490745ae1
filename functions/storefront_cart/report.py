"""Parses what a page posts of its cart. Anybody can post here, so every field is limited and
checked."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    model_validator,
)

from storefront_cart.plain_titles import harmless
from wracaj.carts.page_carts import KEY
from wracaj.customers.email_address import normal_email
from wracaj.errors import PayloadError
from wracaj.external_ids import ExternalId
from wracaj.language import Locale
from wracaj.settings.shop import ShopSettings
from wracaj.storefront.requests import TooLargeError, read_body
from wracaj.text.mistakes import CURRENCY

MAX_BYTES = 32_768
MAX_LINES = 50
LAST_MILLISECOND = 2**53 - 1  # JavaScript's last whole number
ADDRESS = "is no address that a mail could reach"

Money = Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,4})?$")]
Quantity = Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,3})?$")]
Address = Annotated[str, Field(max_length=1000)]


def _key(written: str) -> str:
    if not KEY.fullmatch(written):
        raise ValueError("must be 24 random bytes in base64url: 32 characters")
    return written


def _above_zero(quantity: str) -> str:
    if Decimal(quantity) == 0:
        raise ValueError("must be above 0; leave out what is not in the cart")
    return quantity


def _mailbox(written: str) -> str:
    address = normal_email(written)
    if address is None:
        raise ValueError(ADDRESS)
    return address


class Line(BaseModel):
    """`variant` is the id under which the shop puts exactly this into a cart; `id` may be that of
    a product with variants."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    id: ExternalId | None = None
    variant: ExternalId | None = None
    title: Annotated[str, Field(max_length=400), AfterValidator(harmless)]
    quantity: Annotated[Quantity, AfterValidator(_above_zero)]
    price: Money | None = None
    image: Address | None = None
    url: Address | None = None


class Report(BaseModel):
    """The cart as the page has it now. `items` None: the page does not show it, [] an empty cart.

    `email` comes with the words that its box was ticked for. `agreed` False: the box was unticked
    again. Neither: nothing was said of it.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    key: Annotated[str, AfterValidator(_key)]
    at: Annotated[StrictInt, Field(gt=0, le=LAST_MILLISECOND)]  # by the page's clock
    items: Annotated[tuple[Line, ...], Field(max_length=MAX_LINES)] | None = None
    currency: Annotated[str, Field(pattern=CURRENCY)] | None = None
    total: Money | None = None
    email: Annotated[str, Field(max_length=1000), AfterValidator(_mailbox)] | None = None
    wording: Annotated[str, Field(max_length=500)] | None = None
    agreed: StrictBool | None = None
    lang: Locale | None = None

    @model_validator(mode="after")
    def _says_one_thing_of_the_address(self) -> Self:
        if (self.email is None) != (self.wording is None):
            raise ValueError("email: comes with wording, the words beside the ticked box")
        if self.email and self.agreed is False:
            raise ValueError("email: comes only while the box is ticked; agreed says it is not")
        return self

    @classmethod
    def read(cls, body: bytes) -> "Report":
        """Raises TooLargeError, or PayloadError."""
        TooLargeError.check(len(body), MAX_BYTES, "A cart")
        return read_body(cls, body)

    @property
    def only_stops(self) -> bool:
        """Whether it can only end messages: the cart was emptied, or its box unticked."""
        return self.email is None and (self.items == () or self.agreed is False)

    def check_wording(self, shop: ShopSettings) -> None:
        """Raises PayloadError if the shop does not read addresses, or has other words for it."""
        if self.email is None:
            return
        if shop.storefront is None or not shop.storefront.typed_emails:
            problem = "is not read by this shop: its settings have no storefront.typed_emails: true"
            raise PayloadError([("email", problem)])
        if not shop.storefront.has_wording(self.wording or ""):
            problem = "must be the shop's own words, as in its settings under storefront.consent"
            raise PayloadError([("wording", problem)])
