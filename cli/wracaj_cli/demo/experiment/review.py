"""The outcome of the experiment: what Wracaj counted, and what it must have counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.experiments import DaySums
from wracaj_cli.counted import counted
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.experiment.expected import ArmSums, Played
from wracaj_cli.demo.experiment.promises import Stored, broken_in_the_experiment
from wracaj_cli.demo.experiment.story import DAYS, NAME, Participant
from wracaj_cli.demo.ledger import Noted, What
from wracaj_cli.demo.promises import Broken
from wracaj_cli.demo.week import PARAPET
from wracaj_cli.demo.year.story import On
from wracaj_cli.experiments.showing import Shown, look
from wracaj_cli.experiments.words import arm_in_words, finding_in_words

BEGINS, ENDS = On(12, 15, 0), On(12, 24, 0)
HALF = 50  # percent; a real shop holds fewer out, but the demo has few shoppers
DEEDS = (What.CLICKED, What.ORDERED, What.SENT_BACK, What.CANCELLED, What.UNSUBSCRIBED)


def with_experiment(settings: ShopSettings, year: int) -> ShopSettings:
    """Return the shop with half of its shoppers held out from mails about carts, before
    Christmas."""
    one = {
        "timeline": "abandoned_cart",
        "hold_out_percent": HALF,
        "smallest_lift": 1,
        "begins": BEGINS.of(year).isoformat(),
        "ends": ENDS.of(year).isoformat(),
        "days": DAYS,
    }
    told = settings.model_dump(mode="json", exclude_defaults=True) | {"experiments": {NAME: one}}
    return ShopSettings.model_validate(told)


@dataclass(frozen=True)
class ParticipantLine:
    """A shopper's row in the table. `arm`: None for a shopper who did not enter."""

    participant: Participant
    arm: str | None
    sent: tuple[Delivered, ...]
    deeds: tuple[Noted, ...]


@dataclass(frozen=True)
class ExperimentReview:
    lines: list[ParticipantLine]
    broken: list[Broken]
    shown: Shown
    settings: ShopSettings
    now: datetime

    @property
    def halves(self) -> list[tuple[str, str]]:
        """Return of each half who it is, and how many of them ordered."""
        found = self.shown.verdict
        return [
            (
                f"{counted(people, 'shopper')}, {arm_in_words(arm, self.shown.experiment, 'en')}",
                f"{found.sums[arm].total:g} ordered",
            )
            for arm, people in found.people.items()
        ]

    @property
    def findings(self) -> list[str]:
        """Return what `wracaj experiment show` says of the difference."""
        compared = self.shown.verdict.comparisons
        return [
            finding_in_words(self.shown.experiment, one, self.shown.currency, "en")
            for one in compared
        ]


def review_experiment(
    actors: Sequence[Actor],
    participants: Sequence[Participant],
    messages: Sequence[Delivered],
    store: Store,
    currency: str,
) -> ExperimentReview:
    scene, settings = actors[0].scene, actors[0].shop.settings
    played = Played(participants, _by_shopper(messages), scene.ledger)
    now = scene.now().astimezone(UTC)
    shown = look(store, settings, NAME, now)
    stored = Stored(_arms(actors, store), _sums(store, settings, shown))
    lines = [
        ParticipantLine(
            one,
            played.arm_of(one),
            tuple(played.messages.get(one.name, ())),
            tuple(scene.ledger.of(one.name, *DEEDS)),
        )
        for one in participants
    ]
    broken = broken_in_the_experiment(played, stored, currency)
    return ExperimentReview(lines, broken, shown, settings, now)


def _by_shopper(messages: Sequence[Delivered]) -> Mapping[str, list[Delivered]]:
    found: dict[str, list[Delivered]] = {}
    for message in sorted(messages, key=lambda one: one.at):
        if message.origin:
            found.setdefault(message.origin.shopper, []).append(message)
    return found


def _arms(actors: Sequence[Actor], store: Store) -> dict[str, tuple[str, datetime] | None]:
    names = {
        actor.persona.name: identifier_of(PARAPET, IdentifierKind.EMAIL, actor.contact.email or "")
        for actor in actors
    }
    known = store.customers.read(PARAPET, names.values())
    entries = {who: known[name].arms.get(NAME) for who, name in names.items()}
    return {who: (entry.arm, entry.at) if entry else None for who, entry in entries.items()}


def _sums(store: Store, settings: ShopSettings, shown: Shown) -> dict[str, ArmSums]:
    """Return what is counted by arm. People count only where their days are over, as the verdict
    says."""
    days = store.experiments.sums(settings.shop, NAME)
    return {
        arm: _of_arm([one for one in days if one.sums.arm == arm], people)
        for arm, people in shown.verdict.people.items()
    }


def _of_arm(days: Sequence[DaySums], people: int) -> ArmSums:
    def total(metric: str) -> float:
        return sum(one.sums.metrics[metric].total for one in days)

    return ArmSums(
        people=people,
        ordered=round(total("ordered")),
        paid=Decimal(f"{total('paid'):.2f}"),
        paid_squared=Decimal(f"{sum(one.sums.metrics['paid'].squares for one in days):.4f}"),
        late=sum((one.late_paid for one in days), Decimal(0)),
        unsubscribed=sum(one.unsubscribed for one in days),
    )
