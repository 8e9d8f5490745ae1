"""A message that somebody got, and what they can do with it."""

import re
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from support.inbox import Seen
from support.stories.cloud import Cloud, Delivery
from wracaj.settings.shop import Shop


class Reader(Protocol):
    """What a message needs of the story that it was sent in."""

    shop: Shop

    @property
    def cloud(self) -> Cloud: ...
    def get(self, url: str) -> Any: ...
    def post(self, url: str, form: str) -> Any: ...
    def hours(self, hours: float) -> None: ...
    def sent_to(self, address: str) -> "list[Message]": ...


@dataclass(frozen=True)
class Message:
    story: Reader = field(repr=False, compare=False)
    delivery: Delivery

    @property
    def text(self) -> str:
        return f"{self.delivery.subject}\n{self.delivery.text}".replace("\xa0", " ")

    def link(self, purpose: str) -> str:
        """Return a link. `c`: back to the cart, `u`: unsubscribe, `p`: preferences, `d`: the
        reader's data."""
        found = set(
            re.findall(
                rf"{re.escape(self.story.cloud.public_url)}(/{purpose}/[\w-]+)", self.delivery.text
            )
        )
        assert len(found) == 1, (purpose, self.delivery.text)
        return str(found.pop())

    @property
    def carts_shown(self) -> set[str]:
        return set(re.findall(r"Kubek nr ([\w-]+)", self.delivery.text))

    @property
    def cart(self) -> str:
        """The cart that the button leads to. A mail shows the products of the same cart."""
        where = str(self.story.get(self.link("c"))["headers"]["location"])
        shown = self.carts_shown
        if "/checkout-link/" in where:  # WooCommerce's own, which names products and no cart
            return ", ".join(shown)
        if where == self.story.shop.settings.url:  # the cart was erased meanwhile
            return ", ".join(shown)
        cart = where.removeprefix("https://kubek.example/koszyk/")
        assert shown <= {cart}, self.delivery.text
        return cart

    def stop(self) -> None:
        """Unsubscribe, as a mail program or the page's button does."""
        assert self.story.post(self.link("u"), "List-Unsubscribe=One-Click")["statusCode"] == 200

    def preferences(self) -> Seen:
        return Seen(self.story.get(self.link("p")))

    def choose(self, **fields: str) -> int:
        """Send a form of the preference page. Return the status of the answer."""
        return int(self.story.post(self.link("p"), urlencode(fields))["statusCode"])

    def data_link(self) -> str:
        """Request the link to the reader's data, and return it from the mail that comes."""
        self.choose(section="data")
        self.story.hours(1 / 60)
        asked = [
            one
            for one in self.story.sent_to(self.delivery.to)
            if f"{self.story.cloud.public_url}/d/" in one.delivery.text
        ]
        return asked[-1].link("d")
