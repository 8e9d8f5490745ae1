"""A cart as we store it, and how events change it.

Each fact of a cart (its content, the e-mail, …) has the version of the event that reported it, and
the newest version wins. So the same events give the same cart in any order, also if some are
repeated.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Self, get_args

from wracaj.clock import timestamp
from wracaj.consent.channel import ADDRESS_FIELDS, Channel
from wracaj.consent.consent import Consent, ConsentState, address_hash_of
from wracaj.consent.preferences import Topic
from wracaj.events import CartContent, CartDeleted, CartUpdated, Contact
from wracaj.settings.shop import ShopSettings
from wracaj.settings.timeline_rules import NONE, CartTimeline, Choice, amounts_that_hold
from wracaj.timelines.subject import Subject

MOST_BYTES = 200_000
MOST_BYTES_OF_A_LETTER = 6  # \u001f
MOST_BYTES_BESIDE = 4_000  # of an item's ids, numbers and keys
NAMES_NOBODY = "~"
ALWAYS = "~"  # sorts after every time; for carts erased before the times of erasures were stored
MOST_EPISODES = 1_000_000  # for one cart, until its item is deleted
NONE_IS_FORGOTTEN_WITHIN = timedelta(days=14)  # the smallest `keep_days` that a shop can set
CART_TIMELINES = frozenset(get_args(CartTimeline))
CONTACT_FACTS = ("platform_id", *ADDRESS_FIELDS, "first_name", "locale")


class Cart(Subject):
    """A shop's cart, as reported by its events."""

    versions: dict[str, str] = {}  # fact → version of the event that reported it
    checkout_ids: frozenset[str] = frozenset()
    identified_as: str | None = None  # the `identity` for which customer_id was found
    orders: frozenset[str] = frozenset()  # references, see order_reference()
    episodes_from: int = 0  # lower numbers belong to an erased cart with the same id
    choice: Choice | None = None  # the timeline of the newest episode, or of the one about to start

    @property
    def topic(self) -> Topic:
        return Topic.CARTS

    @property
    def asked_for(self) -> bool:
        return False

    @property
    def is_personal(self) -> bool:
        return False

    @property
    def minds_other_carts(self) -> bool:
        return True

    def ended_by_order(self, last_order_at: datetime | None) -> bool:
        """Whether the cart was ordered. If only the shopper's order times say so, a new activity
        reopens it."""
        return self.ordered or self.may_be_bought_with(last_order_at)

    @property
    def ordered(self) -> bool:
        return bool(self.orders)

    @property
    def is_open(self) -> bool:
        return not self.ordered and not self.erased

    @property
    def unreminded(self) -> bool:
        """Whether the shop's cart rules chose no timeline for it."""
        return self.choice is not None and self.choice.timeline == NONE

    @property
    def newest_episode(self) -> int:
        """The newest episode, started or only chosen. Once an episode is chosen, earlier ones send
        nothing more, even if their executions still run."""
        return max(self.episode, self.choice.episode if self.choice else 0, self.episodes_from)

    @property
    def forgotten_at(self) -> datetime | None:
        told = self.forgotten.partition("#")[0]
        return datetime.fromisoformat(told) if told and told != ALWAYS else None

    @property
    def own_order_at(self) -> datetime | None:
        """Time of the newest order that only this cart connects to the shopper."""
        own = (
            reference
            for reference in self.orders
            if reference.partition("#")[2].startswith(NAMES_NOBODY)
        )
        return max(map(placed_at, own), default=None)

    @property
    def identity(self) -> str:
        """A hash that changes when the shopper must be looked up again."""
        consents = (
            f"{word.version}{'?' if word.to_confirm else ''}"
            for _, word in sorted(self.words.items())
        )
        names = (self.contact.platform_id, *self.contact.each_address)
        parts = (*names, *sorted(self.checkout_ids), *consents)
        return hashlib.sha256("\0".join(part or "" for part in parts).encode()).hexdigest()[:16]

    @property
    def needs_identifying(self) -> bool:
        return self.contact.reachable and self.identified_as != self.identity

    def without_erased_records(self) -> Self:
        """The cart without the step records of an erased cart that had the same id."""
        if not self.episodes_from:
            return self
        records = {
            key: record
            for key, record in self.records.items()
            if int(key.partition("#")[0]) >= self.episodes_from
        }
        return self.model_copy(update={"records": records})


def order_reference(order_id: str, at: datetime, *, names_nobody: bool = False) -> str:
    """Return what a cart stores of an order: when it was placed, and its id. `names_nobody`: the
    order has no identifier, so only the cart says whose it is."""
    return f"{timestamp(at)}#{NAMES_NOBODY if names_nobody else ''}{order_id}"


def placed_at(reference: str) -> datetime:
    return datetime.fromisoformat(reference.partition("#")[0])


def facts(event: CartUpdated | CartDeleted) -> dict[str, Any]:
    """Return the facts that the event reports, by name. A fact that the event does not mention is
    absent, and keeps its value."""
    if isinstance(event, CartDeleted):
        return {"content": CartContent()}
    told: dict[str, Any] = {}
    # the recovery link is a fact of its own: Shopify reports it with the checkout, not with the
    # cart
    if content := event.content:
        if content.recovery_url:
            told["recovery_url"] = content.recovery_url
            content = content.model_copy(update={"recovery_url": None})
        told["content"] = fitting(content)
    told |= {name: value for name in CONTACT_FACTS if (value := getattr(event.contact, name))}
    return told | {
        f"consent_{channel}": bound(consent, channel, event.contact)
        for channel, consent in event.consent.items()
    }


def bound(consent: Consent, channel: Channel, contact: Contact) -> Consent:
    """Return the consent with the hash of the address that it is about. This is the address
    reported with it. Without one, an opt-in is about the platform's customer, and an opt-out is
    about every address."""
    address = contact.address(channel)
    mark = platform_mark(contact) if consent.state is not ConsentState.UNSUBSCRIBED else None
    return consent.model_copy(
        update={"address_hash": address_hash_of(address) or address_hash_of(mark)}
    )


def platform_mark(contact: Contact) -> str | None:
    return f"platform#{contact.platform_id}" if contact.platform_id else None


def fitting(content: CartContent) -> CartContent:
    """Shorten content that is too large for DynamoDB, whose items hold 400 KB. Image and product
    links are left out first, then the last lines."""
    if _surely_fits(content) or not _is_too_large(content):
        return content
    bare = (item.model_copy(update={"image_url": None, "url": None}) for item in content.items)
    content = content.model_copy(update={"items": tuple(bare)})
    while _is_too_large(content):
        content = content.model_copy(update={"items": content.items[: len(content.items) // 2]})
    return content


def _surely_fits(content: CartContent) -> bool:
    """Whether it fits however its texts are written in JSON. Of most carts this spares writing
    them once more."""
    texts = (text for item in content.items for text in (item.title, item.url, item.image_url))
    bytes_of_text = sum(len(text) for text in texts if text) * MOST_BYTES_OF_A_LETTER
    return bytes_of_text + (len(content.items) + 1) * MOST_BYTES_BESIDE < MOST_BYTES


def _is_too_large(content: CartContent) -> bool:
    return len(content.model_dump_json().encode()) > MOST_BYTES


def late_facts(cart: Cart, event: CartUpdated | CartDeleted) -> dict[str, Any]:
    """Return the facts that count of an event older than the cart's newest, or of a quiet event.

    A fact counts if no newer event reported it. An opt-out counts by the time at which it was
    given, even if its event comes late, or in the same moment as a newer one: a shop's clock may
    show whole seconds.
    """
    told = facts(event)
    news = {
        name: value
        for name, value in told.items()
        if cart.versions.get(name, "") < event.version or _is_newer_no(cart, name, value)
    }
    return {
        name: value
        for name, value in news.items()
        if not (is_quiet(event) and _is_older_yes(cart, name, value))
    }


def is_quiet(event: CartUpdated | CartDeleted) -> bool:
    return isinstance(event, CartUpdated) and event.quiet


def _is_newer_no(cart: Cart, name: str, value: object) -> bool:
    if not isinstance(value, Consent) or value.state is not ConsentState.UNSUBSCRIBED:
        return False
    known = cart.consent.get(Channel(name.removeprefix("consent_")))
    return known is None or known.version < value.version


def _is_older_yes(cart: Cart, name: str, value: object) -> bool:
    """Whether an opt-in is reported again with a time before the cart's newest consent."""
    if not isinstance(value, Consent) or value.state is not ConsentState.SUBSCRIBED:
        return False
    known = cart.consent.get(Channel(name.removeprefix("consent_")))
    return known is not None and known.version > value.version


def reported_created_at(event: CartUpdated | CartDeleted) -> datetime:
    """Return when the cart was created, according to this event."""
    return (event.created_at if isinstance(event, CartUpdated) else None) or event.at


def episode_to_start(cart: Cart, shop: ShopSettings, now: datetime) -> int | None:
    """Return the number of the episode that is due for this cart, or None."""
    touched = cart.last_activity_at
    if (
        cart.erased
        or cart.ordered
        or not cart.content.items
        or not cart.contact.reachable
        or not shop.enabled
    ):
        return None
    if not CART_TIMELINES & set(shop.timelines):
        return None
    if touched is None or cart.created_at is None or not shop.knows_cart_from(cart.created_at):
        return None
    if touched < now - timedelta(hours=shop.start_within_hours):
        return None
    # this episode is chosen, and perhaps not started yet
    if cart.episode == 0 or cart.newest_episode > cart.episode:
        chosen = cart.choice.episode if cart.choice else 0
        return max(cart.episode, chosen) or max(first_episode(shop, now), cart.episodes_from)
    return (
        cart.episode + 1 if outgrew(cart, shop) or _may_begin_again(cart, shop, touched) else None
    )


def first_episode(shop: ShopSettings, now: datetime) -> int:
    """Return the number of a cart's first episode: 1 in the shop's first fortnight, and a higher
    number in each later one. If a cart returns after its item was deleted, it gets a number that it
    never had. The number is stored with the timeline's choice before anything starts."""
    lived = (now - shop.switched_on_at) // NONE_IS_FORGOTTEN_WITHIN if shop.switched_on_at else 0
    return max(0, lived) * MOST_EPISODES + 1


def counted(episode: int) -> int:
    """Return the episode's number as people count them: a cart's first is 1."""
    return (episode - 1) % MOST_EPISODES + 1


def outgrew(cart: Cart, shop: ShopSettings) -> bool:
    """Whether the timeline must be chosen again: the cart's total now meets other conditions of the
    cart rules, and no step was taken since the choice."""
    if cart.choice is None or cart.choice.episode < cart.episode or cart.last_step_at is not None:
        return False
    if cart.episode_ended_at is not None and not cart.unreminded:
        return False
    return cart.choice.amounts != amounts_that_hold(
        shop.cart_timelines, cart.content.currency, cart.content.total
    )


def _may_begin_again(cart: Cart, shop: ShopSettings, touched: datetime) -> bool:
    """Whether the cart may get another episode: the shopper was active after the last one ended,
    and `new_episode_after_days` have passed since the last message. If the cart rules chose no
    timeline, that choice stays valid for as long."""
    if cart.episode_ended_at is None or touched <= cart.episode_ended_at:
        return False
    said = max(
        filter(None, (cart.last_message_at, cart.episode_ended_at if cart.unreminded else None)),
        default=None,
    )
    return said is None or touched >= said + timedelta(days=shop.new_episode_after_days)
