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
from wracaj_cli.experiments.planning_words import Plan
from wracaj_cli.experiments.showing import look
from wracaj_cli.experiments.tables import as_table
from wracaj_cli.experiments.words import amount_in_words

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


def plan(people: float, value: float = 0, to: Locale = "en", **changes: Any) -> str:
    settings = some_settings(
        experiments={"one": a_holdout(**({"percent": 20} | changes))},
        economics={"margin_percent": 40},
    )
    one = settings.experiments["one"]
    value = planning.value_of_an_order(one, value, settings)
    return told(Plan("one", one, planning.Pace(people, 10, value), "PLN", to).as_table())


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


def test_a_plan_speaks_polish() -> None:
    text = plan(700, 150, "pl", metric="paid", smallest_lift=Decimal(200))
    assert "one: co może pokazać" in text and "│ wiadomości │ 4 tygodnie │" in text
    assert "Założenia: 700 osób tygodniowo; 10,0% z nich zamawia za 150,00 zł" in text
    assert "różnica 200,00 zł na 100 klientów ujawni się z prawdopodobieństwem 80% po" in text
    assert "w ciągu 7 dni." in text and "Wpisz do eksperymentu" in text


@pytest.mark.parametrize(
    ("lift", "said"),
    [("1", "1 zamówienia"), ("2", "2 zamówień"), ("0.5", "0,5 zamówienia")],
)
def test_a_plan_says_its_smallest_lift_as_it_is_written(lift: str, said: str) -> None:
    assert f"różnica {said} na 100" in plan(700, to="pl", smallest_lift=Decimal(lift))


NAMED_LIKE_A_HOLDOUT = {
    "timeline": "abandoned_cart",
    "smallest_lift": 1,
    "arms": {
        "held_out": {"share_percent": 50},
        "treated": {"share_percent": 50, "timings": {"first_email_after_hours": 2}},
    },
}


def test_an_arm_of_a_test_has_its_own_name() -> None:
    one = shown(NAMED_LIKE_A_HOLDOUT, held_out=(5000, 500), treated=(5000, 650))
    settings = some_settings(experiments={"one": one.experiment.model_dump()})
    text = told(as_table(one, settings, ENDS, "en"))
    assert "│ held_out (50%) │" in text and "│ treated (50%) │" in text
    assert "messages (50%)" not in text


@pytest.mark.parametrize(
    ("to", "said"),
    [("en", "all shoppers of an arm brought the same"), ("pl", "wszyscy klienci w wariancie")],
)
def test_arms_in_which_all_bought_the_same_are_not_said_to_be_small(to: Locale, said: str) -> None:
    one = shown(a_holdout(50), held_out=(100, 100), treated=(100, 100))
    settings = some_settings(experiments={"one": one.experiment.model_dump()})
    text = told(as_table(one, settings, ENDS, to))
    assert said in text and "25" not in text


@pytest.mark.parametrize(("to", "nothing"), [("en", "0.0 orders"), ("pl", "0,0 zamówienia")])
def test_a_difference_that_rounds_to_nothing_has_no_sign(to: Locale, nothing: str) -> None:
    experiment = shown(a_holdout(50), held_out=(9, 1), treated=(9, 1)).experiment
    assert amount_in_words(-0.04, experiment, "PLN", to).replace("\u00a0", " ") == nothing
