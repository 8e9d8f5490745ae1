"""What the messages of one past cost, by the shop's own prices."""

from decimal import Decimal
from typing import NamedTuple

from wracaj.consent.channel import Channel
from wracaj.settings.sections import EconomicsSettings
from wracaj_cli.archive.backtest.side import Side


class Cost(NamedTuple):
    """`parts`: of SMS, with those of new messages at the average of the same step. `money` None:
    the shop's settings have no price of an SMS part."""

    parts: int
    estimated: int  # of these parts
    money: Decimal | None


def cost_of(side: Side, was: Side, prices: EconomicsSettings) -> Cost:
    """`was`: the past as it was, whose SMS were counted."""
    sms = was.of_channel(Channel.SMS)
    average = was.parts / sms if sms else 1.0
    estimated = round(sum(side.unpriced.values()) * average)
    parts = side.parts + estimated
    mails = side.of_channel(Channel.EMAIL) * prices.thousand_emails / 1000
    if parts and prices.sms_part is None:
        return Cost(parts, estimated, None)
    return Cost(parts, estimated, mails + parts * (prices.sms_part or Decimal(0)))
