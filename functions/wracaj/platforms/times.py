"""Times in a payload."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from wracaj.platforms.reading import UnclearError, receipt_of

# since 1970, for times between 2001 and 2286
_SECONDS, _MILLISECONDS = re.compile("[0-9]{9,10}"), re.compile("[0-9]{12,13}")
_SHORTEST = len("2026-10-14T09:30")  # a date alone is not a time
_A_TIME = "must be a time such as 2026-10-14T09:30:00Z"
_SCHEMA = {"type": "string", "format": "date-time"}
CLOCKS_DIFFER = timedelta(minutes=5)
_NONE = timedelta(0)


def timestamp(raw: object, info: ValidationInfo) -> datetime | None:
    """A time without an offset is in the shop's time zone, because most servers write local
    time."""
    if raw is None or raw == "":
        return None
    value = raw if isinstance(raw, datetime) else _moment(raw)
    if value.tzinfo is None:
        zone = receipt_of(info).zone
        problem = (
            f"has no offset, such as Z or +02:00: taken as the time in {zone.key}, the shop's"
            " time_zone"
        )
        raise UnclearError(problem, _believable(value.replace(tzinfo=zone)))
    return _believable(value)


def gmt_time(raw: object) -> datetime | None:
    """A time without an offset that its platform documents as GMT."""
    return None if raw is None or raw == "" else _believable(_at_home_in(UTC, raw))


def local_time(raw: object, info: ValidationInfo) -> datetime | None:
    """A time without an offset that its platform documents as the shop's own."""
    zone = receipt_of(info).zone
    return None if raw is None or raw == "" else _believable(_at_home_in(zone, raw))


def last_shown(local: datetime, zone: tzinfo, heard_at: datetime) -> datetime:
    """When the shop's clock showed this time. It shows an hour twice when clocks go back: then it
    was the second time, unless that was yet to come. An order is not hidden by a time too late, but
    may be by one too early."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if first < second <= heard_at + CLOCKS_DIFFER else first


def first_shown(at: datetime, zone: tzinfo) -> datetime:
    """When the shop's clock first showed the time that it showed at this moment."""
    return at.astimezone(zone).replace(fold=0).astimezone(UTC)


def earliest_shown_since(since: datetime, zone: tzinfo) -> datetime:
    """The earliest that the shop's clock shows from this moment on, without an offset. It goes back
    when the hour that it shows now comes a second time."""
    local = since.astimezone(zone)
    goes_back = (local.utcoffset() or _NONE) - (local.replace(fold=1).utcoffset() or _NONE)
    return local.replace(tzinfo=None, fold=0) - goes_back


def _at_home_in(zone: tzinfo, raw: object) -> datetime:
    value = _moment(raw)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def time_in_header(text: str | None) -> datetime | None:
    """None where the header is missing, has no offset, or is not a plausible time."""
    try:
        value = _moment(text)
        return _believable(value) if value.tzinfo else None
    except UnclearError:
        return None


def _moment(raw: object) -> datetime:
    text = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if _SECONDS.fullmatch(text) or _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / (1 if _SECONDS.fullmatch(text) else 1000), UTC)
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise UnclearError(_A_TIME) from None
    if len(text) < _SHORTEST:
        raise UnclearError(_A_TIME)
    return value


def _believable(value: datetime) -> datetime:
    if not 2000 <= value.year < 2100:
        raise UnclearError("must lie between the years 2000 and 2100")
    return value.astimezone(UTC)


def time_or_receipt(raw: object, info: ValidationInfo) -> datetime:
    """The time of receipt where the body has no usable time."""
    received_at = receipt_of(info).received_at
    try:
        value = timestamp(raw, info)
    except UnclearError as error:
        problem = str(error) if error.taken else f"{error}: the time of receipt is taken"
        raise UnclearError(problem, error.taken or received_at) from None
    if value is None:
        raise UnclearError("is missing: the time of receipt is taken", received_at)
    return value


def time_of_what_happened(raw: object, info: ValidationInfo) -> datetime | None:
    """A value other than null, false, 0 or empty means that it happened. An unreadable time becomes
    the time of receipt."""
    return None if raw in (None, "", False, 0, [], {}) else time_or_receipt(raw, info)


Timestamp = Annotated[
    datetime | None,
    BeforeValidator(timestamp),
    WithJsonSchema({"anyOf": [_SCHEMA, {"type": "null"}]}),
]
TimeOrReceipt = Annotated[datetime, BeforeValidator(time_or_receipt), WithJsonSchema(_SCHEMA)]
TimeOfWhatHappened = Annotated[datetime | None, BeforeValidator(time_of_what_happened)]
GmtTime = Annotated[datetime | None, BeforeValidator(gmt_time)]
LocalTime = Annotated[datetime | None, BeforeValidator(local_time)]
