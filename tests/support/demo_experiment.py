"""An experiment of the demo with two people in each arm, counted correctly. Tests change it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from support.demo_evidence import SHOPS, a_sent
from wracaj.experiments.intervals import Sums
from wracaj.experiments.verdict import DayCount, verdict
from wracaj.settings.experiments import HELD_OUT, TREATED
from wracaj_cli.demo.delivered import Delivered, Origin
from wracaj_cli.demo.experiment.expected import ArmSums, Played
from wracaj_cli.demo.experiment.promises import Stored
from wracaj_cli.demo.experiment.review import ExperimentReview, ParticipantLine, with_experiment
from wracaj_cli.demo.experiment.story import NAME, Participant
from wracaj_cli.demo.ledger import Ledger, Noted, What
from wracaj_cli.demo.week import PARAPET
from wracaj_cli.demo.year.story import Kind, On
from wracaj_cli.experiments.showing import Shown

YEAR = 2027
SETTINGS = with_experiment(SHOPS[PARAPET], YEAR)
LEFT, ENTERED = On(12, 18, 10), On(12, 18, 13)
WRITTEN_TO, HELD, BUYS_ANYWAY, SILENT, OUTSIDE = "Basia", "Celina", "Darek", "Ewa", "Gizela"
PEOPLE = (WRITTEN_TO, HELD, BUYS_ANYWAY, SILENT)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(when: On, hours: float = 0) -> datetime:
    return when.of(YEAR).astimezone(UTC) + hours * HOUR


def noted(who: str, what: What, when: datetime, **more: Any) -> Noted:
    return Noted(who, what, when, **more)


def an_order(who: str, when: datetime, amount: str = "123.00", **more: Any) -> Noted:
    told = {"amount": Decimal(amount), "currency": "PLN", "order": f"o-{who}"}
    return noted(who, What.ORDERED, when, **told | more)


def a_refund(who: str, when: datetime, amount: str, **more: Any) -> Noted:
    told = {"amount": Decimal(amount), "currency": "PLN", "order": f"o-{who}"}
    return noted(who, What.SENT_BACK, when, **told | more)


def a_mail(who: str, kind: Kind = Kind.CART, when: On = ENTERED) -> Delivered:
    return Delivered(a_sent(at=at(when)), Origin(who, "grudzien", 1, kind))


def participants() -> tuple[Participant, ...]:
    inside = tuple(Participant(name, "", ()) for name in PEOPLE)
    return (*inside, Participant(OUTSIDE, "", (), enters=False))


def a_ledger(*notes: Noted) -> Ledger:
    """Basia and Darek buy for 100 zł without tax, in one arm each."""
    carts = [noted(who, What.TOUCHED, at(LEFT), basket="grudzien") for who in (*PEOPLE, OUTSIDE)]
    orders = [an_order(who, at(ENTERED, 20)) for who in (WRITTEN_TO, BUYS_ANYWAY)]
    return Ledger(notes=[*carts, *orders, *notes])


def a_play(
    *notes: Noted,
    ledger: Ledger | None = None,
    messages: Mapping[str, Sequence[Delivered]] | None = None,
) -> Played:
    came = {who: [a_mail(who)] for who in (WRITTEN_TO, SILENT)}
    return Played(
        participants(), came if messages is None else messages, ledger or a_ledger(*notes)
    )


def arm_sums(**changes: Any) -> ArmSums:
    usual = ArmSums(2, 1, Decimal(100), Decimal(10_000), Decimal(0), 0)
    return usual._replace(**changes)


def as_stored(**changes: Any) -> Stored:
    arms: dict[str, tuple[str, datetime] | None] = {
        WRITTEN_TO: (TREATED, at(ENTERED)),
        SILENT: (TREATED, at(ENTERED)),
        HELD: (HELD_OUT, at(ENTERED)),
        BUYS_ANYWAY: (HELD_OUT, at(ENTERED)),
        OUTSIDE: None,
    }
    return replace(Stored(arms, {HELD_OUT: arm_sums(), TREATED: arm_sums()}), **changes)


def a_review() -> ExperimentReview:
    one, now, sums = SETTINGS.experiments[NAME], at(On(12, 31)), Sums(2, 1, 1)
    metrics = dict.fromkeys(("ordered", "paid", "contribution"), sums)
    days = [DayCount(at(ENTERED).date(), arm, 2, metrics) for arm in (HELD_OUT, TREATED)]
    shown = Shown(NAME, one, verdict(one, days, now), 0, 0, "PLN")
    played = a_play()
    lines = [
        ParticipantLine(
            each,
            played.arm_of(each),
            tuple(played.messages.get(each.name, ())),
            tuple(played.ledger.of(each.name, What.ORDERED)),
        )
        for each in played.participants
    ]
    return ExperimentReview(lines, [], shown, SETTINGS, now)
