"""Which shard has which cart, and who of them have one shopper."""

from collections.abc import Iterable
from dataclasses import dataclass

from wracaj_cli.archive.backtest.shopper_rows import ConsentRow, OrderRow, ShopperRow


def hash_of(text: str) -> int:
    """The same in every process, as they are forked from one. Two carts with the same hash are
    followed together, no more."""
    return hash(text)


@dataclass(frozen=True)
class Places:
    """All by hashes. `first`: identifier → a cart with it. `joined`: cart → one of the carts that
    belong together, of all carts that share an identifier with another."""

    shards: int
    first: dict[int, int]
    joined: dict[int, int]

    def of(self, row: ShopperRow | None) -> Iterable[str]:
        """Return the places where the carts are that a row of a shopper is about."""
        if row is None:
            return ()
        names, carts, checkouts = _about(row)
        known = {self.first.get(hash_of(name)) for name in names} | {hash_of(one) for one in carts}
        places = {self._place(cart) for cart in known if cart is not None}
        if checkouts and not places:  # its cart has no identifier, and may be anywhere
            return [f"{kind}-{one}" for kind in ("shard", "together") for one in range(self.shards)]
        return places

    def _place(self, cart: int) -> str:
        root = self.joined.get(cart)
        return f"shard-{cart % self.shards}" if root is None else f"together-{root % self.shards}"


def _about(row: ShopperRow) -> tuple[Iterable[str], Iterable[str], Iterable[str]]:
    """Return identifiers, carts and checkouts."""
    if isinstance(row, OrderRow):
        return row.names, row.carts, row.checkouts
    return row.names, row.carts if isinstance(row, ConsentRow) else (), ()


class JoinedCarts:
    """Joins the carts that share an identifier. All by hashes, slice after slice."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}  # identifier → a cart with it
        self._above: dict[int, int] = {}  # cart → another of the same shopper, up to the root

    def join(self, links: Iterable[int]) -> None:
        """`links`: of a slice, hashes of an identifier and of a cart with it, in turn."""
        first, above = self._first, self._above
        pairs = iter(links)
        for name, cart in zip(pairs, pairs, strict=True):
            known = first.setdefault(name, cart)
            if known != cart:
                above.setdefault(known, known)
                above.setdefault(cart, cart)
                above[self._root(cart)] = self._root(known)

    def _root(self, cart: int) -> int:
        above = self._above
        while (next_one := above[cart]) != cart:
            above[cart] = above[next_one]
            cart = next_one
        return cart

    def places(self, shards: int) -> Places:
        joined = {cart: self._root(cart) for cart in self._above} if shards > 1 else {}
        return Places(shards, self._first, joined)
