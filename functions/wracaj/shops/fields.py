"""What the fields of a payload may hold, and how each is brought into one shape. Null, "" and a missing key are the same."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, WithJsonSchema

from wracaj.identifiers import MOST_BYTES, RULE, UNPRINTABLE, is_identifier
from wracaj.settings import ShopSettings

# What a cart may grow to in a DynamoDB item, which holds 400 KB: 100 lines of these lengths.
MAX_ITEMS = 100
MAX_LINE = 500
MAX_URL = 2048
MAX_QUANTITY = 1_000_000

_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_MAX_DIGITS = 15  # as in wracaj.events.Amount
_BIRTHDAY = re.compile(r"((?P<year>[0-9]{4})-)?(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_A_LEAP_YEAR = 2000  # where none is told, anybody may be born on the 29th of February
_CURRENCY = re.compile(r"[A-Z]{3}")
_NO_CURRENCY = "XXX"  # ISO 4217's "no currency", which Shopify writes into empty amounts


def optional_id(raw: object) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise ValueError("must be an id: text or a whole number")
    value = str(raw).strip()
    if value and not is_identifier(value):
        raise ValueError(RULE)
    return value or None


def required_id(raw: object) -> str:
    value = optional_id(raw)
    if value is None:
        raise ValueError("must not be empty")
    return value


def text_line(raw: object) -> str | None:
    """One line of text, without control characters, cut where no name or title gets by itself."""
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise ValueError("must be text")
    return " ".join(UNPRINTABLE.sub(" ", str(raw)).split())[:MAX_LINE].rstrip() or None


def web_address(raw: object) -> str | None:
    """Longer ones than any browser takes are dropped; nothing is changed in the others."""
    if raw is not None and not isinstance(raw, str):
        raise ValueError("must be text")
    return raw if raw and len(raw) <= MAX_URL and not UNPRINTABLE.search(raw) else None


def timestamp(raw: object) -> datetime | None:
    if raw is None or raw == "":
        return None
    try:
        value = datetime.fromisoformat(raw if isinstance(raw, str) else "")
    except ValueError:
        raise ValueError("must be a time such as 2026-10-14T09:30:00Z") from None
    if value.tzinfo is None:
        raise ValueError("must carry an offset, such as Z or +02:00")
    if not 2000 <= value.year < 2100:
        raise ValueError("must lie between the years 2000 and 2100")
    return value.astimezone(UTC)


def birthday(raw: object) -> str | None:
    """Month and day, "03-14"; a year is read and forgotten, of whatever sense: some shops write 0000, and some 1904."""
    if raw is None or raw == "":
        return None
    told = _BIRTHDAY.fullmatch(raw) if isinstance(raw, str) else None
    try:
        day = date(int(told["year"] or 0) or _A_LEAP_YEAR, int(told["month"]), int(told["day"])) if told else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError("must be a day that there is, written as 1990-03-14 or, without the year, 03-14")
    return f"{day:%m-%d}"


def required_timestamp(raw: object) -> datetime:
    value = timestamp(raw)
    if value is None:
        raise ValueError("must not be empty")
    return value


def amount(raw: object) -> Decimal | None:
    """An exact decimal. JSON numbers come here as int or Decimal, never as float."""
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal) or not _DECIMAL.fullmatch(str(raw)):
        raise ValueError('must be an amount such as "199.00": digits, and a point before the decimals')
    value = Decimal(str(raw))
    if len(value.as_tuple().digits) > _MAX_DIGITS:
        raise ValueError(f"must have at most {_MAX_DIGITS} digits")
    return value


def signed_amount(raw: object) -> Decimal | None:
    """An amount that may be less than nothing."""
    text = str(raw) if isinstance(raw, str | int | Decimal) and not isinstance(raw, bool) else ""
    return -(amount(text[1:]) or Decimal(0)) if text.startswith("-") else amount(raw)


def decimal_string(raw: object) -> Decimal | None:
    if raw is not None and not isinstance(raw, str):
        raise ValueError('must be a decimal string such as "199.00", in quotes: JSON numbers lose cents')
    return amount(raw)


def currency(raw: object) -> str | None:
    if raw is None or raw == "":
        return None
    code = raw.upper() if isinstance(raw, str) else ""
    if not _CURRENCY.fullmatch(code):
        raise ValueError("must be a currency code of three letters, such as PLN")
    return code if code != _NO_CURRENCY else None


def quantity(raw: object) -> int:
    """Whole, or text of a whole number. Zero and less is for the reader to drop."""
    digits = str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if not re.fullmatch(r"-?[0-9]{1,7}", digits) or int(digits) > MAX_QUANTITY:
        raise ValueError(f"must be a whole number up to {MAX_QUANTITY}")
    return int(digits)


def whole_quantity(raw: object) -> int:
    if not isinstance(raw, int):
        raise ValueError("must be a whole number, without quotes")
    return quantity(raw)


def picture(url: str | None) -> str | None:
    """Mail programs show https pictures only; a cart without its picture beats no cart."""
    return url if url and _host(url) and not any(character in url for character in " \"'<>\\") else None


def may_lead_to(settings: ShopSettings, url: str | None) -> bool:
    """Whether the shop's settings allow a link to go there."""
    return bool(url and _host(url) and settings.allows_recovery_to(url))


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a bracket that opens no IPv6 address
        return None
    return parts.hostname if parts.scheme == "https" else None


def _empty_is_none(raw: object) -> object:
    return None if raw in ([], {}, "") else raw


def _null_is_empty(raw: object) -> object:
    return () if raw is None else raw


def _nullable(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, {"type": "null"}]})


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


_AMOUNT_SCHEMA: dict[str, Any] = {"type": "string", "pattern": f"^{_DECIMAL.pattern}$", "examples": ["199.00"]}

OptionalId = Annotated[
    str | None, BeforeValidator(optional_id), _schema(type=["string", "integer", "null"], maxLength=MOST_BYTES)
]
RequiredId = Annotated[str, BeforeValidator(required_id), _schema(type=["string", "integer"], minLength=1, maxLength=MOST_BYTES)]
TextLine = Annotated[str | None, BeforeValidator(text_line), _nullable(type="string")]
WebAddress = Annotated[str | None, BeforeValidator(web_address), _nullable(type="string", format="uri")]
Timestamp = Annotated[datetime | None, BeforeValidator(timestamp), _nullable(type="string", format="date-time")]
RequiredTimestamp = Annotated[datetime, BeforeValidator(required_timestamp), _schema(type="string", format="date-time")]
Birthday = Annotated[
    str | None, BeforeValidator(birthday), _nullable(type="string", pattern="^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$", examples=["03-14"])
]
Amount = Annotated[Decimal | None, BeforeValidator(amount)]
SignedAmount = Annotated[Decimal | None, BeforeValidator(signed_amount)]
DecimalString = Annotated[Decimal | None, BeforeValidator(decimal_string), _nullable(**_AMOUNT_SCHEMA)]
Currency = Annotated[str | None, BeforeValidator(currency), _nullable(type="string", pattern="^[A-Za-z]{3}$")]
Quantity = Annotated[int, BeforeValidator(quantity)]
WholeQuantity = Annotated[int, BeforeValidator(whole_quantity), _schema(type="integer", maximum=MAX_QUANTITY)]
MaybeEmpty = BeforeValidator(_empty_is_none)  # for an object: PHP, and Shopify too, write an empty one as []
MaybeNull = BeforeValidator(_null_is_empty)  # for a list
