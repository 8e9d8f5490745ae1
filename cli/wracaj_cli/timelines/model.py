"""A timeline in the words of a marketer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wracaj_cli.outcome_words import channel_in_words
from wracaj_cli.timelines.beginnings import Beginning, beginning
from wracaj_cli.timelines.problems import Problem
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.rules.messages import messages
from wracaj_cli.timelines.rules.names import names
from wracaj_cli.timelines.rules.numbers import Numbers, durations, seconds_of
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.rules.steps import discount_of
from wracaj_cli.timelines.short_file import MessageLine, ShortFile

GIFT = "a gift"
FREE_SHIPPING = "free delivery"
THE_CAMPAIGN_S = "the campaign's"


class TimelineError(Exception):
    """The timeline has problems, so it cannot be shown. The text names the first problem."""


@dataclass(frozen=True)
class Discount:
    worth: str
    """Such as `10 %`, `20 PLN`, `a gift` or `free delivery`."""
    valid_days: float
    if_unavailable: str

    def __str__(self) -> str:
        return f"{self.worth} for {self.valid_days:g} d"

    @property
    def offer(self) -> str:
        return self.worth if self.worth in {GIFT, FREE_SHIPPING} else f"{self.worth} off"

    @property
    def fallback(self) -> str:
        return "is not sent" if self.if_unavailable == "skip" else "is sent without one"


@dataclass(frozen=True)
class Message:
    name: str
    channel: str
    template: str
    """For an audience, its name."""
    after: float
    """Seconds since the message before it; for the first one, since the timeline's beginning."""
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
    begins: Beginning
    ends_with_order: bool

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def total(self) -> float:
        return self.messages[-1].total if self.messages else 0


def timeline(definition: Definition, own: Numbers | None = None) -> Timeline:
    """Return the timeline. `own`: the timings of one shop, in place of the file's. Raises
    TimelineError."""
    short = read_short(definition)
    if isinstance(short, list):
        raise _refusal(short)
    numbers = {**short.timings, **(own or {})}
    problems = [problem for rule in (messages, names) for problem in rule(definition, short)]
    problems = problems or list(durations(definition, short, numbers))
    if problems:
        raise _refusal(problems)
    try:
        found = tuple(_messages(short, numbers))
    except (KeyError, TypeError, ValueError):
        raise TimelineError("what a discount gives cannot be worked out") from None
    begins = beginning(definition.name, short.about)
    return Timeline(definition.name, found, begins, short.ends_with_order)


def _refusal(problems: list[Problem]) -> TimelineError:
    first = problems[0]
    place = f"line {first.line}: " if first.line else ""
    return TimelineError(f"{place}{first.what}")


def _messages(short: ShortFile, numbers: Numbers) -> Iterator[Message]:
    total = 0.0
    for name, message in short.named_messages:
        after = seconds_of(short.wait_of(message), numbers)
        # all messages after a check have one common wait
        total = after if short.check else total + after
        yield _message(name, message, short, numbers, after, total)


def _message(
    name: str, message: MessageLine, short: ShortFile, numbers: Numbers, after: float, total: float
) -> Message:
    told = [THE_CAMPAIGN_S if key in message.from_start else None for key in ("name", "channel")]
    return Message(
        told[0] or name,
        told[1] or str(message.channel),
        message.sends or THE_CAMPAIGN_S,
        after,
        total,
        _discount(discount_of(message, short, numbers)),
        message.repeats_code,
    )


def _discount(value: Any) -> Discount | None:
    if value is None:
        return None
    fallback = str(value.get("if_unavailable", "send_without"))
    return Discount(_worth(value), float(value["valid_days"]), fallback)


def _worth(value: Any) -> str:
    if value.get("free_shipping"):
        return FREE_SHIPPING
    if "percent" in value:
        return f"{float(value['percent']):g} %"
    return f"{float(value['amount']):g} {value['currency']}" if "amount" in value else GIFT
