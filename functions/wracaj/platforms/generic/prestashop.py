"""PrestaShop's webservice, read with a key of the back office (Advanced Parameters, Webservice).

Times are in the shop's zone, without an offset. An empty list is written `[]` in place of an
object. The key goes as the user of Basic auth.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from wracaj.errors import ShopBusyError, ShopRefusalError
from wracaj.platforms.api_calls import Calls
from wracaj.settings.shop import Shop

Json = dict[str, Any]


@dataclass
class Webservice:
    """Of one shop, for one run: what several orders share is asked for once."""

    shop: Shop
    calls: Calls
    known: dict[str, Any] = field(default_factory=dict)

    def listed(self, resource: str, query: Mapping[str, str]) -> list[Json]:
        told = self._asked(resource, query)
        rows = told.get(resource) if isinstance(told, dict) else told
        if not isinstance(rows, list):
            raise ShopBusyError(f"PrestaShop's webservice answered for {resource} without a list")
        return [row for row in rows if isinstance(row, dict)]

    def one(self, resource: str, name: str, id_: str) -> Json:
        """Return an entry, such as `one("customers", "customer", "7")`. Empty where it is gone."""
        path = f"{resource}/{quote(id_, safe='')}"
        if path not in self.known:
            told = self._asked(path, {})
            self.known[path] = told.get(name) if isinstance(told, dict) else None
        return self.known[path] or {}

    def by_id(self, resource: str, query: Mapping[str, str]) -> dict[str, Json]:
        """Return the entries of a short list."""
        if resource not in self.known:
            rows = self.listed(resource, {"display": "full", **query})
            self.known[resource] = {str(row.get("id")): row for row in rows}
        found: dict[str, Json] = self.known[resource]
        return found

    def _asked(self, path: str, query: Mapping[str, str]) -> Any:
        base = self.shop.settings.generic.prestashop_webservice or ""
        text = urlencode({**query, "output_format": "JSON"}, quote_via=quote)
        answer = self.calls.ask("GET", f"{base.rstrip('/')}/{path}?{text}", self._headers())
        if answer.status == 404:
            return None
        if answer.status == 401:
            raise ShopRefusalError(
                "PrestaShop's webservice refused the key (401): is it right, may it read"
                f" {path.partition('/')[0]}, and is the webservice switched on?"
            )
        if answer.status != 200:
            raise ShopRefusalError(
                f"PrestaShop's webservice answered {answer.status} for {path.partition('/')[0]}:"
                " check generic.prestashop_webservice and the key's rights"
            )
        return _parsed(answer.body)

    def _headers(self) -> dict[str, str]:
        key = f"{self.shop.secrets.api_token or ''}:".encode()
        basic = base64.b64encode(key).decode()
        return {"Authorization": f"Basic {basic}", "Accept": "application/json"}


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal)
    except ValueError:
        raise ShopBusyError(
            "PrestaShop's webservice answered with something else than JSON"
        ) from None
