"""A shop's loyalty programme, as its people write it, and the sum that says whether it can pay. Pure.

All amounts are in the programme's one currency: an order in another earns nothing, and is never added to the rest.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Months = Annotated[int, Field(ge=1, le=60)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Points(Part):
    per_unit: Annotated[Decimal, Field(gt=0, le=1000)] = Field(
        Decimal(1), description="Points for each whole unit of currency spent"
    )
    worth: Annotated[Decimal, Field(ge=0)] = Field(Decimal("0.01"), description="What a point is worth in the shop")
    expire_after_months: Months = Field(12, description="The oldest go first, at the end of a month")


class Tier(Part):
    """A level of the club, by what was spent, or the points earned, in the last months."""

    name: Annotated[str, Field(min_length=1, max_length=40, description="What shoppers call it: Silver")]
    by: Literal["spend", "points"] = Field("spend", description="What is counted")
    reach: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)] = Field(description="From this much on")
    within_months: Months = Field(12, description="Over how many calendar months, this one included")
    points_factor: Annotated[Decimal, Field(ge=1, le=10)] = Field(Decimal(1), description="1.5: half as many points again")


class Programme(Part):
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="The one currency that counts, such as PLN")
    margin_percent: Annotated[Decimal, Field(gt=0, le=100, max_digits=5)] = Field(
        description="What is left of 100 of sales after the goods: nothing may give away more, offers of win_back included"
    )
    points: Points | None = Field(None, description="Points for orders; none: no points")
    tiers: tuple[Tier, ...] = Field((), description="The club's levels, from the lowest up")

    @model_validator(mode="after")
    def _tiers_differ(self) -> Self:
        names = [tier.name for tier in self.tiers]
        if len(set(names)) < len(names):
            raise ValueError("two tiers have the same name; give each its own")
        return self

    @model_validator(mode="after")
    def _can_pay(self) -> Self:
        """For the best customer, who has the best tier."""
        if self.points is None:
            return self
        best = max((tier.points_factor for tier in self.tiers), default=Decimal(1))
        share = self.points.per_unit * self.points.worth * best * 100
        if share > self.margin_percent:
            raise ValueError(
                f"of 100 {self.currency} spent it gives away {self.points.per_unit} points × {self.points.worth} × "
                f"factor {best} × 100 = {share:.2f} {self.currency}, more than the margin of {self.margin_percent} %; "
                "lower one of them"
            )
        return self
