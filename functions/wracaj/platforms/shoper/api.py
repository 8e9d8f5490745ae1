"""Shoper's REST API, `/webapi/rest`, read with a static Bearer token from the shop's panel.

The vendor's documents describe a leaky bucket: 10 requests, of which 2 a second drain. A full
bucket is answered 429 with `Retry-After`. A page holds 50 entries at most; a larger `limit` is cut
without a word. What is missing is answered 404 with `{"error": …}`, as other refusals are.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote, urlencode

from wracaj.errors import (
    NotAllowedError,
    NotTakenError,
    OutcomeUnknownError,
    PayloadError,
    ShopBusyError,
    ShopRefusalError,
)
from wracaj.outgoing.http import Answer, exchange
from wracaj.platforms.bodies import read_object
from wracaj.settings.shop import Shop

SECONDS_TO_ANSWER = 5.0
LONGEST_ANSWER = 4 * 1024 * 1024  # a page of orders
MOST_ON_A_PAGE = 50
Resource = dict[str, Any]
Filters = Mapping[str, object]
Ask = Callable[[str, str, Mapping[str, str]], Answer]  # method, address, headers


@dataclass
class Bucket:
    """The requests of this process. Other processes have buckets of their own, so a 429 may come
    all the same."""

    size: float = 10
    drains_per_second: float = 2
    level: float = 0
    at: float = field(default_factory=monotonic)

    def seconds_to_wait(self) -> float:
        """Put one request into the bucket, and return after how many seconds it may be sent."""
        moment = monotonic()
        self.level = max(0.0, self.level - (moment - self.at) * self.drains_per_second) + 1
        self.at = moment
        return max(0.0, self.level - self.size) / self.drains_per_second


_buckets: dict[str, Bucket] = {}


@dataclass(frozen=True)
class Page:
    entries: tuple[Resource, ...]
    number: int
    pages: int

    @property
    def is_last(self) -> bool:
        return self.number >= self.pages


def seconds_to_wait(url: str) -> float:
    """Put a request to this address into its shop's bucket."""
    return _buckets.setdefault(url.partition("/webapi/")[0], Bucket()).seconds_to_wait()


def ask_once(method: str, url: str, headers: Mapping[str, str]) -> Answer:
    """Raises ShopBusyError where there is no answer."""
    sleep(seconds_to_wait(url))
    try:
        return exchange(method, url, headers, b"", SECONDS_TO_ANSWER, LONGEST_ANSWER)
    except (NotTakenError, OutcomeUnknownError) as error:
        raise ShopBusyError(f"the shop's API gave no answer ({error})") from None


@dataclass(frozen=True)
class Api:
    """The API of one shop. Every method raises ShopBusyError or ShopRefusalError. `ask`: sends one
    request, and knows how many there may be."""

    base: str
    token: str
    ask: Ask = ask_once

    @classmethod
    def of(cls, shop: Shop, ask: Ask = ask_once) -> "Api":
        if not shop.secrets.api_token:
            raise ShopRefusalError(
                "the shop's secrets hold no API token: make one in the panel, then"
                " `WRACAJ_API_TOKEN=… wracaj shop put FILE`"
            )
        return cls(shop.settings.shoper_api, shop.secrets.api_token, ask)

    def one(self, resource: str, id_: str) -> Resource | None:
        """Return an entry, such as `one("orders", "12")`. None: the API says that there is none."""
        answer = self._get(f"{resource}/{quote(id_, safe='')}")
        return None if _says_none(answer) else _object_in(_good(answer, resource))

    def page(self, resource: str, filters: Filters | None = None, number: int = 1) -> Page:
        """Return a page of a list. A filter is a value, or `{">=": value}`."""
        query = {"limit": str(MOST_ON_A_PAGE), "page": str(number)}
        if filters:
            query["filters"] = json.dumps(filters, separators=(",", ":"))
        path = f"{resource}?{urlencode(query, quote_via=quote)}"
        told = _object_in(_good(self._get(path), resource))
        entries = told.get("list")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise ShopBusyError(f"the shop's API answered for {resource} without a list")
        return Page(tuple(entries), number, _number(told.get("pages")))

    def each(self, resource: str, filters: Filters | None = None) -> Iterator[Resource]:
        """Yield every entry of all pages."""
        page = self.page(resource, filters)
        yield from page.entries
        while page.entries and not page.is_last:
            page = self.page(resource, filters, page.number + 1)
            yield from page.entries

    def _get(self, path: str) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        return self.ask("GET", f"{self.base}/{path}", headers)


def _says_none(answer: Answer) -> bool:
    """A 404 that is not the API's own comes from a wrong address."""
    try:
        return answer.status == 404 and "error" in read_object(answer.body)[0]
    except PayloadError:
        return False


def _good(answer: Answer, resource: str) -> Answer:
    status = answer.status
    if status == 200:
        return answer
    if status == 429 or status >= 500:
        wish = "asks for time" if status == 429 else "is broken for now"
        raise ShopBusyError(
            f"the shop's API {wish} ({status})", retry_after_seconds=answer.retry_after_seconds
        )
    if status == 401:
        raise ShopRefusalError(
            "the shop's API refused the token (401): give another with WRACAJ_API_TOKEN"
        )
    if status == 403:
        raise NotAllowedError(
            f"the token may not read {resource} (403): give it that right in the shop's panel"
        )
    raise ShopRefusalError(
        f"the shop's API answered {status} for {resource}: write into shoper.api_url where"
        " webapi/rest answers without a redirect"
    )


def _object_in(answer: Answer) -> Resource:
    if len(answer.body) >= LONGEST_ANSWER:
        raise ShopRefusalError(f"the shop's API sent more than {LONGEST_ANSWER} bytes")
    try:
        return read_object(answer.body)[0]
    except PayloadError:
        raise ShopBusyError(
            f"the shop's API answered {answer.status} with something that is no JSON object"
        ) from None


def _number(raw: object) -> int:
    return int(raw) if isinstance(raw, int | str) and str(raw).isdecimal() else 1
