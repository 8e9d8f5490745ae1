"""`wracaj shop test-event` warns about a wrong clock of the shop, because its developer looks there
first."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from support.shop_files import Wracaj, a_file, named, stored
from wracaj.webhooks.problems import WebhookProblem
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.target import Target


def a_cart(target: Target, ahead: timedelta) -> dict[str, Any]:
    at = (target.now() + ahead).isoformat()
    data = {"schema": 1, "cart_id": "koszyk-zegar", "items": [], "updated_at": at}
    return {"type": "cart.updated", "timestamp": at, "data": data}


def test_a_clock_that_is_hours_ahead_is_told_with_what_to_do(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("zegar")))
    shop = stored(target, "zegar")
    body = a_cart(target, timedelta(hours=2, seconds=30))
    assert post_webhook(target.api_url, shop, "cart.updated", body).status == 200
    told = wracaj("test-event", "zegar")
    assert told.exit_code == 0, told.output
    words = " ".join(told.stdout.split())
    assert "Warning: the shop's clock is off" in words
    # the stack's time runs on between the two
    lies = r"cart\.updated: data\.updated_at lies (1 h 5\d|2 h 00) min after its receipt"
    assert re.search(lies, words), words
    assert "Set the clock or the time zone of the shop's server" in words
    assert "wracaj shop webhooks zegar --recent" in words


@pytest.mark.parametrize("answered", [200, 422])
def test_hours_behind_are_told_too_whatever_else_was_wrong(
    wracaj: Wracaj, target: Target, tmp_path: Path, answered: int
) -> None:
    name = f"zegar-wstecz-{answered}"
    wracaj("put", a_file(tmp_path, named(name)))
    behind = (
        "lies 2 h 00 min before its receipt, as in every webhook of late: set the clock or the"
        " time zone of the shop's server"
    )
    told = WebhookProblem(
        at=target.now(),
        answered=answered,
        topic="order.created",
        problems=(("data.total", "is below zero"), ("data.updated_at", behind)),
    )
    target.store().webhook_problems.put(name, told)
    words = " ".join(wracaj("test-event", name).stdout.split())
    assert "order.created: data.updated_at lies 2 h 00 min before its receipt" in words
    assert "is below zero" not in words


def test_a_signature_of_another_hour_is_the_clocks_fault_too(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("zegar-podpisu")))
    problem = (
        "header webhook-timestamp is more than 5 minutes away from now: check the sender's clock"
    )
    told = WebhookProblem(at=target.now(), answered=401, problems=(("(request)", problem),))
    target.store().webhook_problems.put("zegar-podpisu", told)
    words = " ".join(wracaj("test-event", "zegar-podpisu").stdout.split())
    assert "a webhook: (request) header webhook-timestamp is more than 5 minutes away" in words
    assert "Check the sender's clock." in words


def test_of_a_clock_that_is_right_nothing_is_said(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("zegar-dobry")))
    shop = stored(target, "zegar-dobry")
    body = a_cart(target, timedelta())
    assert post_webhook(target.api_url, shop, "cart.updated", body).status == 200
    assert "clock" not in wracaj("test-event", "zegar-dobry").stdout
