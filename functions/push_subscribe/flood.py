"""Requests of one shop, as far as one process sees them: beyond some a second they are refused
before anything is asked.

Approximate on purpose. It costs nothing, and keeps a flood at one shop's address from the table and
from other shops; how much may be written in all is bounded in store/doors.py.
"""

from dataclasses import dataclass, field

MOST_A_SECOND = 20
MOST_SHOPS = 1000


@dataclass
class Flood:
    # shop → the second, how many in it
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def is_over(self, shop: str, at: float) -> bool:
        """Counts this one, too."""
        second, (last, count) = int(at), self.seen.get(shop, (0, 0))
        if len(self.seen) >= MOST_SHOPS and shop not in self.seen:
            self.seen.clear()
        count = count + 1 if last == second else 1
        self.seen[shop] = (second, count)
        return count > MOST_A_SECOND
