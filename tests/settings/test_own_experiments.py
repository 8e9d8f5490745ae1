"""What `wracaj shop put` says of experiments: what has begun stays as it is, under its own name."""

from typing import Any

import pytest

from support.builders import HOUR, NOON, a_holdout, a_test, some_settings
from wracaj.errors import SettingsError
from wracaj.experiments.arms import Entry
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.experiments import sums_key
from wracaj.store.table import Change
from wracaj_cli.shops.own_experiments import (
    refuse_names_of_old_experiments,
    with_experiments_kept,
    without_effect,
)

DECIDED = {"at": NOON - HOUR, "what": "send to all", "why": "it pays"}
OVER = {"begins": NOON - 3000 * HOUR, "ends": NOON - 1000 * HOUR}


def shop_with(**experiments: Any) -> ShopSettings:
    return some_settings(experiments=experiments)


@pytest.mark.parametrize("before", [OVER, {"decided": DECIDED}], ids=["over", "ended"])
@pytest.mark.parametrize(
    "change", [{"hold_out_percent": 5}, {"begins": NOON}, {"days": 14}], ids=str
)
def test_what_was_over_is_not_begun_anew_under_its_name(
    before: dict[str, Any], change: dict[str, Any]
) -> None:
    """Its people would count in the new one; one that was ended would stay ended, silently."""
    known = shop_with(pays=a_holdout(20, **before))
    new = shop_with(pays=a_holdout(20, **before) | {"ends": NOON + 900 * HOUR} | change)
    with pytest.raises(SettingsError, match="begin another one, under a name of its own"):
        with_experiments_kept(new, known, NOON)
    assert with_experiments_kept(shop_with(), known, NOON).experiments == {}


def test_what_waits_may_change() -> None:
    waits = {"begins": NOON + HOUR}
    new = shop_with(pays=a_holdout(5, **waits))
    assert with_experiments_kept(new, shop_with(pays=a_holdout(20, **waits)), NOON) == new


def test_a_new_experiment_has_no_name_that_people_entered(store: Store, shop_id: str) -> None:
    there = some_settings(shop=shop_id, experiments={"pays": a_holdout()})
    gone = some_settings(shop=shop_id)
    refuse_names_of_old_experiments(store, there, gone)
    key = sums_key(shop_id, "pays", Entry(arm="treated", person="e-1", at=NOON, needed_until=NOON))
    store.table.update(key, Change().add(people=1))
    with pytest.raises(SettingsError, match="is the name of an earlier experiment"):
        refuse_names_of_old_experiments(store, there, gone)
    refuse_names_of_old_experiments(store, there, there)
    refuse_names_of_old_experiments(store, there, None)  # the stored settings were lost


def test_an_experiment_that_can_show_nothing_is_told() -> None:
    sooner = {"now": {}, "sooner": {"timings": {"first_email_after_days": 2}}}
    idle = a_test(sooner, "win_back")
    assert "win_back does not run" in " ".join(without_effect(shop_with(x=idle), NOON))
    blind = shop_with(x=a_holdout(metric="contribution"))
    assert "the settings tell no margin" in " ".join(without_effect(blind, NOON))
    priced = some_settings(
        experiments={"x": a_holdout(metric="contribution")}, economics={"margin_percent": 40}
    )
    assert not [*without_effect(priced, NOON)]
    assert not [*without_effect(shop_with(x=idle | OVER), NOON)]
