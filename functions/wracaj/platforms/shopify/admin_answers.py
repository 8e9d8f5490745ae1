"""The answers of Shopify's Admin API, as far as they are read."""

from wracaj.platforms.bodies import Body
from wracaj.platforms.fields import Amount, TextLine


class Extensions(Body):
    code: TextLine = None


class GraphqlError(Body):
    message: TextLine = None
    extensions: Extensions | None = None

    @property
    def code(self) -> str:
        return (self.extensions and self.extensions.code) or "no code given"


class UserError(Body):
    field: tuple[TextLine, ...] | None = None
    code: TextLine = None
    message: TextLine = None

    @property
    def means_already_there(self) -> bool:
        """Whether the code exists already. Then it is ours, from a call whose answer was lost: with
        54 random bits no other shop or person creates the same code."""
        return self.code == "TAKEN" or "must be unique" in (self.message or "").lower()

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.field or ()))} ({self.code})"


class Node(Body):
    id: TextLine = None


class Created(Body):
    codeDiscountNode: Node | None = None  # noqa: N815
    userErrors: tuple[UserError, ...] = ()  # noqa: N815


class Currency(Body):
    currencyCode: TextLine = None  # noqa: N815


class Money(Body):
    amount: Amount = None


class Range(Body):
    maxVariantPrice: Money = Money()  # noqa: N815


class Product(Body):
    priceRangeV2: Range = Range()  # noqa: N815


class Data(Body):
    discountCodeBasicCreate: Created | None = None  # noqa: N815
    discountCodeFreeShippingCreate: Created | None = None  # noqa: N815
    shop: Currency = Currency()
    product: Product | None = None


class Answer(Body):
    errors: tuple[GraphqlError, ...] | None = None
    data: Data | None = None
