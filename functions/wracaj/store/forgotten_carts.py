"""What stays of an erased cart, and how a new cart begins under its id.

`forgotten` on the item sorts after every version up to the erasure: no earlier event, order or
opt-in counts any more. `episodes_from` is higher than every episode number of the erased cart.
"""

from collections.abc import Iterable
from datetime import datetime

from wracaj.carts.cart import CONTACT_FACTS, Cart
from wracaj.clock import now, timestamp
from wracaj.consent.channel import Channel
from wracaj.store.customer_keys import ERASURE_REMEMBERED_DAYS
from wracaj.store.table import Change, expiry
from wracaj.timelines.subject import Subject

ABOUT_THE_SHOPPER = (*CONTACT_FACTS, *(f"consent_{channel}" for channel in Channel))
FACTS = ("content", "recovery_url", *ABOUT_THE_SHOPPER)
TIMES = (
    "created_at",
    "set_aside_at",
    "stopped_at",
    "episode_ended_at",
    "last_step_at",
    "last_message_at",
)
_WHOSE = ("customer_id", "names", "identified_as")
LONG_WAIT = ("long_wait", "long_wait_number")
_EPISODE = ("episode", "choice", "unreminded", *LONG_WAIT)


def forgotten_until(at: datetime) -> str:
    """Return a text that sorts after the version of every event up to that moment."""
    return f"{timestamp(at)}#~"


def erasing(cart: Subject, at: datetime) -> Change:
    """Remove the shopper's identity and the cart's content; the time of the erasure stays.
    Everything reported until then counts as from before the erasure, whatever date the shop gave
    it."""
    told = cart.version if isinstance(cart, Cart) else ""
    change = Change().add(revision=1).set(erased=True, item_count=0)
    change.set(shop=cart.shop, cart_id=cart.cart_id)
    change.set(forgotten=max(forgotten_until(at), told), checkout_ids=None, views=None)
    gone = (*_WHOSE, *LONG_WAIT, *FACTS, *(f"w_{name}" for name in ABOUT_THE_SHOPPER))
    change.set(**_nothing(gone))
    return change.set_once(expires_at=expiry(now(), ERASURE_REMEMBERED_DAYS))


def sparing(cart: Cart, at: datetime) -> Change:
    """Remove what was reported before the erasure from a cart that was changed after it. Its
    checkout ids stay, so that an order of one of them still ends its reminders."""
    until = forgotten_until(at)
    old = {name for name, version in cart.versions.items() if version <= until}
    newer = [version for version in cart.versions.values() if version > until]
    change = Change().add(revision=1).set(forgotten=until, **_nothing(_with_marks(old)))
    if "content" in old:
        change.set(item_count=0)
    if cart.created_at is None or cart.created_at <= at:
        change.set(created_at=min([*newer, cart.version]).partition("#")[0])
    return _without_orders(change.set(**_nothing(_times_until(cart, at))), cart, until)


def beginning_anew(cart: Cart) -> Change:
    """Begin an empty cart under the erased one's id, for an event from after the erasure."""
    change = Change().add(revision=1).set(episodes_from=cart.newest_episode + 1)
    gone = (*_WHOSE, *_EPISODE, *TIMES, *_with_marks(FACTS), "erased", "version", "item_count")
    change.set(**_nothing(gone))
    return _without_orders(change, cart, cart.forgotten)


def _without_orders(change: Change, cart: Cart, until: str) -> Change:
    old = {reference for reference in cart.orders if reference <= until}
    return change.take_out(orders=old) if old else change


def _times_until(cart: Cart, at: datetime) -> list[str]:
    times = {"stopped_at": cart.stopped_at, "set_aside_at": cart.set_aside_at}
    return [name for name, moment in times.items() if moment and moment <= at]


def _with_marks(names: Iterable[str]) -> list[str]:
    return [f"{mark}{name}" for name in names for mark in ("", "v_", "w_")]


def _nothing(names: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(names)
