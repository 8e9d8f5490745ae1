"""A shopper's views as attributes of the item that holds them; see product_views.py."""

from pydantic import TypeAdapter

from wracaj.store.table import Item
from wracaj.timelines.product_views import Browsing, View

_views = TypeAdapter(tuple[View, ...])
_TIMES = ("since", "started_at", "last_message_at")


def views_text(browsing: Browsing) -> str:
    return _views.dump_json(browsing.views, exclude_defaults=True).decode()


def browsing_from(item: Item) -> Browsing:
    return Browsing(
        views=_views.validate_json(item["views"]) if "views" in item else (),
        episode=int(item.get("episode", 0)),
        starting=bool(item.get("starting", False)),
        **{name: item.get(name) for name in _TIMES},
    )
