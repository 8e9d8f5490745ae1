"""A cart as we hold it, and how events change it.

Each fact of a cart (its content, the e-mail, …) carries the version of the event that told it, and
the newest version wins. So any order and any repetition of the same events ends in the same cart.
"""

import hashlib
from collections.abc import Set
from datetime import datetime, timedelta
from typing import Any, Self, get_args

from pydantic import AwareDatetime

from wracaj.clock import timestamp
from wracaj.consent.channel import ADDRESS_FIELDS
from wracaj.consent.consent import Channel, Consent, ConsentState, whose
from wracaj.events import CartContent, CartDeleted, CartUpdated, Contact, Frozen
from wracaj.settings.shop import ShopSettings
from wracaj.settings.timeline_rules import NONE, CartTimeline, Choice, amounts_that_hold
from wracaj.timelines.steps import StepRecord

MOST_BYTES = 200_000
NAMES_NOBODY = "~"
MOST_EPISODES = 1_000_000  # of one cart until it is forgotten
NONE_IS_FORGOTTEN_WITHIN = timedelta(days=14)  # the least that a shop may set as its `keep_days`
A_FEW_MINUTES = timedelta(minutes=10)  # by which two clocks that tell of one purchase may differ
CART_TIMELINES = frozenset(get_args(CartTimeline))
# what an order may be for; other occasions begin right after one
MAY_BE_BOUGHT = {None, "browse_reminder"}
CONTACT_FACTS = ("platform_id", *ADDRESS_FIELDS, "first_name", "locale")


class Cart(Frozen):
    """What a timeline is about: a cart, or an occasion (see occasion.py), which is kept and
    messaged by the same rules."""

    shop: str
    cart_id: str
    revision: int = 0  # counts every change; conditions of later writes name it
    version: str = ""  # of the newest event; its beginning is the time of the last activity
    versions: dict[str, str] = {}  # fact → version of the event that told it
    created_at: AwareDatetime | None = None  # None: only an order has told of this cart so far
    content: CartContent = CartContent()
    contact: Contact = Contact()
    consent: dict[Channel, Consent] = {}
    checkout_ids: frozenset[str] = frozenset()
    customer_id: str | None = None  # its surest name: whom it belongs to
    # kind of name → name, of its shopper, see identity.py; as of the last time that it was settled
    names: dict[str, str] = {}
    identified_as: str | None = None  # the identity for which customer_id was found
    orders: frozenset[str] = frozenset()  # references, see order_reference()
    erased: bool = False
    occasion: str | None = None  # None: a cart
    about: str | None = None  # an occasion's order
    # an order of its shopper was heard of then, and may have been for it
    set_aside_at: AwareDatetime | None = None
    # whoever reads an address that it names pressed "stop": see unsubscribe.py
    stopped_at: AwareDatetime | None = None
    called_off: bool = False  # an occasion that something has overtaken, such as a refund
    episode: int = 0  # the newest timeline's; 0: none was started yet
    choice: Choice | None = None  # of the newest episode, or of the one that is just being started
    episode_ended_at: AwareDatetime | None = None
    last_step_at: AwareDatetime | None = None
    last_message_at: AwareDatetime | None = None
    records: dict[str, StepRecord] = {}  # "{episode}#{step}" → what came of it

    @property
    def ordered(self) -> bool:
        return bool(self.orders)

    @property
    def is_open(self) -> bool:
        return not self.ordered and not self.erased

    @property
    def last_activity_at(self) -> datetime | None:
        return datetime.fromisoformat(self.version.partition("#")[0]) if self.version else None

    @property
    def unreminded(self) -> bool:
        """The shop's rules gave it no timeline."""
        return self.choice is not None and self.choice.timeline == NONE

    @property
    def newest_episode(self) -> int:
        """A chosen one counts from the choice on: what went before sends nothing more, and may not
        have ended yet."""
        return max(self.episode, self.choice.episode if self.choice else 0)

    @property
    def own_order_at(self) -> datetime | None:
        """The newest order that only this cart tells the shopper of."""
        own = (
            reference
            for reference in self.orders
            if reference.partition("#")[2].startswith(NAMES_NOBODY)
        )
        return max(map(placed_at, own), default=None)

    @property
    def words(self) -> dict[Channel, Consent]:
        """What was said in this cart. A yes counts from the cart's beginning: a shop that dates it
        anew with every event, or a box that stays ticked, must not outlive an unsubscription in
        between. A gesture has its own time."""
        return {channel: self._dated(consent) for channel, consent in self.consent.items()}

    def _dated(self, consent: Consent) -> Consent:
        is_yes = consent.state is ConsentState.SUBSCRIBED or consent.to_confirm
        if (
            not is_yes
            or consent.by_gesture
            or self.created_at is None
            or consent.at <= self.created_at
        ):
            return consent
        return consent.model_copy(update={"at": self.created_at})

    @property
    def stop(self) -> Consent | None:
        """On every channel. Unlike a no at an address it stays when the cart changes hands, or
        names others."""
        return (
            Consent(state=ConsentState.UNSUBSCRIBED, at=self.stopped_at, source="link")
            if self.stopped_at
            else None
        )

    @property
    def identity(self) -> str:
        """Changes when the shopper must be looked up anew."""
        consents = (word.version for _, word in sorted(self.words.items()))
        names = (self.contact.platform_id, *self.contact.each_address)
        parts = (*names, *sorted(self.checkout_ids), *consents)
        return hashlib.sha256("\0".join(part or "" for part in parts).encode()).hexdigest()[:16]

    @property
    def needs_identifying(self) -> bool:
        return self.contact.reachable and self.identified_as != self.identity

    def record(self, episode: int, step: str) -> StepRecord | None:
        return self.records.get(f"{episode}#{step}")

    def records_of(self, episode: int) -> list[StepRecord]:
        return [record for key, record in self.records.items() if key.startswith(f"{episode}#")]

    def without(self, products: Set[str]) -> Self:
        items = tuple(item for item in self.content.items if item.product_id not in products)
        return self.model_copy(update={"content": self.content.model_copy(update={"items": items})})

    def existed_at(self, moment: datetime | None) -> bool:
        """Whether an order placed at `moment` may have been for this cart."""
        return moment is not None and self.created_at is not None and self.created_at <= moment

    def rests_since(self, moment: datetime | None) -> bool:
        """Whether it was last touched some minutes after that moment at the most: as far as clocks
        can tell, an order of that moment may have been for it. Until it is touched again: a new
        cart may begin right after an order."""
        touched = self.last_activity_at
        return moment is not None and touched is not None and touched <= moment + A_FEW_MINUTES

    def stopped_by(self, last_order_at: datetime | None) -> bool:
        """Whether an order ends its reminders, for good or until it is touched again.
        `last_order_at`: the shopper's."""
        if self.ordered or self.existed_at(last_order_at):
            return True
        return self.occasion in MAY_BE_BOUGHT and (
            self.rests_since(last_order_at) or self.rests_since(self.set_aside_at)
        )


def order_reference(order_id: str, at: datetime, *, names_nobody: bool = False) -> str:
    """What a cart keeps of an order: when it was placed, and which it is. `names_nobody`: nothing
    but the cart tells whose."""
    return f"{timestamp(at)}#{NAMES_NOBODY if names_nobody else ''}{order_id}"


def placed_at(reference: str) -> datetime:
    return datetime.fromisoformat(reference.partition("#")[0])


def facts(event: CartUpdated | CartDeleted) -> dict[str, Any]:
    """What the event tells, by the name of the fact. What it does not mention is absent, and stays
    as it was."""
    if isinstance(event, CartDeleted):
        return {"content": CartContent()}
    told: dict[str, Any] = {}
    # the way back is a fact of its own: Shopify tells it of the checkout, not of the cart
    if event.content is not None:
        told["content"] = fitting(event.content.model_copy(update={"recovery_url": None}))
        told |= {"recovery_url": event.content.recovery_url} if event.content.recovery_url else {}
    told |= {name: value for name in CONTACT_FACTS if (value := getattr(event.contact, name))}
    return told | {
        f"consent_{channel}": bound(consent, channel, event.contact)
        for channel, consent in event.consent.items()
    }


def bound(consent: Consent, channel: Channel, contact: Contact) -> Consent:
    """A word is about the address that was told with it; a yes without one, about the platform's
    shopper; a no, about all."""
    address = contact.address(channel)
    mark = platform_mark(contact) if consent.state is not ConsentState.UNSUBSCRIBED else None
    return consent.model_copy(update={"whose": whose(address) or whose(mark)})


def platform_mark(contact: Contact) -> str | None:
    return f"platform#{contact.platform_id}" if contact.platform_id else None


def fitting(content: CartContent) -> CartContent:
    """DynamoDB holds items of 400 KB: of a cart beyond all measure addresses are left out first,
    then its last lines."""
    if len(content.model_dump_json().encode()) > MOST_BYTES:
        bare = (item.model_copy(update={"image_url": None, "url": None}) for item in content.items)
        content = content.model_copy(update={"items": tuple(bare)})
    while len(content.model_dump_json().encode()) > MOST_BYTES:
        content = content.model_copy(update={"items": content.items[: len(content.items) // 2]})
    return content


def late_facts(cart: Cart, event: CartUpdated | CartDeleted) -> dict[str, Any]:
    """Of an event older than the cart's newest, or of a quiet one: what nothing newer has told yet.
    A no counts from when it was said, however late, or in the same moment, the event that tells it:
    a shop's clock may show whole seconds."""
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
    """A yes that is told once more, of a time before the cart's own newest word."""
    if not isinstance(value, Consent) or value.state is not ConsentState.SUBSCRIBED:
        return False
    known = cart.consent.get(Channel(name.removeprefix("consent_")))
    return known is not None and known.version > value.version


def told_created_at(event: CartUpdated | CartDeleted) -> datetime:
    """When the cart began, as far as this event knows."""
    return (event.created_at if isinstance(event, CartUpdated) else None) or event.at


def episode_to_start(cart: Cart, shop: ShopSettings, now: datetime) -> int | None:
    """The number of the timeline that this cart is due, or None."""
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
    # chosen, and perhaps not started yet
    if cart.episode == 0 or cart.newest_episode > cart.episode:
        return cart.newest_episode or first_episode(shop, now)
    return (
        cart.episode + 1 if outgrew(cart, shop) or _may_begin_again(cart, shop, touched) else None
    )


def first_episode(shop: ShopSettings, now: datetime) -> int:
    """1, and another number in each fortnight of the shop's: a cart that comes back after it was
    forgotten begins with one that it never had. Its choice is written down with it before anything
    starts."""
    lived = (now - shop.switched_on_at) // NONE_IS_FORGOTTEN_WITHIN if shop.switched_on_at else 0
    return max(0, lived) * MOST_EPISODES + 1


def counted(episode: int) -> int:
    """As people count them: of one cart's, the first is 1."""
    return (episode - 1) % MOST_EPISODES + 1


def outgrew(cart: Cart, shop: ShopSettings) -> bool:
    """It was chosen for while it was worth another amount, in the eyes of some rule, and no step
    was taken since."""
    if cart.choice is None or cart.choice.episode < cart.episode or cart.last_step_at is not None:
        return False
    if cart.episode_ended_at is not None and not cart.unreminded:
        return False
    return cart.choice.amounts != amounts_that_hold(
        shop.cart_timelines, cart.content.currency, cart.content.total
    )


def _may_begin_again(cart: Cart, shop: ShopSettings, touched: datetime) -> bool:
    """A cart that was touched after its timeline ended, some days after the last message at the
    earliest. That a cart gets no timeline stands for as long."""
    if cart.episode_ended_at is None or touched <= cart.episode_ended_at:
        return False
    said = max(
        filter(None, (cart.last_message_at, cart.episode_ended_at if cart.unreminded else None)),
        default=None,
    )
    return said is None or touched >= said + timedelta(days=shop.new_episode_after_days)
