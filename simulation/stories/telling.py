"""The way of a report from the shop to us: signed, delayed, lost, repeated, retried."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulation.judge.truth import CartTold, ErasureTold, ForgedTold, Told
from simulation.stories.drawing import Draw
from simulation.stories.shops.facts import Body, Json
from wracaj.platforms import platform
from wracaj.settings.shop import ShopSettings

if TYPE_CHECKING:
    from simulation.world.world import World

Send = Callable[[], int]  # sends a report, and returns the status of the answer
# when a shop sends again what was not answered 2xx: as Shopify does, in four hours, and then
# patiently as Standard Webhooks advise, so that in the end all is told
AGAIN_AFTER = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 360, 720, 1440)]
# A browser gives up sooner, and the product takes no page's report for older than ten minutes.
UNDERWAY = timedelta(minutes=8)
PAGE_AGAIN_AFTER = [timedelta(minutes=1)]


@dataclass(frozen=True)
class Fate:
    """What happens to a report on its way. `delays`: of each delivery; none: it is lost."""

    delays: tuple[timedelta, ...]

    @classmethod
    def draw(cls, draw: Draw, may_be_lost: bool) -> "Fate":
        if may_be_lost and draw.chance(0.03):
            return cls(())
        first = draw.seconds(0.1, 4)
        if draw.chance(0.18):
            first = late(draw)
        delays = [first]
        while draw.chance(0.15):
            delays.append(first + (late(draw) if draw.chance(0.5) else draw.seconds(0, 0.05)))
        return cls(tuple(delays))


def late(draw: Draw) -> timedelta:
    match draw.one_of({"seconds": 30, "minutes": 30, "hours": 30, "days": 10}):
        case "seconds":
            return draw.seconds(5, 60)
        case "minutes":
            return draw.minutes(1, 45)
        case "hours":
            return draw.hours(1, 8)
    return draw.hours(12, 70)


@dataclass
class Teller:
    """Sends a shop's webhooks into the world, and notes what came of each in the truth."""

    world: "World"
    settings: ShopSettings
    secret: str
    retries: bool
    draw: Draw
    count: int = 0
    is_faultless: bool = False
    query: dict[str, str] = field(default_factory=dict)  # of the webhooks' address
    at_once: bool = False  # what is told now comes to our door now

    def tell(self, body: Body, tolds: Sequence[Told], *, may_be_lost: bool = False) -> None:
        topic, content = body
        raw = json.dumps(content, ensure_ascii=False).encode()
        self._send(lambda: self.post(topic, raw, self.secret), tolds, may_be_lost)

    def report_page(self, content: Json, tolds: Sequence[Told]) -> None:
        """The script in the shop's page reports a cart."""
        raw = json.dumps(content, ensure_ascii=False).encode()
        self._send(lambda: self._post_page(raw), tolds, may_be_lost=True, is_page=True)

    def _send(
        self, send: Send, tolds: Sequence[Told], may_be_lost: bool, is_page: bool = False
    ) -> None:
        again = PAGE_AGAIN_AFTER if is_page else AGAIN_AFTER
        if self.at_once:
            self.deliver(send, tolds, again)
            return
        fate = Fate.draw(self.draw, may_be_lost)
        if self.is_faultless:
            fate = Fate((timedelta(milliseconds=200),))
        for delay in fate.delays:
            delay = min(delay, UNDERWAY) if is_page else delay
            self.world.after(delay, lambda: self.deliver(send, tolds, again))

    def deliver(
        self, send: Send, tolds: Sequence[Told], again: Sequence[timedelta] = AGAIN_AFTER
    ) -> None:
        """`again`: after which pauses it is tried again where the answer is 5xx."""
        before = self.world.calls
        for told in tolds:
            told.asked = before if told.asked is None else told.asked
        status = send()
        if 200 <= status < 300:
            self._note_answered(tolds)
        elif self.retries and again and status >= 500:
            self.world.after(again[0], lambda: self.deliver(send, tolds, again[1:]))

    def _note_answered(self, tolds: Sequence[Told]) -> None:
        for told in tolds:
            if told.answered is not None:
                continue
            if self.settings.platform == "shoper" and not isinstance(told, CartTold):
                self._when_read(told)
                continue
            told.answered = self.world.calls
            if isinstance(told, CartTold):
                told.received_at = self.world.now
            if isinstance(told, ErasureTold) and self.settings.platform == "shopify":
                told.at = self.world.now  # Shopify's request has no time of its own

    def _when_read(self, told: Told) -> None:
        """Shoper's webhooks say where to look: what is told counts once it was read."""
        waiting = self.world.queues.waiting["ReadAgainQueue"]
        if waiting.messages:
            self.world.after(timedelta(seconds=20), lambda: self._when_read(told))
        elif told.answered is None:
            told.answered = self.world.calls

    def _post_page(self, raw: bytes) -> int:
        self.count += 1
        headers = {"origin": "https://kubek.example", "content-type": "text/plain;charset=UTF-8"}
        shop = {"shop": self.settings.shop}
        answer = self.world.request("POST /cart/{shop}", shop, headers=headers, body=raw)
        return int(answer["statusCode"])

    def post(self, topic: str, raw: bytes, secret: str) -> int:
        self.count += 1
        now = self.world.now
        signed = platform(self.settings.platform).sign(topic, raw, self.settings, secret, now)
        answer = self.world.post(
            self.settings.platform, self.settings.shop, signed, raw, self.query
        )
        return int(answer["statusCode"])

    def forge(self, body: Body, told: ForgedTold) -> None:
        """Somebody without the secret sends this."""
        topic, content = body
        raw = json.dumps(content, ensure_ascii=False).encode()

        def send() -> None:
            told.asked = self.world.calls
            told.status = self.post(topic, raw, FORGERS[self.settings.platform])

        self.world.after(self.draw.seconds(0.1, 3), send)


FORGERS: dict[str, Any] = {
    "shopify": "shpss_ffffffffffffffffffffffffffffffff",
    "woocommerce": "sekret-kogos-innego",
    "generic": "whsec_SW5ueVNla3JldEt0b3J5TmlrdE5pZVpuYWw0Mg==",
    "shoper": "sekret-kogos-innego",
}
