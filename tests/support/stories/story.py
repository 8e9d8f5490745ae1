"""A small language that describes what happens in a shop and what messages its shoppers get.

This module does not know how shoppers are stored. Events come in as signed webhooks, time passes in
the real timelines, messages are read as their readers see them, and their links are followed.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import cart_webhook.app
import daily_occasions.app
import preferences.app
import shopper_link.app
import storefront_cart.app
from support.lambdas import CONTEXT, an_http_event, answered
from support.page_carts import a_report
from support.stories.bodies import Cart, Generic, Order, Shopify, Who, WooCommerce
from support.stories.cloud import Cloud, Json
from support.stories.message import Message
from support.stories.player import Execution, Player
from wracaj.clock import real_now
from wracaj.platforms import platform
from wracaj.settings.shop import Shop

A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
MORNING = 5  # o'clock in UTC, when the daily search runs
BOTH = ("email", "sms")


@dataclass
class Story:
    """One shop and everything that happens in it. Each event happens a minute after the one
    before."""

    cloud: Cloud
    shop: Shop
    bodies: Generic | Shopify | WooCommerce
    player: Player
    carts: dict[str, Cart] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"a story in a shop of {self.bodies.name}"

    # --- what happens in the shop -----------------------------------------------------------------

    def checkout(
        self,
        cart: str = "c1",
        *,
        ticked: tuple[str, ...] = BOTH,
        total: str = "199.00",
        clock: timedelta = timedelta(0),
        id: str | None = None,  # noqa: A002
        **who: str | None,
    ) -> None:
        """A shopper fills in a checkout and ticks the boxes of these channels. `clock`: how far the
        shop's clock is ahead."""
        self.a_minute_passes()
        known, at = self.carts.get(cart), self.now + clock
        told = Cart(cart, Who(id, **who), ticked, total, known.began if known else at)
        self.carts[cart] = told
        self.tell(*self.bodies.checkout(told, at))

    def order(
        self,
        order: str = "o1",
        *,
        cart: str | None = None,
        total: str = "1.00",
        clock: timedelta = timedelta(0),
        id: str | None = None,  # noqa: A002
        **who: str | None,
    ) -> None:
        """A shopper buys and pays. A second order of the same name is another report of the first
        one."""
        self.a_minute_passes()
        known, at = self.orders.get(order), self.now + clock
        told = Order(
            order,
            Who(id, **who),
            total,
            known.placed if known else at,
            cart or (known.cart if known else None),
        )
        self.orders[order] = told
        self.tell(*self.bodies.order(told, at))

    def record(self, id: str, **who: str | None) -> None:  # noqa: A002
        """The shop's record of a customer has these facts from now on."""
        self.a_minute_passes()
        self.tell(*self.bodies.record(Who(id, **who), self.now))

    def agrees(self, channel: str, **who: str | None) -> None:
        """The shop reports an opt-in."""
        self.a_minute_passes()
        self.tell(*self.bodies.consent(Who(**who), channel, "subscribed", self.now))

    def refuses(self, channel: str, **who: str | None) -> None:
        """The shop reports an opt-out."""
        self.a_minute_passes()
        self.tell(*self.bodies.consent(Who(**who), channel, "unsubscribed", self.now))

    def redact(self, *, orders: tuple[str, ...] = (), **who: str | None) -> None:
        """The shop requests the erasure of a shopper."""
        self.a_minute_passes()
        self.tell(*self.bodies.redact(Who(**who), self.now, orders))

    def merge(self, *, kept: str, gone: str) -> None:
        """The shop merges two customers."""
        self.a_minute_passes()
        self.tell(*self.bodies.merge(kept, gone, self.now))

    def tell(self, topic: str, body: Json, *, status: int = 200) -> Json:
        """Send a signed webhook and return its answer."""
        raw, settings = json.dumps(body, ensure_ascii=False), self.shop.settings
        headers = platform(settings.platform).sign(
            topic, raw.encode(), settings, self.secret, real_now()
        )
        names = {"platform": settings.platform, "shop": self.shop.id}
        event = an_http_event("POST /webhooks/{platform}/{shop}", names, headers=headers, body=raw)
        answer = answered(cart_webhook.app.handler, event)
        assert answer["statusCode"] == status, (topic, answer["body"])
        return answer

    def reports(
        self, key: str, email: str | None = None, *, status: int = 200, **changes: Any
    ) -> Json:
        """A page reports the cart of this key, with the address that was typed beside a ticked
        box. `at`: minutes of the page's clock; none: it goes as ours does."""
        self.a_minute_passes()
        return self.page(a_report(key, email, **({"at": self.now} | changes)), status=status)

    def page(self, body: Json, *, status: int = 200) -> Json:
        """Send what a page of the shop posts, and return the answer."""
        headers = {"content-type": "text/plain;charset=UTF-8", "origin": self.shop.settings.url}
        names = {"shop": self.shop.id}
        event = an_http_event(
            "POST /cart/{shop}", names, headers=headers, body=json.dumps(body, ensure_ascii=False)
        )
        answer = answered(storefront_cart.app.handler, event)
        assert answer["statusCode"] == status, (body, answer["body"])
        return answer

    def say(self, what: str, **data: Any) -> Json:
        """Send a webhook of the generic platform as it is. Its time is now, unless it is given."""
        return self.tell(
            what, {"type": what, "timestamp": self.now.isoformat(), "data": {"schema": 1} | data}
        )

    def ago(self, **how_long: float) -> str:
        return (self.now - timedelta(**how_long)).isoformat()

    def id_of(self, name: str) -> str:
        """Return this platform's id for a name in a story."""
        return self.bodies.id_of(name)

    @property
    def secret(self) -> str:
        return self.shop.secrets.webhook_secrets[0]

    # --- time -------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.cloud.time

    def days(self, days: float) -> None:
        """Let days pass. Timelines continue, and the daily search runs each morning."""
        end = self.now + days * A_DAY
        while (morning := self._next_morning()) <= end:
            self.player.play_until(morning)
            self._search_the_day()
        self.player.play_until(end)

    def hours(self, hours: float) -> None:
        self.days(hours / 24)

    def a_minute_passes(self) -> None:
        self.days(A_MINUTE / A_DAY)

    def _next_morning(self) -> datetime:
        today = self.now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        return today if self.now < today else today + A_DAY

    def _search_the_day(self) -> None:
        """Run the daily search, as its state machine does."""
        if not {"birthday", "anniversary", "points_expiring"} & set(self.shop.settings.timelines):
            return
        planned = self._daily(task="plan")
        for part in planned["parts"]:
            left = part
            while (left := self._daily(task="begin", part=left))["after"]:
                pass
        self._daily(task="done", searched=planned["searched"])

    def _daily(self, **task: Any) -> Any:
        return daily_occasions.app.handler(
            json.loads(json.dumps(task | {"shop": self.shop.id})),
            CONTEXT,
        )

    # --- what comes of it -------------------------------------------------------------------------

    @property
    def sent(self) -> list[Message]:
        """All messages that the shop sent, the oldest first."""
        return [Message(self, delivery) for delivery in self.cloud.sent]

    def sent_to(self, address: str) -> list[Message]:
        return [message for message in self.sent if message.delivery.to == address]

    def mails_to(self, address: str) -> list[Message]:
        return [message for message in self.sent_to(address) if message.delivery.channel == "email"]

    def texts_to(self, phone: str) -> list[Message]:
        return [message for message in self.sent_to(phone) if message.delivery.channel == "sms"]

    def about(self, cart: str) -> list[Message]:
        """Return all messages that lead back to this cart."""
        return [
            message
            for message in self.sent
            if f"{self.cloud.public_url}/c/" in message.delivery.text and message.cart == cart
        ]

    def addresses_of(self, cart: str) -> set[str]:
        """Return the addresses that got messages about this cart."""
        return {message.delivery.to for message in self.about(cart)}

    def told_of(self, address: str) -> list[str]:
        """Return the cart of each message to this address."""
        return [message.cart for message in self.sent_to(address)]

    def timelines_of(self, cart: str) -> list[Execution]:
        """Return the executions that were started for this cart."""
        return [one for one in self.player.all() if one.cart == cart]

    # --- links ------------------------------------------------------------------------------------

    def get(self, path: str) -> Json:
        return self._visit("GET", path, "")

    def post(self, path: str, form: str) -> Json:
        return self._visit("POST", path, form)

    def _visit(self, method: str, path: str, form: str) -> Json:
        _, purpose, token = path.split("/")
        page = shopper_link.app.handler if purpose in "cu" else preferences.app.handler
        return answered(
            page,
            an_http_event(f"{method} /{purpose}/{{token}}", {"token": token}, body=form.encode()),
        )

    def data(self, path: str) -> Json:
        """Return the file with all data that the reader of this link may have."""
        answer = self.post(path, "section=download")
        assert answer["statusCode"] == 200, answer
        told: Json = answer["json"]
        return told

    def erase(self, path: str) -> None:
        assert self.post(path, "section=erase_now")["statusCode"] == 200
