"""A WooCommerce shop without a plugin: its webhooks come late, several as one, or not at all."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from support.stories.bodies import Cart, Order, Who, WooCommerce
from support.stories.cloud import Cloud, Json
from support.stories.people import ANIA
from support.stories.standing import points_of
from support.stories.story import Story
from support.stories.telling import a_story
from support.woocommerce_bodies import a_coupon_line, a_refund_stub

CART = "wc_order_Qw7kLm2ZpR4tX"


@pytest.fixture
def woo(cloud: Cloud) -> Story:
    return a_story(cloud, "woocommerce")


def a_draft(woo: Story, began: datetime, at: datetime, **changes: Any) -> Json:
    _, body = WooCommerce().checkout(Cart(CART, Who(email=ANIA), ("email",), "199.00", began), at)
    return body | changes


def an_order(woo: Story, began: datetime, at: datetime, **changes: Any) -> Json:
    _, body = WooCommerce().order(Order("o1", Who(email=ANIA), "199.00", began, CART), at)
    return body | changes


def mails(woo: Story) -> int:
    return len(woo.mails_to(ANIA))


def test_a_draft_that_is_left_is_reminded_of_and_leads_back_to_the_checkout(woo: Story) -> None:
    woo.checkout(CART, ticked=("email",), email=ANIA)
    woo.days(5)
    first, *_ = woo.mails_to(ANIA)
    assert f"Kubek nr {CART}" in first.text
    back = woo.get(first.link("c"))
    assert back["headers"]["location"] == "https://kubek.example/checkout-link/?products=10:1"


def test_nothing_ticked_is_no_consent(woo: Story) -> None:
    woo.checkout(CART, ticked=(), email=ANIA)
    woo.days(5)
    assert woo.sent == []


@pytest.mark.parametrize("status", ["processing", "on-hold", "pending", "completed", "wyslane"])
def test_nothing_leaves_after_the_order_paid_or_not(woo: Story, status: str) -> None:
    woo.checkout(CART, ticked=("email",), email=ANIA)
    woo.hours(1)
    began = woo.carts[CART].began
    woo.tell("order.created", an_order(woo, began, woo.now, status=status))
    woo.days(5)
    assert woo.sent == []


def test_a_draft_delivered_again_after_the_order_reopens_nothing(woo: Story) -> None:
    """`order.updated` of a draft may leave after the order's own webhook, or be sent again."""
    woo.checkout(CART, ticked=("email",), email=ANIA)
    began, left = woo.carts[CART].began, woo.now
    woo.hours(1)
    woo.tell("order.created", an_order(woo, began, woo.now))
    for at in (left, woo.now, woo.now + timedelta(minutes=2)):
        woo.tell("order.updated", a_draft(woo, began, at))
    woo.days(5)
    assert woo.sent == []


def test_an_order_whose_draft_was_never_delivered_is_known_and_counted(woo: Story) -> None:
    woo.order("o1", cart=CART, total="199.00", email=ANIA)
    assert points_of(woo, email=ANIA) == 199


def test_of_a_merged_delivery_every_change_counts(woo: Story) -> None:
    """Placed, paid, with our code, and refunded in part: one delivery, named for the creation."""
    began = woo.now
    woo.hours(2)
    body = an_order(
        woo,
        began,
        woo.now,
        status="completed",
        total="179.10",
        coupon_lines=[a_coupon_line()],
        refunds=[a_refund_stub(total="-50.00")],
    )
    woo.tell("order.created", body)
    assert points_of(woo, email=ANIA) == 129


def test_a_refund_that_each_update_repeats_comes_off_once(woo: Story) -> None:
    began = woo.now
    for hour, refunds in enumerate(([], ["-50.00"], ["-50.00"], ["-50.00", "-20.00"])):
        woo.hours(1)
        stubs = [a_refund_stub(id=1300 + n, total=back) for n, back in enumerate(refunds)]
        body = an_order(woo, began, woo.now, status="completed", refunds=stubs)
        woo.tell("order.updated" if hour else "order.created", body)
    assert points_of(woo, email=ANIA) == 129


def test_an_older_delivery_that_comes_later_changes_nothing(woo: Story) -> None:
    began = woo.now
    woo.hours(3)
    stubs = [a_refund_stub(total="-50.00")]
    woo.tell("order.updated", an_order(woo, began, woo.now, refunds=stubs))
    older = an_order(woo, began, woo.now - timedelta(hours=1), total="249.00")
    woo.tell("order.updated", older)
    assert points_of(woo, email=ANIA) == 149


def test_a_payment_that_never_comes_earns_nothing_and_one_that_comes_does(woo: Story) -> None:
    began = woo.now
    woo.a_minute_passes()
    woo.tell("order.created", an_order(woo, began, woo.now, status="pending"))
    assert points_of(woo, email=ANIA) == 0
    woo.hours(1)
    woo.tell("order.updated", an_order(woo, began, woo.now, status="processing"))
    assert points_of(woo, email=ANIA) == 199


def test_a_failed_payment_is_reminded_of_and_earns_nothing(woo: Story) -> None:
    woo.checkout(CART, ticked=("email",), email=ANIA)
    began = woo.carts[CART].began
    woo.hours(1)
    body = an_order(woo, began, woo.now, status="failed", meta_data=[])
    woo.tell("order.updated", body | {"meta_data": a_draft(woo, began, woo.now)["meta_data"]})
    woo.days(5)
    assert points_of(woo, email=ANIA) == 0
    assert mails(woo) > 0


def test_a_cancelled_order_that_goes_on_after_all_has_its_points_again(woo: Story) -> None:
    began = woo.now
    expected = {"processing": 199, "cancelled": 0, "on-hold": 199, "failed": 0, "completed": 199}
    for status, points in expected.items():
        woo.hours(1)
        woo.tell("order.updated", an_order(woo, began, woo.now, status=status))
        assert points_of(woo, email=ANIA) == points


def test_an_order_in_the_bin_earns_nothing_until_it_is_out_again(woo: Story) -> None:
    woo.order("o1", cart=CART, total="199.00", email=ANIA)
    number = WooCommerce()._id(CART)
    woo.a_minute_passes()
    woo.tell("order.deleted", {"id": number})
    assert points_of(woo, email=ANIA) == 0
    woo.a_minute_passes()
    began = woo.orders["o1"].placed
    woo.tell("order.restored", an_order(woo, began, began))
    assert points_of(woo, email=ANIA) == 199


def test_an_account_that_the_shop_deleted_is_forgotten_with_its_cart(woo: Story) -> None:
    woo.record("ania", email=ANIA)
    woo.order("o1", total="199.00", id="ania", email=ANIA)
    woo.days(2)
    woo.checkout(CART, ticked=("email",), id="ania", email=ANIA)
    woo.a_minute_passes()
    before = len(woo.mails_to(ANIA))
    woo.tell("customer.deleted", {"id": WooCommerce()._id("ania")})
    woo.days(5)
    assert points_of(woo, email=ANIA) == 0
    assert len(woo.mails_to(ANIA)) == before


def test_an_opt_out_holds_however_often_the_ticked_draft_is_sent_again(woo: Story) -> None:
    woo.checkout(CART, ticked=("email",), email=ANIA)
    woo.hours(4)
    (mail,) = woo.mails_to(ANIA)
    mail.stop()
    woo.checkout(CART, ticked=("email",), email=ANIA, total="249.00")
    woo.days(5)
    assert mails(woo) == 1


def test_the_next_checkout_is_another_cart(woo: Story) -> None:
    """The draft's key changes after each order, so the next cart is reminded of again."""
    woo.checkout(CART, ticked=("email",), email=ANIA)
    woo.a_minute_passes()
    woo.order("o1", cart=CART, total="199.00", email=ANIA)
    woo.days(1)
    woo.checkout("wc_order_nastepnyKoszyk", ticked=("email",), email=ANIA)
    woo.days(5)
    assert mails(woo) > 0
    assert all("Kubek nr wc_order_nastepnyKoszyk" in mail.text for mail in woo.mails_to(ANIA))


def test_the_mail_with_a_code_leads_back_with_it_as_long_as_it_is_valid(woo: Story) -> None:
    woo.checkout(CART, ticked=("email",), email=ANIA)
    woo.days(5)
    first, with_code = woo.mails_to(ANIA)
    (code,) = re.findall(r"PROCENT-[0-9]", with_code.text)
    links = [woo.get(mail.link("c"))["headers"]["location"] for mail in (first, with_code)]
    to_the_cart = "https://kubek.example/checkout-link/?products=10:1"
    assert links == [to_the_cart, f"{to_the_cart}&coupon={code}"]
    woo.days(20)
    assert woo.get(with_code.link("c"))["headers"]["location"] == to_the_cart


def test_an_order_of_yesterdays_draft_ends_what_was_begun_since(woo: Story) -> None:
    """The order is dated by its draft, twenty hours ago; the other cart began in between."""
    woo.checkout(CART, ticked=(), email=ANIA)
    began = woo.carts[CART].began
    woo.hours(19)
    woo.checkout("wc_order_naTelefonie", ticked=("email",), email=ANIA)
    woo.hours(1)
    woo.tell("order.created", an_order(woo, began, woo.now))
    woo.days(5)
    assert woo.sent == []


@pytest.mark.parametrize("status", ["cancelled", "failed", "refunded", "trash"])
def test_an_order_that_is_told_when_nothing_is_left_of_it_starts_nothing(
    cloud: Cloud, status: str
) -> None:
    woo = a_story(cloud, "woocommerce", timelines=["abandoned_cart", "after_purchase"])
    began = woo.now
    woo.a_minute_passes()
    back = {"refunds": [a_refund_stub(total="-199.00")]} if status == "refunded" else {}
    woo.tell("order.created", an_order(woo, began, woo.now, status=status, **back))
    assert [one for one in woo.player.all() if one.start.timeline == "after_purchase"] == []
