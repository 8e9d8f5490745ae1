"""A shop that nobody here wrote, on the local stack: a shopper leaves a cart, gets the mail, comes
back by the link, uses the code, orders, and hears no more."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from goods import set_up
from vendure_here import Vendure, Visitor, running_vendure

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
        shopper.ask(
            'mutation ($e: String!) { setCustomerForOrder(input: {firstName: "Ala", lastName:'
            ' "Nowak", emailAddress: $e}) { __typename ... on ErrorResult { message } } }',
            e=email,
        )
        shopper.ask(
            "mutation { setOrderCustomFields(input: {customFields: {wantsMail: true}})"
            " { __typename } }"
        )
        self.vendure.wait_until_told("checkout.updated 200", self._posted("checkout.updated") + 1)
        assert told < len(self.vendure.told)
        return shopper

    def orders(self, shopper: Visitor) -> str:
        """Return the order's number."""
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
        paid = shopper.ask(
            'mutation { addPaymentToOrder(input: {method: "transfer", metadata: {}})'
            " { __typename ... on Order { code state } } }"
        )["addPaymentToOrder"]
        assert paid["state"] == "PaymentSettled", paid
        self.vendure.wait_until_told("order.created 200", created + 1)
        number: str = paid["code"]
        return number

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
LINES = "{ activeOrder { totalWithTax couponCodes lines { quantity productVariant { id } } } }"


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder, port = tmp_path_factory.mktemp("vendure"), free_port()
    began = datetime.now(UTC) - timedelta(minutes=2)
    with running_stack(folder / "stack", begins_at=began) as stack:
        shop = put_shop(local_target(stack.home), parse_settings(_settings(port)), Given())
        asked = {
            "webhook": f"{stack.info.api_url}/webhooks/generic/vendure",
            "secret": shop.secrets.webhook_secrets[0],
            "public": PUBLIC,
        }
        with running_vendure(folder, port, asked) as vendure:
            stack.skip(timedelta(minutes=10))  # Vendure's clock is real, and must not be ahead
            yield Place(stack, shop, vendure, set_up(vendure.owner()))


def _settings(port: int) -> dict[str, object]:
    return {
        "shop": "vendure",
        "platform": "generic",
        "name": "Kubki z Vendure",
        "postal_address": "ul. Długa 5, 80-001 Gdańsk",
        "url": PUBLIC,
        "recovery_hosts": ["vendure.example"],
        "email": {"sender": "Kubki <sklep@vendure.example>"},
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
        "generic": {"discount_url": f"http://127.0.0.1:{port + 1}/codes"},
    }


def test_a_shopper_comes_back_by_the_mail_uses_the_code_orders_and_hears_no_more(
    place: Place,
) -> None:
    email = "ala@poczta.example"
    place.leaves_a_cart(email)
    place.stack.skip(4 * HOUR)
    (first,) = place.mails(email)
    assert "Kubek w kropki" in first.text and "398,00" in first.text

    place.stack.skip(52 * HOUR)
    offer = place.mails(email)[-1]
    code = CODE.search(offer.text)
    assert code, offer.text

    back = place.comes_back(offer)
    cart = back.ask(LINES)["activeOrder"]
    assert [(one["quantity"], one["productVariant"]["id"]) for one in cart["lines"]] == [
        (2, place.mug)
    ]
    back.ask("mutation ($c: String!) { applyCouponCode(couponCode: $c) { __typename } }", c=code[0])
    cart = back.ask(LINES)["activeOrder"]
    assert cart["couponCodes"] == [code[0]]
    assert cart["totalWithTax"] == round(39800 * 0.9)
    back.ask(
        'mutation ($e: String!) { setCustomerForOrder(input: {firstName: "Ala", lastName:'
        ' "Nowak", emailAddress: $e}) { __typename } }',
        e=email,
    )
    place.orders(back)

    heard = len(place.mails(email))
    place.stack.skip(200 * HOUR)
    assert reminders(place.mails(email)[heard:]) == []

    other = place.vendure.visitor()
    other.ask(ADD, id=place.mug, n=1)
    refused = other.ask(
        "mutation ($c: String!) { applyCouponCode(couponCode: $c) { __typename } }", c=code[0]
    )
    assert refused["applyCouponCode"]["__typename"] == "CouponCodeLimitError"


def test_whoever_buys_at_once_gets_no_reminder(place: Place) -> None:
    email = "ola@poczta.example"
    place.orders(place.leaves_a_cart(email))
    place.stack.skip(100 * HOUR)
    assert reminders(place.mails(email)) == []


def test_the_same_code_asked_for_twice_is_one_promotion(place: Place) -> None:
    body = (
        b'{"type":"discount.requested","data":{"schema":1,"code":"AAAA-BBBB-CCCC","kind":"percent",'
        b'"percent":10,"usage_limit":1,"minimum_total":null,"expires_at":"2036-01-01T00:00:00Z"}}'
    )
    secret = place.shop.secrets.webhook_secrets[0]
    headers = standard_webhooks.sign("msg_1", body, secret, datetime.now(UTC))
    assert place.vendure.at_plugin("/codes", body, headers)[0] == 201
    assert place.vendure.at_plugin("/codes", body, headers)[0] == 409
    assert place.vendure.at_plugin("/codes", body + b" ", headers)[0] == 401
    found = place.vendure.owner().ask(
        '{ promotions(options: {filter: {couponCode: {eq: "AAAA-BBBB-CCCC"}}}) { totalItems } }'
    )
    assert found["promotions"]["totalItems"] == 1


def test_a_link_that_nobody_was_sent_opens_no_cart(place: Place) -> None:
    assert place.vendure.at_plugin("/restore?wracaj=1")[0] == 404
    assert place.vendure.at_plugin("/restore")[0] == 404


def test_nothing_that_was_posted_was_refused(place: Place) -> None:
    answers = [one for one in place.vendure.told if re.match(r"[a-z]+\.[a-z]+ \d", one)]
    assert answers and all(one.split()[1] == "200" for one in answers), answers
    assert not [one for one in answers if '"warnings"' in one], answers


def reminders(messages: list[SentMessage]) -> list[SentMessage]:
    return [one for one in messages if one.tags.get("timeline") == "abandoned_cart"]
