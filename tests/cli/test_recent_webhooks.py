"""`wracaj shop webhooks SHOP --recent`: what a shop's developer sees of webhooks that were refused, or read in part."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shop_desk import Wracaj, a_file, named
from wracaj.webhook_problems import WebhookProblem
from wracaj_cli.shops.target import Target

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
_numbers = itertools.count()


@pytest.fixture
def shop(wracaj: Wracaj, tmp_path: Path) -> str:
    name = f"webhooki-{next(_numbers)}"
    assert wracaj("put", a_file(tmp_path, named(name))).exit_code == 0
    return name


def test_where_nothing_was_wrong_it_says_so(wracaj: Wracaj, shop: str) -> None:
    assert "Nothing was wrong" in wracaj("webhooks", shop, "--recent").stdout


def test_the_last_problems_are_shown_with_their_causes(wracaj: Wracaj, target: Target, shop: str) -> None:
    kept = [
        WebhookProblem(at=NOW, answered=401, problems=(("(request)", "fits none of the secrets"),)),
        WebhookProblem(
            at=NOW + timedelta(minutes=1),
            answered=200,
            topic="order.created",
            problems=(("data.total", "is below zero"), ("data.[red]totl", "is not known")),
        ),
    ]
    for problem in kept:
        target.store().webhook_problems.put(shop, problem)
    lines = wracaj("webhooks", shop, "--recent").stdout.splitlines()
    newest, its_second, oldest = (line.split("│")[1:-1] for line in lines[3:6])
    assert [cell.strip() for cell in newest[2:]] == ["order.created", "data.total", "is below zero"]
    assert [cell.strip() for cell in its_second] == ["", "", "", "data.[red]totl", "is not known"]
    assert "401" in oldest[1] and "none of the" in oldest[4]


def test_the_same_trouble_again_takes_one_place(target: Target, shop: str) -> None:
    for minute in range(50):
        problem = (f"data.items.{minute}.title", "must be text")
        told = WebhookProblem(at=NOW + timedelta(minutes=minute), answered=200, topic="cart.updated", problems=(problem,))
        target.store().webhook_problems.put(shop, told)
    (kept,) = target.store().webhook_problems.recent(shop)
    assert kept.problems == (("data.items.49.title", "must be text"),)


def test_what_is_kept_for_a_shop_is_bounded(target: Target, shop: str) -> None:
    for answered in (200, 401, 413, 422):
        for number in range(60):
            word = "".join(chr(97 + int(digit)) for digit in str(number))
            told = WebhookProblem(at=NOW, answered=answered, problems=((word, "must be text"),))
            target.store().webhook_problems.put(shop, told)
    assert len(target.store().webhook_problems.recent(shop)) <= 32 + 8 + 1 + 32
