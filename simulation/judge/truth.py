"""What people did, what their shop was told, and when that was answered, as a story kept it.

A tick counts the calls of the whole world, so ticks say in which order things really happened,
whatever any clock shows. `asked`: the tick at which a report first came to our door; `answered`:
the tick after which it was answered 2xx, so that it must count; None: never. Between both it may
count or not. `at` is a time of the shop's own clock, as the shop reported it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

Tick = int
Version = tuple[datetime, int]  # the shop's time of a report, then its place in the story
ALL = "*"  # every channel, or every address


@dataclass(frozen=True)
class Who:
    """What identifies a shopper. None: it was not said."""

    account: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None

    @property
    def is_nobody(self) -> bool:
        return not (self.account or self.email or self.phone)

    def address(self, channel: str) -> str | None:
        return {"email": self.email, "sms": self.phone}.get(channel)

    def over(self, known: "Who") -> "Who":
        """Who is known once this newer report came."""
        said = {name: value for name, value in vars(self).items() if value is not None}
        return replace(known, **said)


@dataclass(kw_only=True)
class Told:
    """A report that was, or was not, delivered and answered."""

    asked: Tick | None = None
    answered: Tick | None = None

    def is_known(self, tick: Tick) -> bool:
        return self.answered is not None and self.answered < tick

    def may_be_known(self, tick: Tick) -> bool:
        return self.asked is not None and self.asked < tick


@dataclass(kw_only=True)
class ToldOf(Told):
    """A report that names a shopper."""

    version: Version
    who: Who


@dataclass(kw_only=True)
class CartTold(ToldOf):
    """One report of a cart. `mark`: a title that only this report has; "": the cart was emptied;
    None: the report says nothing of the content. `ticked`: channel → when the box was ticked first;
    `unticked`: channels whose box the report shows empty. `refuses`: channels of an opt-out."""

    cart: str
    created_at: datetime
    mark: str | None
    ticked: dict[str, datetime] = field(default_factory=dict)
    unticked: frozenset[str] = frozenset()
    refuses: dict[str, datetime] = field(default_factory=dict)
    is_page: bool = False
    is_undated: bool = False  # says no time of its own: it counts from when it comes
    received_at: datetime | None = None  # when it was answered 2xx, by our clock


@dataclass(kw_only=True)
class OrderTold(ToldOf):
    """One report of an order. `refunds`: those that this report tells."""

    order: str | None  # None: only the completion of a checkout
    placed_at: datetime
    carts: tuple[str, ...]
    total: Decimal | None = None  # None: this report says none
    refunds: dict[str, Decimal] = field(default_factory=dict)
    cancelled: bool = False


@dataclass(kw_only=True)
class WordTold(Told):
    """An opt-in or opt-out outside a cart. `by`: "account", "guest" or "reader". An opt-out of a
    guest holds for everybody at the address. `dated`: the report's own time, if it is not `at`."""

    channel: str
    is_yes: bool
    at: datetime
    by: str
    dated: datetime | None = None
    account: str | None = None
    address: str | None = None
    confirmed: bool = False


@dataclass(kw_only=True)
class StopTold(Told):
    """Somebody pressed "stop" behind a link of a message: of all channels."""

    at: datetime
    address: str
    channel: str
    cart: str


@dataclass(kw_only=True)
class SuppressionTold(Told):
    """The provider reported a hard bounce, or a complaint, about a message to this address."""

    channel: str
    address: str


@dataclass(kw_only=True)
class RecordTold(ToldOf):
    """The shop's record of an account."""

    account: str


@dataclass(kw_only=True)
class MergeTold(Told):
    kept: str
    gone: str


@dataclass(kw_only=True)
class ErasureTold(Told):
    """`at`: by the clock that dated it; whatever is dated later is new."""

    who: Who
    at: datetime
    is_sole: bool = True  # nobody else in the story uses any of these addresses


@dataclass(kw_only=True)
class ForgedTold(Told):
    what: str
    status: int = 0


@dataclass(frozen=True)
class Rules:
    """A shop's settings, as far as a promise rests on them. `since`: when they were stored."""

    shop: str
    since: datetime
    zone: str
    opens: str  # "09:00"
    closes: str
    hours_between: int
    in_7_days: int
    new_episode_days: int
    start_within_hours: int
    double_opt_in: frozenset[str]
    earns_points: bool
    stale_after_hours: int = 24
    discount_percents: frozenset[int] = frozenset({10})
    enabled: bool = True
    is_pool: bool = False
    times_of_shop_hold: bool = True  # False: its clock is hours off


@dataclass
class Truth:
    rules: list[Rules] = field(default_factory=list)  # the oldest first
    carts: list[CartTold] = field(default_factory=list)
    orders: list[OrderTold] = field(default_factory=list)
    words: list[WordTold] = field(default_factory=list)
    stops: list[StopTold] = field(default_factory=list)
    suppressions: list[SuppressionTold] = field(default_factory=list)
    records: list[RecordTold] = field(default_factory=list)
    merges: list[MergeTold] = field(default_factory=list)
    erasures: list[ErasureTold] = field(default_factory=list)
    forged: list[ForgedTold] = field(default_factory=list)

    def reports_of(self, cart: str) -> list[CartTold]:
        return sorted((one for one in self.carts if one.cart == cart), key=lambda one: one.version)

    def is_newer(self, one: CartTold, other: CartTold) -> bool:
        """Whether a report is surely newer than another. In a shop whose clock is hours ahead,
        times are brought back to the receipt, so that an old report that comes again may count
        anew: that is documented, and not judged."""
        is_sure = self.rules[-1].times_of_shop_hold and not one.is_page
        return one.version > other.version and is_sure

    @property
    def cart_ids(self) -> list[str]:
        return list(dict.fromkeys(one.cart for one in self.carts))
