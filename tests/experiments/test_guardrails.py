"""What must not get worse: unsubscribes and complaints by arm."""

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import a_holdout, a_test, some_settings
from wracaj.experiments.guardrails import (
    CONCENTRATION,
    WARNING_FROM,
    Alarm,
    ArmGuards,
    Guardrails,
    guardrails,
)
from wracaj.experiments.shares import e_value
from wracaj.settings.experiments import Experiment

HALVES = (0.5, 0.5)


def an_experiment(told: dict[str, Any]) -> Experiment:
    return some_settings(experiments={"one": told}).experiments["one"]


def found(told: dict[str, Any], **arms: ArmGuards) -> Guardrails:
    return guardrails(an_experiment(told), arms)


@pytest.mark.parametrize(
    ("complained", "mails", "alarm"),
    [
        (0, 0, None),
        (0, 10_000, None),
        (9, 10_000, None),
        (10, 10_000, Alarm.WARN),
        (29, 10_000, Alarm.WARN),
        (30, 10_000, Alarm.STOP),
        (2, 100, Alarm.WARN),  # so few may be chance
        (3, 100, Alarm.STOP),
    ],
)
def test_complaints_are_held_against_the_mails_that_were_sent(
    complained: int, mails: int, alarm: Alarm | None
) -> None:
    assert ArmGuards(0, complained, mails).complaints is alarm


def test_a_test_is_told_where_people_leave_in_one_arm() -> None:
    told = a_test({"now": {}, "sooner": {"timings": {"first_email_after_hours": 2}}})
    calm, loud = ArmGuards(40, 0, 5000), ArmGuards(80, 0, 5000)
    assert found(told, now=calm, sooner=loud).unsubscribes_differ
    assert not found(told, now=calm, sooner=calm).unsubscribes_differ
    assert not found(told, now=calm, sooner=loud).complaints_differ
    spam = ArmGuards(40, 30, 50_000)
    assert found(told, now=calm, sooner=spam).complaints_differ


def test_of_a_holdout_no_difference_is_told() -> None:
    """Whoever gets no messages has nothing to unsubscribe from."""
    arms = {"held_out": ArmGuards(0, 0, 0), "treated": ArmGuards(80, 20, 5000)}
    judged = found(a_holdout(50), **arms)
    assert (judged.unsubscribed_e, judged.complained_e) == (None, None)
    assert not judged.unsubscribes_differ and not judged.complaints_differ
    assert judged.arms["treated"].complaints is Alarm.STOP


@given(st.lists(st.integers(0, 60), min_size=2, max_size=4))
def test_the_e_value_is_that_of_one_event_after_another(counts: list[int]) -> None:
    """The product of how probable each event is by what came before it, over the design."""
    shares = [Fraction(1, len(counts))] * len(counts)
    product, before, weight = Fraction(1), [0] * len(counts), Fraction(int(CONCENTRATION))
    for arm, count in enumerate(counts):
        for _ in range(count):
            likely = (weight * shares[arm] + before[arm]) / (weight + sum(before))
            product *= likely / shares[arm]
            before[arm] += 1
    wanted = min(float(product), 1e300)
    assert e_value(counts, [float(one) for one in shares], CONCENTRATION) == pytest.approx(
        wanted, rel=1e-6
    )


def test_without_a_difference_a_warning_is_rare_however_often_one_looks() -> None:
    """At most one of 20 runs by Ville's inequality; measured here with a margin."""
    draws = random.Random(20261129)
    assert sum(warns(draws, 0.5) for _ in range(400)) <= 20


def test_a_doubled_rate_is_found() -> None:
    """Half of the runs within 64 events, as it was measured for the choice of the concentration."""
    draws = random.Random(20261129)
    assert sum(warns(draws, 2 / 3, events=100) for _ in range(200)) >= 100


def warns(draws: random.Random, share: float, events: int = 300) -> bool:
    """Whether a warning ever comes if this share of the events is in the second arm."""
    counts = [0, 0]
    for _ in range(events):
        counts[draws.random() < share] += 1
        if e_value(counts, HALVES, CONCENTRATION) >= WARNING_FROM:
            return True
    return False


def test_more_in_one_arm_never_weighs_less() -> None:
    values = [e_value([30, 30 + more], HALVES, CONCENTRATION) for more in range(60)]
    assert all(low < high for low, high in pairwise(values))
