"""A past to back-test: shoppers who fill carts, order and opt out, and a timeline that runs. It is
played by the product's own facts and decisions, and its rows are the product's own.

Played with another timeline, it says what really would have come of that.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Any

from support.builders import HOUR, NOON, a_cart, a_shopper, no, some_content, some_settings, yes
from support.frozen_timelines import FROZEN
from wracaj.archive.decisions import Decision, decision_row
from wracaj.archive.events import event_row
from wracaj.archive.objects import object_name, settings_name
from wracaj.archive.rows import Row, RowKind, start_row
from wracaj.carts.cart import Cart
from wracaj.consent.channel import Channel
from wracaj.customers.customer import SentMessage
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent, CartUpdated, Contact, OrderPlaced
from wracaj.settings.shop import ShopSettings
from wracaj.settings.versions import settings_version
from wracaj.timelines.decision import in_time, reason_against
from wracaj.timelines.facts import barred_elsewhere, facts_of
from wracaj.timelines.steps import (
    Outcome,
    Reason,
    RecordState,
    Step,
    StepRecord,
    StepRequest,
    StepResult,
)
from wracaj_cli.archive.backtest.moves import Move
from wracaj_cli.archive.backtest.past_settings import PastSettings
from wracaj_cli.archive.backtest.running import Asked, Found, run
from wracaj_cli.archive.backtest.script import Script, read_script
from wracaj_cli.archive.source import Folder

TIMELINE = "abandoned_cart"
DAY = 24 * HOUR
SHOP = some_settings()
PAST = read_script(FROZEN / "abandoned_cart.yaml")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class ACart:
    """Times are hours since NOON, in the order of what happens."""

    touched: Sequence[float] = (0,)
    emptied_at: float | None = None
    ordered_at: float | None = None


@dataclass(frozen=True)
class APerson:
    carts: Sequence[ACart] = (ACart(),)
    takes_sms: bool = True
    opts_out_at: float | None = None


@dataclass
class Message:
    """What came of a step in the end."""

    cart: str
    step: str
    at: datetime
    outcome: Outcome
    reason: Reason


@dataclass
class Played:
    rows: list[Row] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def sent(self) -> dict[tuple[str, str], datetime]:
        return {
            (one.cart, one.step): one.at for one in self.messages if one.outcome is Outcome.SENT
        }


def hour(hours: float) -> datetime:
    return NOON + hours * HOUR


def script(folder: Path, **numbers: float) -> Script:
    """Return the frozen abandoned_cart with other numbers."""
    text = (FROZEN / "abandoned_cart.yaml").read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        name = line.strip().partition(":")[0]
        lines.append(f"  {name}: {numbers[name]:g}" if name in numbers else line)
    return changed_script(folder, "\n".join(lines) + "\n")


def changed_script(folder: Path, text: str) -> Script:
    file = folder / "abandoned_cart.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return read_script(file)


# Playing


@dataclass
class _Life:
    """One person on the way through the past."""

    number: int
    person: APerson
    shop: ShopSettings
    steps: tuple[Step, ...]
    played: Played
    sent: list[SentMessage] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)
    stepped_at: dict[int, datetime] = field(default_factory=dict)

    @property
    def contact(self) -> Contact:
        return Contact(
            email=f"person{self.number}@poczta.example", phone=f"+486001{self.number:05}"
        )

    def cart_id(self, place: int) -> str:
        return f"cart-{self.number}-{place}"

    def live(self) -> None:
        for place, cart in enumerate(self.person.carts):
            self._shop(place, cart)
        if self.person.opts_out_at is not None:
            self._opt_out(hour(self.person.opts_out_at))
        wait = timedelta(seconds=self.steps[0].after_seconds)
        queue = [
            (hour(cart.touched[0]) + wait, place) for place, cart in enumerate(self.person.carts)
        ]
        heapify(queue)
        while queue:
            moment, place = heappop(queue)
            result = self._step(place, moment)
            if result.outcome is Outcome.WAIT:
                heappush(queue, (moment + timedelta(seconds=result.wait_seconds), place))
            elif result.outcome in {Outcome.SENT, Outcome.SKIPPED}:
                self.place[place] = self.place.get(place, 0) + 1
                if self.place[place] < len(self.steps):
                    wait = timedelta(seconds=self.steps[self.place[place]].after_seconds)
                    heappush(queue, (moment + wait, place))

    # What the shop reports

    def _shop(self, place: int, cart: ACart) -> None:
        told: dict[str, Any] = {"cart_id": self.cart_id(place), "contact": self.contact}
        told |= {"created_at": hour(cart.touched[0])}
        for touched in cart.touched:
            self._event(CartUpdated(at=hour(touched), content=some_content(), **told))
        if cart.emptied_at is not None:
            self._event(CartUpdated(at=hour(cart.emptied_at), content=CartContent(), **told))
        if cart.ordered_at is not None:
            at = hour(cart.ordered_at)
            order = OrderPlaced(
                at=at,
                order_id=f"order-{self.number}-{place}",
                placed_at=at,
                cart_ids=(self.cart_id(place),),
                contact=self.contact,
            )
            self._event(order)
        start = start_row(
            self.shop.shop, self.cart_id(place), 1, TIMELINE, self._own, hour(cart.touched[0])
        )
        self.played.rows.append(start)

    @property
    def _own(self) -> dict[str, Any]:
        return dict(self.shop.timings.get(TIMELINE, {}))

    def _event(self, event: CartUpdated | OrderPlaced) -> None:
        self.played.rows.append(event_row(self.shop, event, event.at, event.at))

    def _opt_out(self, at: datetime) -> None:
        told = {
            "address": self._shopper(at).id,
            "account": None,
            "channels": sorted(Channel),
            "word": {"state": "unsubscribed"},
        }
        self.played.rows.append(Row(RowKind.STOP, self.shop.shop, at, told))

    # What the timeline does

    def _step(self, place: int, moment: datetime) -> StepResult:
        step = self.steps[self.place.get(place, 0)]
        cart, shopper = self._cart(place, moment), self._shopper(moment)
        others = [
            self._cart(other, moment)
            for other, one in enumerate(self.person.carts)
            if other != place and hour(one.touched[0]) <= moment
        ]
        others = [other for other in others if other.is_open]
        facts = facts_of(cart, shopper, step, self.shop, moment, episode=1, other_carts=others)
        result = reason_against(facts, step, self.shop, moment)
        elsewhere = {} if result else barred_elsewhere(cart, shopper, step, self.shop, moment)
        result = result or in_time(facts, step, self.shop, moment)
        record = self._send(step, moment) if result.outcome is Outcome.SENT else None
        request = StepRequest(
            shop=self.shop.shop, cart_id=cart.cart_id, episode=1, timeline=TIMELINE, step=step
        )
        decision = Decision(result, facts, moment, shopper, elsewhere, record)
        self.played.rows.append(decision_row(self.shop, request, step, decision))
        if result.outcome is not Outcome.WAIT:
            self.stepped_at[place] = moment
            came = Message(cart.cart_id, step.name, moment, result.outcome, result.reason)
            self.played.messages.append(came)
        return result

    def _send(self, step: Step, moment: datetime) -> StepRecord:
        self.sent.append(SentMessage(at=moment, channel=step.channel))
        return StepRecord(
            state=RecordState.SENT,
            reason=Reason.DUE,
            at=moment,
            message_id="m",
            channel=step.channel,
            segments=2 if step.channel is Channel.SMS else None,
        )

    def _cart(self, place: int, moment: datetime) -> Cart:
        cart = self.person.carts[place]
        changes = [*cart.touched, *([] if cart.emptied_at is None else [cart.emptied_at])]
        last = max(at for at in changes if hour(at) <= moment)
        is_ordered = cart.ordered_at is not None and hour(cart.ordered_at) <= moment
        return a_cart(
            shop=self.shop.shop,
            cart_id=self.cart_id(place),
            touched=hour(last),
            created_at=hour(cart.touched[0]),
            content=CartContent() if last == cart.emptied_at else some_content(),
            contact=self.contact,
            orders=frozenset({f"{hour(cart.ordered_at or 0)}#1"}) if is_ordered else frozenset(),
            last_step_at=self.stepped_at.get(place),
        )

    def _shopper(self, moment: datetime) -> Shopper:
        out = self.person.opts_out_at
        is_out = out is not None and hour(out) <= moment
        words = {Channel.EMAIL: no() if is_out else yes()}
        if self.person.takes_sms:
            words[Channel.SMS] = no() if is_out else yes()
        ordered = [
            hour(cart.ordered_at)
            for cart in self.person.carts
            if cart.ordered_at is not None and hour(cart.ordered_at) <= moment
        ]
        return a_shopper(
            contact=self.contact,
            consent=words,
            sent=tuple(self.sent),
            last_order_at=max(ordered, default=None),
        )


def play(people: Sequence[APerson], timeline: Script = PAST, shop: ShopSettings = SHOP) -> Played:
    played = Played()
    own = shop.timings.get(TIMELINE, {})
    for number, person in enumerate(people):
        _Life(number, person, shop, timeline.steps(own, {}), played).live()
    return played


# Back-testing


def write(rows: Sequence[Row], folder: Path, *shops: ShopSettings) -> Folder:
    """Write the rows as an archive, an object for each day."""
    by_day: dict[str, list[Row]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    for day, own in by_day.items():
        lines = [json.dumps(row.open, default=str).encode() for row in own]
        file = folder / object_name(own[0].shop, datetime.fromisoformat(f"{day}T00:00Z"), "1")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(b"\n".join([*lines, b""])))
    for shop in shops:
        kept = folder / settings_name(shop.shop, settings_version(shop))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(shop.model_dump_json(exclude_unset=True), encoding="utf-8")
    return Folder(folder)


def backtest(
    rows: Sequence[Row],
    folder: Path,
    timeline: Script = PAST,
    shop: ShopSettings = SHOP,
    **how: Any,
) -> Found:
    """Back-test rows with a timeline. `how`: of Asked, and `tried`: other settings."""
    source = write(rows, folder, shop)
    settings = PastSettings({settings_version(shop): shop}, shop, how.pop("tried", None))
    told = {"since": NOON - DAY, "before": NOON + 60 * DAY, "now": NOON + 60 * DAY, "most": None}
    return run(Asked(source, shop.shop, timeline, settings, **(told | {"processes": 1} | how)))


def sent_with_file(played: Played, found: Found) -> dict[tuple[str, str], datetime]:
    """Return when messages leave with the file, by the list of what moves."""
    sent = dict(played.sent)
    for move in found.tally.moves.first:
        if move.now_at is None:
            del sent[move.cart, move.step]
        else:
            sent[move.cart, move.step] = move.now_at
    return sent


def moves_of(found: Found, cart: str = "cart-0-0") -> dict[str, Move]:
    return {move.step: move for move in found.tally.moves.first if move.cart == cart}
