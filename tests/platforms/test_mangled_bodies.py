"""Bodies in which any part is replaced by any JSON. The shoppers whom they name are read from the
rest, and this needs no table."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support import woocommerce_bodies
from support.mangling import FOREIGN, at, mangled
from support.webhook_bodies import (
    GENERIC_BODIES,
    SHOPIFY_BODIES,
    Json,
    a_shopify_request,
    raw,
    settings_of,
)
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.errors import PayloadError
from wracaj.events import CartUpdated, ConsentChanged, OrderPlaced
from wracaj.platforms import Parsed, WebhookRequest
from wracaj.platforms.generic import webhooks as generic
from wracaj.platforms.shopify import webhooks as shopify

ORDERS = [
    ("shopify", topic)
    for topic in SHOPIFY_BODIES
    if topic.startswith("orders/") and topic != "orders/edited"
] + [("woocommerce", "order.created"), ("woocommerce", "order.restored")]
ORDERS += [
    ("generic", topic)
    for topic in GENERIC_BODIES
    if topic.startswith("order.") or topic == "checkout.completed"
]
CARTS = [
    ("shopify", "checkouts/update"),
    ("shopify", "carts/update"),
    ("woocommerce", "order.updated"),
    ("generic", "cart.updated"),
    ("generic", "checkout.created"),
]
CART_IDS: dict[str, list[tuple[str, ...]]] = {
    "shopify": [("cart_token",), ("checkout_token",)],
    "woocommerce": [("order_key",)],
    "generic": [("data", "cart_id"), ("data", "checkout_id")],
}
EMAILS: dict[str, list[tuple[str, ...]]] = {
    "shopify": [("email",), ("contact_email",), ("customer", "email")],
    "woocommerce": [("billing", "email")],
    "generic": [("data", "customer", "email")],
}
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
)
odd = st.sampled_from(
    [
        "",
        "0",
        "false",
        "2",
        "ż" * 300,
        10**30,
        1e300,
        "2026-10-14T09:30:00",
        {"1": {}},
        [None],
        "-5.00",
    ]
)
anything = st.recursive(
    scalars | odd,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | st.just("1"), inner, max_size=3)
    ),
    max_leaves=5,
)


def parsed(platform: str, topic: str, body: Json) -> Parsed:
    if platform == "shopify":
        found = shopify.parse(a_shopify_request(topic, body), settings_of("shopify"))
    elif platform == "woocommerce":
        found = woocommerce_bodies.parsed(body, topic)
    else:
        found = generic.parse(
            WebhookRequest({}, raw(body), a_shopify_request("x", {}).received_at),
            settings_of("generic"),
        )
    assert [
        problem for _, problem in found.warnings if any(word in problem for word in FOREIGN)
    ] == []
    return found


def body_of(platform: str, topic: str) -> Json:
    bodies = {
        "shopify": SHOPIFY_BODIES,
        "woocommerce": woocommerce_bodies.WOOCOMMERCE_BODIES,
        "generic": GENERIC_BODIES,
    }
    return bodies[platform][topic]


@pytest.mark.parametrize(("platform", "topic"), ORDERS)
@MANY
@given(data=st.data())
def test_an_order_names_every_cart_and_address_that_it_still_holds(
    platform: str, topic: str, data: st.DataObject
) -> None:
    whole = body_of(platform, topic)
    body = mangled(whole, data, anything)
    carts = {
        at(whole, path)
        for path in CART_IDS[platform]
        if at(body, path) == at(whole, path) is not None
    }
    emails = [path for path in EMAILS[platform] if at(body, path) == at(whole, path) is not None]
    if not carts and not emails:
        return
    told = parsed(platform, topic, body).told
    placed = next(event for event in told if isinstance(event, OrderPlaced))  # type: ignore[union-attr]
    assert carts <= set(placed.cart_ids)
    assert placed.contact.email or not emails


@pytest.mark.parametrize(("platform", "topic"), CARTS)
@MANY
@given(data=st.data())
def test_a_cart_that_is_named_is_read(platform: str, topic: str, data: st.DataObject) -> None:
    whole = body_of(platform, topic)
    body = mangled(whole, data, anything)
    paths = {
        "carts/update": ("token",),
        "checkouts/update": ("cart_token",),
        "order.updated": ("order_key",),
    }
    path = paths.get(topic, ("data", "cart_id"))
    if at(body, path) != at(whole, path):
        return
    told = parsed(platform, topic, body).told
    assert isinstance(told, tuple)
    assert {event.cart_id for event in told if hasattr(event, "cart_id")} <= {at(whole, path)}
    assert told


@MANY
@given(data=st.data())
def test_a_no_that_stands_is_heard_and_nothing_becomes_a_yes(data: st.DataObject) -> None:
    whole = copy.deepcopy(GENERIC_BODIES["checkout.updated"])
    whole["data"]["consent"] = {
        "email": {"state": "unsubscribed", "updated_at": "2026-10-14T09:29:00Z"}
    }
    body = mangled(whole, data, anything)
    try:
        told = parsed("generic", "checkout.updated", body).told
    except PayloadError:
        return
    assert isinstance(told, tuple)
    words = [
        word for event in told if isinstance(event, CartUpdated) for word in event.consent.items()
    ]
    words += [(event.channel, event.consent) for event in told if isinstance(event, ConsentChanged)]
    assert all(word.state is not ConsentState.SUBSCRIBED for _, word in words)
    if at(body, ("data", "consent", "email", "state")) == "unsubscribed":
        assert (Channel.EMAIL, ConsentState.UNSUBSCRIBED) in [
            (channel, word.state) for channel, word in words
        ]
