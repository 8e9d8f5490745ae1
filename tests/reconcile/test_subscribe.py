"""`wracaj shop subscribe SHOP [--check]`."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from support.losing_shops import a_shopify_story, with_secrets
from support.reconciling import LosingStory, losing
from support.shoper_bodies import API_TOKEN
from support.shoper_shop import a_shoper_shop
from support.shopify_shop import ShopifyShop, a_shopify_shop
from support.stories.cloud import PUBLIC_URL, Cloud
from support.stories.telling import a_story
from support.webhook_bodies import settings_of
from support.woocommerce_shop import KEY, SECRET, WooCommerceShop, a_woocommerce_shop
from wracaj.platforms.shopify.webhooks import TOPICS
from wracaj.platforms.woocommerce.webhooks import TOPICS as OF_WOOCOMMERCE
from wracaj.settings.shop import Shop, ShopSecrets
from wracaj_cli.main import app

SHOPIFY = f"{PUBLIC_URL}/webhooks/shopify/losing"
WOOCOMMERCE = f"{PUBLIC_URL}/webhooks/woocommerce/losing"
BY_API = [topic for topic in TOPICS if not topic.endswith(("redact", "data_request"))]


@pytest.fixture
def shopify(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShopifyShop]:
    at_this(cloud, monkeypatch)
    with a_shopify_shop() as shop:
        a_shopify_story(cloud, shop)
        yield shop


@pytest.fixture
def woocommerce(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[WooCommerceShop]:
    at_this(cloud, monkeypatch)
    with a_woocommerce_shop() as shop:
        section = {"site_url": shop.url}
        story = losing(
            a_story(cloud, "woocommerce", shop="losing", woocommerce=section), lambda *_: None
        )
        with_secrets(cloud, story, consumer_key=KEY, consumer_secret=SECRET)
        yield shop


def at_this(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for module in ("subscribing", "reconciling"):
        monkeypatch.setattr(f"wracaj_cli.shops.{module}.find_target", lambda _: cloud.target)


def subscribe(*options: str, shop: str = "losing") -> Result:
    return CliRunner().invoke(app, ["shop", "subscribe", shop, *options])


def states(*options: str) -> dict[str, Any]:
    told = json.loads(subscribe("--json", *options).stdout)
    return {one["topic"]: one["state"] for one in told["webhooks"]}


# --- Shopify --------------------------------------------------------------------------------------


def test_webhooks_of_shopify_are_made_once(shopify: ShopifyShop) -> None:
    first = subscribe()
    assert first.exit_code == 0, first.output
    assert sorted(one["topic"] for one in shopify.webhooks.values()) == sorted(
        topic.replace("/", "_").upper() for topic in BY_API
    )
    assert {one["uri"] for one in shopify.webhooks.values()} == {SHOPIFY}
    assert subscribe().exit_code == 0
    assert len(shopify.webhooks) == len(BY_API)


def test_a_check_changes_nothing_and_names_what_is_missing(shopify: ShopifyShop) -> None:
    checked = subscribe("--check")
    assert checked.exit_code == 1
    assert shopify.webhooks == {}
    assert f"{len(BY_API)} missing or dead" in checked.stdout
    subscribe()
    assert subscribe("--check").exit_code == 0
    gone = next(number for number, one in shopify.webhooks.items() if one["topic"] == "ORDERS_PAID")
    del shopify.webhooks[gone]  # as Shopify does after eight failures
    checked = subscribe("--check")
    assert checked.exit_code == 1
    assert "orders/paid" in next(line for line in checked.stdout.splitlines() if "missing" in line)


def test_privacy_topics_are_set_in_the_app(shopify: ShopifyShop) -> None:
    assert {
        topic: state for topic, state in states().items() if topic not in BY_API
    } == dict.fromkeys(
        ["customers/data_request", "customers/redact", "shop/redact"], "set in the app itself"
    )


def test_a_webhook_that_leads_to_another_deployment_does_not_count(shopify: ShopifyShop) -> None:
    other = "https://other.example/webhooks/shopify/losing"
    shopify.webhooks["1"] = {"topic": "ORDERS_CREATE", "uri": other}
    told = json.loads(subscribe("--check", "--json").stdout)["webhooks"]
    of_topic = [(one["address"], one["state"]) for one in told if one["topic"] == "orders/create"]
    assert of_topic == [(SHOPIFY, "missing"), (other, "on, elsewhere")]


def test_what_shopify_refuses_is_said(shopify: ShopifyShop, cloud: Cloud) -> None:
    shopify.fails(401, {"errors": "[API] Invalid API key or access token"})
    refused = subscribe("--check")
    assert (refused.exit_code, "refused the API token" in refused.output) == (1, True)
    story = a_shopify_story(cloud, shopify)
    with_secrets(cloud, story, api_token=None)
    refused = subscribe("--check")
    assert refused.exit_code == 1
    assert "has no token for its API" in refused.output


# --- WooCommerce ----------------------------------------------------------------------------------


def test_webhooks_of_woocommerce_are_made_with_the_shops_secret(
    woocommerce: WooCommerceShop, cloud: Cloud
) -> None:
    assert subscribe("--check").exit_code == 1
    assert subscribe().exit_code == 0
    assert {one["delivery_url"] for one in woocommerce.webhooks.values()} == {WOOCOMMERCE}
    assert len(woocommerce.webhooks) == len(OF_WOOCOMMERCE)
    kept = json.loads(
        cloud.values[next(name for name in cloud.values if name.startswith("wracaj/"))]
    )
    assert set(woocommerce.webhook_secrets.values()) == {kept["webhook_secrets"][0]}


def test_a_webhook_that_woocommerce_switched_off_is_dead_until_it_is_mended(
    woocommerce: WooCommerceShop,
) -> None:
    subscribe()
    woocommerce.webhooks[2]["status"] = "disabled"
    checked = subscribe("--check")
    assert checked.exit_code == 1
    assert "disabled (!)" in checked.stdout
    assert subscribe().exit_code == 0
    assert woocommerce.webhooks[2]["status"] == "active"
    assert len(woocommerce.webhooks) == len(OF_WOOCOMMERCE)


def test_a_key_that_may_only_read_is_said(woocommerce: WooCommerceShop) -> None:
    woocommerce.may_write = False
    refused = subscribe()
    assert refused.exit_code == 1
    assert "may it read and write" in refused.output


# --- others ---------------------------------------------------------------------------------------


def test_a_generic_shop_posts_by_itself(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    at_this(cloud, monkeypatch)
    story = a_story(cloud)
    told = subscribe("--check", shop=story.shop.id)
    assert told.exit_code == 0
    assert "posts its webhooks by itself" in told.stdout
    assert f"{PUBLIC_URL}/webhooks/generic/{story.shop.id}" in told.stdout


def test_it_says_how_far_the_shop_was_asked(shopify: ShopifyShop, cloud: Cloud) -> None:
    assert "was not asked yet" in subscribe().stdout
    story: LosingStory = a_shopify_story(cloud, shopify)
    story.loses = lambda: True
    story.order("o1", id="ala", email="ala@poczta.example")
    story.quarters(1)
    told = subscribe("--check").stdout
    assert "read to the end 0 minutes ago" in told
    assert "Last found alone" in told


# --- Shoper ---------------------------------------------------------------------------------------


def test_one_webhook_of_shoper_has_all_topics_that_are_missing(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_this(cloud, monkeypatch)
    with a_shoper_shop() as shop:
        settings = settings_of("shoper", shop="losing", shoper={"api_url": shop.url})
        secrets = ShopSecrets(
            webhook_secrets=("sekret",), address_tokens=("t",), api_token=API_TOKEN
        )
        cloud.put(Shop(settings=settings, secrets=secrets))
        address = f"{PUBLIC_URL}/webhooks/shoper/losing?token=t"
        shop.keep("webhooks", a_webhook("1", address, "order.create"))
        assert subscribe("--check").exit_code == 1
        assert subscribe().exit_code == 0, subscribe().output
        assert [one["url"] for one in shop.entries["webhooks"]] == [address] * 2
        assert shop.secrets == {"2": "sekret"}
        shop.entries["webhooks"][0]["active"] = "0"
        checked = subscribe("--check")
        assert (checked.exit_code, "not active (!)" in checked.stdout) == (1, True)
        assert subscribe().exit_code == 0
        assert shop.entries["webhooks"][0]["active"] == "1"


def a_webhook(number: str, address: str, *events: str) -> Any:
    kept = {"active": "1", "format": "0", "events": list(events)}
    return {"webhook_id": number, "url": address, **kept}
