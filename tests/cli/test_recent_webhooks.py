"""`wracaj shop webhooks SHOP --recent`: what a shop's developer sees of webhooks that were refused, or read in part."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shop_desk import Wracaj, a_file, named
from wracaj.store.table import dump
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


def a_word(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def test_what_is_kept_for_a_shop_is_bounded(target: Target, shop: str) -> None:
    for answered in (200, 401, 413, 422):
        for number in range(300):
            told = WebhookProblem(at=NOW, answered=answered, problems=((a_word(number), "must be text"),))
            target.store().webhook_problems.put(shop, told)
    kept = Counter(one.answered for one in target.store().webhook_problems.recent(shop))
    assert kept[401] <= 32 and kept[413] == 1 and kept[200] <= 256 and kept[422] <= 256


@pytest.mark.parametrize("answered", [200, 422])
def test_a_hundred_different_causes_all_stay(target: Target, shop: str, answered: int) -> None:
    for number in range(100):
        told = WebhookProblem(at=NOW, answered=answered, topic="order.created", problems=((a_word(number), "must be text"),))
        target.store().webhook_problems.put(shop, told)
    assert len(target.store().webhook_problems.recent(shop)) == 100


def test_the_same_trouble_on_more_lines_and_with_other_values_is_one_cause(target: Target, shop: str) -> None:
    bodies = (
        (("data.items.0.price", "must be a number (given: 'x')"),),
        (("data.items.0.price", "must be a number (given: 'y')"), ("data.items.1.price", "must be a number (given: 'z')")),
    )
    for problems in bodies:
        told = WebhookProblem(at=NOW, answered=200, topic="cart.updated", problems=problems)
        target.store().webhook_problems.put(shop, told)
    assert len(target.store().webhook_problems.recent(shop)) == 1


def test_a_cause_whose_earlier_place_became_free_is_shown_once(target: Target, shop: str) -> None:
    problems = target.store().webhook_problems
    one = WebhookProblem(at=NOW, answered=401, problems=(("(request)", "is not signed"),))
    first, second = itertools.islice(one.places, 2)
    for place in (second, first):
        problems.table.put({"PK": f"SHOP#{shop}#WEBHOOKS", "SK": place, "cause": one.cause, "problem": dump(one)})
    assert problems.recent(shop) == [one]
