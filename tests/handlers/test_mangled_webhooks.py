"""Webhooks in which any part is replaced by any JSON. What they still name is used, and our code
does not fail."""

import copy
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.lambdas import Json, Lambdas, a_cart_body, ago, unique
from support.mangling import at, mangled
from support.webhook_bodies import a_generic_order, a_shopify_order, a_word, an_envelope
from support.woocommerce_bodies import a_box, a_woo_order
from wracaj.settings.shop import Shop

PLATFORMS = ["shopify", "woocommerce", "generic"]
ORDERS = {
    "shopify": ["orders/create", "orders/paid", "orders/updated"],
    "woocommerce": ["order.created", "order.updated", "order.restored"],
    "generic": ["order.created", "order.paid", "checkout.completed"],
}
ITS_CART = {
    "shopify": ("cart_token",),
    "woocommerce": ("order_key",),
    "generic": ("data", "cart_id"),
}
CART_KEYS = ("cart_token", "order_key", "cart_id")
_numbers = itertools.count(70_000)
EXAMPLES = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
# Not the seconds of our days: a time is no garbage, and an order of 2009 stops no cart of today.
numbers = st.integers().filter(lambda number: not 10**8 < abs(number) < 10**13) | st.floats(
    allow_nan=False, allow_infinity=False
)
anything = st.recursive(
    st.none()
    | st.booleans()
    | numbers
    | st.text(max_size=8)
    | st.sampled_from(["", "0", "false", "2", "12.0", "ż" * 300]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=4,
)


@pytest.fixture(params=PLATFORMS)
def shop(request: pytest.FixtureRequest, lambdas: Lambdas) -> Shop:
    return lambdas.register(request.param)


def an_order(platform: str, topic: str, cart_id: str, email: str) -> Json:
    times = {name: ago(hours=1) for name in ("created_at", "updated_at")}
    if platform == "shopify":
        order = {
            "cart_token": cart_id,
            "checkout_token": None,
            "email": email,
            "contact_email": None,
            "customer": None,
        }
        return a_shopify_order(id=unique("o"), processed_at=times["created_at"], **order, **times)
    if platform == "woocommerce":
        moments = dict.fromkeys(("date_created", "date_modified"))
        gmt = {f"{name}_gmt": times["updated_at"] for name in moments}
        named = {"order_key": cart_id, "billing": {"email": email}}
        return a_woo_order(id=next(_numbers), **named, **moments, **gmt)
    customer: Json = {"id": None, "email": email, "phone": None}
    told: Json = {
        "cart_id": cart_id,
        "checkout_id": None,
        "customer": customer,
        "order_id": unique("o"),
    }
    return an_envelope(topic, a_generic_order(**told, **times), timestamp=times["updated_at"])


def names(platform: str, body: Json, cart_id: str, email: str) -> bool:
    its_email = {
        "shopify": ("email",),
        "woocommerce": ("billing", "email"),
        "generic": ("data", "customer", "email"),
    }
    return bool(at(body, ITS_CART[platform]) == cart_id or at(body, its_email[platform]) == email)


@given(data=st.data())
@EXAMPLES
def test_an_order_that_names_cart_or_shopper_ends_the_reminders(
    lambdas: Lambdas, shop: Shop, data: st.DataObject
) -> None:
    platform, cart_id, email = (
        shop.settings.platform,
        unique("c"),
        f"{unique('ala')}@poczta.example",
    )
    assert lambdas.post(shop, *a_cart_body(platform, cart_id, email=email))["statusCode"] == 200
    topic = data.draw(st.sampled_from(ORDERS[platform]))
    body = mangled(an_order(platform, topic, cart_id, email), data, anything)
    answer = lambdas.post(shop, topic, body)
    if names(platform, body, cart_id, email):
        assert answer["statusCode"] == 200, answer["body"]
        assert lambdas.step(shop.id, cart_id)["outcome"] == "ordered"
    else:
        assert answer["statusCode"] in (200, 422)


@given(data=st.data())
@EXAMPLES
def test_a_cart_of_which_not_all_can_be_read_is_ended_by_its_order(
    lambdas: Lambdas, shop: Shop, data: st.DataObject
) -> None:
    platform, cart_id, email = (
        shop.settings.platform,
        unique("c"),
        f"{unique('ala')}@poczta.example",
    )
    topic, body = a_cart_body(platform, cart_id, email=email)
    body = mangled(body, data, anything)
    answer = lambdas.post(shop, topic, body)
    assert answer["statusCode"] in (200, 422)
    if at(body, ITS_CART[platform]) == cart_id:
        assert answer["statusCode"] == 200, answer["body"]
    order = ORDERS[platform][0]
    assert lambdas.post(shop, order, an_order(platform, order, cart_id, email))["statusCode"] == 200
    cart = lambdas.cart(shop, cart_id)
    assert cart.ordered
    assert not cart.episode or lambdas.step(shop.id, cart_id)["outcome"] == "ordered"


@given(data=st.data())
@EXAMPLES
def test_a_no_is_heard_whatever_else_of_its_cart_can_be_read(
    lambdas: Lambdas, shop: Shop, data: st.DataObject
) -> None:
    platform, cart_id, email = (
        shop.settings.platform,
        unique("c"),
        f"{unique('ala')}@poczta.example",
    )
    topic, body = a_cart_body(platform, cart_id, email=email)
    assert lambdas.post(shop, topic, body)["statusCode"] == 200
    if platform == "shopify":
        later = body | {"buyer_accepts_marketing": False, "updated_at": ago(hours=3.5)}
    elif platform == "woocommerce":
        later = body | {"meta_data": [a_box("")], "date_modified_gmt": ago(hours=3.5)}
    else:
        later = copy.deepcopy(body)
        later["data"] |= {
            "consent": {"email": a_word("unsubscribed", updated_at=ago(hours=3.5))},
            "updated_at": ago(hours=3.5),
        }
    changed = mangled(
        later,
        data,
        anything,
        spared=("consent", "buyer_accepts_marketing", "meta_data", *CART_KEYS),
    )
    assert lambdas.post(shop, topic, changed)["statusCode"] == 200
    assert lambdas.step(shop.id, cart_id)["outcome"] != "sent"
