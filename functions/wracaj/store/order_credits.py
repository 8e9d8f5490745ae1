"""What an order is credited to: `SHOP#{shop}#ALIAS#order#{order_id}` / `CREDITS`. A refund finds by
it which counters and sums it changes. There is none for an order that is credited to nothing.

The counters of the message that was clicked (`attributed_orders`, `attributed_cents`,
`attributed_contribution_cents`) and of those that gave the codes (`codes_used`) change in the same
transaction, so that a repeated event changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection

from wracaj.clock import now
from wracaj.orders.credits import Click, CodeGiver, Credits
from wracaj.store.clicks import clicked_message
from wracaj.store.codes import code_key
from wracaj.store.counters import attributed_in_arms, counters_key
from wracaj.store.customer_keys import alias_key
from wracaj.store.table import Change, Item, Table, dump, expiry
from wracaj.timelines.steps import StepRecord

KEPT_DAYS = 400  # refunds come later than that only as goodwill
MOST_CODES = 10  # of one order; a shop allows one or two


class OrderCredits:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, shop: str, order_id: str) -> Credits:
        return credits_from(self.table.get(credits_key(shop, order_id)) or {})

    def message_of(self, shop: str, click: Click) -> StepRecord | None:
        """Return the record of the clicked message, if the click was not found to be a scanner's.
        One read."""
        item = self.table.get(clicked_message(shop, click)) or {}
        is_click = int(item.get("clicks", 0)) > 0
        return StepRecord.model_validate_json(item["record"]) if is_click else None

    def givers_of(self, shop: str, codes: Collection[str]) -> dict[str, CodeGiver]:
        """Return code → the message that gave it, for the codes that are ours. One request."""
        keys = {code_key(shop, code)["PK"]: code for code in sorted(codes)[:MOST_CODES]}
        items = self.table.get_many([code_key(shop, code) for code in keys.values()])
        return {
            keys[item["PK"]]: CodeGiver(
                **{name: item[name] for name in CodeGiver.model_fields if name in item}
            )
            for item in items
            if item.get("state") == "given" and "sent_at" in item
        }

    def write(self, shop: str, order_id: str, before: Credits, after: Credits) -> Credits:
        """Raises ConflictError if they changed since they were read."""
        key = credits_key(shop, order_id)
        item = key | {
            "revision": before.revision + 1,
            "credits": dump(after),
            "expires_at": expiry(now(), KEPT_DAYS),
        }
        put = (
            self.table.putting(item, "revision = :read", read=before.revision)
            if before.revision
            else self.table.putting(item, "attribute_not_exists(PK)")
        )
        self.table.transact([{"Put": put}, *self._counting(shop, before, after)])
        return after.model_copy(update={"revision": before.revision + 1})

    def _counting(self, shop: str, before: Credits, after: Credits) -> list[Item]:
        before_counted, counters = _counted(shop, before), _counted(shop, after)
        changes = {
            key: {
                name: counted[name] - before_counted[key][name]
                for name in sorted(counted.keys() | before_counted[key].keys())
            }
            for key, counted in counters.items()
        }
        return [
            {"Update": self.table.updating({"PK": key[0], "SK": key[1]}, Change().add(**change))}
            for key, change in changes.items()
            if any(change.values())
        ]


def _counted(shop: str, credited: Credits) -> defaultdict[tuple[str, str], Counter[str]]:
    """Return what an order counts for, by the keys of counters. One item may be changed for the
    click and for a code."""
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    if credited.click and credited.sent_at:
        step = f"{credited.click.timeline}#{credited.click.step}"
        key = counters_key(shop, credited.sent_at, step)
        attributed = {
            "orders": credited.orders,
            "cents": int(credited.paid * 100),
            "contribution_cents": int(credited.contribution * 100),
        }
        counted = found[key["PK"], key["SK"]]
        counted.update({f"attributed_{what}": number for what, number in attributed.items()})
        counted.update(attributed_in_arms(credited.entries, attributed))
    for giver in credited.codes.values():
        key = counters_key(shop, giver.sent_at, f"{giver.timeline}#{giver.step}")
        found[key["PK"], key["SK"]].update(codes_used=credited.stands)
    return found


def credits_key(shop: str, order_id: str) -> dict[str, str]:
    return alias_key(shop, f"order#{order_id}") | {"SK": "CREDITS"}


def credits_from(item: Item) -> Credits:
    if not item:
        return Credits()
    known = Credits.model_validate_json(item["credits"])
    return known.model_copy(update={"revision": int(item["revision"])})
