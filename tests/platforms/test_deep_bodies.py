"""A body with endless nesting. The names in it are read all the same."""

import json
import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest

from support import webhook_bodies as a
from support.generic_reading import SETTINGS
from support.webhook_bodies import a_request, a_shopify_request, an_envelope, settings_of
from support.woocommerce_bodies import a_woo_order
from wracaj.errors import PayloadError
from wracaj.platforms.bodies import read_object
from wracaj.platforms.generic import webhooks as generic
from wracaj.platforms.shopify import webhooks as shopify
from wracaj.platforms.woocommerce import webhooks as woocommerce

DEPTHS = [150, 900, 3_000, 100_000]
OPENED = [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")]


def with_a_pit(body: dict[str, Any], depth: int, opening: str, closing: str) -> bytes:
    pit = opening * depth + "1" + closing * depth
    return json.dumps(body).replace('"PIT"', pit).encode()


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("opening", "closing"), OPENED)
def test_an_order_stops_its_cart_however_deep_its_items_go(
    depth: int, opening: str, closing: str
) -> None:
    body = with_a_pit(
        an_envelope("order.created", a.a_generic_order(items="PIT")), depth, opening, closing
    )
    told = cast(Any, generic.parse(a_request(body), SETTINGS).told)
    assert told[0].cart_ids == ("cart-12", "co-7")


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_shopify_order_stops_its_cart_however_deep_its_lines_go(depth: int) -> None:
    body = with_a_pit(a.a_shopify_order(line_items="PIT"), depth, "[", "]")
    headers = a_shopify_request("orders/create", {}).headers
    request = a_request(body, headers)
    told = cast(Any, shopify.parse(request, settings_of("shopify")).told)
    assert told[0].cart_ids


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("part", ["line_items", "meta_data", "refunds", "billing"])
def test_a_woocommerce_order_stops_its_cart_however_deep_it_goes(depth: int, part: str) -> None:
    body = with_a_pit(a_woo_order(**{part: "PIT"}), depth, '[{"a":', "}]")
    request = a_request(body, {woocommerce.TOPIC: "order.created"})
    told = cast(Any, woocommerce.parse(request, settings_of("woocommerce")).told)
    assert told[0].cart_ids


@pytest.fixture
def limit_of_a_lambda() -> Iterator[None]:
    """What other tests use may have raised it for the whole process."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("limit_of_a_lambda")
def test_what_lies_too_deep_is_told() -> None:
    body = with_a_pit({"type": "x", "data": "PIT", "after": 'a "[" \\ in text'}, 3_000, "[", "]")
    value, warnings = read_object(body)
    assert (value["type"], value["after"]) == ("x", 'a "[" \\ in text')
    assert warnings == [("(body)", "is nested more than 40 deep: what lies deeper is lost")]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"a":"' + b"[" * 9000])
def test_a_body_that_has_no_end_is_no_json(body: bytes) -> None:
    with pytest.raises(PayloadError) as refused:
        read_object(body)
    assert refused.value.problems == [("(body)", "is not JSON in UTF-8")]
