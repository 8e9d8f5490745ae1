"""The experiments of a shop: what is tried out on which share of its shoppers, and until when.

A holdout sends no messages to a share of the shoppers. A test gives each share its own timings or
templates of one timeline.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, model_validator

from wracaj.settings.sections import Section
from wracaj.settings.values import TimelineName, Timing

HELD_OUT, TREATED = "held_out", "treated"  # the arms of a holdout
LATE_WORD = timedelta(hours=48)  # how long an order or a refund may be on its way
LAST_YEAR = 2100
FEWEST_PEOPLE, MOST_PEOPLE = 100, 10_000_000
_WORD = r"^[a-z][a-z0-9_]{0,39}$"
Word = Annotated[str, Field(pattern=_WORD)]
ExperimentName = Word


def in_time_of(zone: ZoneInfo, told: object) -> object:
    """Return what is told of experiments, with times that have no offset in the shop's time
    zone."""
    if not isinstance(told, dict):
        return told
    return {name: _in_time_of(zone, one) for name, one in told.items()}


def _in_time_of(zone: ZoneInfo, one: object) -> object:
    if not isinstance(one, dict):
        return one
    return one | {key: _moment(zone, one[key]) for key in ("begins", "ends") if key in one}


def _moment(zone: ZoneInfo, told: object) -> object:
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return told
    return told if at is None else at if at.tzinfo else at.replace(tzinfo=zone)


class Arm(Section):
    share_percent: int = Field(ge=1, le=99, description="How many of 100 shoppers are in this arm")
    timings: dict[str, Timing] = Field(
        {},
        description="Its numbers of the timeline: { first_email_after_hours: 2 }",
    )
    templates: dict[Word, Word] = Field(
        {}, description="Message → its template in this arm: { first_email: cart_reminder_short }"
    )

    @property
    def changes_something(self) -> bool:
        return bool(self.timings or self.templates)


class Decided(Section):
    """What came of an experiment that was ended by a person."""

    at: AwareDatetime = Field(description="When")
    what: str = Field(description="What was decided", min_length=1, max_length=200)
    why: str = Field(description="Why", min_length=1, max_length=500)


class Experiment(Section):
    timeline: TimelineName | None = Field(
        None, description="The timeline that is tried out; none, for a holdout: all of them"
    )
    hold_out_percent: int | None = Field(
        None, ge=1, le=50, description="How many of 100 shoppers get no messages, to compare with"
    )
    arms: dict[Word, Arm] = Field(
        {},
        description=(
            "Two to four arms; the first one changes nothing, and the others are compared with it"
        ),
    )
    metric: Literal["orders", "paid", "contribution"] = Field(
        "orders",
        description=(
            "What decides: orders; money paid without tax; contribution, after goods, discounts and"
            " messages"
        ),
    )
    smallest_lift: Decimal = Field(
        gt=0,
        description=(
            "The smallest difference worth knowing for 100 shoppers: 1 more order, or 200 more zł"
        ),
    )
    begins: AwareDatetime = Field(
        description="From then on shoppers enter it: 2026-12-01, or 2026-12-01 10:00"
    )
    ends: AwareDatetime = Field(description="From then on nobody enters it")
    days: int = Field(
        7, ge=1, le=28, description="For so many days after they enter, what they order counts"
    )
    people: int = Field(
        10_000,
        ge=FEWEST_PEOPLE,
        le=MOST_PEOPLE,
        description=(
            "The number of shoppers at which the interval is to be narrowest; `wracaj experiment"
            " plan` works it out"
        ),
    )
    decided: Decided | None = Field(
        None, description="Written by `wracaj experiment end`: what was decided"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if bool(self.arms) == bool(self.hold_out_percent):
            raise ValueError(
                "has either `hold_out_percent`, to see whether messages pay, or `arms`, to try out"
                " timings or templates"
            )
        if self.ends <= self.begins:
            raise ValueError("ends before it begins")
        if self.ends.year > LAST_YEAR:
            raise ValueError(
                f"ends after the year {LAST_YEAR}; `ends` may be put off while it runs"
            )
        return self

    @model_validator(mode="after")
    def _arms_can_be_compared(self) -> Self:
        if not self.arms:
            return self
        if self.timeline is None:
            raise ValueError("needs its `timeline`: arms are numbers and templates of one timeline")
        if not 2 <= len(self.arms) <= 4:
            raise ValueError(f"has {len(self.arms)} of the two to four `arms`")
        total = sum(arm.share_percent for arm in self.arms.values())
        if total != 100:
            raise ValueError(f"has arms of {total} percent in all; they must make 100")
        (first, current), *others = self.arms.items()
        if current.changes_something:
            raise ValueError(
                f"begins with the arm {first}, which must change nothing: it is what the shop has"
                " now, and the others are compared with it"
            )
        same = [name for name, arm in others if not arm.changes_something]
        if same:
            raise ValueError(
                f"has an arm {same[0]} that changes nothing; give it `timings` or `templates`"
            )
        return self

    @property
    def shares(self) -> Mapping[str, float]:
        """The share of each arm, in the order in which arms are drawn."""
        if self.hold_out_percent:
            held_out = self.hold_out_percent / 100
            return {HELD_OUT: held_out, TREATED: 1 - held_out}
        return {name: arm.share_percent / 100 for name, arm in self.arms.items()}

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return next(iter(self.shares))

    @property
    def last_word_at(self) -> datetime:
        """When the last shopper's days are over, late webhooks included."""
        return self.ends + timedelta(days=self.days) + LATE_WORD

    def is_running(self, now: datetime) -> bool:
        """Whether shoppers enter it now."""
        return self.begins <= now < self.ends and not self.decided

    def is_about(self, timeline: str) -> bool:
        return self.timeline in {None, timeline}

    def overlaps(self, other: Self) -> bool:
        is_over = self.decided or other.decided
        return (
            not is_over
            and self.timeline == other.timeline
            and self.begins < other.ends
            and other.begins < self.ends
        )
