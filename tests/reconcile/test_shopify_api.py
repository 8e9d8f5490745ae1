"""How Shopify's API is asked: tokens, scopes, plans, versions, and what a record says."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from support.losing_shops import a_shopify_story
from support.reconciling import LosingStory
from support.shopify_shop import ShopifyShop, a_shopify_shop
from support.stories.cloud import Cloud
from wracaj.discounts.code import DiscountTerms, mint
from wracaj.errors import DiscountError
from wracaj.platforms import platform
from wracaj.platforms.shopify import access
from wracaj.platforms.shopify.api_records import told_of
from wracaj.store import open_store

ALA: Any = {"id": "ala", "email": "ala@poczta.example"}


@pytest.fixture
def shop() -> Iterator[ShopifyShop]:
    access._issued.clear()
    with a_shopify_shop() as shop:
        yield shop


@pytest.fixture
def story(cloud: Cloud, shop: ShopifyShop) -> LosingStory:
    return a_shopify_story(cloud, shop)


def lose_all(story: LosingStory) -> None:
    story.loses = lambda: True


def is_known(story: LosingStory, order: str = "o1") -> bool:
    return open_store().accounts.order(story.shop.id, story.id_of(order)) is not None


# --- tokens ---------------------------------------------------------------------------------------


def test_an_app_of_the_dev_dashboard_gets_a_token_once_a_day(
    cloud: Cloud, shop: ShopifyShop
) -> None:
    shop.issues = "shpat_of_today"
    story = a_shopify_story(cloud, shop, issued=True)
    lose_all(story)
    story.order("o1", **ALA)
    story.quarters(3)
    assert is_known(story)
    assert sum(one.get("path") == "token" for one in shop.asked) == 1


def test_a_token_that_was_revoked_is_asked_for_again(cloud: Cloud, shop: ShopifyShop) -> None:
    shop.issues = "shpat_of_today"
    story = a_shopify_story(cloud, shop, issued=True)
    story.reconcile()
    shop.issues = "shpat_of_the_afternoon"
    assert story.reconcile()["problem"] == ""


def test_where_shopify_issues_none_it_says_what_to_check(cloud: Cloud, shop: ShopifyShop) -> None:
    story = a_shopify_story(cloud, shop, issued=True)
    problem = story.reconcile()["problem"]
    assert "issues no token (400)" in problem
    assert "is the app installed in kubek.myshopify.com" in problem


def test_codes_are_made_with_the_token_of_the_day(cloud: Cloud, shop: ShopifyShop) -> None:
    story = a_shopify_story(cloud, shop, issued=True)
    code = mint(DiscountTerms(percent=10), story.now, story.now + timedelta(days=3))
    with pytest.raises(DiscountError, match="issues no token"):
        platform("shopify").create_discount(story.shop, code, "c1")
    shop.issues = "shpat_of_today"
    with pytest.raises(DiscountError, match="undefinedField"):  # this shop knows no codes
        platform("shopify").create_discount(story.shop, code, "c1")


# --- what the app may see -------------------------------------------------------------------------


def test_without_the_scope_of_orders_it_says_so(story: LosingStory, shop: ShopifyShop) -> None:
    shop.scopes = frozenset({"write_discounts"})
    assert "the scope read_orders" in story.reconcile()["problem"]


def test_a_plan_that_keeps_customers_back_still_lets_orders_stop_their_cart(
    story: LosingStory, shop: ShopifyShop
) -> None:
    story.checkout("c1", **ALA)
    lose_all(story)
    story.order("o1", cart="c1", **ALA)
    shop.shows_customers = False
    story.quarters(1)
    story.hours(48)
    assert is_known(story)
    assert story.sent == []


def test_an_older_version_of_the_api_is_named(cloud: Cloud, shop: ShopifyShop) -> None:
    story = a_shopify_story(cloud, shop)
    assert story.shop.settings.shopify
    section = story.shop.settings.shopify.model_copy(update={"api_version": "2026-04"})
    settings = story.shop.settings.model_copy(update={"shopify": section})
    story.shop = story.shop.model_copy(update={"settings": settings})
    cloud.put(story.shop)
    lose_all(story)
    story.order("o1", **ALA)
    assert "must be 2026-07 or later" in story.reconcile()["problem"]


@pytest.mark.parametrize("status", [402, 403, 404, 423])
def test_a_shop_that_refuses_is_told_in_words(
    story: LosingStory, shop: ShopifyShop, status: int
) -> None:
    shop.fails(status, {"errors": "Not Found"})
    assert f"{status}" in story.reconcile()["problem"]


# --- what it lists --------------------------------------------------------------------------------


def test_an_order_that_the_search_finds_late_is_found_by_the_overlap(
    story: LosingStory, shop: ShopifyShop
) -> None:
    shop.index_lag = timedelta(minutes=12)
    lose_all(story)
    story.order("o1", **ALA)
    story.hours(0.1)
    story.order("o2", **ALA)
    shop.index_lag = timedelta(0)
    del shop.orders[story.id_of("o1")]
    story.reconcile()
    topic, body = story.bodies.order(story.orders["o1"], story.orders["o1"].placed)
    shop.put(topic, body)
    story.quarters(1)
    assert is_known(story, "o1")


def test_two_changes_in_one_second_are_both_read(story: LosingStory, shop: ShopifyShop) -> None:
    lose_all(story)
    story.order("o1", total="100.00", **ALA)
    story.reconcile()
    shop.orders[story.id_of("o1")]["current_total_price"] = "60.00"  # and the same `updated_at`
    story.quarters(1)
    entry = open_store().accounts.order(story.shop.id, story.id_of("o1"))
    assert entry is not None
    assert entry.state.net == 60


def test_a_late_reconciliation_sets_no_later_cart_aside(story: LosingStory) -> None:
    """The shop tells when the order was placed: what was filled since is another purchase."""
    story.checkout("c1", **ALA)
    lose_all(story)
    story.order("o1", cart="c1", **ALA)
    story.loses = lambda: False
    story.hours(0.4)
    story.checkout("c2", **ALA)
    story.reconcile()
    story.hours(6)
    (mail,) = story.mails_to(ALA["email"])
    assert "Kubek nr c2" in mail.delivery.text


# --- records --------------------------------------------------------------------------------------


def a_checkout(**changes: Any) -> dict[str, Any]:
    return {
        "id": "gid://shopify/AbandonedCheckout/5",
        "abandonedCheckoutUrl": "https://kubek.example/1/checkouts/ac/t0ken/recover?key=k",
        "createdAt": "2026-10-14T09:00:00Z",
        "updatedAt": "2026-10-14T09:10:00Z",
        "completedAt": None,
        "customer": {"id": "gid://shopify/Customer/7", "defaultEmailAddress": None},
        **changes,
    }


@pytest.mark.parametrize(
    ("page", "token"),
    [
        ("https://kubek.example/548/checkouts/ac/t0ken/recover?key=k&locale=pl", "t0ken"),
        ("https://kubek.example/checkouts/t0ken/recover", "t0ken"),
        ("https://kubek.example/548/checkouts/cn/t0ken/pl-pl/recover", None),
        ("https://kubek.example/", None),
    ],
)
def test_the_token_is_in_the_address_of_the_page(page: str, token: str | None) -> None:
    told = told_of("abandonedCheckouts", a_checkout(abandonedCheckoutUrl=page))
    assert [one.body["token"] for one in told] == ([token] if token else [])


@pytest.mark.parametrize(
    ("state", "given", "ticked", "topics"),
    [
        ("SUBSCRIBED", "2026-10-14T09:05:00Z", True, 2),
        ("SUBSCRIBED", "2026-10-10T09:05:00Z", None, 2),
        ("SUBSCRIBED", "2026-01-10T09:05:00Z", None, 1),
        ("SUBSCRIBED", None, None, 1),
        ("UNSUBSCRIBED", "2026-01-10T09:05:00Z", None, 2),
        ("NOT_SUBSCRIBED", None, None, 1),
    ],
)
def test_a_box_counts_as_ticked_only_if_the_customer_agreed_since(
    state: str, given: str | None, ticked: bool | None, topics: int
) -> None:
    address = {
        "emailAddress": "ala@poczta.example",
        "marketingState": state,
        "marketingOptInLevel": None,
        "marketingUpdatedAt": given,
    }
    customer = {"id": "gid://shopify/Customer/7", "defaultEmailAddress": address}
    told = told_of("abandonedCheckouts", a_checkout(customer=customer))
    assert told[0].body["buyer_accepts_marketing"] is ticked
    assert len(told) == topics
