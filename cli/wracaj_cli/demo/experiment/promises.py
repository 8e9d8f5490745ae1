"""The promises of the experiment. This module is pure.

What an arm did is worked out from mails and from the shop's till; see expected.py. The arms as they
are stored are only held against the mails that came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wracaj.settings.experiments import HELD_OUT
from wracaj_cli.demo.experiment.expected import ABOUT_THE_CART, ArmSums, Played
from wracaj_cli.demo.experiment.story import Participant
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.promises import COUNTED, HELD_BACK, Broken, Findings, time_of, told
from wracaj_cli.demo.timetable import GIVE_OR_TAKE

MONEY = 0.005  # the sums are stored to the cent, and read as floats


@dataclass(frozen=True)
class Stored:
    """What Wracaj has. `arms`: shopper → the arm, and since when; None: not entered. `sums`: arm →
    what was counted."""

    arms: Mapping[str, tuple[str, datetime] | None]
    sums: Mapping[str, ArmSums]


def broken_in_the_experiment(played: Played, stored: Stored, currency: str) -> list[Broken]:
    checks = {HELD_BACK: _held_back(played, stored), COUNTED: _counted(played, stored, currency)}
    return [Broken(name, who, what) for name, found in checks.items() for who, what in found]


def _held_back(played: Played, stored: Stored) -> Findings:
    for one in played.participants:
        yield from ((one.name, what) for what in _arm_differs(played, stored, one))
        if played.arm_of(one) == HELD_OUT or not one.enters:
            yield from ((one.name, what) for what in _written_to(played, one))


def _arm_differs(played: Played, stored: Stored, one: Participant) -> list[str]:
    arm, known = played.arm_of(one), stored.arms[one.name]
    if arm != (known[0] if known else None):
        return [f"is in the arm {known[0] if known else 'none'}; by the mails it is {arm}"]
    if known and abs(known[1] - played.entered_at(one)) > GIVE_OR_TAKE:
        return [f"entered at {time_of(known[1])}, not at {time_of(played.entered_at(one))}"]
    return []


def _written_to(played: Played, one: Participant) -> list[str]:
    """Return the messages that must not have come: any about the cart; without an order, any at
    all."""
    ordered = bool(played.ledger.of(one.name, What.ORDERED))
    return [
        f"{told(message)}, to somebody who gets no mail about the cart"
        for message in played.messages.get(one.name, ())
        if message.step in ABOUT_THE_CART or not ordered
    ]


def _counted(played: Played, stored: Stored, currency: str) -> Findings:
    for arm, wanted in played.sums(currency).items():
        found = stored.sums.get(arm)
        for name in ArmSums._fields:
            ours = getattr(found, name) if found else 0
            if abs(float(ours) - float(getattr(wanted, name))) > MONEY:
                yield arm, f"{name}: {ours}; by the shop's till it is {getattr(wanted, name)}"
