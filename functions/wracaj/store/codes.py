"""Discount codes: `SHOP#{shop}#CODE#{code}` / `CODE`. Those uploaded beforehand wait in the pool,
`SHOP#{shop}#POOL#{worth}` / code. Which pools there are: `SHOP#{shop}#POOLS` / worth."""

from collections.abc import Iterable
from contextlib import suppress

from wracaj.clock import timestamp
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint_code
from wracaj.errors import ConflictError
from wracaj.store.table import PreconditionError, Table, dump

LOOKED_AT = 10  # codes that are tried while others take codes too


def code_key(shop: str, code: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#CODE#{code}", "SK": "CODE"}


def pool_key(shop: str, worth: DiscountTerms) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#POOL#{worth.key}"}


def pools_key(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#POOLS"}


class Codes:
    def __init__(self, table: Table) -> None:
        self.table = table

    def upload(self, shop: str, worth: DiscountTerms, codes: Iterable[str]) -> int:
        """Add codes to the pool, and return how many were new. A code that was used or waits
        already is left out."""
        self.table.put(pools_key(shop) | {"SK": worth.key, "worth": dump(worth)})
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

    def pools(self, shop: str) -> list[tuple[DiscountTerms, int]]:
        """Return what each pool's codes give, and how many of them wait."""
        known = [
            DiscountTerms.model_validate_json(item["worth"])
            for item in self.table.query(pools_key(shop))
        ]
        return [(worth, self.table.count(pool_key(shop, worth))) for worth in known]

    def has(self, shop: str, worth: DiscountTerms, many: int) -> bool:
        """Return whether so many codes wait."""
        return many < 1 or self.table.count(pool_key(shop, worth), many) >= many

    def take(self, shop: str, voucher: DiscountCode, cart_id: str) -> DiscountCode | None:
        """Take a waiting code with the same discount for this cart. None: the pool is empty.

        The voucher has a code of its own, minted and stored with the claim. It is stored which pool
        code it stands for, so that a retry gets the same one.
        """
        known = self.table.get(code_key(shop, voucher.code))
        if known:  # without `stands_for`, it is a pool code itself
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

    def leave_pool(self, shop: str, voucher: DiscountCode, cart_id: str) -> None:
        """Take a code that was given to this cart out of the pool, where a backup of the table
        still has it."""
        waiting = pool_key(shop, voucher.discount) | {"SK": voucher.code}
        taken = code_key(shop, voucher.code) | {
            "state": "taken",
            "cart_id": cart_id,
            "expires_on": timestamp(voucher.expires_at),
        }
        delete = self.table.deleting(waiting, "attribute_exists(PK)")
        with suppress(PreconditionError):  # it does not wait there
            self.table.transact([{"Delete": delete}, {"Put": self.table.putting(taken)}])
