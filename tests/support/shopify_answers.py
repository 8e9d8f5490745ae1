"""What the tests' Shopify shop answers: its records, as GraphQL writes them."""

from datetime import UTC, datetime
from typing import Any, Protocol
from zlib import crc32

from graphql import GraphQLError, GraphQLResolveInfo

Json = dict[str, Any]


class Records(Protocol):
    """What a shop holds, and what it lets an app see."""

    orders: dict[str, Json]
    checkouts: dict[str, Json]
    webhooks: dict[str, Json]
    subscribed_at: dict[str, datetime]
    refused_at: dict[str, datetime]
    shows_customers: bool

    def page(
        self, rows: list[Json], query: str | None, first: int | None, after: str | None, key: str
    ) -> Json: ...
    def indexed(self, row: Json) -> bool: ...
    def is_abandoned(self, row: Json) -> bool: ...
    def require(self, scope: str) -> None: ...


class Answers:
    """The root of a question: each method answers a field of the schema's Query or Mutation."""

    def __init__(self, shop: Records) -> None:
        self.shop = shop

    def orders(
        self,
        _: GraphQLResolveInfo,
        first: int | None = None,
        after: str | None = None,
        query: str | None = None,
        sortKey: str = "PROCESSED_AT",  # noqa: N803
    ) -> Json:
        self.shop.require("read_orders")
        rows = [row for row in self.shop.orders.values() if self.shop.indexed(row)]
        page = self.shop.page(rows, query, first, after, sortKey.lower())
        return page | {"nodes": [self._order(row) for row in page["nodes"]]}

    def abandonedCheckouts(  # noqa: N802
        self,
        _: GraphQLResolveInfo,
        first: int | None = None,
        after: str | None = None,
        query: str | None = None,
        sortKey: str = "ID",  # noqa: N803
    ) -> Json:
        self.shop.require("read_orders")
        rows = [
            {**row, "id": _number(token)}
            for token, row in self.shop.checkouts.items()
            if self.shop.is_abandoned(row)
        ]
        page = self.shop.page(rows, query, first, after, sortKey.lower())
        return page | {"nodes": [self._checkout(row) for row in page["nodes"]]}

    def nodes(self, _: GraphQLResolveInfo, ids: list[str]) -> list[Json | None]:
        return [self._node(id_) for id_ in ids]

    def _node(self, gid: str) -> Json | None:
        kind, number = gid.removeprefix("gid://shopify/").split("/")
        if kind == "Order":
            row = self.shop.orders.get(number)
            return self._order(row) if row else None
        for token, row in self.shop.checkouts.items():
            if kind == "AbandonedCheckout" and _number(token) == int(number):
                return self._checkout({**row, "id": int(number)})
        return None

    def webhookSubscriptions(  # noqa: N802
        self, _: GraphQLResolveInfo, first: int | None = None, after: str | None = None
    ) -> Json:
        rows = [
            {**row, "id": number, "updated_at": "2026-01-01T00:00:00+00:00"}
            for number, row in self.shop.webhooks.items()
        ]
        page = self.shop.page(rows, None, first, after, "id")
        return page | {"nodes": [_webhook(row) for row in page["nodes"]]}

    def webhookSubscriptionCreate(  # noqa: N802
        self,
        _: GraphQLResolveInfo,
        topic: str,
        webhookSubscription: Json,  # noqa: N803
    ) -> Json:
        uri = webhookSubscription.get("uri", "")
        topics = {row["topic"] for row in self.shop.webhooks.values() if row["uri"] == uri}
        if not uri.startswith("https://"):
            return _user_error("Address protocol http:// is not supported")
        if topic in topics:
            return _user_error("Address for this topic has already been taken")
        number = str(1000 + len(self.shop.webhooks))
        self.shop.webhooks[number] = {"topic": topic, "uri": uri}
        made = _webhook({**self.shop.webhooks[number], "id": number})
        return {"webhookSubscription": made, "userErrors": []}

    # --- records ----------------------------------------------------------------------------------

    def _order(self, row: Json) -> Json:
        currency = row["currency"]
        money = {
            "totalPriceSet": row["total_price"],
            "currentTotalPriceSet": row.get("current_total_price") or row["total_price"],
            "totalTaxSet": row.get("total_tax"),
            "currentTotalTaxSet": row.get("current_total_tax") or row.get("total_tax") or "0.00",
            "totalDiscountsSet": row.get("total_discounts"),
            "currentTotalDiscountsSet": row.get("current_total_discounts") or "0.00",
            "totalShippingPriceSet": _shipping(row),
        }
        lines = [
            {
                "id": f"gid://shopify/LineItem/{place}",
                "title": line["title"],
                "quantity": line.get("quantity", 1),
                "product": _gid("Product", line.get("product_id")),
            }
            for place, line in enumerate(row["line_items"])
        ]
        return {
            "__typename": "Order",
            "id": f"gid://shopify/Order/{row['id']}",
            "cartToken": row.get("cart_token"),
            "checkoutToken": row.get("checkout_token"),
            "email": self._personal(row.get("email")),
            "phone": self._personal(row.get("phone")),
            "customer": self._customer(row),
            "customerLocale": row.get("customer_locale"),
            "customerAcceptsMarketing": row.get("buyer_accepts_marketing") is True,
            "createdAt": _utc(row["created_at"]),
            "processedAt": _utc(row.get("processed_at") or row["created_at"]),
            "updatedAt": _utc(row["updated_at"]),
            "cancelledAt": _utc(row.get("cancelled_at")),
            "currencyCode": currency,
            "discountCodes": [code["code"] for code in row.get("discount_codes") or ()],
            "refunds": lambda _, first=None: [
                {"id": f"gid://shopify/Refund/{refund['id']}"}
                for refund in (row.get("refunds") or [])[:first]
            ],
            "lineItems": lambda _, first=None, after=None: {"nodes": lines[:first]},
            **{name: _bag(amount, currency) for name, amount in money.items()},
        }

    def _checkout(self, row: Json) -> Json:
        currency = row["presentment_currency"]
        lines = [
            {
                "id": f"gid://shopify/AbandonedCheckoutLineItem/{place}",
                "title": line["title"],
                "variantTitle": line.get("presentment_variant_title"),
                "quantity": line["quantity"],
                "sku": line.get("sku"),
                "product": _gid("Product", line.get("product_id")),
                "variant": _gid("ProductVariant", line.get("variant_id")),
                "originalUnitPriceSet": _bag(line["price"], currency),
            }
            for place, line in enumerate(row["line_items"])
        ]
        return {
            "__typename": "AbandonedCheckout",
            "id": f"gid://shopify/AbandonedCheckout/{row['id']}",
            "abandonedCheckoutUrl": row["abandoned_checkout_url"],
            "createdAt": _utc(row["created_at"]),
            "updatedAt": _utc(row["updated_at"]),
            "completedAt": _utc(row.get("completed_at")),
            "totalPriceSet": _bag(row["total_price"], currency),
            "customer": self._customer(row),
            "lineItems": lambda _, first=None: {"nodes": lines[:first]},
        }

    def _personal(self, value: str | None) -> Any:
        """What the shop's plan keeps from apps is null, with an error beside it."""
        if value is None or self.shop.shows_customers:
            return value
        return _denied()

    def _customer(self, row: Json) -> Any:
        customer = row.get("customer")
        if not customer:
            return None
        if not self.shop.shows_customers:
            return _denied()
        number = str(customer["id"])
        agreed, refused = self.shop.subscribed_at.get(number), self.shop.refused_at.get(number)
        last = max(filter(None, (agreed, refused)), default=None)
        state = "NOT_SUBSCRIBED" if last is None else "SUBSCRIBED"
        address = {
            "emailAddress": customer.get("email") or row.get("email"),
            "marketingState": "UNSUBSCRIBED" if last and last == refused else state,
            "marketingOptInLevel": "SINGLE_OPT_IN" if last else None,
            "marketingUpdatedAt": _utc(last.isoformat()) if last else None,
        }
        return {
            "id": f"gid://shopify/Customer/{number}",
            "firstName": customer.get("first_name"),
            "locale": row.get("customer_locale") or "pl",
            "updatedAt": _utc(row["updated_at"]),
            "defaultEmailAddress": address if address["emailAddress"] else None,
        }


def _denied() -> GraphQLError:
    text = "This app is not approved to use the Customer object."
    return GraphQLError(text, extensions={"code": "ACCESS_DENIED"})


def _webhook(row: Json) -> Json:
    gid = f"gid://shopify/WebhookSubscription/{row['id']}"
    return {"id": gid, "topic": row["topic"], "uri": row["uri"], "format": "JSON"}


def _user_error(message: str) -> Json:
    errors = [{"field": ["webhookSubscription", "uri"], "message": message}]
    return {"webhookSubscription": None, "userErrors": errors}


def _bag(amount: Any, currency: str) -> Json | None:
    if amount is None:
        return None
    # GraphQL leaves out the zeros at the end, but one
    whole, _, part = str(amount).partition(".")
    money = {"amount": f"{whole}.{part.rstrip('0') or '0'}", "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def _shipping(row: Json) -> str:
    money = (row.get("total_shipping_price_set") or {}).get("shop_money") or {}
    return str(money.get("amount") or "0.00")


def _gid(kind: str, number: Any) -> Json | None:
    return {"id": f"gid://shopify/{kind}/{number}", "title": "–"} if number else None


def _number(token: str) -> int:
    return 30_000_000_000_000 + crc32(token.encode())


def _utc(text: str | None) -> str | None:
    """Whole seconds, as Shopify writes them."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if text else None
