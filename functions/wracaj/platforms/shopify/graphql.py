"""Questions to Shopify's Admin GraphQL API, within the budget of a run.

A question costs points, the most that its answer could hold; a bucket of points fills again by the
second (https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits). One that the bucket
cannot pay is answered 200 with the error THROTTLED.
"""

import json
from typing import Any

from pydantic import ValidationError

from wracaj.errors import PayloadError, ShopBusyError, ShopRefusalError
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.bodies import Body, read_object
from wracaj.platforms.shopify.access import access_token, forget_token
from wracaj.platforms.shopify.admin_answers import GraphqlError
from wracaj.settings.shop import Shop

SECONDS_AFTER_THROTTLED = 2.0  # where the answer does not say how fast the bucket fills

Json = dict[str, Any]


class _Bucket(Body):
    currentlyAvailable: float = 0  # noqa: N815
    restoreRate: float = 0  # noqa: N815


class _Cost(Body):
    requestedQueryCost: float = 0  # noqa: N815
    throttleStatus: _Bucket = _Bucket()  # noqa: N815


class _Costs(Body):
    cost: _Cost | None = None


class _Answer(Body):
    errors: tuple[GraphqlError, ...] | None = None
    data: Json | None = None
    extensions: _Costs | None = None

    @property
    def codes(self) -> set[str]:
        return {error.code for error in self.errors or ()}

    @property
    def seconds_to_wait(self) -> float:
        """Until the bucket can pay the question."""
        cost = self.extensions.cost if self.extensions else None
        if not cost or not cost.throttleStatus.restoreRate:
            return SECONDS_AFTER_THROTTLED
        missing = cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable
        return max(missing / cost.throttleStatus.restoreRate, 0.1)


def ask(shop: Shop, calls: Calls, question: str, **variables: Any) -> Json:
    """Return `data`. Parts of it are null where the app may not read them; the caller decides which
    parts it cannot do without. Raises BudgetSpentError, ShopBusyError or ShopRefusalError."""
    while True:
        read = _asked(shop, calls, question, variables)
        if "THROTTLED" not in read.codes:
            break
        calls.wait(read.seconds_to_wait)
    if "INTERNAL_SERVER_ERROR" in read.codes:
        raise ShopBusyError("Shopify is broken (INTERNAL_SERVER_ERROR)")
    if read.codes - {"ACCESS_DENIED"} or not read.data:
        raise ShopRefusalError(_refusal(read))
    return read.data


def _asked(shop: Shop, calls: Calls, question: str, variables: Json) -> _Answer:
    if shop.settings.shopify is None:
        raise ShopRefusalError("the shop's settings have no section `shopify:`")
    url = shop.settings.shopify.graphql_url
    body = json.dumps({"query": question, "variables": variables}).encode()
    answer = calls.ask("POST", url, _headers(shop, calls), body)
    if answer.status == 401 and forget_token(shop):
        answer = calls.ask("POST", url, _headers(shop, calls), body)
    _refuse_status(answer.status)
    try:
        return _Answer.model_validate(read_object(answer.body)[0])
    except (PayloadError, ValidationError):
        raise ShopBusyError("Shopify's answer is not what its API promises") from None


def _headers(shop: Shop, calls: Calls) -> dict[str, str]:
    def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        answer = calls.ask("POST", url, headers, body)
        return answer.status, answer.body

    return {
        "Content-Type": "application/json",
        "X-Shopify-Access-Token": access_token(shop, post),
    }


def _refuse_status(status: int) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise ShopRefusalError(f"Shopify refused the API token ({status}): was the app removed?")
    if status in (402, 423):
        raise ShopRefusalError(f"Shopify answered {status}: the shop is frozen or locked")
    raise ShopRefusalError(f"Shopify answered {status}; check shop_domain and api_version")


def _refusal(read: _Answer) -> str:
    """Messages of Shopify name scopes and fields of its schema, and nothing of a shopper."""
    said = [f"{error.message or ''} ({error.code})".strip() for error in read.errors or ()]
    told = "; ".join(dict.fromkeys(said))[:400] or "no data and no error"
    if "undefinedField" in read.codes:
        told += "; `shopify.api_version` must be 2026-07 or later"
    return f"Shopify refused the question: {told}"
