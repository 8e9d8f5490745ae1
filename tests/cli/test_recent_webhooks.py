"""`wracaj shop webhooks SHOP --recent`: how a shop's developer sees webhooks that were refused or
only partly read."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.shop_files import Wracaj, a_file, named
from wracaj.store.table import dump
from wracaj.webhooks.problems import WebhookProblem
from wracaj_cli.shops.target import Target

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
_numbers = itertools.count()


@pytest.fixture
def shop(wracaj: Wracaj, tmp_path: Path) -> str:
    name = f"webhooki-{next(_numbers)}"
    assert wracaj("put", a_file(tmp_path, named(name))).exit_code == 0
    return name


def cells(shown: str) -> list[tuple[str, str, str]]:
    """The rows of a table, each cell in one piece again."""
    rows = [("", "", "")]
    for line in shown.splitlines():
        if line.startswith("├"):
            rows.append(("", "", ""))
        if line.startswith("│"):
            first, second, third = (cell.strip() for cell in line.split("│")[1:-1])
            rows[-1] = (
                f"{rows[-1][0]} {first}".strip(),
                f"{rows[-1][1]} {second}".strip(),
                f"{rows[-1][2]} {third}".strip(),
            )
    return rows


def test_where_nothing_was_wrong_it_says_so(wracaj: Wracaj, shop: str) -> None:
    assert "Nothing was wrong" in wracaj("webhooks", shop, "--recent").stdout


def test_the_last_problems_are_shown_with_their_causes(
    wracaj: Wracaj, target: Target, shop: str
) -> None:
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
    rows = cells(wracaj("webhooks", shop, "--recent").stdout)
    assert [row[1:] for row in rows] == [
        ("data.total", "is below zero"),
        ("data.[red]totl", "is not known"),
        ("(request)", "fits none of the secrets"),
    ]
    assert rows[0][0] == "2026-11-18 13:01:00 order.created 200, taken all the same"
    assert (rows[1][0], rows[2][0]) == ("", "2026-11-18 13:00:00 401, refused")


def test_in_a_narrow_terminal_every_field_can_be_read(
    wracaj: Wracaj, target: Target, environment: pytest.MonkeyPatch, shop: str
) -> None:
    environment.setenv("COLUMNS", "80")
    fields = ["data.customer.consents.sms.collected_at", "data.shipping_address.country_code"]
    problems = tuple(
        (field, "must be a day and a time, such as 2026-12-01 10:00; the time of receipt is taken")
        for field in fields
    )
    told = WebhookProblem(
        at=NOW, answered=200, topic="customers_marketing_consent/update", problems=problems
    )
    target.store().webhook_problems.put(shop, told)
    shown = wracaj("webhooks", shop, "--recent").stdout
    assert "…" not in shown and max(map(len, shown.splitlines())) <= 80
    assert [row[1].replace(" ", "") for row in cells(shown)] == fields


def test_the_same_problem_of_many_lines_of_a_cart_is_one_row_with_their_number(
    wracaj: Wracaj, target: Target, shop: str
) -> None:
    lines = tuple((f"data.items.{number}.title", "must be text") for number in range(3))
    problems = (("data.items.0.price", "must be a number"), *lines)
    told = WebhookProblem(at=NOW, answered=200, topic="cart.updated", problems=problems)
    target.store().webhook_problems.put(shop, told)
    rows = cells(wracaj("webhooks", shop, "--recent").stdout)
    assert [row[1:] for row in rows] == [
        ("data.items.0.price", "must be a number"),
        ("data.items.*.title", "must be text (3 times)"),
    ]


def test_the_same_trouble_again_takes_one_place(target: Target, shop: str) -> None:
    for minute in range(50):
        problem = (f"data.items.{minute}.title", "must be text")
        told = WebhookProblem(
            at=NOW + timedelta(minutes=minute),
            answered=200,
            topic="cart.updated",
            problems=(problem,),
        )
        target.store().webhook_problems.put(shop, told)
    (kept,) = target.store().webhook_problems.recent(shop)
    assert kept.problems == (("data.items.49.title", "must be text"),)


def a_word(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def test_what_is_kept_for_a_shop_is_bounded(target: Target, shop: str) -> None:
    for answered, many in {200: 270, 401: 40, 413: 3}.items():
        for number in range(many):
            told = WebhookProblem(
                at=NOW, answered=answered, problems=((a_word(number), "must be text"),)
            )
            target.store().webhook_problems.put(shop, told)
    kept = Counter(one.answered for one in target.store().webhook_problems.recent(shop))
    assert kept[200] <= 256 and kept[401] <= 32 and kept[413] == 1


@pytest.mark.parametrize("answered", [200, 422])
def test_a_hundred_different_causes_all_stay(target: Target, shop: str, answered: int) -> None:
    for number in range(100):
        told = WebhookProblem(
            at=NOW,
            answered=answered,
            topic="order.created",
            problems=((a_word(number), "must be text"),),
        )
        target.store().webhook_problems.put(shop, told)
    assert len(target.store().webhook_problems.recent(shop)) == 100


def test_the_same_trouble_on_more_lines_and_with_other_values_is_one_cause(
    target: Target, shop: str
) -> None:
    bodies = (
        (("data.items.0.price", "must be a number (given: 'x')"),),
        (
            ("data.items.0.price", "must be a number (given: 'y')"),
            ("data.items.1.price", "must be a number (given: 'z')"),
        ),
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
        problems.table.put(
            {"PK": f"SHOP#{shop}#WEBHOOKS", "SK": place, "cause": one.cause, "problem": dump(one)}
        )
    assert problems.recent(shop) == [one]
