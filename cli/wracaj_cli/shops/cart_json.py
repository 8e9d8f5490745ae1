"""A cart and the outcome of its messages for scripts. docs/operations.md describes the keys, which
do not change."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from wracaj.aws.step_functions import execution_name
from wracaj.carts.cart import Cart
from wracaj.experiments.arms import Entry
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.long_waits import wait_of
from wracaj.timelines.occasion import Occasion
from wracaj.timelines.steps import StepRecord
from wracaj_cli.outcome_words import outcome_in_words
from wracaj_cli.shops.arms import arms_as_json
from wracaj_cli.shops.cart_story import Became, name_of, rule_of, timeline_of


def _execution(cart: Cart | Occasion) -> str | None:
    return execution_name(cart.shop, cart.cart_id, cart.episode) if cart.episode else None


def cart_as_json(
    cart: Cart | Occasion,
    shop: ShopSettings,
    became: Became = MappingProxyType({}),
    arms: Mapping[str, Entry] = MappingProxyType({}),
) -> dict[str, Any]:
    """`arms`: the experiments that the cart's shopper is in."""
    content = cart.content
    return {
        "cart_id": cart.cart_id,
        "occasion": cart.kind if isinstance(cart, Occasion) else None,
        "created_at": cart.created_at,
        "last_activity_at": cart.last_activity_at,
        "items": [
            {"title": item.title, "quantity": item.quantity, "product_id": item.product_id}
            for item in content.items
        ],
        "total": content.total,
        "currency": content.currency,
        "shopper_known": cart.customer_id is not None,
        "ordered": isinstance(cart, Cart) and cart.ordered,
        "episode": cart.episode,
        "episode_ended_at": cart.episode_ended_at,
        "execution": _execution(cart),
        "timeline": name_of(cart) if isinstance(cart, Occasion) or cart.choice else None,
        "rule": rule_of(cart),
        "timeline_in_words": timeline_of(cart, shop),
        "waits_until": wait.at if (wait := wait_of(cart)) and not cart.episode_ended_at else None,
        "experiments": arms_as_json(arms),
        "messages": [
            _message(key, record, became.get(key, {}), shop) for key, record in _by_time(cart)
        ],
    }


def _by_time(cart: Cart | Occasion) -> list[tuple[str, StepRecord]]:
    return sorted(cart.records.items(), key=lambda one: one[1].at)


def _message(
    key: str, record: StepRecord, marks: Mapping[Any, str], shop: ShopSettings
) -> dict[str, Any]:
    episode, _, step = key.partition("#")
    return {
        "episode": int(episode),
        "step": step,
        "channel": str(record.channel),
        "template": record.template,
        "state": str(record.state),
        "reason": str(record.reason),
        "in_words": outcome_in_words(record, shop.zone),
        "error": record.error,
        "at": record.at,
        "until": record.until,
        "message_id": record.message_id,
        "code": record.code_told.code if record.code_told else None,
        "delivery": {str(mark): at for mark, at in marks.items()},
    }
