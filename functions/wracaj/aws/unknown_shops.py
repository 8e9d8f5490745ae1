"""Names that no shop has. Anybody may make some up, and AWS lets an account read few settings in a
second.

A name that was looked up in vain is unknown for a minute. A process that has looked up many in vain
within a minute is being tried out: it reads the list of all shops, once a minute, and looks up no
name any more that is not on it. A shop that is on it is known as ever, so nobody can shut a shop
out by asking for others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wracaj.errors import UnavailableError

UNKNOWN_SECONDS = 60
MOST_UNKNOWN = 1000  # names that are kept
MOST_IN_VAIN = 20  # look-ups in UNKNOWN_SECONDS
LIST_AGAIN_SECONDS = 5  # after a list that could not be read


@dataclass
class UnknownShops:
    names_of_all: Callable[[], Iterable[str]]
    since: dict[str, float] = field(default_factory=dict)
    window: tuple[float, int] = (0.0, 0)  # when it began, how many were looked up in vain in it
    listed: tuple[float, frozenset[str]] | None = None
    list_failed_at: float = float("-inf")

    def has(self, shop: str, at: float) -> bool:
        """Whether it needs no look-up to say that there is no such shop. Raises UnavailableError
        where nobody can say."""
        if at - self.since.get(shop, float("-inf")) < UNKNOWN_SECONDS:
            return True
        begun, in_vain = self.window
        return (
            in_vain >= MOST_IN_VAIN and at - begun < UNKNOWN_SECONDS and shop not in self._all(at)
        )

    def add(self, shop: str, at: float) -> None:
        if len(self.since) >= MOST_UNKNOWN:
            self.since.clear()
        self.since[shop] = at
        begun, in_vain = self.window
        self.window = (begun, in_vain + 1) if at - begun < UNKNOWN_SECONDS else (at, 1)

    def clear(self) -> None:
        self.since.clear()
        self.window, self.listed, self.list_failed_at = (0.0, 0), None, float("-inf")

    def _all(self, at: float) -> frozenset[str]:
        if self.listed and at - self.listed[0] < UNKNOWN_SECONDS:
            return self.listed[1]
        if at - self.list_failed_at < LIST_AGAIN_SECONDS:
            raise UnavailableError("the list of shops could not be read a moment ago")
        try:
            self.listed = (at, frozenset(self.names_of_all()))
        except Exception:
            self.list_failed_at = at
            raise
        return self.listed[1]
