"""The parts of a loyalty programme, and what each may contain.

All amounts are in the programme's one currency. An order in another currency earns nothing and is
never added to the others.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from wracaj.discounts.code import DiscountTerms
from wracaj.language import Locale
from wracaj.loyalty.periods import MOST_IN_TWELVE_MONTHS, Period
from wracaj.money import payable

Months = Annotated[int, Field(ge=1, le=60)]
# programme_check.py checks that it has no more decimals than the currency
Money = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=4)]
PerkText = Annotated[str, Field(min_length=1, max_length=80)]
Perk = Annotated[
    Annotated[PerkText, Tag("text")]
    | Annotated[dict[Locale, PerkText], Field(min_length=1), Tag("by_language")],
    Discriminator(lambda perk: "by_language" if isinstance(perk, dict) else "text"),
]
Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^#\r\n]+$")]


class Part(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class ProgrammeDiscount(Part):
    """A code for one use: a percent, an amount, a product as a gift, or free delivery."""

    percent: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="Off one order")
    amount: Money | None = Field(None, description="Off one order, in the programme's currency")
    product_id: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        None, description="A gift: one piece of this product, by the shop's id"
    )
    product_title: Annotated[str, Field(min_length=1, max_length=70)] | None = Field(
        None, description="What the gift is called"
    )
    product_cost: Money | None = Field(
        None, description="What the gift costs the shop: held against the margin"
    )
    free_shipping: bool = Field(
        False,
        description=(
            "true: free delivery of one order. What that costs the shop is economics.delivery_cost:"
            " held against the margin"
        ),
    )
    minimum_total: Money | None = Field(
        None, description="The cart value from which the code works; none, as with gifts: any"
    )
    valid_days: Annotated[int, Field(ge=1, le=365)] = Field(
        30, description="Days until the code expires"
    )

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        money_or_gift = (self.percent, self.amount, self.product_id)
        if sum(thing is not None for thing in money_or_gift) + self.free_shipping != 1:
            raise ValueError("give one of percent, amount, product_id and free_shipping: true")
        gift = (self.product_id, self.product_title, self.product_cost)
        if any(part is not None for part in gift) and None in gift:
            raise ValueError(
                "a gift needs product_id, product_title and product_cost (what it costs the shop)"
            )
        if self.product_id and self.minimum_total:
            raise ValueError("a gift's code works without a minimum_total; leave it out")
        return self

    def cost(self, delivery_cost: Decimal | None) -> Decimal | None:
        """The cost in money. None for a percent, whose cost depends on the order, and for free
        delivery where the shop states no `delivery_cost`."""
        return delivery_cost if self.free_shipping else self.amount or self.product_cost

    def terms(self, currency: str) -> DiscountTerms:
        told = {
            "percent": self.percent,
            "amount": payable(self.amount, currency) if self.amount else None,
            "product_id": self.product_id,
            "product_title": self.product_title,
            "free_shipping": self.free_shipping,
        }
        return DiscountTerms.model_validate(told | ({"currency": currency} if self.amount else {}))


SPENT_FROM = (
    "Only for customers who spent this much, after refunds, in twelve calendar months: the month of"
    " the day and the eleven before it; on the day of the first order, the twelve before it."
    " Required for {}"
)


class Gift(ProgrammeDiscount):
    """A prize that no spending of its own reaches."""

    spent_from: Money | None = Field(
        None,
        description=SPENT_FROM.format(
            "a product, and for an amount or free delivery without minimum_total"
        ),
    )


class FirstGift(Gift):
    """Of the first purchase, which is looked at no longer than other orders are
    (`grants.LOOKS_BACK`)."""

    spent_from: Money | None = Field(
        None,
        description=(
            "Only for customers who spent this much, after refunds, within 100 days of their first"
            " order. It is checked with each order until then. Required for a product, and for an"
            " amount or free delivery without minimum_total"
        ),
    )


class Exchange(Part):
    points: Annotated[int, Field(ge=1)] = Field(
        description="How many points become one code; the oldest go first"
    )
    discount: ProgrammeDiscount = Field(description="What they become")


class Points(Part):
    per_unit: Annotated[Decimal, Field(gt=0, le=1000)] = Field(
        Decimal(1), description="Points for each whole unit of currency spent"
    )
    value: Annotated[Decimal, Field(ge=0)] = Field(
        Decimal("0.01"), description="The value of a point in the shop"
    )
    expire_after_months: Months = Field(
        12, description="The oldest go first, at the end of a month"
    )
    warn_days: Annotated[int, Field(ge=3, le=90)] = Field(
        30, description="Days before points expire that the shopper is warned"
    )
    exchange: Exchange | None = Field(
        None, description="What points are exchanged for by themselves; none: the shop does that"
    )


class Tier(Part):
    """A level of the programme, by what was spent, or the points earned, in the last months."""

    name: Name = Field(description="What shoppers call it: Silver")
    by: Literal["spend", "points"] = Field("spend", description="What is counted")
    threshold: Money = Field(
        description=(
            "From this much on; tiers that count the same over as many months are listed from the"
            " lowest up"
        )
    )
    within_months: Months = Field(
        12, description="Over how many calendar months, this one included"
    )
    points_factor: Annotated[Decimal, Field(ge=1, le=10)] = Field(
        Decimal(1), description="1.5: half as many points again"
    )
    perks: tuple[Perk, ...] = Field(
        (),
        description=(
            "What else members of this tier get, in the words of messages: [darmowa dostawa]; or by"
            " language, and each message has the one of its own where there is one: [{pl: darmowa"
            " dostawa, en: free delivery}]"
        ),
    )
    discount: ProgrammeDiscount | None = Field(None, description="A code for reaching it, once")


class Reward(Part):
    """Spend so much in a period, get a code."""

    name: Name = Field(
        description=(
            "How messages call it: 500 zł w kwartale. A new name is a new reward, given once more"
        )
    )
    threshold: Money = Field(description="From this spend on, after refunds")
    per: Period = Field(
        "quarter",
        description="In one calendar month, quarter, half_year, year; or ever. Once in each",
    )
    discount: ProgrammeDiscount = Field(description="What it brings")


class Cashback(Part):
    percent: Annotated[Decimal, Field(gt=0, le=50, max_digits=4)] = Field(
        description="Of an order's value, after refunds"
    )
    minimum: Money = Field(Decimal(5), description="Less than this is not given back")
    valid_days: Annotated[int, Field(ge=1, le=365)] = Field(
        60, description="Days until the code expires"
    )


class OrderGift(Part):
    order_from: Money = Field(description="For each order of this value or more, after refunds")
    discount: ProgrammeDiscount = Field(description="What it brings")


class Achievement(Part):
    """Points for something the shopper did."""

    name: Name = Field(description="What messages call it: Trzy zamówienia w 90 dni")
    action: Literal["orders", "review", "year_together"] = Field(
        description=(
            "orders: a number of them within some days; review: a written review; year_together:"
            " each year since the first order in which they bought, on its day where the timeline"
            " anniversary runs, else with the next order"
        )
    )
    orders: Annotated[int, Field(ge=2, le=100)] = Field(3, description="For orders: how many")
    within_days: Annotated[int, Field(ge=1, le=366)] = Field(
        90, description="For orders: within so many days"
    )
    per: Period = Field(
        "year", description="At most once in each; year_together is each year's by itself"
    )
    points: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        description="What it gives: held against the margin"
    )
    spent_from: Money | None = Field(
        None, description=SPENT_FROM.format("points that have a value")
    )

    @property
    def most_in_a_year(self) -> int:
        """How often it can be achieved in twelve months."""
        return 1 if self.action == "year_together" else MOST_IN_TWELVE_MONTHS[self.per]


class Nudge(Part):
    """When a threshold is close enough to be announced."""

    within_percent: Annotated[Decimal, Field(ge=0, le=100)] = Field(
        Decimal(20), description="A nudge is sent if at most this percent is missing"
    )
    within_amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)] = Field(
        Decimal(50), description="Or if at most this much money is missing"
    )


class Terms(Part):
    """What a programme says. Whether that can be kept, `Programme` knows."""

    currency: str = Field(
        pattern=r"^[A-Z]{3}$", description="The one currency that counts, such as PLN"
    )
    margin_percent: Annotated[Decimal, Field(gt=0, le=100, max_digits=5)] = Field(
        description=(
            "The margin: what is left of 100 of sales after the cost of goods. A programme that"
            " gives away more is refused. A timeline's percent discount is made smaller to fit, and"
            " left out below 1. Its amount, and its free delivery, are left out if neither the"
            " code's minimum_total nor the cart's total can pay for it. A timeline's gift is not"
            " counted, as its cost is unknown; nor is free delivery without economics.delivery_cost"
        )
    )
    points: Points | None = Field(None, description="Points for orders; none: no points")
    tiers: tuple[Tier, ...] = Field((), description="The levels, from the lowest up")
    rewards: tuple[Reward, ...] = Field((), description="Codes for what was spent in a period")
    cashback: Cashback | None = Field(
        None, description="A share of each order back, as a code for the next"
    )
    order_gift: OrderGift | None = Field(None, description="A gift for each order above a value")
    first_purchase: FirstGift | None = Field(None, description="A gift for the first order, once")
    birthday: Gift | None = Field(
        None, description="A gift each birthday, for shoppers whose shop reported it"
    )
    anniversary: Gift | None = Field(
        None, description="A gift each year on the day of the first order"
    )
    achievements: tuple[Achievement, ...] = Field((), description="Points for what shoppers do")
    nudge: Nudge = Field(Nudge(), description="What counts as close to a threshold")
