"""Entries of Shoper's REST API, as far as we read them. Webhooks have the same. Numbers are
strings, and so are most booleans."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, ValidationInfo

from wracaj.platforms.bodies import Body
from wracaj.platforms.fields import (
    Amount,
    Currency,
    Listed,
    MaybeEmpty,
    OptionalId,
    RequiredId,
    TextLine,
)
from wracaj.platforms.reading import UnclearError, receipt_of
from wracaj.platforms.times import last_shown


class Place(NamedTuple):
    """Where the API has the entries of a kind, and the field of their id."""

    resource: str
    id_field: str


PLACES = {
    "order": Place("orders", "order_id"),
    "client": Place("users", "user_id"),
    "subscriber": Place("subscribers", "subscriber_id"),
}
_SHOP_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_NEVER = "0000-00-00"
_YES, _NO = {True, "1", "true"}, {False, "0", "false"}  # 1 is True, and 0 is False

ALLEGRO = "3"  # `origin`
# Allegro passes messages on from these addresses, for one order; they are not the buyer's own
_MASKED = ("allegromail.pl", "allegromail.com", "user.allegrogroup.pl")
ENDED = "4"  # `type` of a status: cancelled, rejected or returned
STANDING = {"1", "2", "3"}  # new, open, done


def shop_time(raw: object, info: ValidationInfo) -> datetime | None:
    """A time without an offset, in the shop's time zone. Where its clock showed it twice, the
    first: an opt-in must not seem newer than it is."""
    shown = _shown(raw)
    return shown.replace(tzinfo=receipt_of(info).zone).astimezone(UTC) if shown else None


def order_time(raw: object, info: ValidationInfo) -> datetime | None:
    """The same of an order. Where the clock showed it twice, the second: the cart that it ends must
    not seem newer."""
    shown, receipt = _shown(raw), receipt_of(info)
    return last_shown(shown, receipt.zone, receipt.received_at) if shown else None


def _shown(raw: object) -> datetime | None:
    """A time as the shop's clock shows it. `0000-00-00 00:00:00` means never."""
    if raw is None or raw == "" or str(raw).startswith(_NEVER):
        return None
    text = raw.strip() if isinstance(raw, str) else ""
    try:
        value = datetime.fromisoformat(text) if _SHOP_TIME.fullmatch(text) else None
    except ValueError:
        value = None
    if value is None or not 2000 <= value.year < 2100:
        raise UnclearError("must be a time such as 2026-10-14 11:30:00")
    return value


def flag(raw: object) -> bool | None:
    """None: not given."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool | int | str) and raw in _YES | _NO:
        return raw in _YES
    raise UnclearError("must be 0 or 1")


ShopTime = Annotated[datetime | None, BeforeValidator(shop_time)]
OrderTime = Annotated[datetime | None, BeforeValidator(order_time)]
Flag = Annotated[bool | None, BeforeValidator(flag)]


class Address(Body):
    firstname: TextLine = None
    phone: TextLine = None
    country_code: TextLine = None

    def region(self, otherwise: str) -> str:
        """The country of a number without a prefix."""
        code = (self.country_code or "").upper()
        return code if re.fullmatch("[A-Z]{2}", code) else otherwise


class AdditionalField(Body):
    field_id: OptionalId = None
    value: Any = None


def is_allegros(origin: str | None, email: str | None) -> bool:
    """Whether the buyer agreed to Allegro's terms, and not to the shop's."""
    host = (email or "").rpartition("@")[2].lower()
    return origin == ALLEGRO or any(host == end or host.endswith(f".{end}") for end in _MASKED)


class Order(Body):
    order_id: RequiredId
    user_id: OptionalId = None
    registered: Flag = None
    date: OrderTime = None
    status_date: OrderTime = None
    status_id: OptionalId = None
    sum: Amount = None
    currency_id: OptionalId = None
    email: TextLine = None
    origin: OptionalId = None
    parent_order_id: OptionalId = None
    promo_code: TextLine = None
    billing_address: Annotated[Address | None, MaybeEmpty] = None
    additional_fields: Annotated[tuple[AdditionalField, ...], Listed] = ()

    def has_ticked(self, field_id: str | None) -> bool:
        return field_id is not None and any(
            field.field_id == field_id and field.value in ("1", 1, True)
            for field in self.additional_fields
        )


class OrderProduct(Body):
    product_id: OptionalId = None
    name: TextLine = None


class Status(Body):
    status_id: OptionalId = None
    type: OptionalId = None


class ShopCurrency(Body):
    currency_id: OptionalId = None
    name: Currency = None


class Client(Body):
    user_id: OptionalId = None
    registered: Flag = None
    email: TextLine = None
    firstname: TextLine = None
    newsletter: Flag = None
    origin: OptionalId = None
    date_add: ShopTime = None


class Subscriber(Body):
    subscriber_id: OptionalId = None
    email: TextLine = None
    active: Flag = None
    dateadd: ShopTime = None


class ReportedOrder(Body):
    """What of an order's webhook is used before the API confirms it."""

    order_id: RequiredId
    date: OrderTime = None
    email: TextLine = None
    origin: OptionalId = None
    billing_address: Annotated[Address | None, MaybeEmpty] = None
