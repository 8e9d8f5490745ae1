"""The requests of each event and each step to DynamoDB, counted on the emulator's real table."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from bench import shopper
from bench.figures import Cell, Figures
from bench.play import Counted, Play, clock_at
from wracaj.consent.channel import Channel
from wracaj.events import CustomerUpdated
from wracaj.orders.bought_together import MOST_COMPANIONS
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import Discount, Step

NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = Step(
    name="first_email", channel=Channel.EMAIL, template="cart_reminder", after_seconds=3 * 3600
)
SMS = Step(name="sms", channel=Channel.SMS, template="cart_sms", after_seconds=24 * 3600)
DISCOUNT = Step(
    name="discount_email",
    channel=Channel.EMAIL,
    template="cart_discount",
    after_seconds=24 * 3600,
    discount=Discount(percent=10, valid_days=3),
)

INVITATION = Step(
    name="programme_invitation",
    channel=Channel.EMAIL,
    template="programme_invitation",
    after_seconds=3 * 86_400,
    content="invitation",
)
RECOMMENDATIONS = Step(
    name="recommendations",
    channel=Channel.EMAIL,
    template="recommendations",
    after_seconds=18 * 86_400,
    content="recommendations",
)
REWARD = Step(
    name="reward",
    channel=Channel.EMAIL,
    template="reward",
    after_seconds=15 * 86_400,
    content="reward",
)
MESSENGER = Step(
    name="messenger", channel=Channel.MESSENGER, template="cart_messenger", after_seconds=900
)
JOINS = Step(name="join", channel=Channel.AUDIENCE, audience="cart_rescue", after_seconds=7200)
PUSH = Step(name="push", channel=Channel.WEB_PUSH, template="cart_push", after_seconds=72 * 3600)
RESCUE: dict[str, Any] = {
    "timelines": ["multichannel_rescue"],
    "cart_timelines": [{"timeline": "multichannel_rescue"}],
    "messenger": {"page_id": "100200300"},
    "audiences": {"cart_rescue": {"id": "238000111"}},
    "web_push": {"contact": "mailto:sklep@kubek.example"},
}
CLUB: dict[str, Any] = {
    "timelines": ["loyalty"],
    "loyalty": {
        "currency": "PLN",
        "margin_percent": 30,
        "points": {},
        "rewards": [{"name": "Pierwsza stówka", "threshold": 100, "discount": {"amount": 10}}],
    },
}
AFTER_PURCHASE: dict[str, Any] = {
    "timelines": ["after_purchase"],
    "loyalty": {"currency": "PLN", "margin_percent": 30, "points": {}},
}
RULES: dict[str, Any] = {
    "timelines": ["abandoned_cart", "regular_cart"],
    "cart_timelines": [{"timeline": "regular_cart", "segments": ["champions", "loyal"]}],
}


def play(table: str, client: Any, observer: Any) -> dict[str, Counted]:
    scene = Play(table, client, observer)
    with clock_at(NOON):
        _webhooks(scene)
        _views(scene)
    _timeline(scene)
    _after_purchase(Play(table, client, observer, scene.counted, "bench-after", AFTER_PURCHASE))
    _rescue(Play(table, client, observer, scene.counted, "bench-rescue", RESCUE))
    _club(Play(table, client, observer, scene.counted, "bench-club", CLUB))
    return scene.counted


def _webhooks(scene: Play) -> None:
    scene.count(
        "cart without a contact",
        lambda: scene.take(shopper.cart_event("nobody", NOON - 4 * HOUR, known=False)),
    )
    first = shopper.cart_event("anna", NOON - 4 * HOUR)
    later = shopper.cart_event("anna", NOON - 3.9 * HOUR, begun=NOON - 4 * HOUR)
    scene.count("first event of a cart, new shopper", lambda: scene.take(first))
    scene.count("later event", lambda: scene.take(later))
    scene.count("the same event again", lambda: scene.take(later))
    scene.count("older event after a newer one", lambda: scene.take(first))
    again = shopper.cart_event("anna-2", NOON - 5 * HOUR, contact=shopper.contact("anna"))
    scene.count("first event of a cart, known shopper", lambda: scene.take(again))
    with_rules = shopper.shop("bench", **RULES)
    third = shopper.cart_event("anna-3", NOON - 5.5 * HOUR, contact=shopper.contact("anna"))
    scene.count("the same, rules ask what was bought", lambda: scene.take(third, with_rules))
    for name in ("buyer", "guest"):
        scene.take(shopper.cart_event(name, NOON - 4 * HOUR))
    told = shopper.order(
        "buyer", NOON - HOUR, cart_ids=("buyer",), contact=shopper.contact("buyer")
    )
    scene.count("order that names its cart", lambda: scene.take(told))
    scene.count("the same order again (paid)", lambda: scene.take(told))
    guest = shopper.order("guest", NOON - HOUR, contact=shopper.contact("guest"))
    scene.count("order matched by e-mail", lambda: scene.take(guest))


def _views(scene: Play) -> None:
    """Count product views. It runs after the carts, in which some of the shoppers agreed."""
    scene.count(
        "a product viewed by a stranger",
        lambda: scene.take(shopper.view("stranger", NOON - 3 * HOUR)),
    )
    scene.take(CustomerUpdated(at=NOON - 4 * HOUR, contact=shopper.contact("silent")))
    scene.count(
        "a product viewed without consent",
        lambda: scene.take(shopper.view("silent", NOON - 3 * HOUR)),
    )
    scene.take(shopper.agreed("looker", NOON - 4 * HOUR))
    first, later = (
        shopper.view("looker", NOON - hours * HOUR, product)
        for hours, product in ((3, "1"), (2, "2"))
    )
    scene.count("first product viewed", lambda: scene.take(first))
    scene.count("later product viewed", lambda: scene.take(later))
    scene.count("the same view again", lambda: scene.take(later))


def _timeline(scene: Play) -> None:
    with clock_at(NOON):
        scene.count("step: the cart was ordered", lambda: scene.step("buyer", FIRST))
        scene.count("step: first e-mail sent", lambda: scene.step("anna", FIRST))
        scene.count("delivery event: it arrived", lambda: scene.hears("delivered", "anna", FIRST))
        scene.count(
            "the same delivery event again", lambda: scene.hears("delivered", "anna", FIRST)
        )
        scene.take(shopper.cart_event("gone", NOON - 4 * HOUR))
        scene.step("gone", FIRST)
        scene.count(
            "delivery event: the address is gone", lambda: scene.hears("gone", "gone", FIRST)
        )
    # a link that is opened within a second of the arrival does not count as a click
    with clock_at(NOON + HOUR):
        scene.count("click in a message", lambda: scene.click("anna", FIRST))
    with clock_at(NOON + 24 * HOUR):
        scene.count("step: SMS sent", lambda: scene.step("anna", SMS))
        scene.take(
            shopper.cart_event(
                "mails-only",
                NOON - HOUR,
                consent={Channel.EMAIL: shopper.yes(NOON - HOUR, "checkout")},
            )
        )
        scene.count("step: skipped, no consent to SMS", lambda: scene.step("mails-only", SMS))
    with clock_at(NOON + 48 * HOUR):
        scene.count("step: discount e-mail sent", lambda: scene.step("anna", DISCOUNT))
        scene.count("step: close the timeline", lambda: scene.step("anna", None))
        scene.take(shopper.cart_event("late", NOON + 47 * HOUR))
        scene.count("step: held, the shopper is active", lambda: scene.step("late", FIRST))


def _after_purchase(scene: Play) -> None:
    """Count orders with three products, in a shop where 100 other products were bought with each of
    them."""
    with clock_at(NOON):
        for number in range(MOST_COMPANIONS):
            scene.take(
                shopper.order(
                    f"other-{number}", NOON, products=shopper.products("1", f"other-{number}")
                )
            )
        for number in range(2):
            scene.take(
                shopper.order(
                    f"alike-{number}", NOON, products=shopper.products("1", "2", "3", "4")
                )
            )
        scene.take(shopper.agreed("member", NOON - 4 * HOUR))
        told = shopper.order(
            "member",
            NOON,
            contact=shopper.contact("member"),
            products=shopper.products("1", "2", "3"),
        )
        scene.count("order of three products, with a timeline after it", lambda: scene.take(told))
        scene.count("the same order again, with its timeline", lambda: scene.take(told))
    occasion = occasion_id(OccasionKind.AFTER_PURCHASE, "order-member")
    for step in (INVITATION, RECOMMENDATIONS):
        moment = NOON + timedelta(seconds=step.after_seconds + 60)
        with clock_at(moment):
            scene.count(
                f"step: {step.name.replace('_', ' ')} sent", partial(scene.step, occasion, step)
            )


def _rescue(scene: Play) -> None:
    """Count a subscribed browser, a Messenger conversation, and an audience that is joined, and
    left with the order."""
    begun = NOON - 4 * HOUR
    with clock_at(NOON):
        everywhere = shopper.contact("ela").model_copy(
            update={"web_push": "a browser", "messenger": "1001"}
        )
        said = dict.fromkeys(Channel, shopper.yes(begun, "checkout"))
        scene.take(shopper.cart_event("ela", begun, contact=everywhere, consent=said))
        scene.writes_on_messenger("ela", NOON - HOUR)
        scene.count("step: Messenger sent", lambda: scene.step("ela", MESSENGER))
        scene.count("step: joined an audience", lambda: scene.step("ela", JOINS))
        scene.count("audience sync: one joined", scene.tells_meta)
    with clock_at(NOON + 72 * HOUR):
        scene.count("step: push sent", lambda: scene.step("ela", PUSH))
        told = shopper.order("ela", NOON + 72 * HOUR, cart_ids=("ela",), contact=everywhere)
        scene.count("order of a shopper in an audience", lambda: scene.take(told))
        scene.count("audience sync: one left", scene.tells_meta)


def _club(scene: Play) -> None:
    with clock_at(NOON):
        for name in ("saver", "small"):
            scene.take(shopper.agreed(name, NOON - 4 * HOUR))
        scene.take(shopper.order("saver", NOON, contact=shopper.contact("saver")))
        scene.take(
            shopper.order("small", NOON, contact=shopper.contact("small")).model_copy(
                update={"total": Decimal(20)}
            )
        )
    with clock_at(NOON + timedelta(seconds=REWARD.after_seconds + 60)):
        saver, small = (
            occasion_id(OccasionKind.LOYALTY, f"order-{name}") for name in ("saver", "small")
        )
        scene.count("loyalty: nothing is reached", lambda: scene.check(small))
        scene.count("loyalty: a reward is granted, its code created", lambda: scene.check(saver))
        scene.count("loyalty: asked again", lambda: scene.check(saver))
        scene.count("step: reward sent", lambda: scene.step(saver, REWARD))


def _row(one: Counted) -> tuple[Cell, ...]:
    return (
        one.what,
        len(one.requests),
        one.operations,
        one.writes,
        one.reads,
        one.read_again,
        one.starts,
    )


def figures(counted: dict[str, Counted]) -> Figures:
    rows = [_row(one) for one in counted.values()]
    columns = (
        "what happens",
        "requests",
        "to DynamoDB",
        "write units",
        "read units",
        "items read again",
        "StartExecution",
    )
    note = (
        "On the emulator's table, with three products in the cart. Units by DynamoDB's rules, index"
        " writes included. Items read again: those that were asked for more than once."
    )
    return Figures("Requests", columns, rows, note)
