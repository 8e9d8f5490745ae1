"""Discount codes: `SHOP#{shop}#CODE#{code}` / `CODE`; those uploaded beforehand wait in
`SHOP#{shop}#POOL#{worth}`."""

from collections.abc import Iterable

from wracaj.clock import timestamp
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint_code
from wracaj.errors import ConflictError
from wracaj.store.table import Table

LOOKED_AT = 10  # codes tried when others take them at the same time


def code_key(shop: str, code: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#CODE#{code}", "SK": "CODE"}


def pool_key(shop: str, worth: DiscountTerms) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#POOL#{worth.key}"}


class Codes:
    def __init__(self, table: Table) -> None:
        self.table = table

    def upload(self, shop: str, worth: DiscountTerms, codes: Iterable[str]) -> int:
        """How many were new: a code that was used, or waits already, is passed over."""
        added = 0
        for code in codes:
            waiting = pool_key(shop, worth) | {"SK": code}
            owned = code_key(shop, code) | {"state": "waiting", "worth": worth.key}
            try:
                self.table.transact(
                    [
                        {"Put": self.table.putting(owned, "attribute_not_exists(PK)")},
                        {"Put": self.table.putting(waiting)},
                    ]
                )
            except ConflictError:
                continue
            added += 1
        return added

    def take(self, shop: str, voucher: DiscountCode, cart_id: str) -> DiscountCode | None:
        """A waiting code that gives the same, now this cart's own; None: the pool is empty.

        The voucher's own code, minted and stored with the claim, stands for the one taken: a retry
        gets the same.
        """
        known = self.table.get(code_key(shop, voucher.code))
        if known:  # one that stands for none came out of the pool itself
            return voucher.model_copy(update={"code": known.get("stands_for", voucher.code)})
        pool = pool_key(shop, voucher.discount)
        waiting = self.table.first(pool, LOOKED_AT, after=mint_code()) or self.table.first(
            pool, LOOKED_AT
        )
        if not waiting:
            return None
        for item in waiting:
            code = str(item["SK"])
            taken = code_key(shop, code) | {
                "state": "taken",
                "cart_id": cart_id,
                "expires_on": timestamp(voucher.expires_at),
            }
            key = {name: {"S": item[name]} for name in ("PK", "SK")}
            delete = {
                "TableName": self.table.name,
                "Key": key,
                "ConditionExpression": "attribute_exists(PK)",
            }
            stands_for = self.table.putting(
                code_key(shop, voucher.code) | {"stands_for": code}, "attribute_not_exists(PK)"
            )
            try:
                self.table.transact(
                    [{"Delete": delete}, {"Put": self.table.putting(taken)}, {"Put": stands_for}]
                )
            except ConflictError:
                continue
            return voucher.model_copy(update={"code": code})
        raise ConflictError("others take codes from the pool at the same time; try again")
