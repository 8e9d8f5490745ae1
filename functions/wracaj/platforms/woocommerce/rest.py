"""Calls to a shop's REST API, `/wp-json/wc/v3`, with its consumer key and secret.

They travel by Basic auth, which WooCommerce takes over HTTPS only. They are never put into the
address, where logs of servers would keep them. There is no retry here: the caller decides.
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from wracaj.errors import NotTakenError, OutcomeUnknownError, PayloadError, WracajError
from wracaj.outgoing.http import LONGEST_ANSWER, Answer, exchange
from wracaj.platforms import calls
from wracaj.platforms.bodies import read_object
from wracaj.platforms.woocommerce.site import site_of
from wracaj.settings.shop import Shop, ShopSettings

API = "/wp-json/wc/v3"
MOST_ORDERS = 50  # on a page, of at most 100 that the API allows
_CODE = re.compile("[A-Za-z0-9_-]{1,80}")
_LATER, _NEVER = "trying again later may help", "trying again will not help"


class RestError(WracajError):
    """The shop's REST API did not do what was asked. `code` is WooCommerce's own word for it.
    `may_pass`: the same call may succeed later, at the earliest after `retry_after_seconds`."""

    def __init__(
        self,
        text: str,
        *,
        may_pass: bool,
        status: int | None = None,
        code: str = "",
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(f"{text}; {_LATER if may_pass else _NEVER}")
        self.may_pass, self.status, self.code = may_pass, status, code
        self.retry_after_seconds = retry_after_seconds


def get(shop: Shop, path: str, query: Mapping[str, str]) -> tuple[Any, Mapping[str, str]]:
    """Return the answer and its headers, whose names are in lower case. Raises RestError."""
    asked = f"{path}?{urlencode(query)}" if query else path
    answer = _exchange(shop, "GET", asked, b"")
    return read(answer), answer.headers


def post(shop: Shop, path: str, body: dict[str, Any]) -> Any:
    """Return the answer. Raises RestError; where no answer came, the shop may have done it all the
    same."""
    return read(_exchange(shop, "POST", path, json.dumps(body).encode()))


def _exchange(shop: Shop, method: str, path: str, body: bytes) -> Answer:
    url, headers = address(shop.settings, path), signed_in(shop)
    try:
        return exchange(method, url, headers, body, calls.SECONDS_TO_ANSWER, LONGEST_ANSWER)
    except (NotTakenError, OutcomeUnknownError) as error:
        raise RestError(f"the shop gave no answer ({error})", may_pass=True) from None


def address(settings: ShopSettings, path: str) -> str:
    elsewhere = settings.woocommerce.rest_url
    return f"{elsewhere.rstrip('/') if elsewhere else site_of(settings)}{API}{path}"


def signed_in(shop: Shop) -> dict[str, str]:
    """Return the headers of a call. Raises RestError where the shop has no key."""
    key, secret = shop.secrets.consumer_key, shop.secrets.consumer_secret
    if not key or not secret:
        raise RestError(
            "the shop's secrets hold no consumer_key and consumer_secret; make a key that may read"
            " and write in WooCommerce, Settings, Advanced, REST API, and put both with `wracaj"
            " shop put`",
            may_pass=False,
        )
    return {
        "Authorization": "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode(),
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": "Wracaj",  # firewalls of WordPress refuse requests without it
    }


def read(answer: Answer) -> Any:
    """Return the JSON of an answer of 2xx. Numbers with a point become Decimal. Raises
    RestError."""
    try:
        # some sites write a byte order mark or empty lines before the answer of any page
        whole = b'{"answer":' + answer.body.lstrip(b"\xef\xbb\xbf \r\n\t") + b"}"
        told = read_object(whole)[0]["answer"]
    except PayloadError:
        told = None
    if 200 <= answer.status < 300:
        if told is None:
            raise RestError("the shop's answer is not JSON, or too long", may_pass=True)
        return told
    raise _refusal(answer, told)


def _refusal(answer: Answer, told: Any) -> RestError:
    status, code = answer.status, told.get("code") if isinstance(told, dict) else None
    code = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    if status == 429 or status >= 500:
        return RestError(
            f"the shop is busy or broken ({status})",
            may_pass=True,
            status=status,
            code=code,
            retry_after_seconds=answer.retry_after_seconds,
        )
    return RestError(_explain(status, code), may_pass=False, status=status, code=code)


def _explain(status: int, code: str) -> str:
    named = f"{status}, {code}" if code else f"{status}"
    if status in (401, 403):
        return (
            f"WooCommerce refused the consumer key ({named}): is it right, may it read and write,"
            " and does the site know that it is asked over HTTPS? A firewall, or a web server that"
            " drops the header Authorization, answers so too"
        )
    if 300 <= status < 400:
        return (
            f"the shop redirects its REST API ({named}): write the address to which it redirects"
            " as woocommerce.site_url"
        )
    if status == 404:
        return (
            f"there is no REST API below woocommerce.site_url ({named}): are WordPress's permalinks"
            " set to Plain?"
        )
    return f"WooCommerce refused the call ({named})"
