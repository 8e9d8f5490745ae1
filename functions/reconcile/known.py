"""Whether a webhook had told of a change already."""

from wracaj.carts.cart import Cart
from wracaj.clock import timestamp
from wracaj.events import CartUpdated, OrderCancelled, OrderPlaced, OrderRefunded, ShopEvent
from wracaj.orders.order import OrderState
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store


def was_told(store: Store, shop: ShopSettings, event: ShopEvent) -> bool | None:
    """Whether the event says nothing new. None: it cannot be told from what is kept.

    An order changes in the shop without a webhook too, so only what counts is compared: whether it
    is there, what is left of it, whether it stands.
    """
    match event:
        case OrderPlaced(order_id=str(order_id)):
            entry = store.accounts.order(shop.shop, order_id)
            return entry is not None and _says_the_same(entry.state, entry.state.placed(event))
        case OrderCancelled(order_id=order_id):
            entry = store.accounts.order(shop.shop, order_id)
            return entry is not None and _says_the_same(
                entry.state, entry.state.cancelled_by(event)
            )
        case OrderRefunded(order_id=order_id, refund_id=refund_id):
            entry = store.accounts.order(shop.shop, order_id)
            return entry is not None and refund_id in entry.state.refunds
        case CartUpdated(cart_id=cart_id):
            return _is_cart_known(store.carts.get(shop.shop, cart_id), event)
    return None


def _is_cart_known(cart: Cart | None, event: CartUpdated) -> bool | None:
    """A newer state of a known cart: a checkout changes in the shop without a webhook, too."""
    if cart is None:
        return False
    told_at = max(cart.versions.values(), default="").partition("#")[0]
    return True if told_at >= timestamp(event.at) else None


def _says_the_same(before: OrderState, after: OrderState) -> bool:
    def counts(state: OrderState) -> tuple[object, ...]:
        return state.placed_at is None, state.currency, state.net, state.cancelled

    return counts(before) == counts(after)
