"""What the stack does by itself each night, on the nights that the demo has time for.

The schedules (customers are scored, and whose day it is is looked up) are the stack's own, and kept
by the virtual clock. But 365 nights take minutes: so the stage switches them off, and the year on
again before some of them.
"""

from wracaj_cli.demo.year.story import On

# A birthday of the cast; the first of each month from then on, when points about to expire are told
# of, at first in October; the last of the year.
NIGHTS = (On(8, 12), *(On(month, 1) for month in range(9, 13)), On(12, 31))
EVENING, MORNING = 1, 6  # hours, before and after those of the schedules


def begins(night: On) -> On:
    return On(night.month, night.day, EVENING)


def ends(night: On) -> On:
    return On(night.month, night.day, MORNING)
