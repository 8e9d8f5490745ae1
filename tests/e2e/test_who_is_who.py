"""Some of the stories of tests/identity at once, on the whole local stack: signed webhooks over
HTTP, the real machines, and the real links.

Each story has its own people and carts, so that all can wait together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.stories.bodies import PLATFORMS, Body, Cart, Generic, Order, Shopify, Who
from support.timeline_on_stack import House, a_house, a_shopper, links_in, visit
from wracaj.settings.shop import Shop
from wracaj_cli.local import SentMessage

BOTH = ("email", "sms")


@dataclass
class Told:
    """One story: two people, each with a mail address and a phone, and what their shop sends."""

    house: House
    shop: Shop
    name: str
    bodies: Generic | Shopify = field(init=False)

    def __post_init__(self) -> None:
        self.bodies = PLATFORMS[self.shop.settings.platform]()
        self.she, self.they = a_shopper(f"{self.name}-ania"), a_shopper(f"{self.name}-obcy")

    def send(self, body: Body) -> None:
        answer = self.house.post(self.shop, *body)
        assert answer.status == 200, answer

    def checkout(self, cart: str, **who: str | None) -> None:
        now = self.house.stack.now()
        self.send(
            self.bodies.checkout(Cart(f"{self.name}-{cart}", Who(**who), BOTH, "199.00", now), now)
        )

    def order(self, **who: str | None) -> None:
        now = self.house.stack.now()
        self.send(self.bodies.order(Order(f"{self.name}-o1", Who(**who), "1.00", now), now))

    def record(self, **who: str | None) -> None:
        self.send(self.bodies.record(Who(**who), self.house.stack.now()))

    def agrees(self, channel: str, **who: str | None) -> None:
        self.send(self.bodies.consent(Who(**who), channel, "subscribed", self.house.stack.now()))

    def sent(self) -> list[SentMessage]:
        everybody = {self.she.email, self.she.phone, self.they.email, self.they.phone}
        return [message for message in self.house.stack.outbox() if message.to in everybody]

    def addresses_of(self, cart: str) -> set[str]:
        ways = {message.to: visit(links_in(message)["c"])[1]["location"] for message in self.sent()}
        return {address for address, way in ways.items() if way.endswith(f"/{self.name}-{cart}")}


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        yield a_house(stack, codes)


def begin(house: House) -> dict[str, Told]:
    stories = {
        name: Told(house, house.generic, name)
        for name in ("till", "phone", "typed", "login", "stop")
    }
    stories["shopify"] = Told(house, house.shopify, "shopify")
    for name, story in stories.items():
        she, they = story.she, story.they
        if name == "typed":
            story.record(id=f"{name}-ania", email=she.email)
            story.agrees("email", id=f"{name}-ania", email=she.email)
            story.agrees("sms", phone=they.phone)
            story.checkout("strange", email=she.email, phone=they.phone)
            story.checkout("own", id=f"{name}-ania")
        elif name == "stop":
            story.record(id="one", email=she.email, phone=she.phone)
            story.checkout("one", id="one", email=she.email, phone=she.phone)
            story.checkout("other", id="other", email=they.email, phone=she.phone)
        elif name == "login":
            story.checkout("own", email=she.email)
            story.checkout("own", id=f"{name}-ania", email=she.email)
        else:
            story.checkout("own", id=f"{name}-ania", email=she.email, phone=she.phone)
    return stories


def go_on(stories: dict[str, Told]) -> None:
    """Four hours later: the first mails are there, and the orders come."""
    till, phone, shopify, stop = (stories[name] for name in ("till", "phone", "shopify", "stop"))
    till.order(phone=till.she.phone)
    phone.order(email=phone.they.email, phone=phone.she.phone)
    shopify.order(id="shopify-obcy", email=shopify.they.email, phone=shopify.she.phone)
    (mail,) = [message for message in stop.sent() if message.to == stop.she.email]
    status, *_ = visit(links_in(mail)["u"], "POST", b"List-Unsubscribe=One-Click")
    assert status == 200


def test_each_hears_of_their_own_and_no_more(house: House) -> None:
    stories = begin(house)
    house.stack.skip(timedelta(hours=4))
    go_on(stories)
    house.stack.skip(timedelta(days=4))
    people = {name: (story.she, story.they) for name, story in stories.items()}
    heard = {
        name: sorted(message.to for message in story.sent()) for name, story in stories.items()
    }
    assert heard["till"] == [people["till"][0].email]
    assert heard["phone"] == [people["phone"][0].email] * 2
    assert heard["shopify"] == [people["shopify"][0].email] * 2
    assert heard["login"] == [people["login"][0].email] * 2
    assert stories["typed"].addresses_of("own") == {people["typed"][0].email}
    one, other = people["stop"]
    assert heard["stop"] == sorted([one.email, other.email, other.email, one.phone])
    assert stories["stop"].addresses_of("other") == {other.email, one.phone}
