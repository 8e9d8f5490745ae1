"""Shop ids that do not exist. Anybody may request made-up ids, and AWS limits how many settings an
account can read in a second.

After a failed look-up, an id counts as unknown for a minute. A process with many failed look-ups
within a minute reads the list of all shops, once a minute, and looks up only ids on that list.
Shops on the list stay reachable, so nobody can block a shop by requesting other ids.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wracaj.errors import UnavailableError

UNKNOWN_SECONDS = 60
MOST_UNKNOWN = 1000  # ids that are kept
MOST_IN_VAIN = 20  # failed look-ups in UNKNOWN_SECONDS
LIST_AGAIN_SECONDS = 5  # before the list is read again after a failure


@dataclass
class UnknownShops:
    names_of_all: Callable[[], Iterable[str]]
    since: dict[str, float] = field(default_factory=dict)
    window: tuple[float, int] = (0.0, 0)  # its start, and its failed look-ups
    listed: tuple[float, frozenset[str]] | None = None
    list_failed_at: float = float("-inf")

    def has(self, shop: str, at: float) -> bool:
        """Return whether this shop is known not to exist, without a look-up of its settings. Raises
        UnavailableError when the list of shops cannot be read."""
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
