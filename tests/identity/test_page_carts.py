"""A cart that only a page reports is a claim of a stranger. It may start one reminder to the
address that was typed with it. It takes nothing from anybody, shows nothing, and changes nobody's
consent."""

import pytest

from support.page_carts import BASKET, STOREFRONT, id_of
from support.stories.cloud import Cloud
from support.stories.on_stack import OnStack
from support.stories.people import ANIA, HER_NAME, STRANGER
from support.stories.story import Story
from support.stories.telling import a_story
from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.store import open_store

UNCAPPED = {"hours_between_same_channel": 0, "messages_in_7_days": 50}
BIG = {"timeline": "high_value_cart", "cart_total_from": 1000, "currency": "PLN"}


@pytest.fixture
def story(cloud: Cloud | OnStack) -> Story:
    return a_story(cloud, storefront=STOREFRONT, frequency_cap=UNCAPPED)


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests report faster than people do: 25 carts in a second are a flood."""
    monkeypatch.setattr("wracaj.storefront.flood.MOST_A_SECOND", 10_000)


def test_page_reminder_order_silence(story: Story) -> None:
    story.reports("c", ANIA)
    story.hours(4)
    (mail,) = story.sent_to(ANIA)
    assert "Kubek gliniany" in mail.text
    assert story.get(mail.link("c"))["headers"]["location"] == BASKET
    story.order(email=ANIA)
    story.days(10)
    assert [message.delivery for message in story.sent_to(ANIA)] == [mail.delivery]


@pytest.mark.parametrize("named", ["email", "cart"])
def test_an_order_before_the_reminder_ends_the_page_cart(story: Story, named: str) -> None:
    story.reports("c", ANIA)
    if named == "email":
        story.order(email=ANIA)
    else:
        story.order(cart=id_of(story.shop, "c"))
    story.days(10)
    assert story.sent_to(ANIA) == []


def test_a_report_that_comes_just_after_the_order_starts_nothing(story: Story) -> None:
    story.order(email=ANIA)
    story.reports("c", ANIA)
    story.days(10)
    assert story.sent_to(ANIA) == []


def test_it_gets_one_reminder_and_no_second_however_often_it_is_filled_again(story: Story) -> None:
    story.reports("c", ANIA)
    story.days(20)
    story.reports("c", ANIA, total="59.25")
    story.days(20)
    assert len(story.sent_to(ANIA)) == 1


def test_no_code_no_points_and_no_name_whatever_the_cart_is_said_to_be_worth(
    cloud: Cloud | OnStack,
) -> None:
    rich = a_story(
        cloud,
        storefront=STOREFRONT,
        frequency_cap=UNCAPPED,
        timelines=["abandoned_cart", "high_value_cart"],
        cart_timelines=[BIG],
    )
    rich.order("before", email=ANIA, name="Zofia", total="500.00")
    rich.days(30)
    before = len(rich.sent_to(ANIA))
    rich.reports("c", ANIA, total="5000.00")
    rich.days(10)
    (mail,) = rich.sent_to(ANIA)[before:]
    for kept in (HER_NAME, "PROCENT-", "PREZENT-", "punkt", "kod"):
        assert kept not in mail.text


# --- Ania's own carts and consents ----------------------------------------------------------------


def test_her_own_cart_is_reminded_of_as_if_there_were_no_page_cart(story: Story) -> None:
    story.checkout("hers", email=ANIA)
    story.hours(1)
    for number in range(25):
        story.reports(f"strange-{number}", ANIA)
    story.days(10)
    assert len(story.about("hers")) == 2
    assert {message.cart for message in story.sent_to(ANIA)} == {"hers"}


def test_a_page_cart_gives_way_to_the_same_basket_that_the_shop_reports(story: Story) -> None:
    story.reports("c", ANIA)
    story.checkout("hers", email=ANIA)
    story.days(10)
    assert {message.cart for message in story.sent_to(ANIA)} == {"hers"}


def test_a_stop_holds_against_every_later_page_cart(story: Story) -> None:
    story.reports("c", ANIA)
    story.hours(4)
    (mail,) = story.sent_to(ANIA)
    mail.stop()
    story.days(30)
    for number in range(3):
        story.reports(f"later-{number}", ANIA)
    story.days(30)
    assert story.sent_to(ANIA) == [mail]


def test_an_opt_out_that_the_shop_reports_holds_too(story: Story) -> None:
    story.refuses("email", email=ANIA)
    story.days(1)
    story.reports("c", ANIA)
    story.days(10)
    assert story.sent_to(ANIA) == []


def test_what_an_account_agreed_to_is_not_changed(story: Story) -> None:
    story.record("ania", email=ANIA)
    story.agrees("email", id="ania", email=ANIA)
    before = open_store().customers.get(story.shop.id, _account(story)) if _here(story) else None
    story.reports("c", ANIA)
    story.reports("c", agreed=False)
    if before is not None:
        assert open_store().customers.get(story.shop.id, before.id) == before
    story.checkout("hers", id="ania")
    story.days(10)
    assert len(story.about("hers")) == 2


def test_an_unticked_box_ends_the_cart_even_where_the_address_agreed_elsewhere(
    story: Story,
) -> None:
    story.agrees("email", email=ANIA)
    story.reports("c", ANIA)
    story.reports("c", agreed=False)
    story.days(10)
    assert story.sent_to(ANIA) == []


def test_unticking_is_no_opt_out_of_an_address_that_a_stranger_typed(story: Story) -> None:
    story.reports("c", ANIA)
    story.reports("c", agreed=False)
    story.checkout("hers", email=ANIA)
    story.days(10)
    assert len(story.about("hers")) == 2


def test_where_the_shop_asks_for_double_opt_in_only_a_click_brings_the_reminder(
    cloud: Cloud | OnStack,
) -> None:
    careful = a_story(cloud, storefront=STOREFRONT, frequency_cap=UNCAPPED, double_opt_in=["email"])
    careful.reports("c", ANIA)
    careful.hours(1)
    (question,) = careful.sent_to(ANIA)
    careful.days(3)
    assert len(careful.sent_to(ANIA)) == 1
    careful.reports("d", STRANGER)
    careful.hours(1)
    assert careful.post(careful.sent_to(STRANGER)[0].link("y"), "")["statusCode"] == 303
    careful.hours(5)
    assert len(careful.sent_to(STRANGER)) == 2
    assert question.delivery.to == ANIA


def test_whoever_opted_out_is_not_even_asked(cloud: Cloud | OnStack) -> None:
    careful = a_story(cloud, storefront=STOREFRONT, double_opt_in=["email"])
    careful.refuses("email", email=ANIA)
    careful.days(100)
    careful.reports("c", ANIA)
    careful.days(10)
    assert careful.sent_to(ANIA) == []


MAILBOX = {
    "tags": [f"ania+{number}@poczta.example" for number in range(9)],
    "dots": [f"{'ania.nowak'[:number]}.{'ania.nowak'[number:]}@gmail.com" for number in range(1, 4)]
    + [f"{'anianowak'[:number]}.{'anianowak'[number:]}@googlemail.com" for number in range(1, 8)],
}


@pytest.mark.parametrize("written", MAILBOX)
@pytest.mark.parametrize("channels", [[], ["email"]], ids=["reminders", "questions"])
def test_one_mailbox_gets_few_mails_a_day_in_however_many_ways_it_is_typed(
    cloud: Cloud | OnStack, written: str, channels: list[str]
) -> None:
    story = a_story(cloud, storefront=STOREFRONT, double_opt_in=channels)
    for number, address in enumerate(MAILBOX[written]):
        story.reports(f"c{number}", address)
    story.hours(5)
    got = sum(len(story.sent_to(address)) for address in MAILBOX[written])
    assert got == 6
    story.reports("another", STRANGER)
    story.hours(5)
    assert len(story.sent_to(STRANGER)) == 1


def _here(story: Story) -> bool:
    """Whether the table is in this process."""
    return isinstance(story.cloud, Cloud)


def _account(story: Story) -> str:
    return identifier_of(story.shop.id, IdentifierKind.ACCOUNT, "ania")
