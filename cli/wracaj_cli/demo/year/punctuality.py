"""Checks that what follows an order came at the minute that its timeline and the shop's settings
promise."""

from collections.abc import Iterator

from wracaj.timelines.occasion import OccasionKind
from wracaj_cli.demo.ledger import Noted, What
from wracaj_cli.demo.promises import TIMES, Broken, time_of, told
from wracaj_cli.demo.timetable import Course
from wracaj_cli.demo.week import PARAPET
from wracaj_cli.demo.year.promises import YearEvidence
from wracaj_cli.demo.year.story import KINDS, Regular

AFTER_ORDERS = (OccasionKind.AFTER_PURCHASE, OccasionKind.WIN_BACK, OccasionKind.LOYALTY)


def late_in_the_year(year: YearEvidence) -> list[Broken]:
    return [
        Broken(TIMES, regular.name, f"{told(message)}, promised at {time_of(promised.first)}")
        for regular in year.regulars
        for course in courses(year, regular)
        for message, promised in course.promises(year.of(regular))
        if not promised.holds(message.at)
    ]


def courses(year: YearEvidence, regular: Regular) -> Iterator[Course]:
    for order in year.ledger.of(regular.name, What.ORDERED):
        yield from (course_of(year, regular, order, timeline) for timeline in AFTER_ORDERS)


def course_of(year: YearEvidence, regular: Regular, order: Noted, timeline: OccasionKind) -> Course:
    steps = {str(kind): step for (name, step), kind in KINDS.items() if name == timeline}
    about = (
        message
        for message in year.of(regular)
        if message.origin and message.origin.basket == order.order
    )
    came = {
        steps[message.step]: message for message in about if message.step and message.step in steps
    }
    return Course(year.evidence.shops[PARAPET], timeline, order.at, (), came)
