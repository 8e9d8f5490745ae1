"""One module per shop platform. It turns the platform's webhooks into our events, and creates its
discount codes. A module is imported by name when it is used.

Where a platform has an API, two more modules ask it: `changes.py` what changed, and
`subscriptions.py` which webhooks there are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast, get_args

from wracaj.discounts.code import DiscountCode
from wracaj.errors import Problem, UnknownShopError
from wracaj.events import OrderPlaced, ShopEvent
from wracaj.settings.shop import Shop, ShopSettings

if TYPE_CHECKING:
    from wracaj.platforms.api_calls import Calls

PLATFORMS: tuple[str, ...] = get_args(ShopSettings.model_fields["platform"].annotation)


@dataclass(frozen=True)
class WebhookRequest:
    """A webhook as it came over HTTP. `body` is the raw bytes, `received_at` the real time."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    address_token: str = ""  # in the address that it came to

    def header(self, *names: str) -> str | None:
        """The value of the first of these headers that is present. Upper and lower case are the
        same."""
        given = self._by_small_name
        return next((given[name.lower()] for name in names if name.lower() in given), None)

    @cached_property
    def _by_small_name(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}


@dataclass(frozen=True)
class Ignored:
    """A genuine webhook without anything that we need."""

    reason: str


@dataclass(frozen=True)
class ToRead:
    """What a webhook reported, and the shop's API must confirm before it counts. `kind` is a word
    of the platform's, such as "order". `meanwhile`: what stops messages while the API gives no
    answer."""

    kind: str
    id: str
    topic: str
    meanwhile: OrderPlaced | None = None


@dataclass(frozen=True)
class Parsed:
    """The events of a genuine webhook, and warnings about what could not be read or had to be
    guessed."""

    told: tuple[ShopEvent, ...] | Ignored
    warnings: tuple[Problem, ...] = ()
    topic: str = ""  # where it is one of the topics that we read
    within: str = ""  # the path before its fields' names, such as "data."
    to_read: tuple[ToRead, ...] = ()  # from the shop's API, before it counts


class ShopPlatform(Protocol):
    """The interface of each module in this package."""

    TOPICS: tuple[str, ...]  # the topics that a shop must subscribe to

    def verify(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Raises SignatureError, and no other error, unless one of the secrets signed the raw
        body."""

    def parse(self, request: WebhookRequest, settings: ShopSettings) -> Parsed:
        """Raises PayloadError where the body cannot be used: it identifies neither a cart nor a
        shopper."""

    def sign(
        self, topic: str, body: bytes, settings: ShopSettings, secret: str, at: datetime
    ) -> dict[str, str]:
        """The headers with which the platform would send this body. `at` is real time."""

    def test_event(
        self,
        settings: ShopSettings,
        at: datetime,
        email: str,
        *,
        agrees: bool = False,
        total: str = "100.00",
    ) -> tuple[str, dict[str, Any]]:
        """Return the topic and body of a checkout with one item. A message follows only with
        `agrees`, which gives the e-mail opt-in."""

    def create_discount(self, shop: Shop, voucher: DiscountCode, cart_id: str) -> None:
        """Create the code in the shop. A second call for the same code changes nothing. Raises
        DiscountError."""


class ShopReader(Protocol):
    """Reads from one shop's API. One reader asks for each entry once: it serves a few webhooks that
    came together, and is then thrown away."""

    def read(self, what: ToRead, at: datetime) -> Parsed:
        """Return the events of an entry as it is now. `at`: when its webhook came, in virtual time.
        Raises ShopBusyError, ShopRefusalError, or NotThereYetError where there is no such entry,
        which may be a matter of seconds."""


def reader_of(shop: Shop) -> ShopReader:
    """Return the reader of a shop whose platform's webhooks have something `to_read`."""
    module = import_module(f"{__name__}.{shop.settings.platform}.api_reader")
    return cast(ShopReader, module.reader_of(shop))


class Told(NamedTuple):
    """A webhook that the shop would send about a record."""

    topic: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Changed:
    """A record of the shop, such as an order, that changed. `told`: what webhooks say of it.

    `mark`: equal only for the same record in the same state; None where this cannot be told yet,
    so that the record is read again.
    """

    kind: str
    record_id: str
    at: datetime  # by the shop's clock
    mark: str | None
    told: tuple[Told, ...] = ()
    parsed: tuple[Parsed, ...] = ()  # in place of `told`, where an API says more than webhooks


class From(NamedTuple):
    """Where reading begins: with what changed since, at this place of the list."""

    since: datetime
    place: str = ""  # "": at the beginning


class Page(NamedTuple):
    changed: tuple[Changed, ...]
    place: str = ""  # where the next page begins; "": this was the last


class ChangedRecords(Protocol):
    """The interface of a platform's `changes.py`. Each call raises BudgetSpentError, ShopBusyError
    or ShopRefusalError."""

    KINDS: tuple[str, ...]  # lists that are read side by side, such as orders

    def is_set_up(self, settings: ShopSettings) -> bool:
        """Whether the settings name an API. Where not, the shop's secrets are not even read."""

    def is_readable(self, shop: Shop) -> bool:
        """Whether the shop's API can be asked at all: there is a token. Asks nobody."""

    def pages(self, shop: Shop, asked: Mapping[str, From], calls: "Calls") -> Mapping[str, Page]:
        """Return the next page of each list that is asked for, if possible by one request. A record
        that changes while the pages are read is on a later page, or changed after the first page
        was asked for."""

    def filled(
        self, shop: Shop, changed: Iterable[Changed], calls: "Calls"
    ) -> Iterator[Sequence[Changed]]:
        """Yield the same records, some at a time, with what webhooks say of them."""


class Subscription(NamedTuple):
    """A webhook as the shop has it."""

    topic: str  # as in TOPICS
    address: str
    state: str  # in the shop's own word
    delivers: bool
    id: str


class Subscriptions(Protocol):
    """The interface of a platform's `subscriptions.py`. Each call raises BudgetSpentError,
    ShopBusyError or ShopRefusalError."""

    def is_readable(self, shop: Shop) -> bool:
        """Whether the shop's API can be asked at all: there is a token. Asks nobody."""

    def wanted(self, shop: Shop) -> tuple[str, ...]:
        """Return the topics that can be subscribed by API."""

    def existing(self, shop: Shop, calls: "Calls") -> list[Subscription]:
        """Return the webhooks of all addresses."""

    def subscribe(self, shop: Shop, topics: Sequence[str], address: str, calls: "Calls") -> None:
        """Make a webhook for each topic."""

    def mend(self, shop: Shop, dead: Sequence[Subscription], calls: "Calls") -> None:
        """Make webhooks deliver again that the shop paused or switched off."""


def changed_records(settings: ShopSettings) -> ChangedRecords | None:
    """Return what asks the shop's API for changes. None: it has none, or is not to be asked."""
    api = cast("ChangedRecords | None", _optional(settings.platform, "changes"))
    return api if api and settings.reconcile and api.is_set_up(settings) else None


def subscriptions(name: str) -> Subscriptions | None:
    """Return what asks a platform's API for its webhooks, or None if there is none."""
    return cast("Subscriptions | None", _optional(name, "subscriptions"))


def _optional(name: str, module: str) -> Any:
    path = f"{__name__}.{name}.{module}"
    return import_module(path) if name in PLATFORMS and find_spec(path) else None


def platform(name: str) -> ShopPlatform:
    """Import the module of this name. The name comes from a URL, so only names on the list are
    imported."""
    if name not in PLATFORMS:
        raise UnknownShopError(
            f"there is no shop platform of this name; known: {', '.join(PLATFORMS)}"
        )
    return cast(ShopPlatform, import_module(f"{__name__}.{name}.webhooks"))


def code_adder(name: str) -> Callable[[str, str], str] | None:
    """Return what puts a discount code into a way back to a cart, or None where the platform's
    links hold none. It is in a module of its own, so that links load nothing else."""
    module = _optional(name, "ways_back")
    return cast(Callable[[str, str], str], module.with_code) if module else None
