"""Why carts were abandoned: `SHOP#{shop}#CART#{cart_id}` / `WHY`, and the day's counts,
`SHOP#{shop}#WHY#{date}` / `WHY`.

An answer and its count change in one transaction. A second click changes the answer. Each cart is
counted once, on the day of its first answer. Neither item holds personal data.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.errors import ConflictError
from wracaj.store.carts import cart_key
from wracaj.store.message_links import LinkTarget
from wracaj.store.table import Change, Table, expiry

ATTEMPTS = 5
KEPT_DAYS = 180  # as long as the link works


class AbandonmentReasons:
    def __init__(self, table: Table) -> None:
        self.table = table

    def of(self, target: LinkTarget) -> AbandonmentReason | None:
        item = self.table.get(_key(target))
        return AbandonmentReason(item["reason"]) if item else None

    def answer(self, target: LinkTarget, reason: AbandonmentReason, at: datetime) -> None:
        for _ in range(ATTEMPTS):
            try:
                return self._answer(target, reason, at)
            except ConflictError:  # two clicks at once
                continue
        raise ConflictError("this answer is being changed all the time; try again")

    def _answer(self, target: LinkTarget, reason: AbandonmentReason, at: datetime) -> None:
        known = self.table.get(_key(target))
        if known and known["reason"] == reason:
            return
        day = known["day"] if known else f"{at:%Y-%m-%d}"
        item = _key(target) | {
            "reason": str(reason),
            "day": day,
            "expires_at": expiry(at, KEPT_DAYS),
        }
        put = (
            self.table.putting(item, "reason = :known", known=known["reason"])
            if known
            else self.table.putting(item, "attribute_not_exists(PK)")
        )
        counts = Change().add(**({str(reason): 1} | ({known["reason"]: -1} if known else {})))
        self.table.transact(
            [{"Put": put}, {"Update": self.table.updating(_day_key(target.shop, day), counts)}]
        )

    def counted(self, shop: str, days: Iterable[str]) -> dict[AbandonmentReason, int]:
        """Return how often each reason was given on these days, the most frequent first."""
        sums: Counter[AbandonmentReason] = Counter()
        for item in self.table.get_many([_day_key(shop, day) for day in days]):
            sums.update({why: int(item[why]) for why in AbandonmentReason if why in item})
        return {why: number for why, number in sums.most_common() if number}


def _key(target: LinkTarget) -> dict[str, str]:
    return cart_key(target.shop, target.cart_id) | {"SK": "WHY"}


def _day_key(shop: str, day: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#WHY#{day}", "SK": "WHY"}
