"""Parses what a browser posts. Anybody can post here, so every field is limited and checked."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from wracaj.carts.ids import OF_AN_OCCASION, SHORTEST, is_hard_to_guess
from wracaj.errors import PayloadError
from wracaj.external_ids import ExternalId
from wracaj.settings.shop import ShopSettings
from wracaj.text.mistakes import sentence_of_json
from wracaj.text.spelling import did_you_mean
from wracaj.web_push.subscription import LOOPBACK, Subscription, leads_to_push_service

MAX_BYTES = 8192


class TooLargeError(Exception):
    """The body is over MAX_BYTES."""

    @classmethod
    def check(cls, length: int) -> None:
        if length > MAX_BYTES:
            raise cls(f"A subscription may take {MAX_BYTES} bytes at most.")


def _hard_to_guess(cart_id: str) -> str:
    if not is_hard_to_guess(cart_id):
        raise ValueError(
            f"must be hard to guess: {SHORTEST} characters or more, not a number, and without"
            f" {OF_AN_OCCASION}"
        )
    return cart_id


CartId = Annotated[ExternalId, AfterValidator(_hard_to_guess)]


class Keys(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")  # browsers may add keys

    p256dh: str
    auth: str


class BrowserSubscription(BaseModel):
    """`PushSubscription.toJSON()`; Chrome adds an expirationTime."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    endpoint: str
    keys: Keys

    @property
    def checked(self) -> Subscription:
        """Raises ValidationError."""
        return Subscription(endpoint=self.endpoint, p256dh=self.keys.p256dh, auth=self.keys.auth)


class Told(BaseModel):
    """An earlier request of this browser. Only the browser itself knows its subscription, so this
    proves that the request comes from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cart_id: CartId
    subscription: BrowserSubscription


class Asked(BaseModel):
    """`repeats` is set where the visitor did not click: the visitor has another cart, or the
    browser renewed its subscription."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
        TooLargeError.check(len(body))
        try:
            asked = cls.model_validate(json.loads(body))
            _ = asked.browser, asked.repeats and asked.repeats.subscription.checked
        except ValidationError as error:
            problems = error.errors(include_input=False)
            raise PayloadError(
                [(_field(problem["loc"]), _sentence(problem)) for problem in problems]
            ) from None
        except (ValueError, RecursionError):
            raise PayloadError([("(body)", "is no JSON")]) from None
        if not leads_to_push_service(asked.browser.endpoint):
            raise PayloadError([("endpoint", "leads to no push service of a browser that we know")])
        return asked

    @property
    def browser(self) -> Subscription:
        return self.subscription.checked


def _sentence(problem: Mapping[str, Any]) -> str:
    key = str(problem["loc"][-1]) if problem["type"] == "extra_forbidden" else ""
    return sentence_of_json(problem) + (did_you_mean(key, Asked.model_fields) if key else "")


def _field(loc: tuple[int | str, ...]) -> str:
    return ".".join(map(str, loc)) or "(body)"


def origin_is_of(shop: ShopSettings, origin: str) -> bool:
    """Whether the origin is one of the hosts in the settings. A shop page on loopback counts too,
    for tests and the local stack."""
    parts = urlsplit(shop.url)
    on_loopback = f"{parts.scheme}://{parts.netloc}"
    return origin in {f"https://{host}" for host in shop.recovery_hosts} or bool(
        LOOPBACK.fullmatch(on_loopback) and origin == on_loopback
    )
