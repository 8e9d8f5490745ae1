"""Limits the requests of one shop in one process. More than some a second are refused before
anything is read.

The limit is approximate on purpose. It costs nothing, and keeps a flood at one shop's address away
from the table and from other shops. The exact limits of writes are in store/request_limits.py.
"""

from dataclasses import dataclass, field

MOST_A_SECOND = 20
MOST_SHOPS = 1000


@dataclass
class Flood:
    # shop → (second, requests in that second)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def is_over(self, shop: str, at: float) -> bool:
        """Count this request, and say whether the limit is exceeded."""
        second, (last, count) = int(at), self.seen.get(shop, (0, 0))
        if len(self.seen) >= MOST_SHOPS and shop not in self.seen:
            self.seen.clear()
        count = count + 1 if last == second else 1
        self.seen[shop] = (second, count)
        return count > MOST_A_SECOND
