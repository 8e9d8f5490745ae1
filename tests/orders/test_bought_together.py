"""Which products were bought together, and which are recommended for that."""

import itertools
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, an_item
from wracaj.events import Product
from wracaj.orders import bought_together
from wracaj.orders.bought_together import (
    MOST_COMPANIONS,
    SHOWN,
    STILL_SOLD,
    Sold,
    candidates,
    pictured,
    recommend,
    sold_together,
)

Orders = list[set[str]]
names = st.sampled_from("abcdefgh")
orders = st.lists(st.sets(names, min_size=2, max_size=5), max_size=40)


def a_product(name: str) -> Product:
    return Product(product_id=name, title=name.upper())


def counted(told: Orders) -> dict[str, Sold]:
    known: dict[str, Sold] = {}
    for order in told:
        known |= sold_together(known, [a_product(name) for name in sorted(order)], NOON)
    return known


def recommended(told: Orders, *bought: str) -> list[str]:
    known = counted(told)
    own = [known[name] for name in bought if name in known]
    others = [known[name] for name in candidates(own, bought)]
    return [product.product_id for product in recommend(own, others, NOON)]


def test_what_was_bought_twice_with_it_is_recommended_and_once_is_chance() -> None:
    assert recommended([{"a", "b"}, {"a", "b"}, {"a", "c"}], "a") == ["b"]
    assert recommended([{"a", "b"}], "a") == []


def test_what_goes_with_everything_comes_after_what_goes_with_this() -> None:
    """A bestseller is in 12 orders, 3 of them with a mug; a saucer in 2, both with a mug."""
    orders = (
        [{"mug", "bestseller"}] * 3
        + [{"mug", "saucer"}] * 2
        + [{f"p{n}", "bestseller"} for n in range(9)]
    )
    assert recommended(orders, "mug") == ["saucer", "bestseller"]


def test_what_goes_with_two_things_bought_comes_before_what_goes_with_one() -> None:
    orders: Orders = [{"a", "x"}, {"b", "x"}, {"a", "y"}] * 2
    assert recommended(orders, "a", "b") == ["x", "y"]


def test_nothing_that_was_bought_is_recommended_not_even_what_is_not_counted_yet() -> None:
    known = counted([{"a", "b"}, {"a", "b"}])
    assert candidates([known["a"]], ["a", "b"]) == []
    assert recommended([{"a", "b", "c"}] * 2, "a", "b") == ["c"]


def test_equals_stay_in_order_and_only_the_first_few_are_shown() -> None:
    told: Orders = [{"a", *"hgfedcb"}] * 2
    assert recommended(told, "a") == list("bcdefgh")[:SHOWN]


@pytest.mark.parametrize(
    "change",
    [{"product": Product(product_id="b")}, {"last_at": NOON - STILL_SOLD - timedelta(days=1)}],
    ids=["nameless", "gone"],
)
def test_what_has_no_name_or_is_not_sold_any_more_is_left_out(change: dict[str, object]) -> None:
    known = counted([{"a", "b"}] * 2)
    assert recommend([known["a"]], [known["b"]], NOON) != ()
    assert recommend([known["a"]], [known["b"].model_copy(update=change)], NOON) == ()


@given(orders, st.sets(names, min_size=1, max_size=3))
def test_every_recommendation_was_bought_at_least_twice_with_something_bought(
    told: Orders, bought: set[str]
) -> None:
    pairs = Counter(pair for order in told for pair in itertools.permutations(order, 2))
    for name in recommended(told, *sorted(bought)):
        assert name not in bought
        assert max(pairs[(own, name)] for own in bought) >= 2


@given(st.permutations([{"a", "b"}, {"a", "b", "c"}, {"b", "c"}, {"a", "d"}, {"a", "d", "c"}]))
def test_the_order_of_orders_makes_no_difference(told: Orders) -> None:
    assert recommended(told, "a") == recommended(sorted(told, key=sorted), "a")


def test_the_counts_are_those_of_the_orders() -> None:
    known = counted([{"a", "b"}, {"a", "b", "c"}, {"a", "c"}])
    assert {name: companion.surely for name, companion in known["a"].companions.items()} == {
        "b": 2,
        "c": 2,
    }
    assert {name: sold.orders for name, sold in known.items()} == {"a": 3, "b": 2, "c": 2}


@given(st.lists(st.sampled_from("bcdefghijk"), max_size=60))
def test_a_full_table_never_counts_too_many_and_keeps_what_is_frequent(
    companions: list[str],
) -> None:
    """The two promises of the Space-Saving algorithm, for a table of four."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bought_together, "MOST_COMPANIONS", 4)
        sold = Sold(product=a_product("a"), last_at=NOON)
        for other in companions:
            sold = sold.bought(a_product("a"), [other], NOON)
    truly = Counter(companions)
    assert len(sold.companions) <= 4
    assert all(
        companion.surely <= truly[name] <= companion.orders
        for name, companion in sold.companions.items()
    )
    assert {name for name, count in truly.items() if count > len(companions) / 4} <= set(
        sold.companions
    )


def test_an_item_stays_far_below_what_dynamodb_holds() -> None:
    sold = Sold(
        product=Product(
            product_id="ż" * 127, title="ż" * 500, url="ż" * 2048, image_url="ż" * 2048
        ),
        last_at=NOON,
    )
    for number in range(MOST_COMPANIONS * 2):
        sold = sold.bought(sold.product, [f"{'ż' * 250}{number:05}"], NOON)
    assert len(sold.model_dump_json().encode()) < 100_000


def test_a_card_is_the_newest_told_and_keeps_what_the_newer_does_not_tell() -> None:
    page = Product(
        product_id="a",
        title="Stary",
        url="https://kubek.example/a",
        image_url="https://kubek.example/a.jpg",
    )
    sold = Sold(product=page, last_at=NOON).bought(
        Product(product_id="a", title="Nowy"), ["b"], NOON
    )
    assert sold.product == page.model_copy(update={"title": "Nowy"})


def test_a_cart_lends_its_pictures_to_what_was_bought() -> None:
    lines = [
        an_item(
            product_id="a", image_url="https://kubek.example/a.jpg", url="https://kubek.example/a"
        ),
        an_item(product_id=None, image_url="https://kubek.example/x.jpg"),
    ]
    told = [a_product("a"), Product(product_id="b", title="B", price=Decimal(1))]
    known, unknown = pictured(told, lines)
    assert (known.image_url, known.url, known.title) == (
        "https://kubek.example/a.jpg",
        "https://kubek.example/a",
        "A",
    )
    assert unknown == told[1]
