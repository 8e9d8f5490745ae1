"""What an experiment shows so far, as it is read from the store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from wracaj.consent.channel import Channel
from wracaj.experiments.guardrails import ArmGuards, Guardrails, guardrails
from wracaj.experiments.verdict import Verdict, verdict
from wracaj.settings.experiments import Experiment
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.counters import COMPLAINED
from wracaj.store.experiments import DaySums

DAY = timedelta(days=1)
NO_GUARDS = Guardrails(MappingProxyType({}), None, None)
# "abandoned_cart#sms" → what was sent by it to one arm, with complaints and what is credited to it
Steps = Mapping[str, Mapping[str, int]]
SPOKEN = [str(channel) for channel in Channel if channel is not Channel.AUDIENCE]


class Shown(NamedTuple):
    """`late_paid`: what came after a day was frozen, in the shop's currency. `counted`: arm → its
    steps, of the timelines that the experiment is about."""

    name: str
    experiment: Experiment
    verdict: Verdict
    late_paid: float
    mixed: int
    currency: str
    costs: Mapping[str, float] = MappingProxyType({})  # arm → of the messages to one person
    sms_without_price: bool = False
    guards: Guardrails = NO_GUARDS
    counted: Mapping[str, Steps] = MappingProxyType({})


def look(store: Store, shop: ShopSettings, name: str, now: datetime) -> Shown:
    """Read an experiment's sums, and judge them. One query, and one for each day."""
    days = store.experiments.sums(shop.shop, name)
    experiment = shop.experiments[name]
    counted = _counted(store, shop, name, days, now)
    sent = {arm: _added(steps) for arm, steps in counted.items()}
    costs = _costs(shop, days, sent) if experiment.metric == "contribution" else {}
    return Shown(
        name=name,
        experiment=experiment,
        verdict=verdict(experiment, [one.sums for one in days], now, costs),
        guards=guardrails(experiment, _guards(experiment, days, sent)),
        costs=costs,
        sms_without_price=experiment.metric == "contribution"
        and shop.economics.sms_part is None
        and any(told["parts"] for told in sent.values()),
        late_paid=float(sum(one.late_paid for one in days)),
        mixed=sum(one.mixed for one in days),
        currency=shop.main_currency,
        counted=counted,
    )


def messages_in(steps: Steps) -> int:
    """Return how many messages were sent. Joining an audience is none."""
    return sum(told.get(channel, 0) for told in steps.values() for channel in SPOKEN)


def _costs(
    shop: ShopSettings, days: Sequence[DaySums], sent: Mapping[str, Mapping[str, int]]
) -> dict[str, float]:
    people = {arm: sum(one.sums.people for one in days if one.sums.arm == arm) for arm in sent}
    return {
        arm: float(_cost(shop, told)) / people[arm] for arm, told in sent.items() if people[arm]
    }


def _guards(
    experiment: Experiment, days: Sequence[DaySums], sent: Mapping[str, Mapping[str, int]]
) -> dict[str, ArmGuards]:
    return {
        arm: ArmGuards(
            unsubscribed=sum(one.unsubscribed for one in days if one.sums.arm == arm),
            complained=sent[arm][COMPLAINED] if arm in sent else 0,
            mails=sent[arm][Channel.EMAIL] if arm in sent else 0,
        )
        for arm in experiment.shares
    }


def _counted(
    store: Store, shop: ShopSettings, name: str, days: Sequence[DaySums], now: datetime
) -> dict[str, Steps]:
    """Return what was sent to each arm since the first day of entry. Days are in UTC."""
    experiment = shop.experiments[name]
    last = min(now, experiment.last_word_at).astimezone(UTC).date()
    first = min((one.sums.day for one in days), default=last + DAY)
    found = store.counters.of_arms(
        shop.shop,
        name,
        ((first + number * DAY).isoformat() for number in range((last - first).days + 1)),
    )
    return {
        arm: {step: told for step, told in steps.items() if experiment.is_about(timeline_of(step))}
        for arm, steps in found.items()
    }


def timeline_of(step: str) -> str:
    return step.partition("#")[0]


def _added(steps: Steps) -> Counter[str]:
    sums: Counter[str] = Counter()
    for told in steps.values():
        sums.update(told)
    return sums


def _cost(shop: ShopSettings, sent: Mapping[str, int]) -> Decimal:
    prices = shop.economics
    mails = sent["email"] * prices.thousand_emails / 1000
    return mails + sent["parts"] * (prices.sms_part or Decimal(0))


def state_of(experiment: Experiment, now: datetime) -> str:
    if experiment.decided:
        return "decided"
    if now < experiment.begins:
        return "waits"
    if now < experiment.ends:
        return "runs"
    return "counts" if now < experiment.last_word_at else "over"
