"""The lines of an archive that a back-test needs, decoded: no more of them than is asked, as there
are millions.

`Head` is what sorting asks of a line. `CartRow`, `StartRow` and `DecisionRow` are of one cart;
shopper_rows.py has the others.
"""

from datetime import datetime
from typing import Any, get_type_hints

from msgspec import Raw, Struct, defstruct
from msgspec.json import Decoder

from wracaj.archive.rows import RowKind
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.customers.identity import DECIDING
from wracaj.timelines.facts import Facts
from wracaj.timelines.occasion import ASKED_FOR
from wracaj.timelines.steps import Outcome, Reason, RecordState
from wracaj_cli.archive.backtest.script import Timings

CART_EVENTS = frozenset({"CartUpdated", "CartDeleted"})
SHOPPER_EVENTS = frozenset({"OrderPlaced", "ConsentChanged", "PrivacyRequested"})
NO_TIMINGS: Timings = {}
# gc=False: no field holds what holds the row, so nothing has to look for circles among millions


class Names(Struct, frozen=True, gc=False):
    """The identifiers that decide whose a cart or an order is."""

    account: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """The strongest first."""
        return tuple([name for name in (self.account, self.email, self.phone) if name])


assert Names.__struct_fields__ == tuple(kind.name.lower() for kind in DECIDING)
NO_NAMES = Names()


class CartOf(Struct, frozen=True, gc=False):
    cart_id: str = ""


NO_CART = CartOf()


class Head(Struct, gc=False):
    """`step`: its JSON, of a decision."""

    kind: str
    at: str
    type: str = ""
    cart_id: str = ""
    timeline: str = ""
    step: Raw = Raw(b"")
    person: str | None = None
    owner: str | None = None
    names: Names = NO_NAMES
    event: CartOf = NO_CART


heads_in = Decoder(Head).decode_lines


class Nothing(Struct, gc=False):
    """Of which only the number counts."""


class Content(Struct, gc=False):
    items: list[Nothing] = []


class Word(Struct, frozen=True, gc=False):
    state: ConsentState


class CartTold(Struct, gc=False):
    """`at`: by the shop's clock."""

    cart_id: str
    at: datetime
    created_at: datetime | None = None
    content: Content | None = None
    quiet: bool = False
    consent: dict[str, Word] = {}
    checkout_id: str | None = None
    checkout_number: str | None = None


class OfCart(Struct, tag_field="kind", gc=False):
    """`id`: a row that was archived twice has it twice. `at`: when it was done."""

    id: str
    at: datetime


class CartRow(OfCart, tag=RowKind.EVENT.value, gc=False):
    """An event of a cart."""

    type: str
    event: CartTold
    names: Names = NO_NAMES

    @property
    def cart(self) -> str:
        return self.event.cart_id

    @property
    def has_items(self) -> bool | None:
        """None: it does not speak of the content."""
        content = self.event.content
        if content is None:
            return False if self.type == "CartDeleted" else None
        return bool(content.items)

    @property
    def checkouts(self) -> list[str]:
        told = self.event
        return [one for one in (told.checkout_id, told.checkout_number) if one]


class StartRow(OfCart, tag=RowKind.START.value, gc=False):
    cart_id: str
    episode: int
    timeline: str
    timings: Timings = NO_TIMINGS

    @property
    def cart(self) -> str:
        return self.cart_id


class RecordTold(Struct, gc=False):
    """`segments`: of an SMS."""

    state: RecordState
    segments: int | None = None
    without_discount: bool = False


def _told_type(name: str) -> Any:
    return tuple[Outcome, Reason] | None if name == "earlier" else get_type_hints(Facts)[name]


FactsTold: Any = defstruct(
    "FactsTold",
    [(name, _told_type(name), Facts._field_defaults[name]) for name in Facts._fields],
    gc=False,
)


class DecisionRow(OfCart, tag=RowKind.DECISION.value, gc=False):
    cart_id: str
    timeline: str
    episode: int
    step: Raw
    outcome: Outcome
    reason: Reason
    facts: FactsTold
    settings: str
    wait_seconds: int = 0
    timings: Timings = NO_TIMINGS
    elsewhere: dict[Channel, Reason | None] = {}
    person: str | None = None
    owner: str | None = None
    entries: dict[str, dict[str, str]] = {}
    record: RecordTold | None = None

    @property
    def cart(self) -> str:
        return self.cart_id

    def counts_for_caps(self, channel: Channel) -> bool:
        """Whether the message was claimed, so that later ones mind it. One that the provider did
        not take is released, and joining an audience is no message."""
        return (
            self.record is not None
            and self.record.state is not RecordState.RELEASED
            and channel is not Channel.AUDIENCE
        )

    @property
    def is_asked_for(self) -> bool:
        """Whether its timeline is one that the shopper asked for."""
        return self.timeline in ASKED_FOR


Row = CartRow | StartRow | DecisionRow
rows_in = Decoder(Row).decode_lines
