"""What changed in a shop whose software can be asked, though it posts the generic format: orders of
PrestaShop, written as the module writes them.

The webservice does not know the module's ids of carts. So an order stops its shopper's carts by
account, e-mail and phone.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from wracaj.clock import now
from wracaj.platforms import Changed, From, Page, Told
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.generic.prestashop import Webservice
from wracaj.platforms.times import earliest_shown_since, last_shown
from wracaj.settings.shop import Shop, ShopSettings

ORDERS = "orders"
KINDS: tuple[str, ...] = (ORDERS,)
ON_A_PAGE = 50
A_SECOND = timedelta(seconds=1)
CANCELLED, REFUNDED, FAILED = "PS_OS_CANCELED", "PS_OS_REFUND", "PS_OS_ERROR"
TICKED = "WRACAJ_CANCELLED"  # the module's: more states in which an order counts for nothing
_CONFIGURED = f"[{CANCELLED}|{REFUNDED}|{FAILED}|{TICKED}]"

Json = Mapping[str, Any]


def is_set_up(settings: ShopSettings) -> bool:
    return settings.generic.prestashop_webservice is not None


def is_readable(shop: Shop) -> bool:
    return is_set_up(shop.settings) and bool(shop.secrets.api_token)


def pages(shop: Shop, asked: Mapping[str, From], calls: Calls) -> Mapping[str, Page]:
    return {kind: _page(shop, beginning, calls) for kind, beginning in asked.items()}


def _page(shop: Shop, beginning: From, calls: Calls) -> Page:
    """The oldest change first. The next page begins at the second that this one ends with; what
    they share is known by its marks, and what fills a whole page is passed by a row's number."""
    shown, _, first = beginning.place.rpartition(" ")
    zone, skipped = shop.settings.zone, int(first or 0)
    since = _shown(shown) or earliest_shown_since(beginning.since, zone)
    query = {
        "display": "full",
        "date": "1",
        "filter[date_upd]": f">[{since - A_SECOND:%Y-%m-%d %H:%M:%S}]",
        "sort": "[date_upd_ASC,id_ASC]",
        "limit": f"{skipped},{ON_A_PAGE}",
    }
    orders = Webservice(shop, calls).listed(ORDERS, query)
    rows = tuple(_changed(shop, order, beginning.since) for order in orders)
    if len(rows) < ON_A_PAGE:
        return Page(rows)
    last = _shown(orders[-1].get("date_upd")) or since
    number = skipped + ON_A_PAGE if last == since else 0
    return Page(rows, f"{last} {number}")


def _shown(text: object) -> datetime | None:
    """A time as the shop's clock shows it, by which the list is sorted."""
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:  # 0000-00-00 00:00:00
        return None


def _time(shop: Shop, text: object) -> datetime | None:
    shown = _shown(text)
    return last_shown(shown, shop.settings.zone, now()) if shown else None


def _changed(shop: Shop, order: Json, since: datetime) -> Changed:
    mark = hashlib.sha256(json.dumps(order, sort_keys=True, default=str).encode()).hexdigest()
    at = _time(shop, order.get("date_upd")) or since
    return Changed(ORDERS, str(order.get("id")), at, mark, (Told("", order),))


def filled(shop: Shop, changed: Iterable[Changed], calls: Calls) -> Iterator[Sequence[Changed]]:
    """Each order with its shopper, its currency, and what its state means."""
    asking = Webservice(shop, calls)
    for one in changed:
        yield [replace(one, told=_told(shop, asking, one.told[0].body))]


def _told(shop: Shop, asking: Webservice, order: Json) -> tuple[Told, ...]:
    """An order whose payment failed is none, unless something was paid."""
    states = _states(asking, str(order.get("id_shop")))
    state = str(order.get("current_state"))
    if state in states.get(FAILED, ()) and not _is_paid(order):
        return ()
    if any(state in states.get(name, ()) for name in (CANCELLED, REFUNDED, TICKED)):
        topic = "order.cancelled"
    else:
        is_paid = asking.by_id("order_states", {}).get(state, {}).get("paid") in ("1", 1, True)
        topic = "order.paid" if is_paid else "order.created"
    changed_at = _written(shop, order.get("date_upd"))
    data = _data(shop, asking, order) | {"updated_at": changed_at}
    return (Told(topic, {"type": topic, "timestamp": changed_at, "data": data}),)


def _states(asking: Webservice, id_shop: str) -> dict[str, list[str]]:
    """The ids of states by the name of their setting. Where PrestaShop has several shops, each may
    have settings of its own."""
    rows = asking.by_id("configurations", {"filter[name]": _CONFIGURED}).values()
    ours = [row for row in rows if str(row.get("id_shop") or 0) in ("0", id_shop)]
    ours.sort(key=lambda row: str(row.get("id_shop") or 0) == id_shop)  # the shop's own come last
    return {str(row.get("name")): str(row.get("value") or "").split(",") for row in ours}


def _is_paid(order: Json) -> bool:
    try:
        return Decimal(str(order.get("total_paid_real") or 0)) != 0
    except ArithmeticError:  # one order that cannot be read must not end every run
        return False


def _data(shop: Shop, asking: Webservice, order: Json) -> dict[str, Any]:
    currency = asking.one("currencies", "currency", str(order.get("id_currency")))
    rows = (order.get("associations") or {}).get("order_rows") or ()
    return {
        "schema": 1,
        "order_id": str(order["id"]),
        "customer": _customer(asking, order),
        "currency": currency.get("iso_code"),
        "total": _amount(order, "total_paid_tax_incl"),
        "shipping": _amount(order, "total_shipping_tax_incl"),
        "discount": _amount(order, "total_discounts_tax_incl"),
        "items": [
            {"product_id": str(row.get("product_id")), "title": row.get("product_name")}
            for row in rows
        ],
        "created_at": _written(shop, order.get("date_add")),
    }


def _customer(asking: Webservice, order: Json) -> dict[str, Any]:
    """A guest's record is made anew for each order, so its number names nobody."""
    customer = asking.one("customers", "customer", str(order.get("id_customer")))
    is_guest = str(customer.get("is_guest")) in ("1", "True", "true")
    return {
        "id": str(customer["id"]) if customer and not is_guest else None,
        "email": customer.get("email") or None,
        "first_name": customer.get("firstname") or None,
    }


def _amount(order: Json, name: str) -> str | None:
    """Six decimals in PrestaShop: "199.000000". They are read as those of the currency."""
    told = order.get(name)
    return None if told in (None, "") else str(told)


def _written(shop: Shop, text: object) -> str | None:
    at = _time(shop, text)
    return at.isoformat() if at else None
