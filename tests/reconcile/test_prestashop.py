"""Orders of a PrestaShop that its module did not tell of, by the webservice."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.losing_shops import a_prestashop_story, with_secrets
from support.prestashop_webservice import (
    CREATED,
    ERROR,
    SENT_BACK,
    PrestaShop,
    a_configuration,
    a_prestashop,
)
from support.reconciling import LosingStory
from support.stories.cloud import Cloud
from wracaj.orders.order import OrderState
from wracaj.store import open_store

ALA: Any = {"id": "ala", "email": "ala@poczta.example"}


@pytest.fixture
def shop() -> Iterator[PrestaShop]:
    with a_prestashop() as shop:
        yield shop


@pytest.fixture
def story(cloud: Cloud, shop: PrestaShop) -> LosingStory:
    story = a_prestashop_story(cloud, shop)
    story.loses = lambda: True
    return story


def state_of(story: LosingStory) -> OrderState | None:
    entry = open_store().accounts.order(story.shop.id, "o1")
    return entry.state if entry else None


def test_nothing_new_costs_one_request(story: LosingStory, shop: PrestaShop) -> None:
    story.order("o1", **ALA)
    story.quarters(1)
    shop.asked.clear()
    assert story.reconcile()["problem"] == ""
    assert len(shop.asked) == 1


def test_an_order_is_read_as_the_module_writes_it(story: LosingStory) -> None:
    story.order("o1", total="199.90", **ALA)
    placed = story.now
    story.quarters(1)
    state = state_of(story)
    assert state is not None
    assert (str(state.net), state.currency, state.cancelled) == ("199.90", "PLN", False)
    assert state.placed_at == placed


def test_a_guests_number_names_nobody(story: LosingStory, shop: PrestaShop) -> None:
    story.order("o1", **ALA)
    shop.customers["ala"]["is_guest"] = "1"
    story.quarters(1)
    entry = open_store().accounts.order(story.shop.id, "o1")
    assert entry is not None
    assert str(entry.customer_id).startswith("e-")


def test_a_failed_payment_is_no_order_until_something_was_paid(
    story: LosingStory, shop: PrestaShop
) -> None:
    story.order("o1", **ALA)
    shop.orders["o1"]["current_state"] = ERROR
    story.quarters(1)
    assert state_of(story) is None
    shop.orders["o1"]["total_paid_real"] = "150.000000"
    story.quarters(1)
    assert state_of(story) is not None


@pytest.mark.parametrize(
    ("ticked", "counts"),
    [
        ([], True),
        ([a_configuration("WRACAJ_CANCELLED", f"30,{SENT_BACK}")], False),
        ([a_configuration("WRACAJ_CANCELLED", SENT_BACK, "1")], False),
        ([a_configuration("WRACAJ_CANCELLED", SENT_BACK, "2")], True),  # of another shop
        ([a_configuration("WRACAJ_CANCELLED", "")], True),
        (
            [
                a_configuration("WRACAJ_CANCELLED", "", "1"),
                a_configuration("WRACAJ_CANCELLED", SENT_BACK),
            ],
            True,
        ),
    ],
)
def test_a_status_that_the_shop_ticked_in_the_module_cancels_here_too(
    story: LosingStory, shop: PrestaShop, ticked: list[Any], counts: bool
) -> None:
    """Such a status may be one that PrestaShop takes for paid."""
    shop.configurations += ticked
    story.order("o1", **ALA)
    shop.orders["o1"]["current_state"] = SENT_BACK
    story.quarters(1)
    state = state_of(story)
    assert state is not None
    assert state.cancelled is not counts


@pytest.mark.parametrize(("currency", "net"), [("KWD", "12.345"), ("PLN", "12.35"), ("JPY", "12")])
def test_six_decimals_are_read_as_those_of_the_currency(
    story: LosingStory, shop: PrestaShop, currency: str, net: str
) -> None:
    story.order("o1", **ALA)
    shop.currency = currency
    shop.orders["o1"]["total_paid_tax_incl"] = "12.345000"
    story.quarters(1)
    state = state_of(story)
    assert state is not None
    assert (str(state.net), state.currency) == (net, currency)


def test_an_order_that_cannot_be_read_does_not_keep_the_others(
    story: LosingStory, shop: PrestaShop
) -> None:
    story.order("o1", **ALA)
    odd = {"current_state": ERROR, "total_paid_real": "?", "total_paid_tax_incl": "?"}
    shop.orders["a0"] = shop.orders["o1"] | odd | {"id": "a0"}
    assert story.reconcile()["problem"] == ""
    assert state_of(story) is not None


def test_more_orders_of_one_second_than_a_page_holds_are_all_read(
    story: LosingStory, shop: PrestaShop
) -> None:
    story.order("o1", **ALA)
    row = shop.orders["o1"]
    for number in range(120):
        shop.orders[f"p{number:03}"] = row | {"id": f"p{number:03}", "current_state": CREATED}
    story.quarters(3)
    known = [open_store().accounts.order(story.shop.id, id_) for id_ in shop.orders]
    assert sum(entry is not None for entry in known) == 121


def test_a_right_that_the_key_lacks_is_named(story: LosingStory, shop: PrestaShop) -> None:
    shop.rights.remove("orders")
    assert "may it read orders" in story.reconcile()["problem"]


def test_a_shop_without_the_key_is_not_asked(
    story: LosingStory, shop: PrestaShop, cloud: Cloud
) -> None:
    with_secrets(cloud, story, api_token=None)
    assert story.reconcile() == {}
    assert shop.asked == []
