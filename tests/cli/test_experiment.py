"""`wracaj experiment`, and what `shop put` refuses of experiments."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.local_stack import RunningStack
from support.shop_files import GOOD, Wracaj, a_file, named, run
from wracaj.experiments.arms import Entry
from wracaj.experiments.intervals import Sums
from wracaj.store.experiments import sums_key
from wracaj.store.table import Change
from wracaj_cli.experiments.commands import EXAMPLE
from wracaj_cli.shops.target import Target, find_target

pytestmark = pytest.mark.usefixtures("frozen_timelines")

RUNS = """\
experiments:
  does_it_pay:
    hold_out_percent: {percent}
    smallest_lift: 1
    begins: 2026-11-01T00:00:00+01:00
    ends: 2027-03-01T00:00:00+01:00
"""
TRIES = """\
experiments:
  two_hours:
    timeline: abandoned_cart
    smallest_lift: 1
    begins: 2027-01-01T00:00:00+01:00
    ends: 2027-03-01T00:00:00+01:00
    arms:
      three: {{ share_percent: 50 }}
      two: {{ share_percent: 50, {change} }}
"""


@pytest.fixture
def experiment(stack: RunningStack, environment: pytest.MonkeyPatch) -> Wracaj:
    environment.setattr(
        "wracaj_cli.experiments.commands.find_target",
        lambda name: find_target(name, home=stack.home),
    )
    return lambda *arguments: run("experiment", *arguments)


def put(wracaj: Wracaj, folder: Path, shop: str, more: str) -> Any:
    return wracaj("put", a_file(folder, named(shop, GOOD + more)))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "timings: { frist_email_after_hours: 2 }",
            "experiments.two_hours.arms.two.timings.frist_email_after_hours: is no timing of"
            " abandoned_cart; did you mean `first_email_after_hours`?",
        ),
        ("timings: { sms_after_hours: 9000 }", "more than a year"),
        (
            "templates: { fist_email: cart_reminder }",
            "experiments.two_hours.arms.two.templates.fist_email: is no message of abandoned_cart;"
            " did you mean `first_email`?",
        ),
        (
            "templates: { first_email: cart_short }",
            "experiments.two_hours.arms.two.templates.first_email: has no file"
            " pl/cart_short.email.j2",
        ),
    ],
)
def test_an_arm_that_its_timeline_cannot_run_is_refused(
    wracaj: Wracaj, tmp_path: Path, change: str, problem: str
) -> None:
    result = put(wracaj, tmp_path, "kubek-arm", TRIES.format(change=change))
    assert result.exit_code == 1 and problem in result.output


def test_what_runs_is_neither_changed_nor_removed(wracaj: Wracaj, tmp_path: Path) -> None:
    shop = "kubek-runs"
    assert put(wracaj, tmp_path, shop, RUNS.format(percent=20)).exit_code == 0
    changed = put(wracaj, tmp_path, shop, RUNS.format(percent=10))
    assert changed.exit_code == 1
    assert "experiments.does_it_pay.hold_out_percent: is changed while" in changed.output
    removed = put(wracaj, tmp_path, shop, "")
    assert removed.exit_code == 1 and "wracaj experiment end" in removed.output
    longer = RUNS.format(percent=20).replace("2027-03-01", "2027-04-01")
    assert put(wracaj, tmp_path, shop, longer).exit_code == 0


def test_the_holdout_of_before_names_its_successor(wracaj: Wracaj, tmp_path: Path) -> None:
    result = put(wracaj, tmp_path, "kubek-old", "holdout_percent: 20\n")
    assert result.exit_code == 1 and "hold_out_percent: 20" in result.output


def test_an_ended_experiment_stays_ended(
    wracaj: Wracaj, experiment: Wracaj, tmp_path: Path, target: Target
) -> None:
    shop = "kubek-ended"
    put(wracaj, tmp_path, shop, RUNS.format(percent=20))
    told = ("--what", "send to all", "--why", "it pays")
    assert experiment("end", shop, "does_it_pay", *told).exit_code == 0
    again = experiment("end", shop, "does_it_pay", *told)
    assert again.exit_code == 1 and "was ended already" in again.output
    assert put(wracaj, tmp_path, shop, RUNS.format(percent=20)).exit_code == 0
    shown = experiment("show", shop)
    assert "send to all" in shown.output
    assert put(wracaj, tmp_path, shop, "").exit_code == 0  # now it may go


def test_a_name_that_there_is_not_is_told(
    wracaj: Wracaj, experiment: Wracaj, tmp_path: Path
) -> None:
    put(wracaj, tmp_path, "kubek-names", RUNS.format(percent=20))
    result = experiment("show", "kubek-names", "does_it_play")
    assert result.exit_code == 1 and "did you mean `does_it_pay`?" in result.output


def a_day(target: Target, shop: str, arm: str, sums: Sums) -> None:
    entry = Entry.model_validate(
        {
            "arm": arm,
            "person": "e-1",
            "at": "2026-11-02T10:00:00Z",
            "needed_until": "2026-12-01T00:00:00Z",
        }
    )
    change = Change().add(people=sums.n, ordered=int(sums.total))
    change.add(ordered_squared=int(sums.squares))
    target.store().table.update(sums_key(shop, "does_it_pay", entry), change)


def test_what_an_experiment_shows_in_both_languages_and_as_json(
    wracaj: Wracaj, experiment: Wracaj, tmp_path: Path, target: Target
) -> None:
    shop = "kubek-shows"
    put(wracaj, tmp_path, shop, RUNS.format(percent=50))
    a_day(target, shop, "held_out", Sums(5000, 500, 500))
    a_day(target, shop, "treated", Sums(5000, 650, 650))
    english, polish = experiment("show", shop, "--locale", "en"), experiment("show", shop)
    assert "It pays: 1.1 orders to 4.9 orders more for 100 shoppers." in _plain(english.output)
    assert "To się opłaca: od 1,1 zamówienia do 4,9 zamówienia" in _plain(polish.output)
    (told,) = json.loads(experiment("show", shop, "--json").output)
    (compared,) = told["compared"]
    assert (compared["arm"], compared["finding"]) == ("treated", "pays")
    assert compared["interval"]["estimate"] == pytest.approx(0.03)
    assert told["arms"]["held_out"]["people"] == 5000


TESTS = TRIES.replace("2027-01-01", "2026-11-01")


def arm_of(target: Target, shop: str, arm: str, **counted: int) -> None:
    """Add to the sums of an arm, and to the counters of its mails."""
    entry = Entry.model_validate(
        {
            "arm": arm,
            "person": "e-1",
            "at": "2026-11-02T10:00:00Z",
            "needed_until": "2026-12-01T00:00:00Z",
        }
    )
    store = target.store()
    sums = Change().add(people=counted["people"], unsubscribed=counted["unsubscribed"])
    store.table.update(sums_key(shop, "two_hours", entry), sums)
    mails = {
        f"sent@two_hours@{arm}@email": counted["mails"],
        f"complained@two_hours@{arm}@email": counted["complained"],
    }
    store.counters.add(shop, entry.at, "abandoned_cart#first_email", Change().add(**mails))


def test_unsubscribes_and_complaints_by_arm_in_both_languages_and_as_json(
    wracaj: Wracaj, experiment: Wracaj, tmp_path: Path, target: Target
) -> None:
    shop = "kubek-guards"
    change = "timings: { first_email_after_hours: 2 }"
    assert put(wracaj, tmp_path, shop, TESTS.format(change=change)).exit_code == 0
    arm_of(target, shop, "three", people=5000, unsubscribed=40, mails=8000, complained=4)
    arm_of(target, shop, "two", people=5000, unsubscribed=80, mails=8000, complained=24)
    english = _plain(experiment("show", shop, "--locale", "en").output)
    assert "More shoppers unsubscribe in one arm than in another" in english
    assert "80 (1.60%)" in english and "24 (0.30%)" in english
    assert "two: 0.30% of the mails were reported as spam. From 0.3% on" in english
    assert "three: " not in english
    polish = _plain(experiment("show", shop).output)  # the shop's own language
    assert "80 (1,60%)" in polish and "two: 0,30% e-maili zgłoszono jako spam" in polish
    (told,) = json.loads(experiment("show", shop, "--json").output)
    two = told["arms"]["two"]
    assert (two["unsubscribed"], two["complained"], two["mails"]) == (80, 24, 8000)
    assert (two["complaints"], told["arms"]["three"]["complaints"]) == ("stop", None)
    assert told["unsubscribes_e"] >= 20 and told["complaints_e"] >= 20


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_a_plan_says_how_many_people_and_weeks_it_takes(
    wracaj: Wracaj, experiment: Wracaj, tmp_path: Path
) -> None:
    put(wracaj, tmp_path, "kubek-plans", "")
    file = tmp_path / "experiments.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    pace = ("--people-a-week", "700", "--orders-percent", "10")
    result = experiment("plan", "kubek-plans", str(file), *pace, "--locale", "en")
    assert result.exit_code == 0, result.output
    assert "does_it_pay: what it can show" in result.output
    assert "two_hours: what it can show" in result.output
    assert "700 people a week, of whom 10.0 % order" in _plain(result.output)
    assert "people: " in result.output
    as_the_shop = _plain(experiment("plan", "kubek-plans", str(file), *pace).output)
    assert "two_hours: co może pokazać" in as_the_shop
    assert "700 osób tygodniowo; 10,0% z nich zamawia w ciągu 7 dni." in as_the_shop


def test_a_plan_for_money_asks_for_the_value_of_an_order(
    wracaj: Wracaj, experiment: Wracaj, tmp_path: Path
) -> None:
    put(wracaj, tmp_path, "kubek-money", "")
    file = tmp_path / "experiments.yaml"
    file.write_text(EXAMPLE.replace("metric: orders", "metric: paid"), encoding="utf-8")
    result = experiment("plan", "kubek-money", str(file))
    assert result.exit_code == 1 and "--order-value: is needed for does_it_pay" in result.output
    pace = ("--people-a-week", "700", "--order-value", "150")
    assert experiment("plan", "kubek-money", str(file), *pace).exit_code == 0
