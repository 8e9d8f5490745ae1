"""Shoper's REST API against a strict shop on loopback: pages, limits, refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from support import shoper_bodies as a
from support.shoper_reading import a_shop
from support.shoper_shop import ShoperShop, a_shoper_shop
from wracaj.errors import NotAllowedError, ShopBusyError, ShopRefusalError
from wracaj.platforms import From
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.shoper import api as module
from wracaj.platforms.shoper import changes
from wracaj.platforms.shoper.api import Api, Bucket


@pytest.fixture
def shop() -> Iterator[ShoperShop]:
    with a_shoper_shop() as found:
        yield found


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(module, "sleep", waits.append)
    return waits


def api_of(shop: ShoperShop) -> Api:
    return Api.of(a_shop(shop.url))


def test_an_entry_is_asked_for_with_the_token(shop: ShoperShop) -> None:
    shop.keep("orders", a.an_order())
    order = api_of(shop).one("orders", "112")
    assert order is not None
    assert order["email"] == "Ala.Nowak@Poczta.example"
    assert shop.asked == ["/webapi/rest/orders/112"]


def test_an_entry_that_there_is_not_is_none(shop: ShoperShop) -> None:
    assert api_of(shop).one("orders", "113") is None


def test_an_id_never_leads_elsewhere(shop: ShoperShop) -> None:
    shop.keep("users", a.a_client())
    assert api_of(shop).one("orders", "1/../../users/7") is None
    assert shop.asked == ["/webapi/rest/orders/1%2F..%2F..%2Fusers%2F7"]


def test_every_page_is_read_fifty_entries_each(shop: ShoperShop, slept: list[float]) -> None:
    shop.keep("orders", *(a.an_order(order_id=str(number)) for number in range(1, 121)))
    found = [entry["order_id"] for entry in api_of(shop).each("orders")]
    assert found == [str(number) for number in range(1, 121)]
    assert [path.partition("?")[2] for path in shop.asked] == [
        f"limit=50&page={page}" for page in (1, 2, 3)
    ]
    assert max(slept) == 0


def test_a_list_that_says_it_has_no_end_ends_with_an_empty_page(
    shop: ShoperShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.keep("orders", a.an_order())
    whole = shop._list
    monkeypatch.setattr(shop, "_list", lambda *asked: whole(*asked) | {"pages": 10**9})
    assert len(list(api_of(shop).each("orders"))) == 1
    assert len(shop.asked) == 2


def test_orders_that_changed_since_are_found_by_either_date(shop: ShoperShop) -> None:
    shop.keep(
        "orders",
        a.an_order(order_id="1", date="2026-10-01 08:00:00", status_date="2026-10-14 11:00:00"),
        a.an_order(order_id="2", date="2026-10-14 11:30:00", status_date=None),
        a.an_order(order_id="3", date="2026-10-01 08:00:00", status_date="2026-10-14 10:59:59"),
    )
    since = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)  # 11:00 in Warsaw
    ours, calls = a_shop(shop.url), Calls(requests=20, seconds=20)
    pages = changes.pages(ours, {kind: From(since) for kind in changes.KINDS}, calls)
    listed = [row for page in pages.values() for row in page.changed]
    assert [row.record_id for row in listed] == ["1", "2"]
    read = [row for rows in changes.filled(ours, listed, calls) for row in rows]
    assert [len(row.parsed) for row in read] == [1, 1]
    assert "%7B%22status_date%22%3A%7B%22%3E%3D%22%3A%222026-10-14%2011%3A00%3A00" in shop.asked[0]


# --- refusals


def test_a_shop_that_asks_for_time_says_how_long(shop: ShoperShop) -> None:
    shop.answers = [429]
    shop.retry_after = "7"
    with pytest.raises(ShopBusyError) as busy:
        api_of(shop).one("orders", "112")
    assert busy.value.retry_after_seconds == 7


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_shop_that_is_broken_may_be_asked_later(shop: ShoperShop, status: int) -> None:
    shop.answers = [status]
    with pytest.raises(ShopBusyError, match=str(status)):
        api_of(shop).page("orders")


def test_a_shop_that_is_not_there_may_be_asked_later() -> None:
    with pytest.raises(ShopBusyError, match="no answer"):
        Api("http://127.0.0.1:9/webapi/rest", "t").one("orders", "1")


def test_a_token_that_is_refused_is_a_matter_for_people(shop: ShoperShop) -> None:
    shop.token = "another"
    with pytest.raises(ShopRefusalError, match="WRACAJ_API_TOKEN") as refused:
        api_of(shop).one("orders", "112")
    assert a.API_TOKEN not in str(refused.value)


def test_a_right_that_is_missing_is_named(shop: ShoperShop) -> None:
    shop.forbidden = {"orders"}
    with pytest.raises(NotAllowedError, match="may not read orders"):
        api_of(shop).one("orders", "112")


def test_an_address_that_leads_elsewhere_is_no_missing_entry(shop: ShoperShop) -> None:
    shop.answers = [301]
    with pytest.raises(ShopRefusalError, match="without a redirect"):
        api_of(shop).one("orders", "112")


def test_no_token_is_told_before_anybody_is_asked(shop: ShoperShop) -> None:
    ours = a_shop(shop.url)
    without = ours.model_copy(
        update={"secrets": ours.secrets.model_copy(update={"api_token": None})}
    )
    with pytest.raises(ShopRefusalError, match="WRACAJ_API_TOKEN"):
        Api.of(without)
    assert shop.asked == []


# --- the bucket


def test_ten_requests_go_at_once_and_then_two_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 100.0
    monkeypatch.setattr(module, "monotonic", lambda: moment)
    bucket = Bucket(at=moment)
    assert [bucket.seconds_to_wait() for _ in range(13)] == [0.0] * 10 + [0.5, 1.0, 1.5]
    moment += 100
    assert bucket.seconds_to_wait() == 0


def test_a_burst_is_slowed_down_until_the_shop_takes_it(shop: ShoperShop) -> None:
    """The real times: twelve requests take a second."""
    shop.keep("orders", a.an_order())
    for _ in range(12):
        assert api_of(shop).one("orders", "112")
