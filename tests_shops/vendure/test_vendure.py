"""A shop that nobody here wrote, on the local stack: a shopper leaves a cart, gets the mail, comes
back by the link, uses the code, orders, and hears no more."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from goods import set_up
from vendure_here import Json, Vendure, Visitor, install, running_vendure

from support.local_stack import RunningStack, free_port, running_stack
from support.timeline_on_stack import browser, links_in
from wracaj.platforms.generic import standard_webhooks
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop
from wracaj_cli.local import SentMessage
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import local_target

HOUR = timedelta(hours=1)
PUBLIC = "https://vendure.example"
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b")


@dataclass(frozen=True)
class Place:
    stack: RunningStack
    shop: Shop
    vendure: Vendure
    mug: str

    def mails(self, email: str) -> list[SentMessage]:
        return [one for one in self.stack.outbox() if one.to == email]

    def leaves_a_cart(self, email: str) -> Visitor:
        shopper, told = self.vendure.visitor(), len(self.vendure.told)
        shopper.ask(ADD, id=self.mug, n=2)
        self.types(shopper, email)
        shopper.ask(
            "mutation { setOrderCustomFields(input: {customFields: {wantsMail: true}})"
            " { __typename } }"
        )
        self.vendure.wait_until_told("checkout.updated 200", self._posted("checkout.updated") + 1)
        assert told < len(self.vendure.told)
        return shopper

    def types(self, shopper: Visitor, email: str) -> None:
        shopper.ask(
            'mutation ($e: String!) { setCustomerForOrder(input: {firstName: "Ala", lastName:'
            ' "Nowak", emailAddress: $e}) { __typename ... on ErrorResult { message } } }',
            e=email,
        )

    def orders(self, shopper: Visitor) -> Json:
        """Return the order. Where the code was used meanwhile, the shopper pays without it."""
        created = self._posted("order.created")
        shopper.ask(
            'mutation { setOrderShippingAddress(input: {streetLine1: "Długa 5", city: "Gdańsk",'
            ' postalCode: "80-001", countryCode: "PL"}) { __typename } }'
        )
        ways = shopper.ask("{ eligibleShippingMethods { id } }")["eligibleShippingMethods"]
        shopper.ask(
            "mutation ($m: [ID!]!) { setOrderShippingMethod(shippingMethodId: $m) { __typename } }",
            m=[ways[0]["id"]],
        )
        shopper.ask('mutation { transitionOrderToState(state: "ArrangingPayment") { __typename } }')
        paid = self.pays(shopper)
        if paid["__typename"] == "CouponRemovedDuringCheckoutError":
            paid = self.pays(shopper)
        assert paid["state"] == "PaymentSettled", paid
        self.vendure.wait_until_told("order.created 200", created + 1)
        return paid

    def pays(self, shopper: Visitor) -> Json:
        paid: Json = shopper.ask(
            'mutation { addPaymentToOrder(input: {method: "transfer", metadata: {}})'
            " { __typename ... on Order { code state totalWithTax discounts { amountWithTax } } } }"
        )["addPaymentToOrder"]
        return paid

    def comes_back(self, message: SentMessage) -> Visitor:
        """Follow the mail's link, as a browser does."""
        with pytest.raises(HTTPError) as redirected:
            browser.open(links_in(message)["c"])
        assert redirected.value.code == 302
        address = urlsplit(redirected.value.headers["Location"])
        assert f"{address.scheme}://{address.netloc}" == PUBLIC
        status, found = self.vendure.at_plugin(f"{address.path}?{address.query}")
        assert status == 200
        return self.vendure.visitor(found["token"])

    def _posted(self, kind: str) -> int:
        return sum(one.startswith(f"{kind} ") for one in self.vendure.told)


ADD = (
    "mutation ($id: ID!, $n: Int!) { addItemToOrder(productVariantId: $id, quantity: $n)"
    " { __typename ... on ErrorResult { message } } }"
)
APPLY = "mutation ($c: String!) { applyCouponCode(couponCode: $c) { __typename } }"
LINES = "{ activeOrder { totalWithTax couponCodes lines { quantity productVariant { id } } } }"


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    install()
    folder = tmp_path_factory.mktemp("vendure")
    began = datetime.now(UTC) - timedelta(minutes=2)
    with running_stack(folder / "stack", begins_at=began) as stack:
        port, plugin_port = free_port(), free_port()
        shop = put_shop(local_target(stack.home), parse_settings(_settings(plugin_port)), Given())
        asked = {
            "port": port,
            "pluginPort": plugin_port,
            "webhook": f"{stack.info.api_url}/webhooks/generic/vendure",
            "secret": shop.secrets.webhook_secrets[0],
            "public": PUBLIC,
        }
        with running_vendure(folder, asked) as vendure:
            stack.skip(timedelta(minutes=10))  # Vendure's clock is real, and must not be ahead
            yield Place(stack, shop, vendure, set_up(vendure.owner()))


def _settings(plugin_port: int) -> dict[str, object]:
    return {
        "shop": "vendure",
        "platform": "generic",
        "name": "Kubki z Vendure",
        "postal_address": "ul. Długa 5, 80-001 Gdańsk",
        "url": PUBLIC,
        "recovery_hosts": ["vendure.example"],
        "email": {"sender": "Kubki <sklep@vendure.example>"},
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
        "generic": {"discount_url": f"http://127.0.0.1:{plugin_port}/codes"},
    }


class Played(NamedTuple):
    """What four shoppers saw who left the same cart at the same time.

    Vendure's clock does not jump with the stack's, so carts that are left later would be too old
    for any reminder. Ala comes back by the mail with the code and orders. Iza comes back by the
    first mail and orders. Ola orders at once. Ewa does not come back: what she gets, the others
    would have got, too.
    """

    offer: SentMessage
    code: str
    cart: Json  # as Ala's link brings it back
    with_code: Json
    order: Json


ALA, IZA, OLA, EWA = (f"{name}@poczta.example" for name in ("ala", "iza", "ola", "ewa"))


@pytest.fixture(scope="session")
def played(place: Place) -> Played:
    for email in (ALA, IZA, EWA):
        place.leaves_a_cart(email)
    place.orders(place.leaves_a_cart(OLA))

    place.stack.skip(4 * HOUR)
    back = place.comes_back(place.mails(IZA)[-1])
    place.types(back, IZA)
    place.orders(back)

    place.stack.skip(52 * HOUR)
    offer = place.mails(ALA)[-1]
    code = CODE.search(offer.text)
    assert code, offer.text
    back = place.comes_back(offer)
    cart = back.ask(LINES)["activeOrder"]
    back.ask(APPLY, c=code[0])
    with_code = back.ask(LINES)["activeOrder"]
    place.types(back, ALA)
    order = place.orders(back)
    place.stack.skip(200 * HOUR)
    return Played(offer, code[0], cart, with_code, order)


def test_a_cart_that_was_left_brings_the_mail_with_what_is_in_it(
    place: Place, played: Played
) -> None:
    first = reminders(place.mails(ALA))[0]
    assert "Kubek w kropki" in first.text and "398,00" in first.text


def test_the_link_brings_the_cart_back(place: Place, played: Played) -> None:
    assert [(one["quantity"], one["productVariant"]["id"]) for one in played.cart["lines"]] == [
        (2, place.mug)
    ]


def test_the_code_takes_off_what_the_mail_promised(played: Played) -> None:
    assert "10%" in played.offer.text.replace("\u00a0", "")
    assert played.with_code["couponCodes"] == [played.code]
    assert played.with_code["totalWithTax"] == round(39800 * 0.9)
    assert [one["amountWithTax"] for one in played.order["discounts"]] == [-round(39800 * 0.1)]


def test_whoever_ordered_hears_no_more(place: Place, played: Played) -> None:
    heard = {who: len(reminders(place.mails(who))) for who in (ALA, IZA, OLA, EWA)}
    assert heard == {ALA: 2, IZA: 1, OLA: 0, EWA: 2}
    assert reminders(place.mails(ALA))[-1] == played.offer


def test_a_code_that_was_used_is_refused(place: Place, played: Played) -> None:
    other = place.vendure.visitor()
    other.ask(ADD, id=place.mug, n=1)
    refused = other.ask(APPLY, c=played.code)
    assert refused["applyCouponCode"]["__typename"] == "CouponCodeLimitError"


def test_a_code_in_two_carts_takes_something_off_in_the_first_order_only(place: Place) -> None:
    assert asks_for(place, "BBBB-BBBB-BBBB")[0] == 201
    carts = []
    for email in ("jan@poczta.example", "ewa.b@poczta.example"):
        shopper = place.vendure.visitor()
        shopper.ask(ADD, id=place.mug, n=1)
        place.types(shopper, email)
        shopper.ask(APPLY, c="BBBB-BBBB-BBBB")
        assert shopper.ask(LINES)["activeOrder"]["couponCodes"] == ["BBBB-BBBB-BBBB"]
        carts.append(shopper)
    orders = [place.orders(shopper) for shopper in carts]
    assert [len(order["discounts"]) for order in orders] == [1, 0]


def asks_for(place: Place, code: str, more: bytes = b"") -> tuple[int, Json]:
    """Ask the shop for a code, as Wracaj does. `more`: what the signature does not know."""
    body = json.dumps(
        {
            "type": "discount.requested",
            "data": {
                "schema": 1,
                "code": code,
                "kind": "percent",
                "percent": 10,
                "usage_limit": 1,
                "minimum_total": None,
                "expires_at": "2036-01-01T00:00:00Z",
            },
        }
    ).encode()
    secret = place.shop.secrets.webhook_secrets[0]
    headers = standard_webhooks.sign("msg_1", body, secret, datetime.now(UTC))
    return place.vendure.at_plugin("/codes", body + more, headers)


def test_the_same_code_asked_for_twice_is_one_promotion(place: Place) -> None:
    assert asks_for(place, "AAAA-BBBB-CCCC")[0] == 201
    assert asks_for(place, "AAAA-BBBB-CCCC")[0] == 409
    assert asks_for(place, "AAAA-BBBB-CCCC", b" ")[0] == 401
    assert promotions(place, "AAAA-BBBB-CCCC") == 1


def test_the_same_code_asked_for_at_the_same_moment_is_one_promotion(place: Place) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = [answer for answer, _ in pool.map(asks_for, [place] * 8, ["DDDD-DDDD-DDDD"] * 8)]
    assert sorted(answers) == [201, *[409] * 7]
    assert promotions(place, "DDDD-DDDD-DDDD") == 1


def promotions(place: Place, code: str) -> int:
    found = place.vendure.owner().ask(
        "query ($c: String!) { promotions(options: {filter: {couponCode: {eq: $c}}})"
        " { totalItems } }",
        c=code,
    )
    number: int = found["promotions"]["totalItems"]
    return number


def test_a_link_that_nobody_was_sent_opens_no_cart(place: Place) -> None:
    assert place.vendure.at_plugin("/restore?wracaj=1")[0] == 404
    assert place.vendure.at_plugin("/restore")[0] == 404


def test_nothing_that_was_posted_was_refused(place: Place) -> None:
    answers = [one for one in place.vendure.told if re.match(r"[a-z]+\.[a-z]+ \d", one)]
    assert answers and all(one.split()[1] == "200" for one in answers), answers
    assert not [one for one in answers if '"warnings"' in one], answers


def reminders(messages: list[SentMessage]) -> list[SentMessage]:
    return [one for one in messages if one.tags.get("timeline") == "abandoned_cart"]
