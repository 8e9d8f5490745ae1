"""One shopper of the demo, who fills carts and gets messages. The actor also sends the shop's
webhooks about this."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from types import ModuleType
from typing import Any

from wracaj.consent.channel import Channel
from wracaj.errors import WracajError
from wracaj.platforms import platform
from wracaj.settings.shop import Shop
from wracaj.text.sms_segments import plain_letters
from wracaj_cli.demo import generic_front, shopify_front, woocommerce_front
from wracaj_cli.demo.baskets import Basket, Contact
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.ledger import Ledger, Noted, What
from wracaj_cli.demo.transport import Answer, Posted, call
from wracaj_cli.demo.week import HOSTS, Person
from wracaj_cli.shops.post import webhook_url

FRONTS: dict[str, ModuleType] = {
    "shopify": shopify_front,
    "generic": generic_front,
    "woocommerce": woocommerce_front,
}
FORGED_SECRETS = {
    "shopify": "shpss_guessed",
    "generic": "whsec_Z3Vlc3NlZC1ndWVzc2VkLWd1ZXNzZWQtZ3Vlc3NlZA==",
    "woocommerce": "whsec_guessed",
}
MARGIN = timedelta(minutes=5)
TRIES, SECONDS_BETWEEN_TRIES = 6, 0.5


class OffScriptError(WracajError):
    """A shopper could not do what the script says."""


@dataclass(frozen=True)
class Scene:
    """What all shoppers of the demo share."""

    api_url: str
    now: Callable[[], datetime]
    shops: dict[str, Shop]
    ledger: Ledger
    # what a discount code takes off a total, by the shop's own data
    takes_off: Callable[[str, Decimal], Decimal]
    posted: list[Posted] = field(default_factory=list)
    order_numbers: "count[int]" = field(default_factory=lambda: count(6100200300001))
    # customers whose record their shop has already sent
    recorded: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Manner:
    """How the shop's webhooks about an action arrive."""

    copies: int = 1
    hours_late: float = 0
    forged: bool = False
    kept_back: bool = False  # nothing is sent


@dataclass
class Actor:
    persona: Person
    number: int
    scene: Scene
    member: bool
    baskets: dict[str, Basket] = field(default_factory=dict)
    # orders in a WooCommerce shop, by basket
    bought: dict[str, woocommerce_front.Bought] = field(default_factory=dict)
    inbox: list[Delivered] = field(default_factory=list)
    posted: list[tuple[str, bytes]] = field(default_factory=list)  # topic, body
    stamps: list[datetime] = field(default_factory=list)  # times in the webhooks that were not late
    manner: Manner = Manner()

    @property
    def shop(self) -> Shop:
        return self.scene.shops[self.persona.shop]

    @property
    def front(self) -> Any:
        return FRONTS[self.shop.settings.platform]

    @property
    def contact(self) -> Contact:
        persona, name = self.persona, plain_letters(self.persona.name).lower().replace(" ", ".")
        number = (
            f"+4474001230{self.number:02}" if persona.english else f"+486001002{self.number:02}"
        )
        customer_id = f"70010020030{self.number:02}" if self.member else None
        email = (persona.mailbox or f"{name}@poczta.example") if persona.with_email else None
        locale = "en-GB" if persona.english else "pl-PL"
        return Contact(
            persona.first_name, email, number if persona.with_phone else None, customer_id, locale
        )

    def in_manner(self, manner: Manner) -> "Actor":
        return replace(self, manner=manner)

    def stamp(self) -> datetime:
        """Return the time that the shop writes into a webhook. The time in a late webhook is before
        all earlier ones, however slow the machine is."""
        now = self.scene.now()
        if self.manner.kept_back:
            return now
        if not self.manner.hours_late:
            self.stamps.append(now)
            return now
        return min(
            [
                now - timedelta(hours=self.manner.hours_late),
                *(stamp - MARGIN for stamp in self.stamps[-1:]),
            ]
        )

    def basket(self, name: str) -> Basket:
        if name not in self.baskets:
            own = self.persona.cart_id
            own = f"{own}{name}" if own and self.baskets else own
            id_ = own or f"{self.number:02}{plain_letters(self.persona.first_name).lower()}{name}"
            checkout, host = f"c0ffee{self.number:02}{name}", HOSTS[self.persona.shop]
            self.baskets[name] = Basket(
                id_, checkout, self.persona.currency, self.scene.now(), host
            )
        return self.baskets[name]

    def note(self, what: What, **more: Any) -> None:
        self.scene.ledger.note(Noted(self.persona.name, what, **{"at": self.scene.now(), **more}))

    def post(self, webhook: tuple[str, dict[str, Any]] | None) -> bool:
        """Send the shop's webhook. Return whether it was accepted. A forged webhook must be
        refused. None: this shop sends no webhook of what happened."""
        if webhook is None or self.manner.kept_back:
            return False
        topic, body = webhook
        raw = json.dumps(body, ensure_ascii=False).encode()
        if self.manner.forged:
            return self._forge(topic, raw)
        self._tell_record(topic)
        self.posted.append((topic, raw))
        return self._deliver_all(topic, raw)

    def _tell_record(self, topic: str) -> None:
        """Send the shop's record of a customer once, when the customer signs up. Only a shop of the
        generic format does so; Shopify sends the record with every checkout."""
        own = self.contact.customer_id
        key = f"{self.shop.id} {own}"
        if own is None or key in self.scene.recorded or self.front is not generic_front:
            return
        self.scene.recorded.add(key)
        record = generic_front.customer(self.contact, min([self.scene.now(), *self.stamps]))
        if topic != record[0]:
            raw = json.dumps(record[1], ensure_ascii=False).encode()
            self.posted.append((record[0], raw))
            self._deliver_all(record[0], raw)

    def post_again(self) -> None:
        self._deliver_all(*self.posted[-1])

    def _deliver_all(self, topic: str, raw: bytes) -> bool:
        with ThreadPoolExecutor(self.manner.copies) as at_once:
            answers = list(
                at_once.map(lambda _: self._deliver(topic, raw), range(self.manner.copies))
            )
        refused = [
            answer for answer in answers if answer.status != 200 or '"accepted"' not in answer.body
        ]
        for answer in refused:
            self.scene.ledger.trouble(
                self.persona.name, f"{topic} was answered {answer.status}: {answer.body[:300]}"
            )
        return not refused

    def _deliver(self, topic: str, raw: bytes) -> Answer:
        """Send a webhook as a shop does. Each try is signed anew, and a 503 leads to another
        try."""
        answer = self._send(topic, raw, self.shop.secrets.webhook_secrets[0])
        for _ in range(TRIES - 1):
            if answer.status != 503:
                break
            time.sleep(SECONDS_BETWEEN_TRIES)
            answer = self._send(topic, raw, self.shop.secrets.webhook_secrets[0])
        return answer

    def _forge(self, topic: str, raw: bytes) -> bool:
        answer = self._send(topic, raw, FORGED_SECRETS[self.shop.settings.platform])
        if answer.status == 401:
            self.note(What.REFUSED)
        else:
            self.scene.ledger.trouble(
                self.persona.name, f"a forged {topic} was answered {answer.status}, not 401"
            )
        return False

    def _send(self, topic: str, raw: bytes, secret: str) -> Answer:
        headers = platform(self.shop.settings.platform).sign(
            topic, raw, self.shop.settings, secret, datetime.now(UTC)
        )
        answer = call("POST", webhook_url(self.scene.api_url, self.shop), raw, headers)
        self.scene.ledger.posted()
        self.scene.posted.append(Posted(self.shop, topic, raw, headers, secret, answer.status))
        return answer

    def last(self, channel: Channel | None = None) -> Delivered:
        """Return the newest message that this shopper got. Raises OffScriptError if there is
        none."""
        fitting = [message for message in self.inbox if channel in (None, message.channel)]
        if not fitting:
            raise OffScriptError(f"got no {channel or 'message'} to act on")
        return fitting[-1]
