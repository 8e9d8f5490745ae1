"""Webhooks of a Shopify shop, by the Admin GraphQL API.

Shopify shows only what this app made by the API: not what stands in a `shopify.app.toml`, nor what
people made in the admin, which is signed with another key. It deletes a webhook that failed eight
times in a row, so a dead one is missing. The three privacy topics are set in the app itself.
"""

from collections.abc import Sequence

from wracaj.errors import ShopRefusalError
from wracaj.platforms import Subscription
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.shopify.access import has_access as is_readable
from wracaj.platforms.shopify.graphql import ask
from wracaj.platforms.shopify.webhooks import TOPICS
from wracaj.settings.shop import Shop

__all__ = ["existing", "is_readable", "mend", "subscribe", "wanted"]

OF_THE_APP = frozenset({"customers/data_request", "customers/redact", "shop/redact"})
_LIST = """
query webhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri } pageInfo { hasNextPage endCursor }
  }
}
"""
_CREATE = """
mutation subscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id }
    userErrors { message }
  }
}
"""
_TAKEN = "already been taken"


def wanted(shop: Shop) -> tuple[str, ...]:  # noqa: ARG001
    return tuple(topic for topic in TOPICS if topic not in OF_THE_APP)


def existing(shop: Shop, calls: Calls) -> list[Subscription]:
    found: list[Subscription] = []
    after, topics = None, {_name(topic): topic for topic in TOPICS}
    while True:
        listed = ask(shop, calls, _LIST, after=after).get("webhookSubscriptions") or {}
        found += [
            Subscription(topics.get(one["topic"], one["topic"]), one["uri"], "on", True, one["id"])
            for one in listed.get("nodes") or ()
        ]
        info = listed.get("pageInfo") or {}
        if not info.get("hasNextPage"):
            return found
        after = info.get("endCursor")


def subscribe(shop: Shop, topics: Sequence[str], address: str, calls: Calls) -> None:
    for topic in topics:
        data = ask(shop, calls, _CREATE, topic=_name(topic), uri=address)
        made = data.get("webhookSubscriptionCreate") or {}
        said = [str(error.get("message")) for error in made.get("userErrors") or ()]
        refused = [one for one in said if _TAKEN not in one]
        if refused or (not said and not made.get("webhookSubscription")):
            why = "; ".join(refused) or "it says not why"
            raise ShopRefusalError(f"Shopify makes no webhook for {topic}: {why}")


def mend(shop: Shop, dead: Sequence[Subscription], calls: Calls) -> None:
    """Shopify pauses no webhook."""


def _name(topic: str) -> str:
    """orders/create is ORDERS_CREATE there."""
    return topic.replace("/", "_").upper()
