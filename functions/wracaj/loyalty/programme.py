"""A shop's loyalty programme, as written in its settings. `programme_cost.py` checks that the
margin pays for it."""

from decimal import Decimal
from typing import Self

from pydantic import ValidationInfo, model_validator

from wracaj.loyalty import programme_cost
from wracaj.loyalty.margin import total
from wracaj.loyalty.programme_check import out_of_order, unpayable
from wracaj.loyalty.programme_terms import Terms

STORED = "stored"  # key in the validation context: the settings are stored already


class Programme(Terms):
    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        named = {
            "tiers": [tier.name for tier in self.tiers],
            "rewards": [reward.name for reward in self.rewards],
            "achievements": [achievement.name for achievement in self.achievements],
        }
        for what, names in named.items():
            if len(set(names)) < len(names):
                raise ValueError(f"two of {what} have the same name; give each its own")
        return self

    @model_validator(mode="after")
    def _achievements_have_points(self) -> Self:
        if self.achievements and self.points is None:
            raise ValueError("achievements give points, and there are none; add the section points")
        return self

    @model_validator(mode="after")
    def _can_be_kept(self, info: ValidationInfo) -> Self:
        """Check amounts, tiers and margin when settings are put; `ShopSettings` checks it again
        with the cost of a delivery. Settings that are stored already were accepted by earlier
        rules, and must not stop the shop."""
        if (info.context or {}).get(STORED):
            return self
        in_order = unpayable(self, self.currency) or out_of_order(
            self.tiers, has_points=self.points is not None
        )
        if problem := in_order or programme_cost.problem_of(self, delivery_cost=None):
            raise ValueError(problem)
        return self

    @property
    def given_after_orders(self) -> list[str]:
        """The parts of the programme that the timeline of an order gives."""
        parts = ("rewards", "cashback", "order_gift", "first_purchase", "achievements")
        given = [part for part in parts if getattr(self, part)]
        given += ["tiers"] if any(tier.discount for tier in self.tiers) else []
        return given + (["points.exchange"] if self.points and self.points.exchange else [])

    def left_of_margin(self, delivery_cost: Decimal | None) -> Decimal:
        """What an offer may give away of 100 of sales, on top of what is always given."""
        return self.margin_percent - total(programme_cost.always_given(self, delivery_cost))
