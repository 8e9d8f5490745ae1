"""The part of Shopify's Admin GraphQL schema that we ask, as of 2026-07, and what a question costs.

Costs: https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits. An object costs a point,
a connection two and its objects as often as `first` says, a mutation ten.
"""

from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    get_named_type,
    parse,
)
from graphql.execution.values import get_argument_values, get_directive_values
from graphql.type import GraphQLIncludeDirective

SDL = """
scalar DateTime
scalar URL
scalar Decimal
interface Node { id: ID! }
type PageInfo { hasNextPage: Boolean! endCursor: String hasPreviousPage: Boolean! }
type MoneyV2 { amount: Decimal! currencyCode: String! }
type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }
type Product implements Node { id: ID! title: String! }
type ProductVariant implements Node { id: ID! sku: String }
enum CustomerEmailAddressMarketingState { INVALID NOT_SUBSCRIBED PENDING SUBSCRIBED UNSUBSCRIBED }
type CustomerEmailAddress {
  emailAddress: String!
  marketingState: CustomerEmailAddressMarketingState!
  marketingOptInLevel: String
  marketingUpdatedAt: DateTime
}
type Customer implements Node {
  id: ID! firstName: String locale: String! updatedAt: DateTime!
  defaultEmailAddress: CustomerEmailAddress
}
type LineItem { id: ID! title: String! quantity: Int! product: Product }
type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
type Refund implements Node { id: ID! totalRefundedSet: MoneyBag! }
type Order implements Node {
  id: ID! CART_TOKENS
  email: String phone: String customer: Customer
  customerLocale: String customerAcceptsMarketing: Boolean!
  createdAt: DateTime! processedAt: DateTime! updatedAt: DateTime! cancelledAt: DateTime
  currencyCode: String! discountCodes: [String!]!
  totalPriceSet: MoneyBag! currentTotalPriceSet: MoneyBag!
  totalTaxSet: MoneyBag currentTotalTaxSet: MoneyBag!
  totalDiscountsSet: MoneyBag currentTotalDiscountsSet: MoneyBag!
  totalShippingPriceSet: MoneyBag!
  refunds(first: Int): [Refund!]!
  lineItems(first: Int, after: String): LineItemConnection!
}
type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
enum OrderSortKeys { CREATED_AT ID PROCESSED_AT UPDATED_AT }
type AbandonedCheckoutLineItem implements Node {
  id: ID! title: String variantTitle: String quantity: Int! sku: String
  product: Product variant: ProductVariant
  originalUnitPriceSet: MoneyBag!
}
type AbandonedCheckoutLineItemConnection { nodes: [AbandonedCheckoutLineItem!]! }
type AbandonedCheckout implements Node {
  id: ID! abandonedCheckoutUrl: URL!
  createdAt: DateTime! updatedAt: DateTime! completedAt: DateTime
  totalPriceSet: MoneyBag! customer: Customer
  lineItems(first: Int): AbandonedCheckoutLineItemConnection!
}
type AbandonedCheckoutConnection { nodes: [AbandonedCheckout!]! pageInfo: PageInfo! }
enum AbandonedCheckoutSortKeys { CHECKOUT_ID CREATED_AT CUSTOMER_NAME ID RELEVANCE TOTAL_PRICE }
enum WebhookSubscriptionTopic { TOPICS }
enum WebhookSubscriptionFormat { JSON XML }
type WebhookSubscription implements Node {
  id: ID! topic: WebhookSubscriptionTopic! uri: String! format: WebhookSubscriptionFormat!
}
type WebhookSubscriptionConnection { nodes: [WebhookSubscription!]! pageInfo: PageInfo! }
input WebhookSubscriptionInput { uri: String format: WebhookSubscriptionFormat }
type UserError { field: [String!] message: String! }
type WebhookSubscriptionCreatePayload {
  webhookSubscription: WebhookSubscription userErrors: [UserError!]!
}
type Query {
  nodes(ids: [ID!]!): [Node]!
  orders(first: Int, after: String, query: String, sortKey: OrderSortKeys = PROCESSED_AT,
    reverse: Boolean): OrderConnection
  abandonedCheckouts(first: Int, after: String, query: String,
    sortKey: AbandonedCheckoutSortKeys = ID, reverse: Boolean): AbandonedCheckoutConnection
  webhookSubscriptions(first: Int, after: String): WebhookSubscriptionConnection
}
type Mutation {
  webhookSubscriptionCreate(
    topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!
  ): WebhookSubscriptionCreatePayload
}
"""
# Those of 2026-07 that we use, and some that we do not.
WEBHOOK_TOPICS = """
APP_UNINSTALLED CARTS_CREATE CARTS_UPDATE CHECKOUTS_CREATE CHECKOUTS_DELETE CHECKOUTS_UPDATE
CUSTOMERS_CREATE CUSTOMERS_DELETE CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE
CUSTOMERS_MARKETING_CONSENT_UPDATE CUSTOMERS_MERGE CUSTOMERS_UPDATE ORDERS_CANCELLED ORDERS_CREATE
ORDERS_EDITED ORDERS_PAID ORDERS_UPDATED PRODUCTS_UPDATE REFUNDS_CREATE
"""


def schema_of(version: str) -> GraphQLSchema:
    """`cartToken` and `checkoutToken` of an order are new in 2026-07."""
    tokens = "cartToken: String checkoutToken: String" if version >= "2026-07" else ""
    return build_schema(SDL.replace("CART_TOKENS", tokens).replace("TOPICS", WEBHOOK_TOPICS))


def cost_of(schema: GraphQLSchema, question: str, variables: dict[str, Any]) -> int:
    """What the question costs at most."""
    (operation,) = (
        node for node in parse(question).definitions if isinstance(node, OperationDefinitionNode)
    )
    if operation.operation is OperationType.MUTATION:
        return 10 * len(operation.selection_set.selections)
    assert schema.query_type
    return _selected(schema, schema.query_type, operation, variables)


def objects_in(answer: Any) -> int:
    """What the question did cost: a point for each object in the answer."""
    if isinstance(answer, dict):
        return 1 + sum(objects_in(value) for value in answer.values())
    return sum(objects_in(value) for value in answer) if isinstance(answer, list) else 0


def _selected(schema: GraphQLSchema, parent: Any, node: Any, variables: dict[str, Any]) -> int:
    fields = most_of_fragments = 0
    for selection in node.selection_set.selections if node.selection_set else ():
        assert not isinstance(selection, FragmentSpreadNode)
        if isinstance(selection, InlineFragmentNode):
            assert selection.type_condition
            on = schema.type_map[selection.type_condition.name.value]
            cost = _selected(schema, on, selection, variables)
            most_of_fragments = max(most_of_fragments, cost)
        elif _is_included(selection, variables):
            fields += _field(schema, parent, selection, variables)
    return fields + most_of_fragments


def _is_included(field: FieldNode, variables: dict[str, Any]) -> bool:
    told = get_directive_values(GraphQLIncludeDirective, field, variables)
    return not told or bool(told["if"])


def _field(
    schema: GraphQLSchema, parent: GraphQLObjectType, field: FieldNode, variables: dict[str, Any]
) -> int:
    definition = parent.fields[field.name.value]
    type_ = get_named_type(definition.type)
    if not hasattr(type_, "fields"):
        return 0
    within = _selected(schema, type_, field, variables)
    arguments = get_argument_values(definition, field, variables)
    if type_.name.endswith("Connection"):
        return 2 + int(arguments["first"]) * within
    return (1 + within) * (_length(arguments) if _is_list(definition.type) else 1)


def _length(arguments: dict[str, Any]) -> int:
    """A list of a connection's nodes counts once: the connection multiplies it."""
    return len(arguments["ids"]) if "ids" in arguments else int(arguments.get("first", 1))


def _is_list(type_: Any) -> bool:
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    return isinstance(inner, GraphQLList)
