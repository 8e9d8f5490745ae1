"""Parses what a browser posts. Anybody can post here, so every field is limited and checked."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from wracaj.carts.ids import OF_AN_OCCASION, SHORTEST, is_hard_to_guess
from wracaj.errors import PayloadError
from wracaj.external_ids import ExternalId
from wracaj.storefront.requests import TooLargeError, problems_by_field, read_body
from wracaj.web_push.subscription import Subscription, leads_to_push_service

MAX_BYTES = 8192


def _hard_to_guess(cart_id: str) -> str:
    if not is_hard_to_guess(cart_id):
        raise ValueError(
            f"must be hard to guess: {SHORTEST} characters or more, not a number, and without"
            f" {OF_AN_OCCASION}"
        )
    return cart_id


CartId = Annotated[ExternalId, AfterValidator(_hard_to_guess)]


class Keys(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="ignore"
    )  # browsers may add keys

    p256dh: str
    auth: str


class BrowserSubscription(BaseModel):
    """`PushSubscription.toJSON()`; Chrome adds an expirationTime."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    endpoint: str
    keys: Keys

    @property
    def checked(self) -> Subscription:
        """Raises ValidationError."""
        return Subscription(endpoint=self.endpoint, p256dh=self.keys.p256dh, auth=self.keys.auth)


class Told(BaseModel):
    """An earlier request of this browser. Only the browser itself knows its subscription, so this
    proves that the request comes from it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    cart_id: CartId
    subscription: BrowserSubscription


class Asked(BaseModel):
    """`repeats` is set where the visitor did not click: the visitor has another cart, or the
    browser renewed its subscription."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    cart_id: CartId
    subscription: BrowserSubscription
    repeats: Told | None = None
    # the wording that the visitor agreed to, as it was shown
    wording: str = Field("", max_length=500)
    unsubscribe: bool = False

    @model_validator(mode="after")
    def _says_what_was_agreed_to(self) -> Self:
        if not (self.unsubscribe or self.repeats or self.wording.strip()):
            raise ValueError("wording: must hold the question that the visitor agreed to")
        return self

    @classmethod
    def read(cls, body: bytes) -> "Asked":
        """Raises TooLargeError, or PayloadError. The error has the fields' names, never their
        values."""
        TooLargeError.check(len(body), MAX_BYTES, "A subscription")
        asked = read_body(cls, body)
        with problems_by_field(cls):
            _ = asked.browser, asked.repeats and asked.repeats.subscription.checked
        if not leads_to_push_service(asked.browser.endpoint):
            raise PayloadError([("endpoint", "leads to no push service of a browser that we know")])
        return asked

    @property
    def browser(self) -> Subscription:
        return self.subscription.checked
