"""A shopper with a mail in the inbox, and the pages behind its links, as the shopper's browser
reads them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.request import ProxyHandler, build_opener

from support.lambdas import Json, Lambdas, a_cart_body, ago, unique
from support.webhook_bodies import a_word, an_envelope
from wracaj import store
from wracaj.consent.channel import Channel
from wracaj.customers.customer import Customer
from wracaj.customers.identity import identifier_reached_by
from wracaj.customers.shopper import Shopper
from wracaj.messages.links import Purpose, make_token
from wracaj.settings.shop import Shop
from wracaj.store.customer_keys import customer_partition

KEY = b"k" * 64


class Inbox:
    """Ala agreed to e-mail, left a cart, and has the first mail about it."""

    def __init__(
        self,
        lambdas: Lambdas,
        *,
        who: Json | None = None,
        agrees_to: tuple[str, ...] = ("email",),
        **settings: Any,
    ) -> None:
        self.lambdas = lambdas
        self.shop: Shop = lambdas.register(**settings)
        self.email = f"{unique('ala')}@poczta.example"
        customer = {
            "id": None,
            "email": self.email,
            "phone": None,
            "first_name": "Ala",
            "locale": "pl-PL",
        } | (who or {})
        words = {channel: a_word(updated_at=ago(days=1)) for channel in agrees_to}
        if customer["id"]:
            self.is_recorded(customer)
        self.lambdas.post(
            self.shop, *a_cart_body("generic", "c1", customer=customer, consent=words)
        )
        step = lambdas.step(self.shop.id, "c1")
        assert (step["outcome"], step["reason"]) == ("sent", "due")

    def token(self, purpose: Purpose, now: datetime | None = None) -> str:
        return make_token(
            KEY,
            purpose,
            self.lambdas.message_id(self.shop.id, "c1", "first_email"),
            now or datetime.now(UTC),
        )

    def path(self, purpose: Purpose) -> str:
        return f"/{purpose}/{self.token(purpose)}"

    def is_recorded(self, customer: Json) -> None:
        """Have the shop send its record of the customer."""
        told = {"customer": customer, "updated_at": ago(days=2)}
        self.lambdas.post(
            self.shop,
            "customer.updated",
            an_envelope("customer.updated", told, timestamp=ago(days=2)),
        )

    @property
    def shopper(self) -> Shopper:
        """The shopper whom the cart names."""
        shopper = store.open_store().customers.shopper(
            self.shop.id, self.lambdas.cart(self.shop, "c1").contact
        )
        assert shopper is not None
        return shopper

    @property
    def customer(self) -> Customer:
        """The customer whom the cart belongs to."""
        return self.shopper.owner

    @property
    def name(self) -> str:
        """The identifier of the address that the mail went to."""
        return identifier_reached_by(self.shop.id, Channel.EMAIL, self.email)

    @property
    def here(self) -> Customer:
        """What is known of that address."""
        return store.open_store().customers.read(self.shop.id, [self.name])[self.name]

    def items(self, begins: str, name: str | None = None) -> list[Json]:
        """Return the table's items under an identifier; by default, that of the mail's address."""
        key = {"PK": customer_partition(self.shop.id, name or self.name)}
        return store.open_store().table.query(key, begins=begins)

    def mails(self) -> list[Json]:
        with build_opener(ProxyHandler({})).open(
            f"{self.lambdas.emulator.url}/_ministack/ses/messages", timeout=60
        ) as response:
            return [
                mail
                for box in json.load(response)["messages"].values()
                for mail in box
                if mail["To"] == [self.email]
            ]


@dataclass
class Form:
    fields: list[tuple[str, str]] = field(default_factory=list)  # hidden fields and ticked boxes
    button: str = ""


class Seen(HTMLParser):
    """A page in a browser without scripts: its forms, headings and text."""

    def __init__(self, answer: Json) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.headings: list[str] = []
        self.text = ""
        self.roles: dict[str, str] = {}
        self.tags: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(answer["body"])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        if tag not in {"meta", "input", "br", "img"}:
            self._open.append((tag, told))
        if tag == "form":
            self.forms.append(Form())
        if tag == "input" and (told["type"] == "hidden" or "checked" in told):
            self.forms[-1].fields.append((told["name"] or "", told["value"] or ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not data.strip() or any(tag == "style" for tag, _ in self._open):
            return
        # signs that only keep words together become plain ones
        data = data.replace("\u00a0", " ").replace("\u2011", "-")
        self.text += data
        for tag, told in self._open:
            if tag in {"h1", "h2"}:
                self.headings.append(data)
            if tag == "button":
                self.forms[-1].button = data
            if role := told.get("role"):
                self.roles[role] = self.roles.get(role, "") + data

    def form(self, button: str) -> list[tuple[str, str]]:
        """Return what the form of this button sends if nothing is changed."""
        (found,) = [form for form in self.forms if form.button == button]
        return list(found.fields)
