"""The one source of time. UTC and aware; a local stack may let it run faster than the
wall clock."""

import os
from datetime import UTC, datetime, timedelta

STARTED_AT = "WRACAJ_CLOCK_STARTED_AT"
SPEED = "WRACAJ_CLOCK_SPEED"


def now() -> datetime:
    """The virtual time: `started_at + (real now − started_at) × speed`; the real one where no speed
    is set."""
    return virtual(real_now())


def real_now() -> datetime:
    """For checks of transport alone, such as the age of a signed request."""
    return datetime.now(UTC)


def virtual(real: datetime) -> datetime:
    started = os.environ.get(STARTED_AT)
    if not started:
        return real
    origin = datetime.fromisoformat(started)
    return origin + timedelta(
        seconds=(real - origin).total_seconds() * float(os.environ.get(SPEED, "1"))
    )


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour, of UTC, that a moment is in."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def timestamp(at: datetime) -> str:
    """ISO 8601 in UTC with microseconds, always of the same length, so that text order is time
    order."""
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    return at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
