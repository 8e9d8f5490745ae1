"""A shop of each platform with an API, whose webhooks can get lost."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import pytest

import cart_webhook.app
import read_again.app
from support import shoper_bodies
from support.lambdas import an_http_event, answered
from support.prestashop_webservice import KEY as KEY_OF_PRESTASHOP
from support.prestashop_webservice import PrestaShop, a_prestashop
from support.reconciling import CONTEXT, LosingStory, losing
from support.shoper_shop import ShoperShop, a_shoper_shop
from support.shopify_shop import CLIENT_ID, CLIENT_SECRET, TOKEN, ShopifyShop, a_shopify_shop
from support.stories.bodies import Body, Cart, Order, Shopify
from support.stories.cloud import Cloud, Json
from support.stories.story import Story
from support.stories.telling import a_story
from support.woocommerce_shop import KEY, SECRET, a_woocommerce_shop
from wracaj.aws import shop_config
from wracaj.aws.read_again_queue import Queued
from wracaj.clock import real_now
from wracaj.platforms import api_calls
from wracaj.platforms.shoper import api as shoper_api
from wracaj.platforms.shoper import webhooks as shoper_webhooks
from wracaj.platforms.woocommerce.orders import DRAFT
from wracaj.settings.shop import ShopSettings
from wracaj.webhooks.address_tokens import TEST_EVENT

Losing = Callable[[Cloud], Any]


class WithRealAddresses(Shopify):
    """The API tells a checkout's token only in the address of its page."""

    def checkout(self, cart: Cart, at: datetime) -> Body:
        topic, body = super().checkout(cart, at)
        page = f"https://kubek.example/548380009/checkouts/ac/{body['token']}/recover?key=k3y"
        return topic, body | {"abandoned_checkout_url": page}


def a_shopify_story(cloud: Cloud, shop: ShopifyShop, *, issued: bool = False) -> LosingStory:
    """`issued`: the app has no token for ever, and asks for one."""
    section = {"shop_domain": "kubek.myshopify.com", "admin_url": shop.url}
    section |= {"client_id": CLIENT_ID} if issued else {}
    told = losing(a_story(cloud, "shopify", shop="losing", shopify=section), shop.put)
    told.bodies = WithRealAddresses()
    secrets = {"webhook_secrets": (CLIENT_SECRET,)} if issued else {"api_token": TOKEN}
    return with_secrets(cloud, told, **secrets)


def with_secrets(cloud: Cloud, story: LosingStory, **secrets: Any) -> LosingStory:
    kept = story.shop.secrets.model_copy(update=secrets)
    story.shop = story.shop.model_copy(update={"secrets": kept})
    cloud.put(story.shop)
    shop_config._cached.clear()
    return story


@contextmanager
def shopify(cloud: Cloud) -> Iterator[LosingStory]:
    with a_shopify_shop() as shop:
        yield a_shopify_story(cloud, shop)


@contextmanager
def woocommerce(cloud: Cloud) -> Iterator[LosingStory]:
    with a_woocommerce_shop() as shop:

        def put(topic: str, body: Json) -> None:
            """An order is never a draft again, whatever a late webhook says."""
            is_placed = shop.orders.get(body["id"], {}).get("status", DRAFT) != DRAFT
            if topic.startswith("order.") and not (is_placed and body["status"] == DRAFT):
                shop.put(body)

        told = losing(
            a_story(cloud, "woocommerce", shop="losing", woocommerce={"site_url": shop.url}), put
        )
        yield with_secrets(cloud, told, consumer_key=KEY, consumer_secret=SECRET)


@dataclass
class Shoper:
    """Its webhooks tell of orders. Carts come from elsewhere, here as the trial's."""

    settings: ShopSettings
    name = "shoper"

    def id_of(self, name: str) -> str:
        return str(1000 + crc32(name.encode()) % 900_000)

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self.settings.zone):%Y-%m-%d %H:%M:%S}"

    def checkout(self, cart: Cart, at: datetime) -> Body:
        return TEST_EVENT, shoper_bodies.a_trial_cart(
            cart_id=cart.id,
            at=at.isoformat(),
            email=cart.who.email,
            agrees="email" in cart.ticked,
            total=cart.total,
            items=[{"title": cart.title, "quantity": 1, "unit_price": cart.total}],
        )

    def order(self, order: Order, at: datetime) -> Body:
        return "order.create", shoper_bodies.an_order(
            order_id=self.id_of(order.id),
            user_id=self.id_of(str(order.who.id)),
            registered="1",
            date=self._local(order.placed),
            status_date=self._local(at),
            sum=order.total,
            email=order.who.email,
            billing_address=shoper_bodies.an_address(phone=""),
        )

    def cancelled(self, order: Order, at: datetime) -> Body:
        return "order.status", self.order(order, at)[1] | {"status_id": "8"}


@dataclass
class ShoperStory(LosingStory):
    """A webhook of an order is queued, and read again from the API at once."""

    queued: list[Queued] = field(default_factory=list)

    def tell(self, topic: str, body: Json, *, status: int = 200) -> Json:
        self.put(topic, body)
        if topic != TEST_EVENT and self.loses():
            self.lost.append(topic)
            return {}
        raw = json.dumps(body)
        headers = shoper_webhooks.sign(
            topic, raw.encode(), self.shop.settings, self.secret, real_now()
        )
        names = {"platform": "shoper", "shop": self.shop.id}
        event = an_http_event("POST /webhooks/{platform}/{shop}", names, headers=headers, body=raw)
        event["queryStringParameters"] = {"token": shoper_bodies.TOKEN}
        answer = answered(cart_webhook.app.handler, event)
        assert answer["statusCode"] == status, answer
        while self.queued:
            record = {
                "messageId": "m",
                "receiptHandle": "r",
                "body": json.dumps(self.queued.pop()._asdict()),
                "attributes": {"ApproximateReceiveCount": "1"},
            }
            assert read_again.app.handler({"Records": [record]}, CONTEXT) == {
                "batchItemFailures": []
            }
        return answer


def in_the_storys_time(cloud: Cloud, shop: ShoperShop, patch: pytest.MonkeyPatch) -> None:
    """The shop's bucket and ours drain as time passes in the story, and waiting lets it pass."""

    def seconds() -> float:
        return cloud.time.timestamp()

    def wait(length: float) -> None:
        cloud.time += timedelta(seconds=length)

    shop.clock, shop.poured_at = seconds, seconds()
    patch.setitem(shoper_api._buckets, shop.url, shoper_api.Bucket(at=seconds()))
    patch.setattr(shoper_api, "monotonic", seconds)
    patch.setattr(shoper_api, "sleep", wait)
    patch.setattr(api_calls, "sleep", wait)


@contextmanager
def shoper(cloud: Cloud) -> Iterator[LosingStory]:
    with a_shoper_shop() as shop, pytest.MonkeyPatch.context() as patch:

        def put(topic: str, body: Json) -> None:
            if topic.startswith("order."):
                client = shoper_bodies.a_client(user_id=body["user_id"], email=body["email"])
                shop.keep("users", client)
                shop.keep("orders", body)
                line = shoper_bodies.a_line(body["order_id"], order_product_id=body["order_id"])
                shop.keep("order-products", line)

        section = {"api_url": shop.url}
        told = losing(a_story(cloud, "shoper", shop="losing", shoper=section), put)
        in_the_storys_time(cloud, shop, patch)
        story = ShoperStory(**{each.name: getattr(told, each.name) for each in fields(told)})
        story.bodies = Shoper(story.shop.settings)  # type: ignore[assignment]
        patch.setattr(cart_webhook.app, "read_later", story.queued.append)
        yield with_secrets(
            cloud,
            story,
            webhook_secrets=(shoper_bodies.SECRET,),
            address_tokens=(shoper_bodies.TOKEN,),
            api_token=shoper_bodies.API_TOKEN,
        )


def a_prestashop_story(cloud: Cloud, shop: PrestaShop) -> LosingStory:
    """The module posts the generic format."""
    section = {"prestashop_webservice": f"{shop.url}/api"}
    told = losing(a_story(cloud, "generic", shop="losing", generic=section), shop.put)
    return with_secrets(cloud, told, api_token=KEY_OF_PRESTASHOP)


@dataclass
class PrestaShopStory(LosingStory):
    """The webservice lists no carts, so none of theirs gets lost here. An order that only it told
    of names no cart either, and PrestaShop begins a new one after each order."""

    fills_bought_carts: bool = False

    def tell(self, topic: str, body: Json, *, status: int = 200) -> Json:
        if topic.startswith("order."):
            return super().tell(topic, body, status=status)
        return Story.tell(self, topic, body, status=status)


@contextmanager
def prestashop(cloud: Cloud) -> Iterator[LosingStory]:
    with a_prestashop() as shop:
        told = a_prestashop_story(cloud, shop)
        known = {each.name: getattr(told, each.name) for each in fields(told)}
        yield PrestaShopStory(**known | {"fills_bought_carts": False})


SHOPS: Mapping[str, Losing] = {
    "shopify": shopify,
    "woocommerce": woocommerce,
    "shoper": shoper,
    "prestashop": prestashop,
}
