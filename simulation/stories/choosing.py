"""What shoppers say about messages: opt-outs in every way, opt-ins anew, erasures."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulation.judge.evidence import Visit
from simulation.judge.truth import StopTold, SuppressionTold, WordTold
from simulation.stories.drawing import Draw
from simulation.stories.moments import critical, soon
from simulation.stories.people import Shopper
from simulation.stories.story import Story

if TYPE_CHECKING:
    from simulation.world.services import Left


class Reader:
    """Reads what left, and acts on it: follows links, stops, complains, confirms."""

    def __init__(self, story: Story, draw: Draw) -> None:
        self.story, self.draw = story, draw
        self.visits: list[Visit] = []
        self.pending: list[tuple[SuppressionTold, Any]] = []

    def reads(self, left: "Left") -> None:
        draw, after = self.draw, self.story.world.after
        if left.invoked["timeline"] == "confirm_consent":
            if draw.chance(0.65):
                after(soon(draw), lambda: self.confirm(left))
            return
        if draw.chance(0.35):
            after(soon(draw), lambda: self.back(left))
        if draw.chance(0.12):  # a mail scanner follows every link, and that changes nothing
            after(draw.seconds(0.1, 9), lambda: self.scan(left))
        match draw.one_of({"nothing": 80, "stop": 10, "complain": 4, "bounce": 4, "soft": 2}):
            case "stop":
                after(soon(draw), lambda: self.stop(left))
            case "complain" | "bounce" as kind:
                after(soon(draw), lambda: self.suppress(left, kind))
            case "soft":
                after(soon(draw), lambda: self.story.world.bounce(left, permanent=False))

    def back(self, left: "Left") -> None:
        if url := link_of(left.text, "c"):
            answer = self.story.world.follow(url)
            if answer["statusCode"] == 302:
                self.visits.append(Visit(left.invoked["cart_id"], answer["headers"]["location"]))

    def scan(self, left: "Left") -> None:
        for purpose in ("u", "p", "y"):
            if url := link_of(left.text, purpose):
                self.story.world.follow(url)

    def stop(self, left: "Left") -> None:
        url, world = link_of(left.text, "u"), self.story.world
        if url is None:
            return
        told = StopTold(
            at=world.now, address=left.to, channel=left.channel, cart=left.invoked["cart_id"]
        )
        told.asked = world.calls
        self.story.truth.stops.append(told)
        for attempt in range(3):  # a person who sees an error presses again
            answer = world.follow(url, "POST", b"List-Unsubscribe=One-Click")
            if answer["statusCode"] == 200:
                told.answered = world.calls
                return
            if attempt == 2:
                return

    def confirm(self, left: "Left") -> None:
        url, world = link_of(left.text, "y"), self.story.world
        if url is None:
            return
        told = WordTold(
            channel=left.channel,
            is_yes=True,
            at=world.now,
            by="reader",
            address=left.to,
            asked=world.calls,
        )
        self.story.truth.words.append(told)
        answer = world.follow(url, "POST", b"")
        if answer["statusCode"] in (200, 303):
            told.answered = world.calls

    def suppress(self, left: "Left", kind: str) -> None:
        world = self.story.world
        if left.channel != "email" and self.story.shop.raw.get("sms") is None:
            return  # SNS reports nothing
        told = SuppressionTold(channel=left.channel, address=left.to, asked=world.calls)
        self.story.truth.suppressions.append(told)
        handle = world.complain(left) if kind == "complain" else world.bounce(left, permanent=True)
        self.pending.append((told, handle))

    def settle(self) -> None:
        """When the provider's reports were taken is known at the end."""
        for told, handle in self.pending:
            told.answered = handle.handled


def link_of(text: str, purpose: str) -> str | None:
    """The first link of this purpose: https://…/u/{token}."""
    start = text.find(f"/{purpose}/")
    while start >= 0:
        token = text[start + 3 : start + 38]
        begin = text.rfind("https://", 0, start)
        if (
            begin >= 0
            and " " not in text[begin:start]
            and token.replace("-", "").replace("_", "").isalnum()
        ):
            return text[begin : start + 3] + token
        start = text.find(f"/{purpose}/", start + 1)
    return None


class Choices:
    """What the shop reports of a shopper's choices, at a moment close to a step."""

    def __init__(self, story: Story, shopper: Shopper) -> None:
        self.story, self.shopper, self.draw = story, shopper, story.draw

    def plan(self) -> None:
        draw, platform = self.draw, self.story.shop.platform
        if self.shopper.account and draw.chance(0.35) and not platform.by_page:
            self._after(draw.minutes(0, 90), self._record)
        if platform.has_consents:
            self._plan_consents()
        if platform.has_erasures and draw.chance(0.08):
            self._after(critical(draw) + draw.hours(0, 3), self._erase)

    def _plan_consents(self) -> None:
        draw = self.draw
        kind = draw.one_of(
            {"nothing": 74, "no": 12, "no, then an older yes": 8, "yes": 4, "no, then yes": 2}
        )
        if kind == "nothing":
            return
        channel = "sms" if self.shopper.email is None or draw.chance(0.2) else "email"
        at = critical(draw) + draw.minutes(0, 20)
        if kind == "yes":
            self._after(draw.minutes(0, 90), lambda: self._say(channel, True))
            return
        self._after(at, lambda: self._say(channel, False))
        if kind == "no, then an older yes":
            old = self.story.world.now + self.story.shop.clock - timedelta(days=draw.uniform(1, 9))
            old = old.replace(microsecond=0)
            self._after(at + soon(draw), lambda: self._say(channel, True, old))
        if kind == "no, then yes":
            self._after(at + draw.hours(1, 5), lambda: self._say(channel, True))

    def _after(self, delay: timedelta, action: Any) -> None:
        self.story.world.after(delay, action)

    def _say(self, channel: str, is_yes: bool, said: Any = None) -> None:
        if self.shopper.who.address(channel):
            self.story.consent(self.shopper.who, channel, is_yes=is_yes, said=said)

    def _record(self) -> None:
        self.story.record(self.shopper.who)

    def _erase(self) -> None:
        self.story.erase(self.shopper.who, is_sole=not self._is_shared())

    def _is_shared(self) -> bool:
        """Whether anybody else has one of these addresses, or it was typed beside another's: such a
        cart belongs to the other, and stays."""
        story, own = self.story, self.shopper.who
        others = [one.who for one in story.shoppers if one is not self.shopper]
        others += [
            report.who
            for report in story.truth.carts
            if story.carts[report.cart].shopper is not self.shopper
            or report.who.email not in (None, own.email)
            or report.who.account not in (None, own.account)
        ]
        return any(
            (one.email and one.email == own.email) or (one.phone and one.phone == own.phone)
            for one in others
        )
