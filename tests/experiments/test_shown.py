"""What `wracaj experiment show` and `plan` write."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from support.builders import NOON, a_holdout, some_settings
from support.shown_experiments import BEGINS, ENDS, shown
from wracaj.experiments.arms import Entry
from wracaj.language import Locale
from wracaj.store import Store
from wracaj.store.experiments import sums_key
from wracaj.store.table import Change
from wracaj_cli.experiments import planning
from wracaj_cli.experiments.showing import look
from wracaj_cli.experiments.tables import as_table

DAY = timedelta(days=1)
MONEY = {"hold_out_percent": 20, "smallest_lift": 1, "metric": "contribution"}


def told(told: Any) -> str:
    with (console := Console(width=160)).capture() as text:
        console.print(told)
    return " ".join(text.get().replace("\u00a0", " ").split())


def table_of(language: Locale, **changes: Any) -> str:
    one = shown(
        MONEY,
        costs={"held_out": 0.0, "treated": 0.0123},
        held_out=(20_000, 2000),
        treated=(80_000, 9000),
    )
    settings = some_settings(experiments={"one": MONEY | {"begins": BEGINS, "ends": ENDS}})
    return told(as_table(one._replace(**changes), settings, ENDS, language))


def test_the_contribution_of_an_arm_is_less_its_messages_as_in_the_interval() -> None:
    """Of each 100: 11.25 less 1.23 with messages, 10.00 without."""
    text = table_of("en")
    assert "│ PLN 10.02 │ -PLN 0.78 … PLN 0.82 │" in text
    assert (
        "Messages to 100 shoppers cost, and are taken off: no messages PLN 0.00, messages PLN"
        in text
    )


def test_figures_are_written_as_the_language_writes_them() -> None:
    text = table_of("pl", late_paid=-1234.5)
    assert "│ 20 000 │ 20 000 │" in text and "│ 80 000 │" in text
    assert "Przyszło za późno, by się liczyć, netto: -1 234,50 zł." in text


def test_messages_of_the_first_night_count_where_it_is_another_day_by_utc(
    store: Store, shop_id: str
) -> None:
    """The experiment begins at midnight in Auckland, which is noon of the day before by UTC."""
    begins = datetime(2026, 11, 18, tzinfo=ZoneInfo("Pacific/Auckland"))
    shop = some_settings(shop=shop_id, experiments={"one": a_holdout(begins=begins)})
    entry = Entry(arm="treated", person="e-1", at=begins + DAY / 8, needed_until=begins + 9 * DAY)
    store.table.update(sums_key(shop_id, "one", entry), Change().add(people=1))
    mails = Change().add(**{"sent@one@treated@email": 1})
    store.counters.add(shop_id, entry.at.astimezone(NOON.tzinfo), "abandoned_cart#email", mails)
    assert look(store, shop, "one", NOON).guards.arms["treated"].mails == 1


def plan(people: float, value: float = 0, **changes: Any) -> str:
    settings = some_settings(
        experiments={"one": a_holdout(**({"percent": 20} | changes))},
        economics={"margin_percent": 40},
    )
    one = settings.experiments["one"]
    value = planning.value_of_an_order(one, value, settings)
    return told(planning.as_table("one", one, planning.Pace(people, 10, value), "PLN"))


def test_a_plan_counts_only_people_whose_days_will_be_over() -> None:
    assert "│ messages │ 4 weeks │ 0 │ – │" in plan(700, days=28)
    assert "│ messages │ 4 weeks │ 1,800 │" in plan(700, days=7)


def test_no_difference_is_larger_than_all_orders() -> None:
    assert "│ 4 weeks │ 8 │ – │" in plan(3) and "1 order for 100 shoppers" in plan(3)


def test_a_plan_never_says_to_write_what_is_refused() -> None:
    text = plan(700, smallest_lift=Decimal("0.01"))
    assert "a difference of 0.01 orders" in text and "`people:" not in text
    assert "more than 10,000,000 people: raise `smallest_lift`" in text


@pytest.mark.parametrize(
    ("metric", "value"),
    [("paid", "PLN 150.00 (paid)"), ("contribution", "PLN 60.00 (contribution)")],
)
def test_a_plan_for_contribution_goes_by_the_margin(metric: str, value: str) -> None:
    assert f"10.0 % order for {value}" in plan(700, 150, metric=metric)
