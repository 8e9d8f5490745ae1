"""A shop's loyalty programme, as its people write it, and the sum that says whether it can pay. Pure.

All amounts are in the programme's one currency: an order in another earns nothing, and is never added to the rest.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(min_length=1, max_length=40)]
Amount = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]
Percent = Annotated[Decimal, Field(gt=0, le=100, max_digits=5)]
Months = Annotated[int, Field(ge=1, le=60)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gain(Part):
    """What a reward is: a voucher of a percent or of an amount."""

    percent: Percent | None = Field(None, description="Off the next whole cart")
    amount: Amount | None = Field(None, description="Off the next whole cart, in the programme's currency")
    valid_days: int = Field(30, ge=1, le=365)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("give either `percent` or `amount`, not both and not neither")
        return self


class Points(Part):
    per_unit: Annotated[Decimal, Field(gt=0, le=1000)] = Field(
        Decimal(1), description="Points for each whole unit of currency spent"
    )
    worth: Annotated[Decimal, Field(ge=0)] = Field(Decimal("0.01"), description="What a point is worth in the shop")
    expire_after_months: Months = Field(12, description="The oldest go first, at the end of a month")


class Reward(Part):
    """Spend so much within so many months, and a voucher is yours; once per such period."""

    name: Name
    spend: Amount
    within_months: Months = 6
    gives: Gain


class Tier(Part):
    """A level of the club, by what was spent, or the points earned, in the last months."""

    name: Name
    by: Literal["spend", "points"] = "spend"
    reach: Amount = Field(description="From this much on")
    within_months: Months = 12
    points_factor: Annotated[Decimal, Field(ge=1, le=10)] = Field(Decimal(1), description="1.5: half as many points again")
    perk: str = Field("", max_length=120, description="What else it gives, in a sentence for shoppers")


class Achievement(Part):
    name: Name
    orders: int = Field(ge=2, le=100, description="So many orders …")
    within_days: int = Field(ge=1, le=3650, description="… within so many days")
    points: int = Field(gt=0, le=1_000_000)


class Programme(Part):
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="The one currency that counts, such as PLN")
    margin_percent: Percent = Field(description="What is left of 100 of sales after the goods: nothing may give away more")
    points: Points | None = None
    cashback_percent: Annotated[Decimal, Field(ge=0, le=100)] = Field(Decimal(0), description="Of each order, as a voucher")
    rewards: tuple[Reward, ...] = ()
    tiers: tuple[Tier, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    gift_above: Amount | None = Field(None, description="An order from this value on gets a gift")
    first_purchase_points: int = Field(0, ge=0, le=1_000_000)
    close_share: Annotated[Decimal, Field(gt=0, lt=1)] = Field(
        Decimal("0.8"), description="Close to a threshold: from this share of it …"
    )
    close_amount: Amount | None = Field(None, description="… or with this much left at most")
    expires_soon_days: int = Field(30, ge=1, le=365)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for kind, parts in (("rewards", self.rewards), ("tiers", self.tiers), ("achievements", self.achievements)):
            names = [part.name for part in parts]
            if len(set(names)) < len(names):
                raise ValueError(f"two {kind} have the same name; give each its own")
        return self

    @model_validator(mode="after")
    def _can_pay(self) -> Self:
        for reward in self.rewards:
            if reward.gives.percent is not None and reward.gives.percent > self.margin_percent:
                raise ValueError(
                    f"reward {reward.name!r} gives {reward.gives.percent} % off, more than the margin of {self.margin_percent} %"
                )
        parts = self.given_away()
        total = sum(parts.values(), Decimal(0))
        if total > self.margin_percent:
            added = " + ".join(f"{share:.2f} % ({what})" for what, share in parts.items())
            raise ValueError(
                f"of 100 {self.currency} spent it gives away {added} = {total:.2f} %, more than the margin of "
                f"{self.margin_percent} %; lower one of them"
            )
        return self

    def given_away(self) -> dict[str, Decimal]:
        """By what → the most that goes back of sales, in percent, for the best customer."""
        parts: dict[str, Decimal] = {}
        if self.points and self.points.worth:
            factor = max((tier.points_factor for tier in self.tiers), default=Decimal(1))
            parts["points"] = self.points.per_unit * self.points.worth * factor * 100
        if self.cashback_percent:
            parts["cashback"] = self.cashback_percent
        for reward in self.rewards:
            if reward.gives.amount is not None:
                parts[f"reward {reward.name}"] = reward.gives.amount / reward.spend * 100
        return parts
