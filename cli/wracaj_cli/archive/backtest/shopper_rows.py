"""The lines of an archive that tell of a shopper, and not of one cart alone, decoded."""

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.json import Decoder

from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.events import PrivacyKind
from wracaj_cli.archive.backtest.rows import NO_NAMES, Names, Word

ALL_CHANNELS = tuple(channel.value for channel in Channel)


class OrderRow(NamedTuple):
    """An order may be for several carts."""

    at: datetime
    placed_at: datetime
    names: tuple[str, ...]
    carts: tuple[str, ...]
    checkouts: tuple[str, ...]


class ConsentRow(NamedTuple):
    """An opt-in or opt-out, of a shopper or for some carts."""

    at: datetime
    names: tuple[str, ...]
    carts: tuple[str, ...]
    channels: tuple[str, ...]
    is_no: bool


class ErasureRow(NamedTuple):
    at: datetime
    names: tuple[str, ...]


class ShopperTold(Struct, frozen=True):
    placed_at: datetime | None = None
    cart_ids: tuple[str, ...] = ()
    checkout_ids: tuple[str, ...] = ()
    channel: str = ""
    consent: Word | None = None
    kind: str = ""


class ShopperLine(Struct):
    at: datetime
    type: str = ""
    names: Names = NO_NAMES
    event: ShopperTold = ShopperTold()
    carts: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    address: str = ""
    account: str | None = None
    word: Word | None = None


_read_shopper_line = Decoder(ShopperLine).decode
ShopperRow = OrderRow | ConsentRow | ErasureRow


def shopper_row(text: bytes) -> ShopperRow | None:
    line = _read_shopper_line(text)
    at, names, event = line.at, line.names.all, line.event
    if line.type == "OrderPlaced" and event.placed_at:
        return OrderRow(at, event.placed_at, names, event.cart_ids, event.checkout_ids)
    if line.type == "ConsentChanged" and event.consent:
        return ConsentRow(at, names, (), (event.channel,), _is_no(event.consent))
    if line.type == "PrivacyRequested" and event.kind == PrivacyKind.CUSTOMER_REDACT:
        return ErasureRow(at, names)
    return _stop(line)


def _stop(line: ShopperLine) -> ConsentRow | None:
    """A reader's opt-out. Choices of topics and pace count as in the nearest decision."""
    if line.carts is not None:
        return ConsentRow(line.at, (), line.carts, ALL_CHANNELS, True)
    if line.channels is not None and line.word:
        names = tuple(filter(None, (line.address, line.account)))
        return ConsentRow(line.at, names, (), line.channels, _is_no(line.word))
    return None


def _is_no(word: Word) -> bool:
    return word.state is ConsentState.UNSUBSCRIBED
