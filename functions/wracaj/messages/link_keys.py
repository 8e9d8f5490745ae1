"""The keys that sign links, as their secret holds them: the one that signs, and those before it.

A new stack's secret is one bare key. After a rotation it is JSON:

{"keys": [{"key": "…", "accepted_until": "2027-06-01T…"},
          {"key": "…", "signs_from": "2026-12-01T…"}]}

The newest key signs from its time on, which is some minutes ahead: by then every running function
knows it. An older key is accepted until the last link that it signed has expired.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from wracaj.clock import timestamp
from wracaj.errors import LinkError, WracajError
from wracaj.messages.links import VALID, ExpiredLinkError, Purpose, read_token

KNOWN_EVERYWHERE = timedelta(minutes=10)  # functions keep the secret for five
LONGEST = max(VALID.values()) + timedelta(days=1)
ALWAYS = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)
SHORTEST_KEY = 32
# Whatever looks like JSON is meant as JSON, also where its beginning was cut off.
BARE_KEY = re.compile(rf'(?!\{{"|.*"key)\S{{{SHORTEST_KEY},}}')


class LinkKeyError(WracajError):
    """The secret of the link keys cannot be used."""


@dataclass(frozen=True, slots=True)
class LinkKey:
    """`stops_only`: it leaked, so whoever has it could forge links. What it signed still
    unsubscribes, which needs little proof, and opens nothing."""

    key: str
    signs_from: datetime = ALWAYS
    accepted_until: datetime = NEVER
    stops_only: bool = False

    def opens(self, purpose: Purpose, now: datetime) -> bool:
        may = purpose is Purpose.UNSUBSCRIBE or not self.stops_only
        return may and now <= self.accepted_until


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """`keys`: the oldest first; there is one at least."""

    keys: tuple[LinkKey, ...]

    @classmethod
    def parse(cls, secret: str) -> Self:
        """Raises LinkKeyError."""
        if BARE_KEY.fullmatch(secret):
            return cls((LinkKey(secret),))
        try:
            keys = tuple(_key(told) for told in json.loads(secret)["keys"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise LinkKeyError(
                'the secret of the link keys is neither JSON like {"keys": [{"key": "…"}]} nor a'
                f" bare key of {SHORTEST_KEY} characters or more without a space;"
                " docs/operations.md says what stands in it"
            ) from None
        if not keys or min(len(one.key) for one in keys) < SHORTEST_KEY:
            raise LinkKeyError(
                f"the secret of the link keys has no key, or one of fewer than {SHORTEST_KEY}"
                " characters; put back its previous version (AWSPREVIOUS)"
            )
        return cls(keys)

    @property
    def as_text(self) -> str:
        return json.dumps({"keys": [_as_json(one) for one in self.keys]})

    def signing(self, now: datetime) -> bytes:
        """The newest key whose time has come."""
        begun = [one for one in self.keys if one.signs_from <= now] or self.keys[:1]
        return begun[-1].key.encode()

    def read(self, purpose: Purpose, token: str, now: datetime) -> str:
        """Return the message id of a link that any accepted key signed. Raises LinkError, and
        ExpiredLinkError."""
        for one in reversed(self.keys):
            if one.opens(purpose, now):
                try:
                    return read_token(one.key.encode(), purpose, token, now)
                except ExpiredLinkError:
                    raise
                except LinkError:
                    continue
        raise LinkError("this is not one of our links")

    def rotated(self, new: str, now: datetime, *, leaked: bool = False) -> Self:
        """Add a key that signs from now on, or from when all functions know it. `leaked`: it signs
        at once, and what the others signed only unsubscribes."""
        begins = now if leaked else now + KNOWN_EVERYWHERE
        kept = [
            replace(
                one,
                accepted_until=min(one.accepted_until, begins + LONGEST),
                stops_only=one.stops_only or leaked,
            )
            for one in self.keys
            if one.accepted_until >= now
        ]
        return type(self)((*kept, LinkKey(new, signs_from=begins)))


def _key(told: dict[str, Any]) -> LinkKey:
    return LinkKey(
        key=str(told["key"]),
        signs_from=_moment(told.get("signs_from"), ALWAYS),
        accepted_until=_moment(told.get("accepted_until"), NEVER),
        stops_only=bool(told.get("stops_only", False)),
    )


def _moment(told: str | None, otherwise: datetime) -> datetime:
    at = datetime.fromisoformat(told) if told else otherwise
    if at.tzinfo is None:
        raise ValueError("a time without its offset")
    return at


def _as_json(one: LinkKey) -> dict[str, str | bool]:
    times = {"signs_from": (one.signs_from, ALWAYS), "accepted_until": (one.accepted_until, NEVER)}
    told = {name: timestamp(at) for name, (at, usual) in times.items() if at != usual}
    return {"key": one.key, **told, **({"stops_only": True} if one.stops_only else {})}
