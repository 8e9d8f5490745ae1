"""Which timeline a cart takes, as a shop's people write it: of these rules the first that holds
counts."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from wracaj.language import Locale
from wracaj.segments.segment import Segment

CartTimeline = Literal["abandoned_cart", "high_value_cart", "regular_cart", "multichannel_rescue"]
ABANDONED_CART: CartTimeline = "abandoned_cart"
NONE: Literal["none"] = "none"


def _as_people_write(name: object) -> object:
    """`At risk` and `at_risk`, too."""
    return re.sub(r"[\s_-]+", " ", name).strip().lower() if isinstance(name, str) else name


SegmentName = Annotated[Segment, BeforeValidator(_as_people_write)]


class CartRule(BaseModel):
    """All conditions that are given must hold; where none is, it always holds."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    timeline: Literal[CartTimeline, "none"] = Field(
        description="The timeline of such a cart; none: it gets no message"
    )
    cart_total_from: Decimal | None = Field(
        None, gt=0, description="Carts with this total or more, in `currency`"
    )
    cart_total_below: Decimal | None = Field(
        None, gt=0, description="Carts with a total below this, in `currency`"
    )
    currency: str | None = Field(
        None,
        pattern=r"^[A-Z]{3}$",
        description="Carts in this currency, such as PLN: a cart in another never fits",
    )
    segments: tuple[SegmentName, ...] = Field(
        (),
        description=(
            f"Shoppers in one of these segments, by last night's RFM scores: {', '.join(Segment)}"
        ),
    )
    tiers: tuple[str, ...] = Field(
        (), description="Shoppers in one of these tiers, by their names in `loyalty.tiers`"
    )
    customer: Literal["new", "returning"] | None = Field(
        None, description="new: no order of theirs is known; returning: they have ordered before"
    )
    locale: Locale | None = Field(None, description="Shoppers who are written to in this language")

    @model_validator(mode="after")
    def _amounts_have_a_currency(self) -> Self:
        if self.currency is None and (
            self.cart_total_from is not None or self.cart_total_below is not None
        ):
            raise ValueError(
                "an amount needs its `currency`, such as PLN: amounts in others are never compared"
            )
        return self

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        least, most = self.cart_total_from, self.cart_total_below
        if least is not None and most is not None and least >= most:
            raise ValueError(f"can never hold: no cart's total is {least} or more and below {most}")
        if self.customer == "new" and (self.segments or self.tiers):
            raise ValueError(
                "can never hold: whoever has not ordered yet is in no segment and no tier; remove"
                " one of them"
            )
        return self

    @property
    def asks_what_was_bought(self) -> bool:
        return bool(self.segments or self.tiers)


class Traits(NamedTuple):
    """All that a rule can ask about."""

    currency: str | None
    total: Decimal | None
    segment: Segment | None
    tier: str | None
    returning: bool
    locale: Locale


class Choice(BaseModel):
    """What an episode of a cart takes. Written on the cart before anything starts, and never
    changed for that episode."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    episode: int
    timeline: Literal[CartTimeline, "none"]
    rule: int | None = None  # its place in the settings of then, from 1; None: no rule held
    amounts: str = ""  # which rules' amounts held, see amounts_that_hold()
    at: AwareDatetime


def amount_holds(rule: CartRule, currency: str | None, total: Decimal | None) -> bool:
    if rule.currency is None:
        return True
    if currency != rule.currency:
        return False
    if total is None:
        return rule.cart_total_from is None and rule.cart_total_below is None
    above = rule.cart_total_from is None or total >= rule.cart_total_from
    return above and (rule.cart_total_below is None or total < rule.cart_total_below)


def shopper_fits(
    rule: CartRule, segment: Segment | None, tier: str | None, *, returning: bool
) -> bool:
    is_kind = rule.customer is None or (rule.customer == "returning") == returning
    return (
        is_kind
        and (not rule.segments or segment in rule.segments)
        and (not rule.tiers or tier in rule.tiers)
    )


def language_fits(rule: CartRule, locale: Locale) -> bool:
    return rule.locale in {None, locale}


def holds(rule: CartRule, traits: Traits) -> bool:
    return (
        amount_holds(rule, traits.currency, traits.total)
        and shopper_fits(rule, traits.segment, traits.tier, returning=traits.returning)
        and language_fits(rule, traits.locale)
    )


def first_that_holds(rules: Sequence[CartRule], traits: Traits) -> int | None:
    """Its place, from 1."""
    return next((place for place, rule in enumerate(rules, 1) if holds(rule, traits)), None)


def amounts_that_hold(
    rules: Sequence[CartRule], currency: str | None, total: Decimal | None
) -> str:
    """A mark for each rule, such as "+-+": two carts of the same marks differ for no rule by what
    they are worth."""
    return "".join("+" if amount_holds(rule, currency, total) else "-" for rule in rules)
