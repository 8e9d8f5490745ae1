"""Numbers of episodes for tests. Tests count a cart's episodes 1, 2, …; in the store, the first
number differs in each fortnight of a shop."""

from dataclasses import dataclass, field
from typing import Any

from wracaj.carts.cart import MOST_EPISODES, Cart
from wracaj.timelines.occasion import Occasion


@dataclass
class Episodes:
    numbers: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def counted(self, shop: str, cart_id: str, number: int) -> int:
        # counted already, or the number of an occasion, which is 1 or a day
        if number < MOST_EPISODES:
            return number
        known = self.numbers.setdefault((shop, cart_id), [])
        if number not in known:
            known.append(number)
            known.sort()
        return known.index(number) + 1

    def number(self, shop: str, cart_id: str, counted: int) -> int:
        known = self.numbers.get((shop, cart_id), [])
        return known[counted - 1] if 0 < counted <= len(known) else counted

    def of(self, cart: Cart | Occasion) -> Cart | Occasion:
        records = {}
        for key, record in sorted(cart.records.items()):
            number, _, step = key.partition("#")
            records[f"{self.counted(cart.shop, cart.cart_id, int(number))}#{step}"] = record
        told: dict[str, Any] = {
            "records": records,
            "episode": self.counted(cart.shop, cart.cart_id, cart.episode),
        }
        if isinstance(cart, Cart) and cart.choice:
            told["choice"] = cart.choice.model_copy(
                update={"episode": self.counted(cart.shop, cart.cart_id, cart.choice.episode)}
            )
        return cart.model_copy(update=told)
