"""From a cart in the shop to the mail, back by its link, and to the order that ends it: the real
plugin in a real WordPress, and Wracaj's own Lambdas in this process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from shopping import a_product, add, buy, type_address
from site_here import Site, Visitor
from wracaj_here import WracajHere

import cart_webhook.app
from support.lambdas import SECRETS, an_http_event, answered
from support.stories.cloud import Cloud, a_cloud
from support.stories.story import Story
from support.stories.telling import a_story
from wracaj.keyed_hashes import keyed_by

ALA = "ala@poczta.example"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    keyed_by(lambda: b"the key of all names")
    with a_cloud(datetime.now(UTC)) as cloud:
        yield cloud


def begin(cloud: Cloud, site: Site, wracaj: WracajHere, **settings: Any) -> Story:
    """A shop in Wracaj whose key is pasted into the plugin."""
    story = a_story(cloud, **settings)
    cloud.time = datetime.now(UTC)
    wracaj.secret = SECRETS["generic"]
    site.php(f"(new Wracaj\\WooCommerce\\Settings())->connect('{wracaj.key}', time());")
    return story


def pass_on(site: Site, story: Story, wracaj: WracajHere) -> None:
    """Let the shop's background process send, and hand its requests to the Lambda as they came."""
    site.run_actions()
    assert wracaj.problems == []
    story.cloud.time = max(story.cloud.time, datetime.now(UTC))
    names = {"platform": "generic", "shop": story.shop.id}
    for request in wracaj.requests:
        event = an_http_event(
            "POST /webhooks/{platform}/{shop}", names, headers=request.headers, body=request.body
        )
        answer = answered(cart_webhook.app.handler, event)
        assert answer["statusCode"] == 200 and "warnings" not in answer["json"], answer
    wracaj.forget()
    wracaj.secret = SECRETS["generic"]


def test_a_left_cart_gets_its_mail_and_the_link_brings_it_back(
    site: Site, visitor: Visitor, wracaj: WracajHere, cloud: Cloud
) -> None:
    story = begin(cloud, site, wracaj)
    add(visitor, a_product(site, "Kubek w paski", "199.00"))
    type_address(visitor, ALA, ticked=True)
    pass_on(site, story, wracaj)
    story.hours(4)
    (mail,) = story.mails_to(ALA)
    assert "Kubek w paski" in mail.text and "199,00" in mail.text
    link = story.get(mail.link("c"))["headers"]["location"]
    page = site.visitor().get(link)
    assert "Kubek w paski × 1" in page.text and "Twój koszyk wrócił" in page.text


def test_after_the_order_nothing_more_is_sent(
    site: Site, visitor: Visitor, wracaj: WracajHere, cloud: Cloud
) -> None:
    story = begin(cloud, site, wracaj)
    add(visitor, a_product(site))
    type_address(visitor, ALA, ticked=True)
    pass_on(site, story, wracaj)
    buy(visitor, ALA, "cod", ticked=True)
    pass_on(site, story, wracaj)
    story.days(5)
    assert story.mails_to(ALA) == []


def test_who_came_back_by_the_link_on_a_phone_and_bought_gets_no_second_mail(
    site: Site, visitor: Visitor, wracaj: WracajHere, cloud: Cloud
) -> None:
    story = begin(cloud, site, wracaj)
    add(visitor, a_product(site))
    type_address(visitor, ALA, ticked=True)
    pass_on(site, story, wracaj)
    story.hours(4)
    (mail,) = story.mails_to(ALA)
    phone = site.visitor()
    phone.get(story.get(mail.link("c"))["headers"]["location"])
    buy(phone, "ala.praca@poczta.example")  # with another address: only the cart's id joins them
    pass_on(site, story, wracaj)
    story.days(5)
    assert len(story.mails_to(ALA)) == 1


def test_without_the_box_nobody_is_written_to(
    site: Site, visitor: Visitor, wracaj: WracajHere, cloud: Cloud
) -> None:
    story = begin(cloud, site, wracaj)
    add(visitor, a_product(site))
    type_address(visitor, ALA, ticked=False)
    pass_on(site, story, wracaj)
    story.days(5)
    assert story.sent == []


def test_a_box_that_is_unticked_again_ends_it(
    site: Site, visitor: Visitor, wracaj: WracajHere, cloud: Cloud
) -> None:
    story = begin(cloud, site, wracaj)
    add(visitor, a_product(site))
    type_address(visitor, ALA, ticked=True)
    pass_on(site, story, wracaj)
    type_address(visitor, ALA, ticked=False)
    pass_on(site, story, wracaj)
    story.days(5)
    assert story.sent == []


def test_an_erasure_in_wordpress_ends_the_reminders(
    site: Site, visitor: Visitor, wracaj: WracajHere, cloud: Cloud
) -> None:
    story = begin(cloud, site, wracaj)
    add(visitor, a_product(site))
    type_address(visitor, ALA, ticked=True)
    pass_on(site, story, wracaj)
    site.php(
        "$all = apply_filters('wp_privacy_personal_data_erasers', []);"
        f"return call_user_func($all['wracaj']['callback'], '{ALA}', 1);"
    )
    cloud.time += timedelta(minutes=1)
    pass_on(site, story, wracaj)
    story.days(5)
    assert story.sent == []
