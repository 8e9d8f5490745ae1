"""A timeline in a marketer's terms."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wracaj_cli.outcome_words import channel_in_words
from wracaj_cli.timelines.beginnings import Beginning, beginning
from wracaj_cli.timelines.expressions import ExpressionError, fill, is_expression
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.routes import Leg, Variables, inside_states, legs, seconds_of, timings
from wracaj_cli.timelines.states import mapping

GIFT = "a gift"
THE_CAMPAIGN_S = "the campaign's"


class TimelineError(Exception):
    """The timeline cannot be shown before it is mended; the text says what is in the way."""


@dataclass(frozen=True)
class Discount:
    worth: str
    """`10 %`, `20 PLN`, `a gift`."""
    valid_days: float
    if_unavailable: str

    def __str__(self) -> str:
        return f"{self.worth} for {self.valid_days:g} d"

    @property
    def offer(self) -> str:
        return self.worth if self.worth == GIFT else f"{self.worth} off"

    @property
    def fallback(self) -> str:
        return "is not sent" if self.if_unavailable == "skip" else "is sent without one"


@dataclass(frozen=True)
class Message:
    name: str
    state: str
    channel: str
    template: str
    """Of an audience, its name."""
    after: float
    """Seconds since the message before it; the first one's since the timeline's beginning."""
    total: float
    discount: Discount | None
    repeats_code: bool = False

    @property
    def gives(self) -> str:
        return "the code again" if self.repeats_code else str(self.discount or "–")

    @property
    def channel_word(self) -> str:
        return channel_in_words(self.channel)


@dataclass(frozen=True)
class Timeline:
    name: str
    messages: tuple[Message, ...]

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def begins(self) -> Beginning:
        return beginning(self.name)

    @property
    def total(self) -> float:
        return self.messages[-1].total if self.messages else 0


def timeline(definition: Definition) -> Timeline:
    """Raises TimelineError."""
    messages = tuple(_messages(definition))
    if not messages:
        raise TimelineError("no message can be reached from its start")
    return Timeline(definition.name, messages)


def _messages(definition: Definition) -> Iterator[Message]:
    variables, total, waited = timings(definition), 0.0, None
    for leg in legs(definition):
        after = _seconds(leg, variables)
        total += after if leg.wait is not waited else 0  # either this message or the one before
        waited = leg.wait
        yield _message(leg, variables, after, total)


def _seconds(leg: Leg, variables: Variables) -> float:
    if leg.wait is None:
        raise TimelineError(f"{leg.message.name!r} has no Wait before it")
    try:
        seconds = float(seconds_of(leg.wait, variables))
    except (ExpressionError, TypeError, ValueError):
        seconds = math.nan
    if not math.isfinite(seconds):
        raise TimelineError(f"how long {leg.wait.name!r} waits cannot be worked out")
    return seconds


def _message(leg: Leg, variables: Variables, after: float, total: float) -> Message:
    try:
        given = {key for key, value in leg.message.step.items() if _comes_with_the_start(value)}
        step = mapping(fill(leg.message.step, variables, inside_states())) | dict.fromkeys(
            given, THE_CAMPAIGN_S
        )
        return Message(
            str(step["name"]),
            leg.message.name,
            str(step["channel"]),
            str(step["audience"] if "audience" in step else step["template"]),
            after,
            total,
            None if "discount" in given else _discount(step.get("discount")),
            bool(step.get("repeats_code")),
        )
    except (ExpressionError, KeyError, TypeError, ValueError):
        raise TimelineError(f"what {leg.message.name!r} sends cannot be worked out") from None


def _comes_with_the_start(value: object) -> bool:
    """As all that a campaign sends does."""
    return isinstance(value, str) and is_expression(value) and "Execution.Input" in value


def _discount(value: Any) -> Discount | None:
    if value is None:
        return None
    return Discount(
        _worth(value), float(value["valid_days"]), str(value.get("if_unavailable", "send_without"))
    )


def _worth(value: Any) -> str:
    if "percent" in value:
        return f"{float(value['percent']):g} %"
    return f"{float(value['amount']):g} {value['currency']}" if "amount" in value else GIFT
