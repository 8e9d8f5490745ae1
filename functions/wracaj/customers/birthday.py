"""When a shopper's birthday is, by whose word, and that it was removed."""

from datetime import datetime, timedelta
from typing import Self

from wracaj.clock import timestamp
from wracaj.consent.consent import address_hash_of
from wracaj.events import Frozen, YearDay

BIRTHDAY = "birthday"  # among the versions


class Celebrated(Frozen):
    """What a customer is, as far as birthdays go."""

    versions: dict[str, str] = {}  # fact → version of the event that told it
    birthday: YearDay | None = None
    # whose() of the day that the shopper removed: a shop that repeats it tells nothing
    birthday_removed: str | None = None

    def born(self, birthday: str, version: str) -> Self:
        """On this day of the year, as a shop tells: where nothing newer said otherwise, and the
        shopper did not remove it."""
        if (
            self.versions.get(BIRTHDAY, "") >= version
            or address_hash_of(birthday) == self.birthday_removed
        ):
            return self
        return self._with_birthday(birthday, version)

    def says_birthday(self, birthday: str | None, at: datetime, source: str) -> Self:
        """The shopper's own word, after all that shops have told, whatever time that claims. None:
        it is to be forgotten."""
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
        """Of the two whose word is the newer one; a day that the other removed does not come back
        by a shop's repeating it."""
        older, newer = sorted((other, self), key=lambda one: one.versions.get(BIRTHDAY, ""))
        repeats = (
            newer.birthday is not None and address_hash_of(newer.birthday) == older.birthday_removed
        )
        return older if repeats else newer
