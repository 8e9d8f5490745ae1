"""What messages bring: the first lines of the report."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from support.builders import a_holdout, a_test, some_settings
from support.reports import a_report
from wracaj.experiments.intervals import Sums
from wracaj.experiments.verdict import DayCount, verdict
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.report.bringing import NOBODY_HELD_OUT, brings
from wracaj_cli.report.reading import Sent

BEGINS = datetime(2026, 11, 2, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=200)


def sent(**messages: dict[str, int]) -> list[Sent]:
    return [Sent(step.replace("__", "#"), outcomes) for step, outcomes in messages.items()]


def shown(told: dict[str, Any], name: str = "one", **arms: tuple[int, int]) -> Shown:
    settings = some_settings(experiments={name: told | {"begins": BEGINS, "ends": ENDS}})
    counts = []
    for arm, (people, ordered) in arms.items():
        sums = Sums(people, ordered, ordered)
        metrics = dict.fromkeys(("ordered", "paid", "contribution"), sums)
        counts.append(DayCount(BEGINS.date(), arm, people, metrics))
    one = settings.experiments[name]
    return Shown(name, one, verdict(one, counts, ENDS), 0, 0, "PLN")


def test_orders_and_money_are_those_credited_to_messages() -> None:
    found = brings(
        a_report(
            sent=sent(
                abandoned_cart__first_email={"attributed_orders": 3, "attributed_cents": 30_050},
                regular_cart__sms={"attributed_orders": 1, "attributed_cents": 1_000},
                win_back__first_email={"attributed_orders": 2, "attributed_cents": 5_000},
                welcome__welcome_email={"sent": 9},
            )
        )
    )
    assert (found.orders, found.carts, found.paid) == (6, 4, Decimal("360.50"))


def test_without_a_holdout_it_is_unknown_what_would_have_come_anyway() -> None:
    arms = a_test({"now": {}, "sooner": {"timings": {"first_email_after_hours": 2}}})
    assert brings(a_report()).because == [NOBODY_HELD_OUT]
    assert brings(a_report(experiments=[shown(arms)])).because == [NOBODY_HELD_OUT]


def test_what_came_because_of_the_messages_is_an_interval() -> None:
    one = shown(a_holdout(50), held_out=(5000, 500), treated=(5000, 650))
    (sentence,) = brings(a_report(experiments=[one])).because
    plain = sentence.replace("\u00a0", " ")
    assert plain == (
        "one, all messages: It pays: 1.1 orders to 4.9 orders more for 100 shoppers."
        " In all 53 to 247 orders of 5,000 shoppers."
    )


def test_shares_that_are_wrong_are_told_before_anything_else() -> None:
    one = shown(a_holdout(50), held_out=(4000, 400), treated=(6000, 900))
    (sentence,) = brings(a_report(experiments=[one])).because
    assert sentence.startswith("one: The arms do not have the shares")
