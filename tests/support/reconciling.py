"""Stories in shops whose webhooks get lost, and whose API is asked each quarter of an hour."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import reconcile.app
from support.stories.cloud import Json
from support.stories.story import Story
from wracaj.consent.channel import Channel
from wracaj.store import open_store

A_QUARTER = timedelta(minutes=15)
Loses = Callable[[], bool]


class Context(SimpleNamespace):
    def get_remaining_time_in_millis(self) -> int:
        return 280_000


CONTEXT = Context(aws_request_id="r", function_name="f", memory_limit_in_mb=512)


@dataclass
class LosingStory(Story):
    """`loses`: whether the next webhook gets lost. What it tells is in the shop all the same."""

    put: Callable[[str, Json], Any] = lambda topic, body: None
    loses: Loses = lambda: False
    fills_bought_carts: bool = True  # as a late webhook of a cart would; its order names it
    lost: list[str] = field(default_factory=list)
    runs: int = 0

    def tell(self, topic: str, body: Json, *, status: int = 200) -> Json:
        self.put(topic, body)
        if self.loses():
            self.lost.append(topic)
            return {}
        return super().tell(topic, body, status=status)

    def bought(self, cart: str | None) -> bool:
        return any(order.cart == cart for order in self.orders.values())

    def cancel(self, order: str) -> None:
        """The shop cancels an order."""
        self.a_minute_passes()
        self.tell(*self.bodies.cancelled(self.orders[order], self.now))

    def reconcile(self) -> Json:
        """Return what came of the shop."""
        self.runs += 1
        event = {"shops": [self.shop.id]}
        told: Mapping[str, Json] = reconcile.app.handler(event, CONTEXT)
        return told.get(self.shop.id, {})

    def quarters(self, number: int) -> None:
        """Let quarters of an hour pass. The timelines go on, then the shop is asked."""
        for _ in range(number):
            self.player.play_until(self.now + A_QUARTER)
            self.reconcile()


def losing(story: Story, put: Callable[[str, Json], Any]) -> LosingStory:
    """`put`: stores in the shop on loopback what a webhook would tell."""
    told = {each.name: getattr(story, each.name) for each in fields(Story)}
    return LosingStory(**told, put=put)


@dataclass(frozen=True)
class Move:
    what: str  # checkout, order, cancel, or wait
    shopper: str = ""
    cart: str | None = None
    total: str = "199.00"
    quarters: int = 1


def play(story: LosingStory, moves: Iterable[Move]) -> LosingStory:
    """Every shopper has an order of their own. Each quarter the shop is asked, and at the end long
    enough for all that is due."""
    for move in moves:
        who: Json = {"id": move.shopper, "email": f"{move.shopper}@poczta.example"}
        order = f"o-{move.shopper}"
        if move.what == "checkout" and (story.fills_bought_carts or not story.bought(move.cart)):
            story.checkout(str(move.cart), ticked=("email",), total=move.total, **who)
        elif move.what == "order":
            story.order(order, cart=move.cart, total=move.total, **who)
        elif move.what == "cancel" and order in story.orders:
            story.cancel(order)
        elif move.what == "wait":
            story.quarters(move.quarters)
    story.quarters(5)
    return story


def some_moves(chance: Random) -> list[Move]:
    """A day or two in a shop with three shoppers, of whom each fills up to three carts."""
    return [_a_move(chance) for _ in range(chance.randint(4, 12))]


def _a_move(chance: Random) -> Move:
    what = chance.choice(["checkout", "checkout", "order", "cancel", "wait"])
    shopper = chance.choice(["ala", "ola", "ela"])
    cart = f"{chance.choice(['c1', 'c2', 'c3'])}-{shopper}"
    total = chance.choice(["199.00", "49.90", "20.00"])
    return Move(what, shopper, cart, total, chance.randint(1, 24))


def assert_same_end(found: Json, expected: Json) -> None:
    """Of a cart that was bought, nothing else matters. It need not be known."""
    assert found["orders"] == expected["orders"]
    for cart, state in expected["carts"].items():
        if state["ordered"]:
            assert found["carts"][cart].get("ordered", True), cart
        else:
            assert found["carts"][cart] == state


def assert_nothing_after_the_order(story: LosingStory) -> None:
    """Once the run after the order was due."""
    for order in story.orders.values():
        until = order.placed + A_QUARTER
        late = [one for one in story.mails_to(str(order.who.email)) if one.delivery.at > until]
        began = {cart.id for cart in story.carts.values() if cart.began > order.placed}
        assert {cart for one in late for cart in one.carts_shown} <= began


def state_of(story: Story) -> Json:
    """What decides what shoppers get and what they earned. Not what was sent meanwhile, and no
    version: a webhook's has the moment when it was triggered."""
    carts = {cart: _cart(story, cart) for cart in story.carts}
    return {"carts": carts, "orders": {order: _order(story, order) for order in story.orders}}


def _cart(story: Story, cart_id: str) -> Json:
    """Under the cart's id, or the checkout's where no webhook told the cart's."""
    store, shop = open_store(), story.shop.id
    cart = store.carts.get(shop, cart_id) or store.carts.get(shop, f"checkout-{cart_id}")
    if cart is None:
        return {}
    shopper = store.customers.shopper(shop, cart.contact)
    ended = cart.ordered or cart.ended_by_order(shopper.last_order_at if shopper else None)
    held = [(item.product_id, item.quantity, item.unit_price) for item in cart.content.items]
    return {
        "ordered": ended,
        "content": (held, cart.content.total, cart.content.currency),
        "email": cart.contact.email,
        "agrees": shopper and shopper.agrees(cart, Channel.EMAIL),
        "owner": shopper and shopper.id,
    }


def _order(story: Story, order_id: str) -> Json:
    store, shop = open_store(), story.shop.id
    order = story.orders[order_id]
    # in WooCommerce, a draft becomes the order
    is_draft = story.bodies.name == "woocommerce" and order.cart
    entry = store.accounts.order(shop, story.id_of(str(order.cart) if is_draft else order_id))
    if entry is None:
        return {}
    earned = store.accounts.books(shop, entry.customer_id).total if entry.customer_id else None
    state = entry.state
    # WooCommerce has no time of placing: of an unpaid order, what is known is its last change
    is_undated = story.bodies.name == "woocommerce" and state.cancelled
    placed_at = None if is_undated else state.placed_at
    return {
        "net": (state.net, state.currency, state.cancelled, placed_at),
        "owner": entry.customer_id,
        "posted": entry.posted,
        "earned": earned,
    }
