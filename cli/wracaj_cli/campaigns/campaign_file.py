"""A campaign as a person writes it."""

import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from wracaj.consent.channel import TRAITS, Channel
from wracaj.errors import SettingsError
from wracaj.language import Locale
from wracaj.segments.rfm import Segment
from wracaj.settings.reading import explain
from wracaj.settings.sections import Section
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.campaign import FASTEST, TEMPLATES_BEGIN, Campaign, CampaignId
from wracaj.timelines.steps import Discount
from wracaj_cli.shops.settings_file import read_texts

EXAMPLE = """\
# One campaign. `wracaj campaign start SHOP FILE --dry-run` says to how many customers it would be
# sent; without --dry-run it is started.
campaign: winter_2026                     # its name, once for all: small letters, digits and _
template: campaign_season                 # in functions/reminder_step/templates/{pl,en}
rate: 300                                 # customers a minute, at most
begins: now                               # or a time in the shop's time zone: 2026-12-01 10:00
until: 2026-12-06 20:00                   # nothing is sent later
segments: [champions, loyal]              # of `wracaj report`; leave it out: everybody who bought
# tiers: [Złoty]                          # of the shop's loyalty programme
# locale: pl                              # only those who read Polish
# not_if_ordered_since: 2026-11-25        # not to those who ordered since
discount: { percent: 10, valid_days: 7 }  # or amount: 20, currency: PLN; or
                                          # free_shipping: true; leave it out: none
"""


def _padded(value: object) -> object:
    """Add the leading zero of an hour, because people write `9:30`."""
    return re.sub(r"(?<=[ T])(\d:)", r"0\1", value, count=1) if isinstance(value, str) else value


CHANNELS = tuple(channel for channel, traits in TRAITS.items() if traits.takes_campaigns)
if TYPE_CHECKING:
    CampaignChannel = Channel
else:
    CampaignChannel = Literal[CHANNELS]
Moment = Annotated[datetime, BeforeValidator(_padded)]


class CampaignFile(Section):
    campaign: CampaignId = Field(
        description="up to 30 small letters, digits and _, beginning with a letter: winter_2026"
    )
    template: Annotated[str, Field(pattern=rf"^{TEMPLATES_BEGIN}[a-z0-9_]{{1,31}}$")] = Field(
        description=f"a name that begins with {TEMPLATES_BEGIN}, such as {TEMPLATES_BEGIN}season"
    )
    channel: CampaignChannel = Field(Channel.EMAIL, description=f"one of {', '.join(CHANNELS)}")
    discount: Discount | None = Field(None, description="What each customer's own code gives")
    segments: tuple[Segment, ...] = Field(
        (), description="Of the shop's customers; none: everybody who bought"
    )
    tiers: tuple[str, ...] = Field(
        (), description="Of the loyalty programme; none: whatever their tier"
    )
    locale: Locale | None = Field(None, description="Only those who read it: pl or en")
    rate: Annotated[int, Field(ge=1, le=FASTEST)] = Field(description="Customers a minute, at most")
    begins: Literal["now"] | Moment = Field("now", description="now, or a time")
    until: Moment = Field(description="Nothing is sent later")
    not_if_ordered_since: Moment | None = Field(None, description="Not to those who ordered since")

    def as_campaign(self, shop: ShopSettings, now: datetime) -> Campaign:
        """Return the campaign. Times without an offset are in the shop's time zone."""

        def moment(told: datetime) -> datetime:
            return _in_zone(told, shop.zone)

        return Campaign(
            id=self.campaign,
            template=self.template,
            channel=self.channel,
            discount=self.discount,
            segments=frozenset(self.segments),
            tiers=frozenset(self.tiers),
            locale=self.locale,
            rate=self.rate,
            begins_at=now if isinstance(self.begins, str) else moment(self.begins),
            until=moment(self.until),
            not_if_ordered_since=(
                moment(self.not_if_ordered_since) if self.not_if_ordered_since else None
            ),
        )


def _in_zone(told: datetime, zone: tzinfo) -> datetime:
    return told if told.tzinfo else told.replace(tzinfo=zone)


def read_campaign(path: Path) -> CampaignFile:
    """Read the file. Raises SettingsError."""
    raw = read_texts(path)
    if not isinstance(raw, dict):
        raise SettingsError(
            [
                (
                    "(file)",
                    (
                        "must hold `key: value` lines; `wracaj campaign example` prints a file to"
                        " start from"
                    ),
                )
            ]
        )
    try:
        return CampaignFile.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(
            list(dict.fromkeys(_explain(problem) for problem in error.errors()))
        ) from None


def _explain(problem: Any) -> tuple[str, str]:
    if problem["loc"][0] == "begins":  # it may be one of two types, and it is neither
        return (
            "begins",
            f"must be now, or a time such as 2026-12-01 10:00 (given: {problem['input']!r})",
        )
    return explain(problem, CampaignFile)
