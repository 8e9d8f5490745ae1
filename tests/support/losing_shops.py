"""A shop of each platform with an API, whose webhooks can get lost."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from support.reconciling import LosingStory, losing
from support.shopify_shop import CLIENT_ID, CLIENT_SECRET, TOKEN, ShopifyShop, a_shopify_shop
from support.stories.bodies import Body, Cart, Shopify
from support.stories.cloud import Cloud, Json
from support.stories.telling import a_story
from support.woocommerce_shop import KEY, SECRET, a_woocommerce_shop
from wracaj.aws import shop_config

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
            if topic.startswith("order."):
                shop.put(body)

        told = losing(
            a_story(cloud, "woocommerce", shop="losing", woocommerce={"site_url": shop.url}), put
        )
        yield with_secrets(cloud, told, consumer_key=KEY, consumer_secret=SECRET)


SHOPS: Mapping[str, Losing] = {"shopify": shopify, "woocommerce": woocommerce}
