"""The nightly jobs of the stack, on some nights of the year only.

The stack's own schedules start them by the virtual clock: one scores the customers, the other finds
the customers whose day it is. 365 nights would take minutes, so the stage switches the schedules
off, and the year switches them on again before some of the nights.
"""

from wracaj_cli.demo.year.story import On

# A birthday in the cast; the first of each later month, when the end of points is announced (in
# October for the first time); the last day of the year.
NIGHTS = (On(8, 12), *(On(month, 1) for month in range(9, 13)), On(12, 31))
EVENING, MORNING = 1, 6  # hours before and after those of the schedules


def begins(night: On) -> On:
    return On(night.month, night.day, EVENING)


def ends(night: On) -> On:
    return On(night.month, night.day, MORNING)
