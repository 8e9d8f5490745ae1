"""Discount codes: single-use, expiring, hard to guess and easy to read aloud. A code gives a
percent, an amount, a gift or free delivery."""

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from wracaj.money import minor_units, plain

# no letters or digits that look or sound alike (0 O, 1 I, 2 Z, 5 S, 6 G, 8 B, Q)
ALPHABET = "ACDEFHJKLMNPRTUVWXY3479"
GROUPS, GROUP_LENGTH = 3, 4  # 23^12 codes: about 54 bits


def _shown(text: str) -> str:
    if not text.strip().isprintable() or not text.strip():
        raise ValueError("must be text on one line")
    return text.strip()


Shown = Annotated[str, AfterValidator(_shown)]


class DiscountValue(BaseModel):
    """Exactly one of a percent, an amount in its currency, one piece of a product, and free
    delivery."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    percent: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="Off the whole cart: 10"
    )
    amount: Annotated[Decimal, Field(gt=0, max_digits=12, allow_inf_nan=False)] | None = Field(
        None, description="Off the whole cart, in `currency`: 20"
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = Field(
        None, description="Of the amount, such as PLN"
    )
    product_id: Annotated[Shown, Field(max_length=255)] | None = Field(
        None, description="A gift: one piece of this product is free; the shop's own id of it"
    )
    product_title: Annotated[Shown, Field(max_length=255)] | None = Field(
        None, description="What messages call the gift"
    )
    free_shipping: bool = Field(False, description="Free delivery of the whole order: true")

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        money_or_gift = (self.percent, self.amount, self.product_id)
        if sum(thing is not None for thing in money_or_gift) + self.free_shipping != 1:
            raise ValueError(
                "must give exactly one thing: a percent, an amount, a product_id, or"
                " free_shipping: true"
            )
        if (self.product_id is None) != (self.product_title is None):
            raise ValueError("a gift needs both its product_id and its product_title")
        return self

    @model_validator(mode="after")
    def _an_amount_that_can_be_paid(self) -> Self:
        if self.amount is None:
            return self
        if self.currency is None:
            raise ValueError("an amount needs its currency, such as PLN")
        places = minor_units(self.currency)
        if self.amount != round(self.amount, places):
            raise ValueError(f"an amount in {self.currency} has at most {places} decimals")
        return self


class DiscountTerms(DiscountValue):
    """What a code gives."""

    @model_validator(mode="after")
    def _a_currency_is_of_an_amount(self) -> Self:
        if self.currency is not None and self.amount is None:
            raise ValueError("a currency goes with an amount; remove it, or write the amount")
        return self

    @property
    def key(self) -> str:
        """The same for codes that give the same discount: "10", "20.00-PLN", "gift-7",
        "free-shipping". A pool of codes is identified by it."""
        if self.free_shipping:
            return "free-shipping"
        if self.amount is not None:
            return f"{plain(self.amount, self.currency or '')}-{self.currency}"
        return str(self.percent) if self.percent is not None else f"gift-{self.product_id}"

    def __str__(self) -> str:
        """For the shop's people. Shoppers see the texts of `wracaj.messages.facts`."""
        if self.free_shipping:
            return "free delivery"
        if self.amount is not None:
            return self.key.replace("-", " ")
        return (
            f"{self.percent} %"
            if self.percent is not None
            else f"a gift of product {self.product_id}"
        )


class DiscountCode(DiscountValue):
    code: str
    starts_at: AwareDatetime
    expires_at: AwareDatetime
    # in `currency`, like the amount; a percent may have no known currency
    minimum_total: Decimal | None = None

    @model_validator(mode="after")
    def _a_gift_asks_for_nothing(self) -> Self:
        """Shopify counts only the gift itself towards a minimum: docs/decisions/platforms."""
        if self.product_id is not None and self.minimum_total is not None:
            raise ValueError("a gift has no minimum_total; leave it out")
        return self

    @property
    def discount(self) -> DiscountTerms:
        currency = None if self.amount is None else self.currency
        return DiscountTerms(
            percent=self.percent,
            amount=self.amount,
            currency=currency,
            product_id=self.product_id,
            product_title=self.product_title,
            free_shipping=self.free_shipping,
        )


def mint_code() -> str:
    """Return a new code, such as "K7DM-4XRA-PL9C"."""
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS)
    )


def as_minted(code: str) -> str:
    """Return a code of ours as it was minted, whatever its case: some shops keep codes in lower
    case. Any other code stays as it is."""
    groups = code.upper().split("-")
    is_ours = len(groups) == GROUPS and all(
        len(group) == GROUP_LENGTH and set(group) <= set(ALPHABET) for group in groups
    )
    return code.upper() if is_ours else code


def mint(
    worth: DiscountTerms,
    starts_at: datetime,
    expires_at: datetime,
    minimum_total: Decimal | None = None,
    currency: str | None = None,
) -> DiscountCode:
    """Create a discount code. `currency`: the minimum's, if the discount has none. A gift has no
    minimum."""
    minimum = None if worth.product_id else minimum_total
    given = worth.model_dump(exclude={"currency"})
    return DiscountCode(
        **given,
        code=mint_code(),
        starts_at=starts_at,
        expires_at=expires_at,
        minimum_total=minimum,
        currency=worth.currency or (currency if minimum is not None else None),
    )
