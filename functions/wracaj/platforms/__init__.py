"""One module per shop platform: its webhooks → our events, its discount codes. Imported by name
when used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast, get_args

from wracaj.discounts.code import DiscountCode
from wracaj.errors import Problem, UnknownShopError
from wracaj.events import ShopEvent
from wracaj.settings.shop import Shop, ShopSettings

PLATFORMS: tuple[str, ...] = get_args(ShopSettings.model_fields["platform"].annotation)


@dataclass(frozen=True)
class WebhookRequest:
    """A webhook as it came over HTTP: the body is the raw bytes, `received_at` the real time."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

    def header(self, *names: str) -> str | None:
        """The first of these headers that is there; names in any case."""
        given = {name.lower(): value for name, value in self.headers.items()}
        return next((given[name.lower()] for name in names if name.lower() in given), None)


@dataclass(frozen=True)
class Ignored:
    """A genuine webhook that tells us nothing we need."""

    reason: str


@dataclass(frozen=True)
class Parsed:
    """What a genuine webhook tells, and what of it could not be read, or only by a guess."""

    told: tuple[ShopEvent, ...] | Ignored
    warnings: tuple[Problem, ...] = ()
    topic: str = ""  # where it is one that we read
    within: str = ""  # what the names of its fields begin with, such as "data."


class ShopPlatform(Protocol):
    """What each module in this package offers."""

    TOPICS: tuple[str, ...]  # what a shop must subscribe

    def verify(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Raises SignatureError, and nothing else, unless one of the secrets signed the
        raw body."""

    def parse(self, request: WebhookRequest, settings: ShopSettings) -> Parsed:
        """Raises PayloadError when nothing can be done with the body: it names neither a cart nor a
        shopper."""

    def sign(
        self, topic: str, body: bytes, settings: ShopSettings, secret: str, at: datetime
    ) -> dict[str, str]:
        """The headers with which the platform would send this body; `at` is real time."""

    def test_event(
        self,
        settings: ShopSettings,
        at: datetime,
        email: str,
        *,
        agrees: bool = False,
        total: str = "100.00",
    ) -> tuple[str, dict[str, Any]]:
        """(topic, body) of a checkout with one item. A message follows only where its shopper
        `agrees` to e-mail."""

    def create_discount(self, shop: Shop, voucher: DiscountCode, cart_id: str) -> None:
        """Creates the code in the shop; once more for the same code changes nothing. Raises
        DiscountError."""


def platform(name: str) -> ShopPlatform:
    """The name comes from a web address: only names on the list are ever imported."""
    if name not in PLATFORMS:
        raise UnknownShopError(
            f"there is no shop platform of this name; known: {', '.join(PLATFORMS)}"
        )
    return cast(ShopPlatform, import_module(f"{__name__}.{name}.webhooks"))
