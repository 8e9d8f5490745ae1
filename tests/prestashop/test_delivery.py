"""From the PrestaShop module's outbox to Wracaj: signed, in order, nothing lost, nothing twice."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.http_shop import HttpShop, an_http_shop
from support.prestashop import NEEDS_PHP, PrestaShop, a_key, accepted
from support.webhook_bodies import OTHER_GENERIC_SECRET

pytestmark = NEEDS_PHP


def types(wracaj: HttpShop) -> list[str]:
    return [call.json["type"] for call in wracaj.calls]


def bought(shop: PrestaShop) -> int:
    cart = shop.a_cart()
    shop.a_guest(cart)
    order: int = shop.do({"do": "order", "cart": cart, "state": 2})[0]
    return order


def last_delivery(shop: PrestaShop) -> dict[str, Any]:
    return shop.sql("SELECT * FROM ps_wracaj_delivery ORDER BY id DESC LIMIT 1")[0]


def test_what_php_signs_our_generic_platform_accepts(shop: PrestaShop, wracaj: HttpShop) -> None:
    bought(shop)
    assert shop.deliver() == "shop 1: 3 delivered, 0 waiting\n"
    assert [type(event).__name__ for call in wracaj.calls for event in accepted(call)] == [
        "CartUpdated",
        "OrderPlaced",
        "OrderPlaced",
    ]
    assert types(wracaj) == ["cart.updated", "order.created", "order.paid"]
    assert wracaj.calls[0].path == "/webhooks/generic/kubek"


def test_no_hook_calls_wracaj(shop: PrestaShop, wracaj: HttpShop) -> None:
    bought(shop)
    assert wracaj.calls == []


@pytest.mark.parametrize("query", ["", "?token=x", f"?token={'0' * 48}", "?token[]=1"])
def test_the_cron_needs_its_token(shop: PrestaShop, wracaj: HttpShop, query: str) -> None:
    bought(shop)
    assert shop.call("GET", f"/module/wracaj/cron{query}").status == 403
    assert wracaj.calls == []


@pytest.mark.parametrize("status", [401, 404, 429, 502, 503])
def test_nothing_is_lost_while_wracaj_is_away(
    shop: PrestaShop, wracaj: HttpShop, status: int
) -> None:
    wracaj.says(status)
    bought(shop)
    assert shop.deliver() == "shop 1: 0 delivered, 3 waiting\n"
    shop.deliver()
    assert len(wracaj.calls) == 1  # it waits before it tries again
    wracaj.says(200)
    shop.no_waiting_for_retries()
    assert shop.deliver() == "shop 1: 3 delivered, 0 waiting\n"
    first, again = wracaj.calls[:2]
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert types(wracaj)[1:] == ["cart.updated", "order.created", "order.paid"]


def test_the_page_shows_the_words_of_a_problem(shop: PrestaShop, wracaj: HttpShop) -> None:
    problem = {"type": "about:blank", "title": "Not signed", "detail": "Check the secret."}
    wracaj.says(401, problem)
    bought(shop)
    shop.deliver()
    shown = last_delivery(shop)["detail"]
    assert shown == "title: Not signed; detail: Check the secret."


def test_no_answer_at_all_is_waited_out_too(unconnected: PrestaShop) -> None:
    key = a_key("http://127.0.0.1:9/webhooks/generic/kubek")
    unconnected.do({"do": "configure", "name": "WRACAJ_KEY", "value": key})
    bought(unconnected)
    assert unconnected.deliver() == "shop 1: 0 delivered, 3 waiting\n"
    assert last_delivery(unconnected)["status"] == 0
    assert "no answer" in last_delivery(unconnected)["detail"]


def test_the_waits_grow_to_an_hour(shop: PrestaShop, wracaj: HttpShop) -> None:
    wracaj.says(503)
    bought(shop)
    bought(shop)
    waits = []
    for _ in range(9):
        shop.no_waiting_for_retries()
        shop.deliver()
        state = shop.sql("SELECT value FROM ps_wracaj_state WHERE name = 'paused_until'")
        waits.append(state[0]["value"] - time.time())
    expected = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert [wait / wanted for wait, wanted in zip(waits, expected, strict=True)] == pytest.approx(
        [1] * 9, abs=0.15
    )


def test_wracaj_may_ask_for_a_longer_wait(shop: PrestaShop, wracaj: HttpShop) -> None:
    wracaj.says(503, **{"Retry-After": "600"})
    bought(shop)
    bought(shop)
    shop.deliver()
    state = shop.sql("SELECT value FROM ps_wracaj_state WHERE name = 'paused_until'")
    assert 500 < state[0]["value"] - time.time() < 700


@pytest.mark.parametrize("status", [400, 422])
def test_what_is_refused_for_good_is_dropped_and_shown(
    shop: PrestaShop, wracaj: HttpShop, status: int
) -> None:
    wracaj.says(status, {"problems": [{"field": "data", "problem": "cart_id is missing"}]})
    shop.a_cart()
    assert shop.deliver() == "shop 1: 0 delivered, 0 waiting\n"
    shown = last_delivery(shop)
    assert (shown["status"], shown["type"]) == (status, "cart.updated")
    assert "cart_id is missing" in shown["detail"]


@pytest.mark.parametrize("status", [500, 503])
def test_one_event_that_fails_keeps_only_its_own_cart(
    shop: PrestaShop, wracaj: HttpShop, status: int
) -> None:
    bought(shop)
    wracaj.says(status)
    shop.deliver()
    wracaj.says(200)
    shop.do({"do": "register", "with": {"email": "jan@poczta.example"}})
    shop.deliver()
    assert types(wracaj) == ["cart.updated", "customer.created"]
    assert [type_ for type_, _ in shop.waiting()] == ["cart.updated", "order.created", "order.paid"]


def test_after_two_events_that_fail_the_others_wait(shop: PrestaShop, wracaj: HttpShop) -> None:
    for _ in range(4):
        bought(shop)
    wracaj.says(503)
    shop.deliver()
    shop.deliver()
    assert len(wracaj.calls) == 2


def test_a_state_that_changes_while_it_is_sent_is_sent_again(
    shop: PrestaShop, wracaj: HttpShop
) -> None:
    cart = shop.a_cart()
    wracaj.may_answer.clear()
    with ThreadPoolExecutor(1) as cron:
        running = cron.submit(shop.deliver)
        assert wracaj.has_heard.wait(10)
        shop.do({"do": "take", "cart": cart, "product": 2})
        wracaj.may_answer.set()
        running.result()
    shop.deliver()
    assert [len(call.json["data"]["items"]) for call in wracaj.calls] == [1, 2]


def test_two_crons_at_once_send_each_event_once(shop: PrestaShop, wracaj: HttpShop) -> None:
    bought(shop)
    shop.do({"do": "settings"})
    wracaj.may_answer.clear()
    with ThreadPoolExecutor(2) as crons:
        first = crons.submit(shop.deliver)
        assert wracaj.has_heard.wait(10)
        assert shop.deliver() == "shop 1: 0 delivered, 3 waiting\n"
        wracaj.may_answer.set()
        first.result()
    assert types(wracaj) == ["cart.updated", "order.created", "order.paid"]


def test_each_shop_has_a_key_of_its_own(shop: PrestaShop, wracaj: HttpShop) -> None:
    shop.do({"do": "configure", "name": "TEST_SHOPS", "value": "1,2"})
    with an_http_shop() as other:
        key = a_key(f"{other.url}/webhooks/generic/drugi", OTHER_GENERIC_SECRET, "drugi")
        shop.do({"do": "configure", "name": "WRACAJ_KEY", "value": key, "shop": 2})
        shop.a_cart()
        shop.a_cart(id_shop=2)
        shop.deliver()
        (here,), (there,) = wracaj.calls, other.calls
    assert accepted(here)
    assert there.json["data"]["recovery_url"].startswith("https://drugi.example/")
    assert here.headers["webhook-signature"] != there.headers["webhook-signature"]


def test_a_second_shop_does_not_inherit_the_key_of_the_first(
    shop: PrestaShop, wracaj: HttpShop
) -> None:
    """PrestaShop keeps what was set before there were several shops for all of them."""
    shop.do({"do": "configure", "name": "TEST_SHOPS", "value": "1,2"})
    shop.a_cart()
    shop.a_cart(id_shop=2)
    assert shop.deliver() == "shop 1: 1 delivered, 0 waiting\n"
    assert shop.waiting() == []


def test_the_cron_runs_during_maintenance(shop: PrestaShop, wracaj: HttpShop) -> None:
    bought(shop)
    shop.do({"do": "settings"})
    shop.do({"do": "configure", "name": "PS_SHOP_ENABLE", "value": "0"})
    assert "3 delivered" in shop.deliver()
    assert shop.call("GET", "/module/wracaj/restore?token=x").status == 503


class TestWithoutCron:
    def test_a_page_of_the_back_office_delivers(self, shop: PrestaShop, wracaj: HttpShop) -> None:
        bought(shop)
        shop.do({"do": "hook", "name": "actionAdminControllerSetMedia"}, admin="1")
        assert types(wracaj) == ["cart.updated", "order.created", "order.paid"]

    def test_at_most_once_a_minute(self, shop: PrestaShop, wracaj: HttpShop) -> None:
        page = {"do": "hook", "name": "actionAdminControllerSetMedia"}
        shop.a_cart()
        shop.do(page, admin="1")
        shop.a_cart()
        shop.do(page, admin="1")
        assert len(wracaj.calls) == 1

    def test_no_visitor_waits_for_wracaj(self, shop: PrestaShop, wracaj: HttpShop) -> None:
        """`php -S` cannot hand over a page before the script ends."""
        bought(shop)
        shop.do({"do": "hook", "name": "actionFrontControllerSetMedia"})
        assert wracaj.calls == []

    def test_where_a_cron_runs_pages_deliver_nothing(
        self, shop: PrestaShop, wracaj: HttpShop
    ) -> None:
        shop.deliver()
        shop.a_cart()
        shop.do({"do": "hook", "name": "actionAdminControllerSetMedia"}, admin="1")
        assert wracaj.calls == []


def test_events_older_than_thirty_days_are_not_kept(shop: PrestaShop, wracaj: HttpShop) -> None:
    wracaj.says(503)
    shop.a_cart()
    shop.sql("UPDATE ps_wracaj_outbox SET made_at = made_at - 30 * 86400 - 1")
    shop.deliver()
    assert shop.waiting() == []


def test_fifty_deliveries_are_kept_and_hold_nothing_personal(
    shop: PrestaShop, wracaj: HttpShop
) -> None:
    bought(shop)
    shop.deliver()
    assert "ala@" not in json.dumps(shop.sql("SELECT * FROM ps_wracaj_delivery"))
    for _ in range(60):
        shop.sql(
            "INSERT INTO ps_wracaj_delivery (id_shop, at, type, about, status, detail)"
            " VALUES (1, 0, 'x', 'y', 200, '')"
        )
    shop.deliver()
    assert len(shop.sql("SELECT * FROM ps_wracaj_delivery")) == 50


def test_a_fault_of_the_module_keeps_nobody_from_buying(shop: PrestaShop, wracaj: HttpShop) -> None:
    shop.sql("DROP TABLE ps_wracaj_outbox")
    step = json.dumps([{"do": "cart"}, {"do": "take", "cart": 1, "product": 1}]).encode()
    assert shop.call("POST", "/steps", step).status == 200
    assert shop.log()
    assert all(line.startswith("Wracaj: PDOException, ") for line in shop.log())


def test_leaving_takes_tables_and_settings_along(shop: PrestaShop, wracaj: HttpShop) -> None:
    bought(shop)
    shop.do({"do": "settings"})
    shop.do({"do": "uninstall"})
    names = "SELECT name FROM sqlite_master WHERE name LIKE '%wracaj%'"
    assert shop.sql(names) == []
    assert shop.sql("SELECT * FROM ps_configuration WHERE name LIKE 'WRACAJ%'") == []
    assert shop.sql("SELECT * FROM ps_object WHERE class = 'Order'")


def on_a_fast_clock(shop: PrestaShop, webhook: str) -> datetime:
    """Paste the key of a local stack that began an hour ago and runs 60 times as fast. Returns what
    its clock shows."""
    clock = {"real": time.time() - 3600, "shows": time.time() - 3600, "speed": 60}
    key = a_key(webhook, clock=clock)
    shop.do({"do": "configure", "name": "WRACAJ_KEY", "value": key})
    return datetime.now(UTC) + timedelta(hours=59)


def test_what_is_told_follows_the_clock_of_a_local_stack(
    shop: PrestaShop, wracaj: HttpShop
) -> None:
    shows = on_a_fast_clock(shop, wracaj.url)
    shop.a_cart()
    shop.do(
        {
            "do": "register",
            "with": {
                "email": "jan@poczta.example",
                "newsletter": 1,
                "newsletter_date_add": "2026-07-01 12:00:00",
            },
        }
    )
    params = [{"email": "x@poczta.example"}]
    shop.do({"do": "hook", "name": "actionDeleteGDPRCustomer", "params": params})
    (_, cart), (_, customer), (_, erasure) = shop.waiting()
    for told in (cart["updated_at"], cart["created_at"], erasure["updated_at"]):
        assert abs(datetime.fromisoformat(told) - shows) < timedelta(minutes=30)
    # what was before the stack began keeps its distance
    assert customer["consent"]["email"]["updated_at"].startswith("2026-07-01T10:00:00")


def test_signatures_have_real_time_on_any_clock(shop: PrestaShop, wracaj: HttpShop) -> None:
    on_a_fast_clock(shop, wracaj.url)
    shop.a_cart()
    shop.deliver()
    sent_at = int(wracaj.calls[0].headers["webhook-timestamp"])
    assert abs(sent_at - time.time()) < 60


def test_a_stack_elsewhere_has_no_clock_of_its_own(shop: PrestaShop, wracaj: HttpShop) -> None:
    on_a_fast_clock(shop, "https://api.example/webhooks/generic/kubek")
    shop.a_cart()
    told = datetime.fromisoformat(shop.waiting()[0][1]["updated_at"])
    assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)
