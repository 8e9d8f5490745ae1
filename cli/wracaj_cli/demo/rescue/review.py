"""The outcome of the week, checked against the stories: what reached each shopper, what did not and
why, and who sees advertisements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from wracaj.carts.cart import Cart
from wracaj.consent.channel import Channel
from wracaj.timelines.steps import Reason
from wracaj_cli.demo import promises
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.ledger import Noted, What
from wracaj_cli.demo.outcome import reasons_by_step
from wracaj_cli.demo.promises import AUDIENCES, Broken, Evidence, Findings
from wracaj_cli.demo.punctuality import late_ones
from wracaj_cli.demo.rescue.play import Week
from wracaj_cli.demo.rescue.story import STEPS, TIMELINE, Step, Visitor
from wracaj_cli.demo.rescue.story import WORDS as STEP_WORDS
from wracaj_cli.demo.week import LEN
from wracaj_cli.outcome_words import reason_in_words
from wracaj_cli.shops.target import local_target

AUDIENCE: Step = "join_audience"
GIVE_OR_TAKE = timedelta(minutes=20)
DEEDS = (What.ORDERED, What.UNSUBSCRIBED)


@dataclass(frozen=True)
class Stay:
    """A shopper's time in an audience. `left_at` is None for a shopper who is still in it."""

    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class VisitorLine:
    """A shopper's row in the table. `sent`: step → the message. The audience is in `stays`."""

    visitor: Visitor
    sent: Mapping[str, Delivered]
    reasons: Mapping[str, Reason]
    stays: tuple[Stay, ...]
    deeds: tuple[Noted, ...]
    suppressed: frozenset[str]  # channels whose address is suppressed

    def came(self, step: str) -> datetime | None:
        if step == AUDIENCE:
            return self.stays[0].joined_at if self.stays else None
        return self.sent[step].at if step in self.sent else None

    def why_not(self, step: str) -> str:
        reason = self.reasons.get(step)
        return reason_in_words(reason) if reason else ""


@dataclass(frozen=True)
class WeekReview:
    lines: list[VisitorLine]
    broken: list[Broken]


def review_week(week: Week) -> WeekReview:
    week.look_around()
    lines = [
        _line(week, actor, visitor)
        for actor, visitor in zip(week.actors, week.visitors, strict=True)
    ]
    evidence = _evidence(week)
    found = [(name, one) for name, check in CHECKS.items() for one in check(evidence)]
    found += [(promises.STORIES, one) for line in lines for one in _as_the_week_says(line)]
    found += [(AUDIENCES, one) for line in lines for one in _in_and_out(line)]
    broken = [Broken(name, shopper, what) for name, (shopper, what) in found]
    return WeekReview(lines, [*broken, *late_ones(evidence, TIMELINE)])


CHECKS = {name: promises.PROMISES[name] for name in (
    "Nothing after the order",
    "Nothing twice",
    "Nothing without consent",
    "Nothing after unsubscribing",
    "Nothing outside the send window",
    "Nothing too often",
    "To the right shopper only",
    "A way out in every e-mail",
)}  # fmt: skip


def _line(week: Week, actor: Actor, visitor: Visitor) -> VisitorLine:
    name, ledger = visitor.name, week.stage.scene.ledger
    own = {
        message.step or "": message
        for message in week.messages
        if message.origin and message.origin.shopper == name
    }
    cart = _cart(week, actor)
    reasons = (
        {
            step: reason
            for step, reason in reasons_by_step(cart, STEPS).items()
            if reason is not Reason.DUE
        }
        if cart
        else {}
    )
    stays = tuple(Stay(joined, left) for joined, left in week.stage.providers.stays(actor.contact))
    return VisitorLine(
        visitor, own, reasons, stays, tuple(ledger.of(name, *DEEDS)), _given_up(week, cart)
    )


def _given_up(week: Week, cart: Cart | None) -> frozenset[str]:
    """Return the suppressed channels, as the addresses' records show. The cart no longer names a
    browser that is gone."""
    shopper = (
        local_target(week.stage.home).store().customers.shopper(LEN, cart.contact) if cart else None
    )
    if cart is None or shopper is None:
        return frozenset()
    gone = (
        cart.contact.web_push is None
        and Reason.ADDRESS_GONE in reasons_by_step(cart, STEPS).values()
    )
    suppressed = {channel for known in shopper.known.values() for channel in known.suppressed}
    return frozenset(suppressed | {Channel.WEB_PUSH} if gone else suppressed)


def _cart(week: Week, actor: Actor) -> Cart | None:
    return (
        local_target(week.stage.home)
        .store()
        .carts.cart_with_records(LEN, actor.basket("1").cart_id)
    )


def _evidence(week: Week) -> Evidence:
    stage = week.stage
    return Evidence(
        cast=tuple(actor.persona for actor in week.actors),
        messages=tuple(week.messages),
        ledger=stage.scene.ledger,
        shops={name: shop.settings for name, shop in stage.scene.shops.items()},
        codes=stage.server.codes,
        turned_away=(),
        begun={
            (actor.persona.name, name): basket.begun_at
            for actor in week.actors
            for name, basket in actor.baskets.items()
        },
        addresses={actor.persona.name: _addresses(week, actor) for actor in week.actors},
    )


def _addresses(week: Week, actor: Actor) -> frozenset[str]:
    contact = actor.contact
    return frozenset(
        filter(
            None,
            (contact.email, contact.phone, *week.stage.providers.addresses(actor.persona.name)),
        )
    )


def _as_the_week_says(line: VisitorLine) -> Findings:
    visitor = line.visitor
    for step in STEPS:
        came, wanted, reason = (
            line.came(step) is not None,
            step in visitor.gets,
            line.reasons.get(step),
        )
        if came != wanted:
            yield (
                visitor.name,
                f"{STEP_WORDS[step]} {'came, and nobody expected it' if came else 'did not come'}",
            )
        elif not wanted and reason is not visitor.why.get(step):
            yield (
                visitor.name,
                f"{STEP_WORDS[step]}: the story says {visitor.why.get(step)}, the records {reason}",
            )
    if line.suppressed != frozenset(visitor.suppressed):
        suppressed = ", ".join(sorted(line.suppressed)) or "no channel"
        yield (
            visitor.name,
            (
                f"the address is suppressed for {suppressed}; the story says"
                f" {', '.join(visitor.suppressed) or 'for none'}"
            ),
        )


def _in_and_out(line: VisitorLine) -> Iterator[tuple[str, str]]:
    """Each shopper was in one audience at most, for as long as the story says, and is in none at
    the end."""
    visitor, stays = line.visitor, line.stays
    wanted = timedelta(hours=visitor.advertised_hours) if visitor.advertised_hours else None
    if len(stays) != (1 if wanted else 0):
        yield visitor.name, f"joined an audience {len(stays)} times"
    for stay in stays:
        if stay.left_at is None:
            yield visitor.name, "is still in the audience"
        elif wanted and abs(stay.left_at - stay.joined_at - wanted) > GIVE_OR_TAKE:
            yield (
                visitor.name,
                f"was in the audience for {stay.left_at - stay.joined_at}, not for {wanted}",
            )
