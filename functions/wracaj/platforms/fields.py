"""The fields of a payload: what each may hold, and its conversion to one form. Null, "" and a
missing key are the same.

A value with one possible meaning is read, in whatever form it is written. Any other value raises
UnclearError, and only that field is dropped.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from wracaj.external_ids import MOST_BYTES, RULE, UNPRINTABLE, is_external_id
from wracaj.money import minor_units
from wracaj.platforms.reading import UnclearError, receipt_of
from wracaj.platforms.web_addresses import (
    is_web_address,
    may_lead_to,
    picture,
    written_for_machines,
)
from wracaj.text.plain_text import plain_text

# Limits that keep a cart within a DynamoDB item of 400 KB: 100 lines of these lengths.
MAX_ITEMS = 100
MAX_LINE = 500
MAX_URL = 2048
MAX_QUANTITY = 1_000_000

_LONGEST_TEXT = 20_000  # one line of it is kept
_LOST = "\ufffd"  # an unreadable letter: two different ids could become the same
_DECIMAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
# As people write amounts: 199,00 and 1 234,50 and 1,234.50. Not 1,234: it may be either.
_SPACE = "[ \u00a0\u202f]"
_AS_WRITTEN = re.compile(
    rf"-?([0-9]{{1,40}}|[0-9]{{1,3}}(({_SPACE}|\.)[0-9]{{3}}){{1,12}}),[0-9]{{1,2}}"
    rf"|-?[0-9]{{1,3}}({_SPACE}[0-9]{{3}}){{1,12}}(\.[0-9]{{1,2}})?"
    r"|-?[0-9]{1,3}(,[0-9]{3}){1,12}\.[0-9]{1,2}"
)
_READ_SO = "has a comma or a space in it, and is read all the same: write it as 1234.50"
_WHOLE_DIGITS = 11  # with four decimals, as many digits as wracaj.events.Amount allows
# decimals of a price per gram or screw; more are the rounding error of a float
_HONEST_DECIMALS = 4
_WEIGHED = Decimal("0.001")
_BIRTHDAY = re.compile(r"((?P<year>[0-9]{4})-)?(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_A_LEAP_YEAR = 2000  # used where the year is missing, so that 29 February is allowed
_CURRENCY = re.compile(r"[A-Z]{3}")
_NO_CURRENCY = "XXX"  # ISO 4217's "no currency", which Shopify writes into empty amounts
BELOW_ZERO = "is below zero: the line is left out"
_NO_ADDRESS = "is no web address: it must begin with https://"
_AN_AMOUNT = 'must be an amount such as "199.00": digits, and a point before the decimals'


def optional_id(raw: object) -> str | None:
    if raw is None:
        return None
    # 12.0, the form in which floats are written
    if isinstance(raw, Decimal) and raw == raw.to_integral_value() and raw.adjusted() < MOST_BYTES:
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise UnclearError("must be an id: text or a whole number")
    value = str(raw).strip()
    if value and (_LOST in value or not is_external_id(value)):
        raise UnclearError(RULE)
    return value or None


def required_id(raw: object) -> str:
    value = optional_id(raw)
    if value is None:
        raise UnclearError("must not be empty")
    return value


def text_line(raw: object) -> str | None:
    """One line of text without control characters. It is cut at a length that no real name or title
    has."""
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise UnclearError("must be text")
    return (
        " ".join(UNPRINTABLE.sub(" ", plain_text(str(raw)[:_LONGEST_TEXT])).split())[
            :MAX_LINE
        ].rstrip()
        or None
    )


def _address(raw: object) -> str | None:
    """The address as written, without spaces around it."""
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str):
        raise UnclearError("must be text: an address such as https://shop.example/page")
    text = raw.strip()
    if UNPRINTABLE.search(text):
        raise UnclearError("has control characters in it, such as a line break: it is left out")
    if len(text) > MAX_URL:
        raise UnclearError(f"is longer than {MAX_URL} characters: it is left out")
    return written_for_machines(text) if text else None


def web_address(raw: object) -> str | None:
    url = _address(raw)
    if url and not is_web_address(url):
        raise UnclearError(_NO_ADDRESS)
    return url


def picture_address(raw: object) -> str | None:
    """The picture of one product. Where it is wrong, only the picture is dropped."""
    url = web_address(raw)
    if url and picture(url) is None:
        raise UnclearError("is left out: a picture's address must begin with https://")
    return url


def own_page(raw: object, info: ValidationInfo) -> str | None:
    """The page that a message links to, on one of the shop's hosts only.

    Whoever sends another host has the shop's secret. Somebody setting the shop up needs the error
    message; an attacker must not get a phishing link into a message.
    """
    url, settings = _address(raw), receipt_of(info).settings
    if url and not may_lead_to(settings, url):
        hosts = f" and one of the shop's recovery_hosts: {', '.join(settings.recovery_hosts)}"
        if not is_web_address(url):
            raise UnclearError(_NO_ADDRESS + hosts)
        raise UnclearError(f"is left out: it must begin with https://{hosts}")
    return url


def birthday(raw: object) -> str | None:
    """Month and day, such as "03-14". The year is read and dropped without a check: some shops
    write 0000 or 1904."""
    if raw is None or raw == "":
        return None
    told = _BIRTHDAY.fullmatch(raw) if isinstance(raw, str) else None
    try:
        day = (
            date(int(told["year"] or 0) or _A_LEAP_YEAR, int(told["month"]), int(told["day"]))
            if told
            else None
        )
    except ValueError:
        day = None
    if day is None:
        raise UnclearError(
            "must be a day that there is, written as 1990-03-14 or, without the year, 03-14"
        )
    return f"{day:%m-%d}"


def amount(raw: object) -> Decimal | None:
    """An exact decimal, which may still have a float's rounding error: see in_units()."""
    if raw is None or raw == "":
        return None
    value = _number(raw, _AN_AMOUNT)
    if value < 0:
        raise UnclearError("is below zero: it counts for nothing")
    if value.adjusted() >= _WHOLE_DIGITS:
        raise UnclearError(f"must have at most {_WHOLE_DIGITS} digits before the point")
    return _told_if_odd(raw, value)


def signed_amount(raw: object) -> Decimal | None:
    """An amount that may be negative."""
    if raw is None or raw == "":
        return None
    value = _number(raw, _AN_AMOUNT)
    return value.copy_sign(Decimal(-1)) if value < 0 and amount(-value) else amount(abs(value))


def _number(raw: object, problem: str) -> Decimal:
    """The body's JSON numbers are int or Decimal. A float marks a number that could not be read."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise UnclearError(problem)
    if isinstance(raw, Decimal):
        if abs(raw.adjusted()) > MOST_BYTES:
            raise UnclearError(problem)
        return raw
    written = str(raw).strip()
    if _AS_WRITTEN.fullmatch(written):
        return _of_written(written)
    if not _DECIMAL.fullmatch(written):
        raise UnclearError(problem)
    return Decimal(written)


def _of_written(written: str) -> Decimal:
    """The last point or comma stands before the decimals; all others divide thousands."""
    whole, _, decimals = re.sub(_SPACE, "", written).replace(",", ".").rpartition(".")
    return Decimal(f"{whole.replace('.', '')}.{decimals}" if whole else decimals)


def _told_if_odd(raw: object, value: Decimal) -> Decimal:
    """The value, which can be used. Written as people write it, it is warned of."""
    if isinstance(raw, str) and _AS_WRITTEN.fullmatch(raw.strip()):
        raise UnclearError(_READ_SO, value)
    return value


def in_units(value: Decimal, currency: str) -> Decimal:
    """Round a float's error (199.99000000000001) to the currency's smallest unit."""
    if -int(value.as_tuple().exponent) <= _HONEST_DECIMALS:
        return value
    return value.quantize(Decimal(1).scaleb(-minor_units(currency)), ROUND_HALF_UP)


def currency(raw: object) -> str | None:
    if raw is None or raw == "":
        return None
    code = raw.strip().upper() if isinstance(raw, str) else ""
    if not _CURRENCY.fullmatch(code):
        raise UnclearError("must be a currency code of three letters, such as PLN")
    return code if code != _NO_CURRENCY else None


def quantity(raw: object) -> Decimal:
    """A number of pieces, or a weight or measure to a thousandth. Zero means a removed line; the
    caller drops it."""
    problem = f"must be a number up to {MAX_QUANTITY}, such as 2 or 0.5"
    value = _number(raw, problem)
    if abs(value) > MAX_QUANTITY:
        raise UnclearError(problem)
    if value < 0:
        raise UnclearError(BELOW_ZERO, taken=Decimal(0))
    is_whole = value == value.to_integral_value()
    counted = Decimal(int(value)) if is_whole else value.quantize(_WEIGHED, ROUND_HALF_UP)
    return _told_if_odd(raw, counted)


def quantity_or_unsaid(raw: object) -> Decimal | None:
    """The quantity of a line that counts even without a quantity."""
    if raw is None or raw == "":
        return None
    try:
        return quantity(raw)
    except UnclearError as unclear:
        problem = str(unclear).partition(": the line")[0]
        raise UnclearError(problem, unclear.taken or None) from None


def is_true(raw: object) -> bool:
    if not isinstance(raw, bool | None):
        raise UnclearError("must be true or false: it is taken as false", taken=False)
    return raw is True


def listed(raw: object) -> object:
    """Read PHP's object for a list that lost an entry, {"1": …}, as a list, and a single value as a
    list of one."""
    if raw is None or raw == "":
        return ()
    if isinstance(raw, dict):
        raise UnclearError("", list(raw.values()) if all(key.isdigit() for key in raw) else [raw])
    if isinstance(raw, str | int) and not isinstance(raw, bool):
        raise UnclearError("", [raw])
    return raw


def listed_or_unsaid(raw: object) -> object:
    """Like `listed`, where a missing list and an empty one mean different things."""
    return None if raw is None or raw == "" else listed(raw)


def _empty_is_none(raw: object) -> object:
    return None if raw in ([], {}, "") else raw


def _nullable(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, {"type": "null"}]})


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


_AMOUNT_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string", "pattern": "^[0-9]{1,11}(\\.[0-9]+)?$", "examples": ["199.00"]},
            {"type": "number", "minimum": 0},
            {"type": "null"},
        ]
    }
)

OptionalId = Annotated[
    str | None,
    BeforeValidator(optional_id),
    _schema(type=["string", "integer", "null"], maxLength=MOST_BYTES),
]
RequiredId = Annotated[
    str,
    BeforeValidator(required_id),
    _schema(type=["string", "integer"], minLength=1, maxLength=MOST_BYTES),
]
TextLine = Annotated[str | None, BeforeValidator(text_line), _nullable(type="string")]
WebAddress = Annotated[
    str | None, BeforeValidator(web_address), _nullable(type="string", format="uri")
]
Picture = Annotated[
    str | None, BeforeValidator(picture_address), _nullable(type="string", format="uri")
]
OwnPage = Annotated[str | None, BeforeValidator(own_page), _nullable(type="string", format="uri")]
Birthday = Annotated[
    str | None,
    BeforeValidator(birthday),
    _nullable(type="string", pattern="^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$", examples=["03-14"]),
]
Amount = Annotated[Decimal | None, BeforeValidator(amount), _AMOUNT_SCHEMA]
SignedAmount = Annotated[Decimal | None, BeforeValidator(signed_amount)]
Currency = Annotated[
    str | None, BeforeValidator(currency), _nullable(type="string", pattern="^[A-Za-z]{3}$")
]
Quantity = Annotated[
    Decimal, BeforeValidator(quantity), _schema(type=["number", "string"], maximum=MAX_QUANTITY)
]
QuantityOrUnsaid = Annotated[
    Decimal | None,
    BeforeValidator(quantity_or_unsaid),
    _schema(type=["number", "string", "null"], maximum=MAX_QUANTITY),
]
Switch = Annotated[bool, BeforeValidator(is_true), _schema(type="boolean")]
# for an object: PHP and Shopify write an empty object as []
MaybeEmpty = BeforeValidator(_empty_is_none)
Listed = BeforeValidator(listed)  # for a list
ListedOrUnsaid = BeforeValidator(listed_or_unsaid)
