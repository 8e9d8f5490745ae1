"""The messages of a report: the counters of each, in the order of their timelines, and what they
cost."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from pydantic import ValidationError

from wracaj.consent.channel import Channel
from wracaj.settings.sections import EconomicsSettings
from wracaj.store import Store
from wracaj_cli.report.timeline_words import TIMELINES
from wracaj_cli.timelines.reading import UnreadableError, read_named
from wracaj_cli.timelines.short_file import ShortFile

Outcomes = Mapping[str, int]
Channels = Mapping[str, Channel | None]  # message → its channel; None: it is not known

ALWAYS_TOLD = ("delivered", "bounced", "complained", "clicked")
BECAME = (*ALWAYS_TOLD, "opened", "followed")  # the last two only if SES tracks the shop's mails
WITHOUT_CODE = "without_discount"  # like BECAME, a counter in addition to "sent"
UNKNOWN = "unknown"
NOT_SENT = ("skipped_", "stopped_", "ordered_", UNKNOWN)
UNREMINDED = "no timeline"  # counters of carts, not of messages
CAMPAIGN = "campaign"


class Sent(NamedTuple):
    """One message of a timeline. `channel`: None if it is not known."""

    step: str  # "abandoned_cart#first_email"
    outcomes: dict[str, int]  # "sent" → 12, "skipped_no_consent" → 3, "delivered" → 11
    channel: Channel | None = None

    @property
    def timeline(self) -> str:
        return self.step.partition("#")[0]

    @property
    def name(self) -> str:
        return self.step.partition("#")[2]

    @property
    def sent(self) -> int:
        return self.outcomes.get("sent", 0)

    @property
    def without_code(self) -> int:
        """The number of sent messages for which the shop could create no code."""
        return self.outcomes.get(WITHOUT_CODE, 0)

    @property
    def orders(self) -> int:
        """Orders within five days after a click on this message, the last one before them."""
        return self.outcomes.get("attributed_orders", 0)

    @property
    def paid(self) -> Decimal:
        """What these orders paid, without tax, shipping and refunds."""
        return Decimal(self.outcomes.get("attributed_cents", 0)) / 100

    @property
    def contribution(self) -> Decimal:
        """Of these orders, after their discounts. What messages cost is not taken off."""
        return Decimal(self.outcomes.get("attributed_contribution_cents", 0)) / 100

    @property
    def codes_used(self) -> int:
        return self.outcomes.get("codes_used", 0)

    @property
    def unsubscribed(self) -> int:
        return self.outcomes.get("unsubscribed", 0)

    @property
    def sms_parts(self) -> int:
        return self.outcomes.get("segments", 0)

    @property
    def emails(self) -> int:
        """A message of an unknown channel that was no SMS counts as a mail."""
        is_mail = self.channel is Channel.EMAIL or (self.channel is None and not self.sms_parts)
        return self.sent if is_mail else 0

    @property
    def not_sent(self) -> dict[str, int]:
        """Return reason → number of messages, the most frequent first."""
        others = [name for name in self.outcomes if name.startswith(NOT_SENT)]
        return {
            name: self.outcomes[name]
            for name in sorted(others, key=lambda name: -self.outcomes[name])
            if self.outcomes[name]
        }


class MessageCosts(NamedTuple):
    """`total`: None if SMS were sent and the shop's settings tell no price of them."""

    emails: int
    sms_parts: int
    total: Decimal | None


def costs_of(sent: Iterable[Sent], prices: EconomicsSettings) -> MessageCosts:
    sent = list(sent)
    emails, parts = sum(row.emails for row in sent), sum(row.sms_parts for row in sent)
    if parts and prices.sms_part is None:
        return MessageCosts(emails, parts, None)
    total = emails * prices.thousand_emails / 1000 + parts * (prices.sms_part or Decimal(0))
    return MessageCosts(emails, parts, total)


def by_timeline(sent: Iterable[Sent]) -> dict[str, list[Sent]]:
    """Return timeline → its messages, in the order of the rows."""
    found: dict[str, list[Sent]] = {}
    for row in sent:
        found.setdefault(row.timeline, []).append(row)
    return found


def total_of(rows: Collection[Sent]) -> Sent:
    """Return the sums of several messages of one timeline."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums.update(row.outcomes)
    return Sent(f"{next(iter(rows)).timeline}#", dict(sums))


def in_order(store: Store, shop: str, counted: Mapping[str, Outcomes]) -> list[Sent]:
    """Return the messages of each timeline that has counters, in the order of its short file, also
    those that were never due. Messages that are in no file any more come last."""
    timelines = {step.partition("#")[0] for step in counted} - {UNREMINDED}
    rows = []
    for timeline in sorted(timelines, key=_rank):
        begins = f"{timeline}#"
        names = [step.removeprefix(begins) for step in counted if step.startswith(begins)]
        channels = _campaigns(store, shop) if timeline == CAMPAIGN else _in_file(timeline)
        listed = [name for name in channels if name in names or timeline != CAMPAIGN]
        for name in (*listed, *sorted(set(names) - set(listed))):
            step = f"{timeline}#{name}"
            rows.append(Sent(step, dict(counted.get(step, {})), channels.get(name)))
    return rows


def _rank(timeline: str) -> tuple[int, str]:
    known = list(TIMELINES)
    return (known.index(timeline) if timeline in known else len(known), timeline)


def _in_file(timeline: str) -> Channels:
    """Return the messages of a short file in their order. Those whose names come with the start
    have the name of their channel."""
    try:
        short = ShortFile.model_validate(read_named(timeline).body)
    except (UnreadableError, ValidationError):
        return {}  # the file was removed, or somebody is editing it
    if any(line.from_start for _, line in short.named_messages):
        return {f"confirm_{channel}": channel for channel in (Channel.EMAIL, Channel.SMS)}
    return {name: line.channel for name, line in short.named_messages}


def _campaigns(store: Store, shop: str) -> Channels:
    """Return the shop's campaigns, the latest first. One query."""
    courses = store.campaigns.all(shop)
    return {course.campaign.id: course.campaign.channel for course in courses}
