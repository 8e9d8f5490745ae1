"""What must not get worse while an experiment runs: unsubscribes and complaints, by arm.

`e_value` says how much better the counts fit other shares than those of the people. One of 20 or
more comes by chance in fewer than 4 of 100 experiments, however often one looks. It judges tests
only: where an arm gets no messages, the other one alone has something to unsubscribe from.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from wracaj.experiments.shares import e_value
from wracaj.settings.experiments import Experiment

CONCENTRATION = 10.0
WARNING_FROM = 20.0  # of the e-value
# of the mails sent: Gmail's limits, https://support.google.com/mail/answer/81126
COMPLAINTS_WARN, COMPLAINTS_STOP = 0.001, 0.003
COMPLAINTS_TO_STOP = 3  # so few may be chance


class Alarm(StrEnum):
    WARN = "warn"
    STOP = "stop"


class ArmGuards(NamedTuple):
    """`unsubscribed`: people. `complained`, `mails`: mails, of the timelines of the experiment."""

    unsubscribed: int
    complained: int
    mails: int

    @property
    def complaint_rate(self) -> float | None:
        return self.complained / self.mails if self.mails else None

    @property
    def complaints(self) -> Alarm | None:
        rate = self.complaint_rate
        if rate is None or rate < COMPLAINTS_WARN:
            return None
        is_clear = rate >= COMPLAINTS_STOP and self.complained >= COMPLAINTS_TO_STOP
        return Alarm.STOP if is_clear else Alarm.WARN


class Guardrails(NamedTuple):
    """`unsubscribed_e`, `complained_e`: e-values of a test; None for a holdout."""

    arms: Mapping[str, ArmGuards]
    unsubscribed_e: float | None
    complained_e: float | None

    @property
    def unsubscribes_differ(self) -> bool:
        return (self.unsubscribed_e or 0) >= WARNING_FROM

    @property
    def complaints_differ(self) -> bool:
        return (self.complained_e or 0) >= WARNING_FROM


def guardrails(experiment: Experiment, arms: Mapping[str, ArmGuards]) -> Guardrails:
    shares = list(experiment.shares.values())

    def e_of(counts: list[int]) -> float | None:
        return e_value(counts, shares, CONCENTRATION) if experiment.arms else None

    of_each = [arms[arm] for arm in experiment.shares]
    return Guardrails(
        arms,
        e_of([one.unsubscribed for one in of_each]),
        e_of([one.complained for one in of_each]),
    )
