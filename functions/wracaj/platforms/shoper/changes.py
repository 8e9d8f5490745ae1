"""What changed in a Shoper shop: orders, by the API that webhooks are read again from.

Whether a new order has a `status_date` is not published, so two lists are read. Neither has a sort
order that is published, so pages go by number: an order that changes meanwhile moves into a list
and never out of it, which repeats an order on the next page and leaves none out.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from wracaj.clock import now
from wracaj.errors import PayloadError
from wracaj.outgoing.http import Answer
from wracaj.platforms import Changed, From, Ignored, Page, Parsed, Told
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.shoper.api import Api, Resource, seconds_to_wait
from wracaj.platforms.shoper.api_reader import ApiReader
from wracaj.platforms.times import earliest_shown_since, last_shown
from wracaj.settings.shop import Shop, ShopSettings

KINDS: tuple[str, ...] = ("status_date", "date")  # the field that each list is filtered by


def is_set_up(settings: ShopSettings) -> bool:  # noqa: ARG001
    return True


def is_readable(shop: Shop) -> bool:
    return bool(shop.secrets.api_token)


def pages(shop: Shop, asked: Mapping[str, From], calls: Calls) -> Mapping[str, Page]:
    api = Api.of(shop, partial(asking, calls))
    return {kind: _page(shop.settings, api, kind, where) for kind, where in asked.items()}


def asking(calls: Calls, method: str, url: str, headers: Mapping[str, str]) -> Answer:
    """Ask within a run's budget, at the pace that the shop allows. After 429 it waits as long as
    the shop asks."""
    if seconds := seconds_to_wait(url):
        calls.wait(seconds)
    return calls.ask(method, url, headers)


def _page(settings: ShopSettings, api: Api, kind: str, where: From) -> Page:
    """Times are the shop's own, without an offset."""
    since = f"{earliest_shown_since(where.since, settings.zone):%Y-%m-%d %H:%M:%S}"
    found = api.page("orders", {kind: {">=": since}}, int(where.place or 1))
    rows = [_changed(settings, kind, entry, where.since) for entry in found.entries]
    is_last = found.is_last or not found.entries
    return Page(tuple(rows), "" if is_last else str(found.number + 1))


def _changed(settings: ShopSettings, kind: str, entry: Resource, since: datetime) -> Changed:
    written = json.dumps(entry, sort_keys=True, default=str)
    mark = hashlib.sha256(written.encode()).hexdigest()
    at = _time(settings, entry.get(kind)) or since
    return Changed(kind, str(entry.get("order_id")), at, mark, (Told("order.status", entry),))


def _time(settings: ShopSettings, text: object) -> datetime | None:
    try:
        return last_shown(datetime.fromisoformat(str(text)), settings.zone, now())
    except ValueError:
        return None


def filled(shop: Shop, changed: Iterable[Changed], calls: Calls) -> Iterator[Sequence[Changed]]:
    """Each order with its lines, its status and its account. One that is in both lists is read
    once."""
    reader, seen = ApiReader(shop, Api.of(shop, partial(asking, calls))), set[str]()
    for one in changed:
        is_new = one.record_id not in seen
        seen.add(one.record_id)
        parsed = (_parsed(reader, one),) if is_new else ()
        yield [replace(one, told=(), parsed=parsed)]


def _parsed(reader: ApiReader, one: Changed) -> Parsed:
    try:
        return reader.order(dict(one.told[0].body))
    except PayloadError as error:
        return Parsed(Ignored("it cannot be read"), tuple(error.problems), "order.status")
