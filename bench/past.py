"""A made-up archive of one shop: what its shoppers did in four weeks, and what the product's own
rules decided. The rows are those that the functions write.

It is drawn with a fixed seed, cart by cart of one shopper after another.
"""

import base64
import gzip
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path
from random import Random
from uuid import uuid4

import orjson

from bench.past_rows import BEGINS, SETTINGS, SHOP, Line, templates, the_steps
from wracaj.archive.decisions import facts_as_json
from wracaj.archive.objects import object_name
from wracaj.clock import timestamp
from wracaj.consent.channel import Channel
from wracaj.keyed_hashes import keyed_by
from wracaj.settings.versions import settings_version
from wracaj.timelines.decision import decided
from wracaj.timelines.facts import Facts, Sent
from wracaj.timelines.steps import (
    Outcome,
    Reason,
    Step,
    StepResult,
)

HOURS_OF_DAY = [1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 10, 10, 10, 11, 12, 13, 14, 15, 13, 9, 5, 2]
DAYS = 28
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Cart:
    cart_id: str
    touched: list[datetime]
    ordered_at: datetime | None
    place: int = 0  # of the step that comes next
    stepped_at: datetime | None = None

    def active_at(self, moment: datetime) -> datetime:
        return max(at for at in self.touched if at <= moment)

    def is_ordered(self, moment: datetime) -> bool:
        return self.ordered_at is not None and self.ordered_at <= moment


@dataclass(slots=True)
class Person:
    email: str
    phone: str
    takes_sms: bool
    carts: list[Cart]
    sent: list[Sent] = field(default_factory=list)


class Past:
    """Draws shoppers and plays their timelines. Lines come out in no order."""

    def __init__(self, seed: int = 1) -> None:
        keyed_by(lambda: b"the key of the bench")
        self.draw = Random(seed)
        self.steps = the_steps()
        self.templates = templates(self.steps)

    def lines(self, day: datetime, carts: int) -> Iterator[Line]:
        """Of shoppers who begin on this day. None of their lines is of an earlier day."""
        while carts > 0:
            person = self._person(day, carts)
            carts -= len(person.carts)
            for cart in person.carts:
                yield from self._shopping(person, cart)
            yield from self._timelines(person)

    def _person(self, day: datetime, most: int) -> Person:
        draw = self.draw
        number = min(most, 1 + (draw.random() < 0.15) + (draw.random() < 0.03))
        first = day + draw.choices(range(24), HOURS_OF_DAY)[0] * HOUR
        first += timedelta(seconds=draw.randrange(3600))
        begin = [first, *(first + draw.expovariate(1 / 60) * HOUR for _ in range(number - 1))]
        carts = [self._cart(at) for at in begin]
        return Person(self._hex("e-"), self._hex("p-"), draw.random() < 0.6, carts)

    def _cart(self, first: datetime) -> Cart:
        draw = self.draw
        touched = [first]
        while draw.random() < 0.4:
            touched.append(touched[-1] + timedelta(seconds=draw.expovariate(1 / 400) + 1))
        share, ordered = draw.random(), None
        if share < 0.3:
            after = draw.expovariate(1 / 0.7) if share < 0.2 else draw.expovariate(1 / 20)
            ordered = touched[-1] + after * HOUR
        return Cart(self._hex("k"), touched, ordered)

    def _hex(self, begins: str) -> str:
        return f"{begins}{self.draw.getrandbits(128):032x}"

    # Rows

    def _shopping(self, person: Person, cart: Cart) -> Iterator[Line]:
        created = timestamp(cart.touched[0])
        for at in cart.touched:
            line, told = self._line("cart", at), timestamp(at)
            event = line["event"] | {"at": told, "cart_id": cart.cart_id, "created_at": created}
            names = {"email": person.email, "phone": person.phone}
            yield line | {"event": event, "names": names, "sealed": self._sealed(person.email)}
        yield self._line("start", cart.touched[0]) | {"cart_id": cart.cart_id}
        if cart.ordered_at:
            line, told = self._line("order", cart.ordered_at), timestamp(cart.ordered_at)
            event = line["event"] | {"at": told, "placed_at": told, "cart_ids": [cart.cart_id]}
            yield line | {"event": event, "names": {"email": person.email}}

    def _timelines(self, person: Person) -> Iterator[Line]:
        queue = [
            (cart.touched[0] + timedelta(seconds=self.steps[0].after_seconds), number)
            for number, cart in enumerate(person.carts)
        ]
        heapify(queue)
        while queue:
            due, number = heappop(queue)
            cart = person.carts[number]
            moment = due + timedelta(milliseconds=self.draw.randrange(200, 2000))
            result, line = self._step(person, cart, moment)
            yield line
            if result.outcome is Outcome.WAIT:
                heappush(queue, (moment + timedelta(seconds=result.wait_seconds), number))
            elif result.outcome in {Outcome.SENT, Outcome.SKIPPED}:
                cart.place += 1
                if cart.place < len(self.steps):
                    wait = self.steps[cart.place].after_seconds
                    heappush(queue, (moment + timedelta(seconds=wait), number))

    def _step(self, person: Person, cart: Cart, moment: datetime) -> tuple[StepResult, Line]:
        step = self.steps[cart.place]
        bars = step.channel is Channel.SMS and not person.takes_sms
        facts = Facts(
            subject_id=cart.cart_id,
            ordered=cart.is_ordered(moment),
            end=_end(person, cart, moment),
            barred=Reason.NO_CONSENT if bars else None,
            active_at=cart.active_at(moment),
            stepped_at=cart.stepped_at,
            minds_other_carts=True,
            sent=tuple(person.sent),
        )
        result = decided(facts, step, SETTINGS, moment)
        line: Line = self._line(step.name, moment) | {
            "cart_id": cart.cart_id,
            "outcome": result.outcome,
            "reason": result.reason,
            "facts": facts_as_json(facts),
            "elsewhere": _elsewhere(person, step, result),
            "person": person.email,
            "owner": person.email,
        }
        if result.wait_seconds:
            line["wait_seconds"] = result.wait_seconds
        if result.outcome is Outcome.SENT:
            person.sent.append(Sent(step.channel, moment))
            line["record"] = {**line["record"], "at": timestamp(moment)}
        else:
            del line["record"]
        if result.outcome is not Outcome.WAIT:
            cart.stepped_at = moment
        return result, line

    def _line(self, template: str, at: datetime) -> Line:
        return self.templates[template] | {"id": self._hex(""), "at": timestamp(at)}

    def _sealed(self, name: str) -> Line:
        """As long as an address, a name and a link are; and it cannot be read either."""
        text = base64.b64encode(self.draw.randbytes(150)).decode()
        return {name: ["0123456789abcdef", text]}


def _end(person: Person, cart: Cart, moment: datetime) -> Reason | None:
    own = (cart.active_at(moment), cart.cart_id)
    newer = any(
        other is not cart
        and other.touched[0] <= moment
        and not other.is_ordered(moment)
        and (other.active_at(moment), other.cart_id) > own
        for other in person.carts
    )
    return Reason.NEWER_CART if newer else None


def _elsewhere(person: Person, step: Step, result: StepResult) -> dict[str, str | None]:
    if result.outcome not in {Outcome.SENT, Outcome.WAIT}:
        return {}
    if step.channel is Channel.SMS:
        return {Channel.EMAIL.value: None}
    return {Channel.SMS.value: None if person.takes_sms else Reason.NO_CONSENT}


def write(carts: int, folder: Path) -> int:
    """Write the archive of so many carts, an object for each minute, and return its rows."""
    past, rows = Past(), 0
    minutes: dict[str, list[bytes]] = defaultdict(list)
    for number in range(DAYS):
        day = BEGINS + timedelta(days=number)
        _write_until(timestamp(day), minutes, folder)
        for line in past.lines(day, carts * (number + 1) // DAYS - carts * number // DAYS):
            minutes[line["at"][:16]].append(orjson.dumps(line))
            rows += 1
    _write_until("9", minutes, folder)
    kept = folder / "settings" / SHOP / f"{settings_version(SETTINGS)}.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(SETTINGS.model_dump_json(exclude_unset=True), encoding="utf-8")
    return rows


def _write_until(until: str, minutes: dict[str, list[bytes]], folder: Path) -> None:
    for minute in sorted(one for one in minutes if one < until):
        lines = minutes.pop(minute)
        first = datetime.fromisoformat(f"{minute}:00+00:00")
        file = folder / object_name(SHOP, first, uuid4().hex)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(b"\n".join([*lines, b""]), 6, mtime=0))


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
