"""What changed in a Shopify shop: orders and abandoned checkouts, by the Admin GraphQL API.

One cheap question lists ids and times of both. Only what is new is then asked for in full, a batch
at a time, since a question may cost 1,000 points at most. What each batch can cost is counted in
the tests' shop, as Shopify counts it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from wracaj.clock import now
from wracaj.errors import ShopRefusalError
from wracaj.platforms import Changed, From, Page
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.shopify.access import has_access as is_readable
from wracaj.platforms.shopify.api_records import CHECKOUT_FIELDS, ORDER_FIELDS, told_of
from wracaj.platforms.shopify.graphql import ask
from wracaj.settings.shop import Shop, ShopSettings

__all__ = ["KINDS", "filled", "is_readable", "is_set_up", "pages"]

ORDERS, CHECKOUTS = "orders", "abandonedCheckouts"
KINDS: tuple[str, ...] = (ORDERS, CHECKOUTS)
BATCH = {ORDERS: 10, CHECKOUTS: 7}
UNSETTLED = timedelta(seconds=5)  # `updatedAt` has whole seconds: a second change may follow

_LIST = """
query changed(
  $orders: Boolean!, $ordersSince: String, $ordersAfter: String,
  $abandonedCheckouts: Boolean!, $abandonedCheckoutsSince: String, $abandonedCheckoutsAfter: String
) {
  orders(first: 100, after: $ordersAfter, query: $ordersSince, sortKey: UPDATED_AT)
    @include(if: $orders) { nodes { id updatedAt } pageInfo { hasNextPage endCursor } }
  abandonedCheckouts(
    first: 100, after: $abandonedCheckoutsAfter, query: $abandonedCheckoutsSince, sortKey: ID
  ) @include(if: $abandonedCheckouts) {
    nodes { id updatedAt } pageInfo { hasNextPage endCursor }
  }
}
"""
_FIELDS = {ORDERS: f"... on Order {{ {ORDER_FIELDS} }}"}
_FIELDS[CHECKOUTS] = f"... on AbandonedCheckout {{ {CHECKOUT_FIELDS} }}"
_DETAILS = "query details($ids: [ID!]!) {{ nodes(ids: $ids) {{ {} }} }}"


def is_set_up(settings: ShopSettings) -> bool:  # noqa: ARG001
    return True


def pages(shop: Shop, asked: Mapping[str, From], calls: Calls) -> Mapping[str, Page]:
    """One request for all lists. Checkouts cannot be sorted by their change, so they come by their
    ids."""
    at = now()
    variables: dict[str, Any] = {kind: kind in asked for kind in KINDS}
    for kind, beginning in asked.items():
        variables[f"{kind}Since"] = f"updated_at:>='{_written(beginning.since)}'"
        variables[f"{kind}After"] = beginning.place or None
    data = ask(shop, calls, _LIST, **variables)
    return {kind: _page(kind, data.get(kind), at) for kind in asked}


def _page(kind: str, listed: Any, at: datetime) -> Page:
    """Checkouts that the app may not read are none; without orders there is nothing to do."""
    if listed is None:
        if kind == ORDERS:
            raise ShopRefusalError("Shopify shows no orders: the app needs the scope read_orders")
        return Page(())
    info = listed.get("pageInfo") or {}
    rows = tuple(_changed(kind, node, at) for node in listed.get("nodes") or () if node)
    return Page(rows, str(info.get("endCursor") or "") if info.get("hasNextPage") else "")


def _changed(kind: str, node: Mapping[str, Any], at: datetime) -> Changed:
    id_, updated_at = str(node["id"]), str(node["updatedAt"])
    changed_at = datetime.fromisoformat(updated_at)
    mark = f"{id_} {updated_at}" if changed_at < at - UNSETTLED else None
    return Changed(kind, id_, changed_at, mark)


def filled(shop: Shop, changed: Iterable[Changed], calls: Calls) -> Iterator[Sequence[Changed]]:
    """Orders first: they stop messages. A record that is gone by now says nothing."""
    rows = list(changed)
    for kind in KINDS:
        question = _DETAILS.format(_FIELDS[kind])
        of_kind = [row for row in rows if row.kind == kind]
        for first in range(0, len(of_kind), BATCH[kind]):
            batch = of_kind[first : first + BATCH[kind]]
            data = ask(shop, calls, question, ids=[row.record_id for row in batch])
            nodes = {node["id"]: node for node in data.get("nodes") or () if node}
            yield [
                replace(row, told=told_of(row.kind, nodes[row.record_id]))
                if row.record_id in nodes
                else row
                for row in batch
            ]


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
