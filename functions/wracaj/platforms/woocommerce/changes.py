"""What changed in a WooCommerce shop: orders, and drafts of the block checkout, by the REST API.

The list is sorted by change, and a page is asked for by the change that the page before ended with:
numbers of pages move while orders change. What one second has in common with the page before is
left out by its ids. An order in the bin is in no list.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from wracaj.errors import ShopBusyError, ShopRefusalError
from wracaj.platforms import Changed, From, Page, Told
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.woocommerce.rest import MOST_ORDERS, RestError, address, read, signed_in
from wracaj.settings.shop import Shop, ShopSettings

ORDERS = "orders"
KINDS: tuple[str, ...] = (ORDERS,)
A_SECOND = timedelta(seconds=1)
MOST_LEFT_OUT = 500  # ids of ten digits fill an address that servers take, of 8 KB at most

Json = Mapping[str, Any]


def is_set_up(settings: ShopSettings) -> bool:  # noqa: ARG001
    return True


def is_readable(shop: Shop) -> bool:
    return bool(shop.secrets.consumer_key and shop.secrets.consumer_secret)


def pages(shop: Shop, asked: Mapping[str, From], calls: Calls) -> Mapping[str, Page]:
    return {kind: _page(shop, beginning, calls) for kind, beginning in asked.items()}


def _page(shop: Shop, beginning: From, calls: Calls) -> Page:
    since, seen = _place(beginning)
    orders = _orders(shop, since, seen, calls)
    rows = tuple(_changed(order, since) for order in orders if order.get("id") is not None)
    if len(orders) < MOST_ORDERS or not rows:
        return Page(rows)
    last = rows[-1].at
    shared = [row.record_id for row in rows if row.at == last]
    return Page(rows, _written(last, [*(seen if last == since else ()), *shared]))


def _place(beginning: From) -> tuple[datetime, tuple[str, ...]]:
    """From which second, and which orders of it were on the pages before."""
    if not beginning.place:
        return beginning.since, ()
    at, _, ids = beginning.place.partition(" ")
    return datetime.fromisoformat(at), tuple(filter(None, ids.split(",")))


def _written(at: datetime, ids: Iterable[str]) -> str:
    return f"{at.isoformat()} {','.join(ids)}"


def _orders(shop: Shop, since: datetime, seen: Sequence[str], calls: Calls) -> list[Json]:
    """`modified_after` leaves out its own second, and has no offset: WordPress would turn a time
    with one into the shop's local time, and then compare it with GMT."""
    query = {
        "modified_after": f"{(since - A_SECOND).astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "dates_are_gmt": "true",
        "orderby": "modified",
        "order": "asc",
        "per_page": str(MOST_ORDERS),
    } | _without(seen)
    told = _got(shop, f"/orders?{urlencode(query)}", calls)
    if not isinstance(told, list):
        raise ShopBusyError("the shop's list of orders is none")
    return [order for order in told if isinstance(order, dict)]


def _without(seen: Sequence[str]) -> dict[str, str]:
    """By their number where their ids are too many for an address, as after a change of all orders
    at once."""
    if len(seen) > MOST_LEFT_OUT:
        return {"offset": str(len(seen))}
    return {"exclude": ",".join(seen)} if seen else {}


def _got(shop: Shop, path: str, calls: Calls) -> Any:
    try:
        return read(calls.ask("GET", address(shop.settings, path), signed_in(shop)))
    except RestError as error:
        raise (ShopBusyError if error.may_pass else ShopRefusalError)(str(error)) from None


def _changed(order: Json, since: datetime) -> Changed:
    """Marked by its content: `date_modified_gmt` has whole seconds."""
    written = json.dumps(order, sort_keys=True, default=str)
    told = (Told("order.updated", order),)
    mark = hashlib.sha256(written.encode()).hexdigest()
    return Changed(ORDERS, str(order["id"]), _modified(order) or since, mark, told)


def _modified(order: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(str(order.get("date_modified_gmt"))).replace(tzinfo=UTC)
    except ValueError:
        return None


def filled(
    shop: Shop,  # noqa: ARG001
    changed: Iterable[Changed],
    calls: Calls,  # noqa: ARG001
) -> Iterator[Sequence[Changed]]:
    """The list has all already. Orders are handed on one by one, so that a run that is over in the
    middle has those that it applied."""
    for one in changed:
        yield [one]
