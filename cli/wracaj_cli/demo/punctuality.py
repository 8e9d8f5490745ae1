"""Checks that each message came at the minute that its timeline and the shop's settings promise."""

from collections.abc import Iterator

from wracaj.aws.step_functions import ABANDONED_CART
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.promises import (
    TIMES,
    Broken,
    Evidence,
    Findings,
    time_of,
    told,
    was_turned_away,
)
from wracaj_cli.demo.timetable import Course
from wracaj_cli.demo.week import Person


def late_ones(evidence: Evidence, timeline: str = ABANDONED_CART) -> list[Broken]:
    return [Broken(TIMES, shopper, what) for shopper, what in in_time(evidence, timeline)]


def in_time(evidence: Evidence, timeline: str = ABANDONED_CART) -> Findings:
    """Return the messages that came at the wrong time. A mail without its code may come later,
    because it may have waited for the code; see OUTAGE_TO_MESSAGE."""
    for persona, course in courses(evidence, timeline):
        got = [message for owner, message in evidence.owned() if owner is persona]
        for message, promised in course.promises(got):
            waited = message.code is None and was_turned_away(evidence, persona.shop, message.at)
            if not promised.holds(message.at) and not (waited and promised.first <= message.at):
                yield persona.name, f"{told(message)}, promised at {time_of(promised.first)}"


def courses(evidence: Evidence, timeline: str) -> Iterator[tuple[Person, Course]]:
    """Return a Course for each cart that had a message."""
    came: dict[tuple[str, str], dict[str, Delivered]] = {}
    for persona, message in evidence.owned():
        if message.origin:
            came.setdefault((persona.name, message.origin.basket), {})[message.origin.step] = (
                message
            )
    for persona in evidence.cast:
        for name, basket in (key for key in came if key[0] == persona.name):
            touched = tuple(
                noted.at
                for noted in evidence.ledger.of(name, What.TOUCHED)
                if noted.basket == basket
            )
            yield (
                persona,
                Course(
                    evidence.shops[persona.shop],
                    timeline,
                    evidence.begun[name, basket],
                    touched,
                    came[name, basket],
                ),
            )
