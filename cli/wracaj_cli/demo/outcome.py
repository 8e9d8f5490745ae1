"""The outcome for each shopper: which messages were sent and when, which were not and why, and the
sums."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wracaj.carts.cart import Cart
from wracaj.consent.channel import Channel
from wracaj.money import format_money
from wracaj.settings.shop import ShopSettings
from wracaj.text.sms_segments import segments
from wracaj.timelines.steps import Reason, RecordState
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.fake_shop import FakeShop
from wracaj_cli.demo.ledger import Ledger, Noted, What
from wracaj_cli.demo.week import STEP_WORDS, STEPS, Person
from wracaj_cli.outcome_words import reason_in_words
from wracaj_cli.shops.cart_story import why_none, why_unreminded


@dataclass(frozen=True)
class Line:
    """A shopper's row in the table."""

    persona: Person
    shop: str
    sent: tuple[Delivered, ...]
    not_sent: tuple[str, ...]
    did: tuple[str, ...]  # what the shopper did: came back, bought, unsubscribed …


def line_of(
    persona: Person,
    shop: ShopSettings,
    messages: Iterable[Delivered],
    carts: list[Cart | None],
    ledger: Ledger,
) -> Line:
    """Return a shopper's row. `carts`: the shopper's carts from the oldest to the newest, with the
    records of their steps."""
    own = tuple(
        message for message in messages if message.origin and message.origin.shopper == persona.name
    )
    not_sent = [
        f"{ordinal}{what}"
        for cart, ordinal in zip(carts, ordinals(len(carts)), strict=True)
        for what in why_not(cart, shop)
    ]  # fmt: skip
    bought = recovered(own, ledger)
    did = tuple(_told(noted, shop, noted in bought) for noted in ledger.of(persona.name, *DEEDS))
    return Line(persona, shop.name, own, tuple(not_sent), did)


def ordinals(count: int) -> list[str]:
    return [f"cart {number}: " for number in range(1, count + 1)] if count > 1 else [""] * count


def why_not(cart: Cart | None, shop: ShopSettings) -> list[str]:
    """Return why messages were not sent, such as ["SMS, discount e-mail: ordered"]."""
    if cart is None:
        return ["no timeline: no cart came"]
    if cart.unreminded and cart.choice:
        return [f"no timeline: {why_unreminded(cart.choice)}"]
    if cart.episode == 0:
        return [f"no timeline: {why_none(cart, shop)}"]
    reasons: dict[str, list[str]] = {}
    for step, reason in reasons_by_step(cart).items():
        if reason is not Reason.DUE:
            reasons.setdefault(reason_in_words(reason), []).append(STEP_WORDS[step])
    return [f"{', '.join(steps)}: {words}" for words, steps in reasons.items()]


def reasons_by_step(cart: Cart, steps: Sequence[str] = STEPS) -> dict[str, Reason]:
    """Return step → reason. The reason of a step that ended the timeline also applies to the steps
    after it."""
    found: dict[str, Reason] = {}
    ended: Reason | None = None
    for step in steps:
        record = cart.record(cart.episode, step)
        if record and record.state in {RecordState.STOPPED, RecordState.ORDERED}:
            ended = record.reason
        if ended or record:
            found[step] = ended or (record.reason if record else Reason.DUE)
    return found


DEEDS = (
    What.CLICKED,
    What.WENT_TO_PAY,
    What.NOT_PAID,
    What.ORDERED,
    What.SENT_BACK,
    What.CANCELLED,
    What.UNSUBSCRIBED,
    What.OBJECTED,
    What.FORGOTTEN,
    What.REFUSED,
)


def _told(noted: Noted, shop: ShopSettings, is_recovered: bool) -> str:
    when = local_time(noted.at, shop)
    if noted.what is What.ORDERED and noted.amount is not None and noted.currency:
        code = f" with {noted.code}" if noted.code else ""
        recovered = "recovered: " if is_recovered else ""
        return (
            f"{when} {recovered}ordered for"
            f" {format_money(noted.amount, noted.currency, 'en')}{code}"
        )
    clicked = f" in the {STEP_WORDS[noted.step]}" if noted.step else ""
    worth = (
        f" {format_money(noted.amount, noted.currency, 'en')}"
        if noted.amount is not None and noted.currency
        else ""
    )
    return f"{when} {noted.what}{f' to {noted.channel}' if noted.channel else ''}{clicked}{worth}"


def local_time(at: datetime, shop: ShopSettings) -> str:
    return f"{at.astimezone(shop.zone):%a %H:%M}"


def unexplained(persona: Person, carts: Iterable[Cart | None]) -> list[str]:
    """Return the steps whose recorded reason differs from the one in the story."""
    known = [reasons_by_step(cart) for cart in carts if cart]
    return [
        f"{STEP_WORDS[step]}: the story says {reason}, the records"
        f" {', '.join(str(reasons.get(step)) for reasons in known)}"
        for step, reason in persona.why.items()
        if not any(reasons.get(step) is reason for reasons in known)
    ]


@dataclass(frozen=True)
class Totals:
    shoppers: int
    webhooks: int
    carts: int
    emails: int
    sms: int
    sms_segments: int
    recovered: int
    recovered_value: str
    codes_created: int
    codes_failed: int
    codes_used: int


def totals(
    cast: int, carts: int, messages: tuple[Delivered, ...], ledger: Ledger, server: FakeShop
) -> Totals:
    bought = recovered(messages, ledger)
    sums: Counter[str] = Counter()
    value: dict[str, Decimal] = {}
    for order in bought:
        if order.amount is not None and order.currency:
            value[order.currency] = value.get(order.currency, Decimal(0)) + order.amount
    for message in messages:
        sums[message.channel] += 1
        sums["segments"] += segments(message.sent.text) if message.channel is Channel.SMS else 0
    return Totals(
        shoppers=cast,
        webhooks=ledger.webhooks,
        carts=carts,
        emails=sums[Channel.EMAIL],
        sms=sums[Channel.SMS],
        sms_segments=sums["segments"],
        recovered=len(bought),
        recovered_value=" + ".join(format_money(value[name], name, "en") for name in sorted(value))
        or "nothing",
        codes_created=len(server.codes),
        codes_failed=len(server.turned_away),
        codes_used=sum(1 for order in bought if order.code),
    )


def recovered(messages: tuple[Delivered, ...], ledger: Ledger) -> list[Noted]:
    """Return the orders of shoppers who had got a message about that cart before."""
    first: dict[tuple[str, str], datetime] = {}
    for message in messages:
        if message.origin:
            key = message.origin.shopper, message.origin.basket
            first[key] = min(message.at, first.get(key, message.at))
    orders = ledger.all(What.ORDERED)
    return [
        order
        for order in orders
        if first.get((order.shopper, order.basket or ""), order.at) < order.at
    ]
