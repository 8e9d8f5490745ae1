"""From a cart in the shop to the mail, back by its link, to the order that ends it: the module in a
shop of stand-ins, and Wracaj's own Lambdas in this process."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import cart_webhook.app
from support.http_shop import HttpShop
from support.lambdas import SECRETS, an_http_event, answered
from support.prestashop import NEEDS_PHP, PrestaShop, a_key
from support.prestashop_gate import Gate
from support.stories.cloud import Cloud, a_cloud
from support.stories.story import Story
from support.stories.telling import a_story

pytestmark = NEEDS_PHP
ALA = "ala@poczta.example"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with a_cloud(datetime.now(UTC)) as cloud:
        yield cloud


def begin(cloud: Cloud, shop: PrestaShop, wracaj: HttpShop, **settings: Any) -> Story:
    """A shop in Wracaj whose key is pasted into the module."""
    story = a_story(cloud, **settings)
    cloud.time = datetime.now(UTC)
    key = a_key(f"{wracaj.url}/webhooks/generic/{story.shop.id}", SECRETS["generic"])
    shop.do({"do": "configure", "name": "WRACAJ_KEY", "value": key})
    return story


def pass_on(shop: PrestaShop, story: Story, wracaj: HttpShop) -> None:
    """Let the shop's cron send, and hand its requests to the Lambda as they came."""
    shop.deliver()
    story.cloud.time = max(story.cloud.time, datetime.now(UTC))
    names = {"platform": "generic", "shop": story.shop.id}
    for call in wracaj.calls:
        event = an_http_event(
            "POST /webhooks/{platform}/{shop}", names, headers=call.headers, body=call.body
        )
        answer = answered(cart_webhook.app.handler, event)
        assert answer["statusCode"] == 200, answer
        assert "warnings" not in answer["json"], answer
    wracaj.calls.clear()


def left(shop: PrestaShop, story: Story, wracaj: HttpShop, **guest: Any) -> int:
    cart = shop.a_cart()
    shop.a_guest(cart, ALA, **({"newsletter": 1} | guest))
    pass_on(shop, story, wracaj)
    return cart


def come_back(shop: PrestaShop, story: Story, nth: int = 0) -> int:
    """By the link in a mail, on another device. Returns the copy of the cart."""
    location = story.get(story.mails_to(ALA)[nth].link("c"))["headers"]["location"]
    assert location.startswith("https://kubek.example/module/wracaj/restore?token=")
    answer = shop.call("GET", location.removeprefix("https://kubek.example"))
    assert "Twój koszyk wrócił." in answer.told["success"]
    return int(answer.headers["x-cart"])


def test_a_left_cart_gets_its_mail_and_the_link_brings_it_back(
    shop: PrestaShop, wracaj: HttpShop, cloud: Cloud
) -> None:
    story = begin(cloud, shop, wracaj)
    left(shop, story, wracaj)
    story.hours(4)
    (mail,) = story.mails_to(ALA)
    assert "Filiżanka" in mail.text
    assert "398,00" in mail.text
    assert come_back(shop, story)


def test_after_the_order_nothing_more_is_sent(
    shop: PrestaShop, wracaj: HttpShop, cloud: Cloud
) -> None:
    story = begin(cloud, shop, wracaj)
    cart = left(shop, story, wracaj)
    shop.do({"do": "order", "cart": cart, "state": 1})
    pass_on(shop, story, wracaj)
    story.days(5)
    assert story.mails_to(ALA) == []


def test_who_buys_the_copy_with_another_address_gets_no_second_mail(
    shop: PrestaShop, wracaj: HttpShop, cloud: Cloud
) -> None:
    story = begin(cloud, shop, wracaj)
    left(shop, story, wracaj)
    story.hours(4)
    copy = come_back(shop, story)
    shop.a_guest(copy, "ala.praca@poczta.example")
    shop.do({"do": "order", "cart": copy, "state": 2})
    pass_on(shop, story, wracaj)
    story.days(5)
    assert len(story.mails_to(ALA)) == 1


def test_the_promised_code_lies_in_the_copy(
    shop: PrestaShop, wracaj: HttpShop, cloud: Cloud, gate: Gate
) -> None:
    codes = {"generic": {"discount_url": gate.discount_url}, "discount": {"source": "shop"}}
    story = begin(cloud, shop, wracaj, **codes)
    left(shop, story, wracaj)
    story.days(5)
    (rule,) = gate.rules()
    first, last = story.mails_to(ALA)
    assert rule["code"] in last.text
    assert rule["code"] not in first.text
    copy = come_back(shop, story, -1)
    used = shop.sql(f"SELECT json FROM ps_object WHERE class = 'Cart' AND id = {copy}")
    assert '"rules":[1]' in used[0]["json"]


@pytest.mark.parametrize("newsletter", [0, 1])
def test_without_consent_nobody_is_written_to(
    shop: PrestaShop, wracaj: HttpShop, cloud: Cloud, newsletter: int
) -> None:
    story = begin(cloud, shop, wracaj)
    left(shop, story, wracaj, newsletter=newsletter)
    if newsletter:
        shop.do({"do": "newsletter", "email": ALA, "action": "1"})
        pass_on(shop, story, wracaj)
    story.days(5)
    assert story.sent == []


def test_an_erasure_ends_the_reminders(shop: PrestaShop, wracaj: HttpShop, cloud: Cloud) -> None:
    story = begin(cloud, shop, wracaj)
    left(shop, story, wracaj)
    params = [{"email": ALA}]
    shop.do({"do": "hook", "name": "actionDeleteGDPRCustomer", "params": params})
    pass_on(shop, story, wracaj)
    story.days(5)
    assert story.sent == []
