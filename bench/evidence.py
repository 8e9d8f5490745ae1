"""How often the verdict of an experiment is wrong, and how soon it is right: simulated shops.

Each simulated shopper goes through the product's own draw, sums and verdict. An experiment is
looked at every day. The same seed gives the same figures.
"""

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import NormalDist, median
from typing import NamedTuple

from bench.figures import Figures
from wracaj.experiments.draw import drawn_arm
from wracaj.experiments.intervals import Sums
from wracaj.experiments.outcomes import freezes_at
from wracaj.experiments.verdict import DayCount, Finding, verdict
from wracaj.settings.experiments import HELD_OUT, TREATED, Experiment

SEED = 20261129
RUNS = 1000
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = 7  # days
FOUND = {Finding.PAYS, Finding.COSTS}
Z = NormalDist().inv_cdf(0.975)


class Shop(NamedTuple):
    """`rates`: which share of each arm orders. `held_out`: percent. `hurry`: by which factor
    messages make those sooner who order anyway."""

    title: str
    held_out: int
    rates: tuple[float, float]  # held out, treated
    people_a_day: int = 100
    days: int = 180
    hurry: float = 1.0


SHOPS = (
    Shop("no effect, 5 % held out", 5, (0.1, 0.1)),
    Shop("no effect, 20 % held out", 20, (0.1, 0.1)),
    Shop("orders only come sooner, 20 % held out", 20, (0.1, 0.1), 600, 30, hurry=0.3),
    Shop("10 → 13 % order, 20 % held out", 20, (0.1, 0.13)),
)


class Run(NamedTuple):
    """Whether the verdict, and a plain z-test of what is known on each day, ever found a
    difference; and after how many people, whose days were over, the verdict did."""

    found: bool
    found_wrongly: bool  # a difference of the wrong sign
    people: int
    z_found: bool


def measure(runs: int = RUNS, shops: tuple[Shop, ...] = SHOPS) -> Figures:
    tasks = [(shop, number) for shop in shops for number in range(runs)]
    with ProcessPoolExecutor() as pool:
        played = list(pool.map(_play, tasks, chunksize=max(1, runs // 50)))
    rows = [
        _row(shop, played[place * runs : (place + 1) * runs]) for place, shop in enumerate(shops)
    ]
    columns = ("Shop", "Days", "Runs", "Found", "Of them wrong", "Half found it by", "Plain z-test")
    return Figures("How often a difference is found", columns, rows, f"Seed {SEED}.")


def _row(shop: Shop, runs: list[Run]) -> tuple[str | int, ...]:
    found = sum(run.found for run in runs)
    is_real = shop.rates[0] != shop.rates[1]
    wrong = sum(run.found_wrongly for run in runs) if is_real else found
    half = median(run.people if run.found else 10**9 for run in runs)
    return (
        shop.title,
        shop.days,
        f"{len(runs):,}",
        f"{found / len(runs):.1%}",
        f"{wrong / len(runs):.1%}",
        _how_many(shop, half) if is_real and half < 10**9 else "–",
        f"{sum(run.z_found for run in runs) / len(runs):.1%}",
    )


def _how_many(shop: Shop, people: float) -> str:
    """Return how many people's days are over at a finding, and how many have entered by then."""
    until_frozen = (freezes_at(BEGINS.date(), WINDOW) - BEGINS).days
    return f"{people:,.0f} people, {people + until_frozen * shop.people_a_day:,.0f} entered"


def experiment(shop: Shop) -> Experiment:
    return Experiment.model_validate(
        {
            "hold_out_percent": shop.held_out,
            "smallest_lift": 2,
            "begins": BEGINS,
            "ends": BEGINS + timedelta(days=10_000),
            "days": WINDOW,
            "people": 10_000,
        }
    )


def _play(task: tuple[Shop, int]) -> Run:
    shop, number = task
    one, chance = experiment(shop), random.Random(f"{SEED} {shop.title} {number}")
    brought = {HELD_OUT: [0, 0], TREATED: [0, 0]}  # people whose days are over, and their orders
    so_far = {HELD_OUT: [0, 0], TREATED: [0, 0]}  # who entered, and who ordered until today
    coming: dict[int, list[str]] = {}  # day → the arms of those who order on it
    run = Run(found=False, found_wrongly=False, people=0, z_found=False)
    for day in range(shop.days):
        for arm, entered, ordered in _enter(shop, one, chance, number, day, coming):
            brought[arm][0] += entered
            brought[arm][1] += ordered
            so_far[arm][0] += entered
        for arm in coming.pop(day, ()):
            so_far[arm][1] += 1
        if not run.z_found and _z_finds(*so_far[TREATED], *so_far[HELD_OUT]):
            run = run._replace(z_found=True)
        if not run.found:
            run = _look(shop, one, brought, day, run)
        if run.found and run.z_found:
            break
    return run


def _look(shop: Shop, one: Experiment, brought: dict[str, list[int]], day: int, run: Run) -> Run:
    """Ask for the verdict once the days of those who entered today are over."""
    entered_on = (BEGINS + timedelta(days=day)).date()
    counts = []
    for arm, (people, ordered) in brought.items():
        sums = Sums(people, ordered, ordered)
        metrics = dict.fromkeys(("ordered", "paid", "contribution"), sums)
        counts.append(DayCount(entered_on, arm, people, metrics))
    found = verdict(one, counts, freezes_at(entered_on, WINDOW))
    finding, people = found.comparisons[0].finding, sum(found.people.values())
    if finding not in FOUND:
        return run
    is_right = (finding is Finding.PAYS) == (shop.rates[1] > shop.rates[0])
    return run._replace(found=True, found_wrongly=not is_right, people=people)


def _enter(
    shop: Shop,
    one: Experiment,
    chance: random.Random,
    number: int,
    day: int,
    coming: dict[int, list[str]],
) -> Iterator[tuple[str, int, int]]:
    entered, ordered = {HELD_OUT: 0, TREATED: 0}, {HELD_OUT: 0, TREATED: 0}
    for place in range(shop.people_a_day):
        arm = drawn_arm("one", f"{number}", f"{day}-{place}", one.shares)
        entered[arm] += 1
        is_treated = arm == TREATED
        if chance.random() < shop.rates[is_treated]:
            ordered[arm] += 1
            delay = chance.random() * WINDOW * (shop.hurry if is_treated else 1)
            coming.setdefault(day + int(delay), []).append(arm)
    for arm, people in entered.items():
        yield arm, people, ordered[arm]


def _z_finds(n1: int, ordered1: int, n0: int, ordered0: int) -> bool:
    """What a plain z-test says today, from 25 orders in each arm, of all who entered: those whose
    days are not over count as they are now."""
    if min(ordered1, ordered0) < 25:
        return False
    p1, p0, p = ordered1 / n1, ordered0 / n0, (ordered1 + ordered0) / (n1 + n0)
    return abs(p1 - p0) > Z * sqrt(p * (1 - p) * (1 / n1 + 1 / n0))
