"""Privacy requests: for data, for an erasure, or for the erasure of a shop, and who made them.
Shoppers are listed by keyed hashes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from wracaj.events import Asker, Contact, PrivacyKind, PrivacyRequested
from wracaj.settings.shop import ShopSettings
from wracaj_cli.outcome_words import moment
from wracaj_cli.shops.target import Target

KINDS: Mapping[str, str] = {
    PrivacyKind.DATA_REQUEST: "a shopper's data",
    PrivacyKind.CUSTOMER_REDACT: "erasure",
    PrivacyKind.SHOP_REDACT: "erasure of the shop",
}
ASKERS: Mapping[str, str] = {
    Asker.SHOP: "the shop",
    Asker.SHOPPER: "the shopper",
    Asker.PEOPLE: "the shop's people",
}


def record_erasure(target: Target, shop: ShopSettings, contact: Contact) -> None:
    """Record the request before the erasure begins, so that an erasure that fails is in the list,
    too."""
    asked = PrivacyRequested(
        at=target.now(), kind=PrivacyKind.CUSTOMER_REDACT, by=Asker.PEOPLE, contact=contact
    )
    target.store().orders.put_privacy_request(shop.shop, asked)


def requests_of(target: Target, shop: str) -> list[dict[str, Any]]:
    """Return the shop's requests. Scripts read them, so the keys do not change. `by` is None for
    requests that an earlier version recorded."""
    items = target.store().table.query({"PK": f"SHOP#{shop}#PRIVACY"})
    return [
        {
            "at": item["SK"].partition("#")[0],
            "kind": item["kind"],
            "by": item.get("by"),
            "names": list(item.get("names", [])),
            "order_ids": list(item.get("order_ids", [])),
        }
        for item in items
    ]


def as_table(found: Iterable[dict[str, Any]], zone: ZoneInfo) -> Table:
    table = Table(caption=f"Times of {zone.key}", caption_justify="left")
    for column in ("when", "asked for", "by"):
        table.add_column(column, no_wrap=True)
    table.add_column("about", overflow="fold")
    for one in found:
        when = moment(datetime.fromisoformat(one["at"]), zone)
        table.add_row(
            *map(
                Text,
                (when, KINDS.get(one["kind"], one["kind"]), ASKERS.get(one["by"], ""), _about(one)),
            )
        )
    return table


def _about(one: Mapping[str, Any]) -> str:
    orders = [f"orders {', '.join(one['order_ids'])}"] if one["order_ids"] else []
    return "\n".join([*one["names"], *orders]) or "nobody named"
