"""Orders of a WooCommerce without a plugin of which no webhook told, by its REST API."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from support.losing_shops import with_secrets
from support.reconciling import LosingStory, losing
from support.stories.cloud import Cloud
from support.stories.telling import a_story
from support.woocommerce_bodies import a_woo_order
from support.woocommerce_shop import KEY, SECRET, WooCommerceShop, a_woocommerce_shop
from wracaj.platforms.woocommerce import changes
from wracaj.store import open_store


@pytest.fixture
def shop() -> Iterator[WooCommerceShop]:
    with a_woocommerce_shop() as shop:
        yield shop


@pytest.fixture
def story(cloud: Cloud, shop: WooCommerceShop) -> LosingStory:
    section = {"site_url": shop.url}
    told = a_story(cloud, "woocommerce", shop="losing", woocommerce=section)
    return with_secrets(
        cloud, losing(told, lambda *_: None), consumer_key=KEY, consumer_secret=SECRET
    )


def many_orders(story: LosingStory, shop: WooCommerceShop, number: int) -> list[int]:
    """All changed in one second, as by an import."""
    at = _gmt(story.now)
    ids = list(range(500_001, 500_001 + number))
    for id_ in ids:
        shop.put(
            a_woo_order(
                id=id_, order_key=f"wc_order_{id_}", date_created_gmt=at, date_modified_gmt=at
            )
        )
    return ids


def _gmt(at: datetime) -> str:
    return at.replace(tzinfo=None, microsecond=0).isoformat()


def found(story: LosingStory, ids: list[int]) -> int:
    known = (open_store().accounts.order(story.shop.id, str(id_)) for id_ in ids)
    return sum(entry is not None for entry in known)


def asked(shop: WooCommerceShop, parameter: str) -> list[Any]:
    return [one.query[parameter] for one in shop.asked if parameter in one.query]


def test_more_orders_of_one_second_than_a_page_holds_are_all_read(
    story: LosingStory, shop: WooCommerceShop
) -> None:
    ids = many_orders(story, shop, 120)
    story.quarters(1)
    assert found(story, ids) == 120
    assert [len(told.split(",")) for told in asked(shop, "exclude")] == [50, 100]


def test_more_orders_of_one_second_than_an_address_holds_are_all_read(
    story: LosingStory, shop: WooCommerceShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_LEFT_OUT", 60)
    shop.longest_address = 900
    ids = many_orders(story, shop, 160)
    story.quarters(1)
    assert found(story, ids) == 160
    assert asked(shop, "offset") == ["100", "150"]
    assert story.reconcile()["problem"] == ""


def test_an_address_that_leaves_out_as_many_as_may_be_is_one_that_servers_take(
    shop: WooCommerceShop,
) -> None:
    ids = ",".join(["1234567890"] * changes.MOST_LEFT_OUT).replace(",", "%2C")
    assert len(ids) + 400 < shop.longest_address
