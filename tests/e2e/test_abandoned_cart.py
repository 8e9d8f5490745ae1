"""The abandoned cart, end to end. All carts are sent at once and wait together; then each test
checks one of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper, links_in, visit
from support.webhook_bodies import a_checkout_line
from wracaj.settings.shop import Shop
from wracaj.timelines.steps import Reason, RecordState
from wracaj_cli.shops.target import local_target

EVERYTHING = [
    "Timings",
    *("Wait for first e-mail", "First e-mail, unless ordered", "Ordered before the SMS?"),
    *("Wait for SMS", "SMS, unless ordered", "Ordered before the discount e-mail?"),
    *("Wait for discount e-mail", "Discount e-mail, unless ordered", "Ordered before the end?"),
    *("Close the timeline", "Timeline ended"),
]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE_CLICK = b"List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Played:
    house: House
    shop: Shop
    shopper: Shopper

    @property
    def channels(self) -> list[str]:
        return [message.channel for message in self.house.outbox(self.shopper)]

    @property
    def states(self) -> list[str]:
        return self.house.states(self.shop, self.shopper)


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        yield a_house(stack, codes)


@pytest.fixture(scope="module")
def played(house: House) -> dict[str, Played]:
    s, g = house.shopify, house.generic
    people = {
        **{
            name: (s, a_shopper(name))
            for name in (
                "never-buys",
                "buys-at-once",
                "buys-after-the-mail",
                "buys-elsewhere",
                "leaves",
            )
        },
        **{
            f"{name}-g": (g, a_shopper(f"{name}-g"))
            for name in ("never-buys", "buys-after-the-mail", "leaves")
        },
        "prefix": (s, Shopper("cart-12", "dwa@poczta.example", "+48600200012")),
        "longer": (s, Shopper("cart-123", "trzy@poczta.example", "+48600200123")),
        "removes-an-item": (s, a_shopper("removes-an-item")),
    }

    second = Shopper(
        "second-cart", people["buys-elsewhere"][1].email, people["buys-elsewhere"][1].phone
    )

    def fill(name: str) -> None:
        shop, shopper = people[name]
        topic, body = house.fills(shop, shopper)
        # a shop that sends everything three times
        for _ in range(3 if name.startswith("never-buys") else 1):
            assert house.post(shop, topic, body).status == 200

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(fill, people))
    house.stack.skip(HOUR)
    people["buys-elsewhere, second cart"] = (s, second)
    house.post(s, *house.fills(s, second))
    for name in ("buys-at-once", "prefix"):
        house.post(s, *house.buys(*people[name]))
    fewer = [a_checkout_line(presentment_title="Talerz głęboki")]
    house.post(s, *house.fills(*people["removes-an-item"], line_items=fewer))
    # to after the first messages; the newer one of two carts is the one that goes on
    house.stack.skip(4 * HOUR)
    for name in ("buys-after-the-mail", "buys-after-the-mail-g"):
        house.post(people[name][0], *house.buys(*people[name]))
    house.post(s, *house.buys(s, second, cart_token=None))
    for name in ("leaves", "leaves-g"):
        (mail,) = house.outbox(people[name][1])
        assert visit(links_in(mail)["u"], "POST", ONE_CLICK)[0] == 200
    house.stack.skip(5 * DAY)
    assert [
        name for name, (shop, shopper) in people.items() if not house.has_ended(shop, shopper)
    ] == []
    return {name: Played(house, shop, shopper) for name, (shop, shopper) in people.items()}


# --- messages in order, silence after the order, and the history shows the branch


@pytest.mark.parametrize("name", ["never-buys", "never-buys-g"])
def test_a_shopper_who_never_buys_gets_e_mail_sms_and_discount_in_order_and_each_once(
    played: dict[str, Played], name: str
) -> None:
    cart = played[name]
    assert cart.channels == ["email", "sms", "email"]
    assert cart.states == EVERYTHING
    first, sms, discount = cart.house.outbox(cart.shopper)
    assert timedelta(hours=24) <= sms.at - first.at
    assert timedelta(hours=24) <= discount.at - sms.at
    assert (sms.sender, sms.attributes["AWS.SNS.SMS.SMSType"]) == ("KUBEK", "Promotional")
    assert first.sender.endswith("<sklep@kubek.example>")
    assert first.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert links_in(first)["u"] in first.headers["List-Unsubscribe"]
    assert first.tags["step"] == "first_email" and discount.tags["step"] == "discount_email"
    assert first.configuration_set == cart.house.stack.info.configuration_set


@pytest.mark.parametrize("name", ["never-buys", "never-buys-g"])
def test_the_discount_code_in_the_mail_is_the_one_created_in_the_shop(
    played: dict[str, Played], name: str
) -> None:
    cart = played[name]
    target = local_target(cart.house.stack.home)
    told = target.store().carts.get_with_records(cart.shop.id, cart.shopper.cart_id)
    assert told is not None
    record = told.record(told.episode, "discount_email")
    assert record is not None and record.voucher is not None
    assert record.voucher.code in cart.house.outbox(cart.shopper)[-1].text
    calls = [call for call in cart.house.codes.calls if record.voucher.code.encode() in call.body]
    assert len(calls) == 1
    assert calls[0].path == (
        "/admin/api/2026-07/graphql.json" if cart.shop is cart.house.shopify else "/discount"
    )
    assert record.state is RecordState.SENT and not record.without_discount


def test_whoever_buys_before_the_first_message_hears_nothing(played: dict[str, Played]) -> None:
    cart = played["buys-at-once"]
    assert cart.channels == []
    assert cart.states[-2:] == ["Ordered before the SMS?", "Order completed"]


@pytest.mark.parametrize("name", ["buys-after-the-mail", "buys-after-the-mail-g"])
def test_whoever_buys_after_the_first_message_hears_no_second(
    played: dict[str, Played], name: str
) -> None:
    """By bank transfer: the order is pending, and an order all the same."""
    cart = played[name]
    assert cart.channels == ["email"]
    assert cart.states[-2:] == ["Ordered before the discount e-mail?", "Order completed"]


def test_one_order_without_tokens_silences_every_cart_of_its_shopper(
    played: dict[str, Played],
) -> None:
    older, newer = played["buys-elsewhere"], played["buys-elsewhere, second cart"]
    assert newer.channels == ["email"]  # the two share one address
    assert newer.states[-1] == "Order completed"
    assert older.states[-1] in ("Order completed", "No longer wanted")


def test_an_order_of_cart_12_leaves_cart_123_alone(played: dict[str, Played]) -> None:
    assert played["prefix"].channels == []
    assert played["prefix"].states[-1] == "Order completed"
    assert played["longer"].channels == ["email", "sms", "email"]


def test_a_mail_shows_the_cart_as_it_is_now(played: dict[str, Played]) -> None:
    cart = played["removes-an-item"]
    mail = cart.house.outbox(cart.shopper)[0]
    assert "Talerz głęboki" in mail.text and "Kubek w kropki" not in mail.text


# --- "It holds when" 4: state transitions ---------------------------------------------------------


def test_a_cart_takes_at_most_three_transitions_per_message_and_three_more(
    played: dict[str, Played],
) -> None:
    for name, cart in played.items():
        states = cart.states
        asked_for = sum(state.endswith("unless ordered") for state in states)
        assert len(states) <= 3 * asked_for + 3, name


def test_no_history_holds_anything_personal(played: dict[str, Played]) -> None:
    for cart in played.values():
        told = str(cart.house.history(cart.shop, cart.shopper))
        for secret in (
            cart.shopper.email,
            cart.shopper.phone,
            "Ala",
            "Kubek w kropki",
            "poczta.example",
        ):
            assert secret not in told


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["leaves", "leaves-g"])
def test_whoever_unsubscribes_by_the_link_in_the_mail_hears_nothing_more(
    played: dict[str, Played], name: str
) -> None:
    cart = played[name]
    assert cart.channels == ["email"]
    told = (
        local_target(cart.house.stack.home)
        .store()
        .carts.get_with_records(cart.shop.id, cart.shopper.cart_id)
    )
    assert told is not None
    assert {
        record.reason for key, record in told.records.items() if not key.endswith("#first_email")
    } == {Reason.NO_CONSENT}


def test_the_link_in_the_mail_leads_back_to_the_cart_and_the_sms_has_one_too(
    played: dict[str, Played],
) -> None:
    cart = played["never-buys"]
    for message in cart.house.outbox(cart.shopper):
        status, headers, _ = visit(links_in(message)["c"])
        assert status == 302
        assert headers["location"].startswith("https://checkout.kubek.example/")


def test_a_tampered_link_gets_a_kind_page_over_http(played: dict[str, Played]) -> None:
    cart = played["never-buys"]
    link = links_in(cart.house.outbox(cart.shopper)[0])["u"]
    status, headers, page = visit(link[:-1] + ("A" if link[-1] != "A" else "B"))
    assert status == 404
    assert headers["content-type"].startswith("text/html") and "Tego linku nie znamy" in page


# --- the door -------------------------------------------------------------------------------------


def test_strangers_are_refused_alike_and_mistakes_are_told_over_http(house: House) -> None:
    shopper = a_shopper("obcy")
    topic, body = house.fills(house.generic, shopper)
    url = f"{house.stack.info.api_url}/webhooks/generic"
    unsigned, unknown = (
        visit(f"{url}/{house.generic.id}", "POST", b"{}"),
        visit(f"{url}/nobody", "POST", b"{}"),
    )
    assert (unsigned[0], unsigned[2]) == (unknown[0], unknown[2])
    assert unsigned[0] == 401
    told = house.post(house.generic, topic, {**body, "timestamp": "yesterday"}).body
    assert "timestamp" in [warning["field"] for warning in told["warnings"]]
    assert house.post(house.generic, topic, {**body, "padding": "x" * 1024 * 1024}).status == 413
    assert not house.outbox(shopper)
