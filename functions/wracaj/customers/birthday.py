"""A shopper's birthday, who reported it, and whether the shopper removed it."""

from datetime import datetime, timedelta
from typing import Self

from wracaj.clock import timestamp
from wracaj.consent.consent import address_hash_of
from wracaj.events import Frozen, YearDay

BIRTHDAY = "birthday"  # key in `versions`


class Celebrated(Frozen):
    """The birthday facts of a customer."""

    versions: dict[str, str] = {}  # fact → version of the event that reported it
    birthday: YearDay | None = None
    # address_hash_of() of the day that the shopper removed. A shop that reports the same day again
    # does not restore it.
    birthday_removed: str | None = None

    def born(self, birthday: str, version: str) -> Self:
        """Set the birthday that a shop reported. It is ignored if a newer event already set a
        birthday, or if the shopper removed this very day."""
        if (
            self.versions.get(BIRTHDAY, "") >= version
            or address_hash_of(birthday) == self.birthday_removed
        ):
            return self
        return self._with_birthday(birthday, version)

    def says_birthday(self, birthday: str | None, at: datetime, source: str) -> Self:
        """Set the birthday that the shopper gave. It is dated after everything that shops have
        reported, even if a shop's clock runs ahead of ours. None removes the birthday."""
        told = self.versions.get(BIRTHDAY, "").partition("#")[0]
        moment = max(at, datetime.fromisoformat(told) + timedelta(microseconds=1)) if told else at
        removed = (
            address_hash_of(self.birthday)
            if birthday is None and self.birthday
            else self.birthday_removed
        )
        said = self._with_birthday(birthday, f"{timestamp(moment)}#{source}")
        return said.model_copy(update={"birthday_removed": None if birthday else removed})

    def _with_birthday(self, birthday: str | None, version: str) -> Self:
        told = {
            "birthday": birthday,
            "birthday_removed": None,
            "versions": self.versions | {BIRTHDAY: version},
        }
        return self.model_copy(update=told)

    def birthday_of(self, other: Self) -> Self:
        """Return whichever customer has the newer birthday. If the newer one only repeats the day
        that the other removed, return the other."""
        older, newer = sorted((other, self), key=lambda one: one.versions.get(BIRTHDAY, ""))
        repeats = (
            newer.birthday is not None and address_hash_of(newer.birthday) == older.birthday_removed
        )
        return older if repeats else newer
