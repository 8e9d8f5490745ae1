"""What a reminder of a page cart never holds, whatever is known of its address."""

from typing import Any

import pytest

from reminder_step.content import message_content_of
from reminder_step.context import MessageContent, MessageContext
from reminder_step.discount_code import voucher_of
from support.builders import HOUR, NOON, a_cart, a_cart_event, a_shop, a_shopper, a_step, no, yes
from support.clocks import Clock
from support.scenes import a_scene
from wracaj.carts.page_carts import PREFIX, is_page_cart, page_cart_id
from wracaj.consent.channel import Channel
from wracaj.customers.consents import Speaker
from wracaj.events import Contact
from wracaj.store.request_limits import LimitedAction, RateLimit
from wracaj.timelines.eligibility import reason_to_skip
from wracaj.timelines.steps import Reason

ID = page_cart_id("kubek", "k" * 32)
MAIL = "anna@example.com"
OF_THE_SHOP = "c1"


def test_its_id_is_hard_to_guess_and_belongs_to_one_shop_and_one_key() -> None:
    ids = {page_cart_id(shop, key * 32) for shop in ("kubek", "talerz") for key in "ab"}
    assert len(ids) == 4
    assert all(is_page_cart(id_) and len(id_) == len(PREFIX) + 24 for id_ in ids)
    assert not is_page_cart(OF_THE_SHOP)


@pytest.mark.parametrize(("cart_id", "gives"), [(OF_THE_SHOP, True), (ID, False)])
def test_no_code(cart_id: str, gives: bool) -> None:
    step = a_step(discount={"percent": 10, "valid_days": 3})
    given = voucher_of(step, None, a_cart(cart_id=cart_id), 1, a_shop(), NOON)
    assert (given is not None) is gives


@pytest.mark.parametrize(("cart_id", "name"), [(OF_THE_SHOP, "Anna"), (ID, None)])
def test_no_name(cart_id: str, name: str | None) -> None:
    cart = a_cart(cart_id=cart_id)
    assert cart.contact.first_name == "Anna"
    assert a_shopper().first_name(cart, MAIL) == name


def test_nothing_is_even_read_of_points_and_rewards() -> None:
    nowhere: Any = None
    given = MessageContext(
        nowhere,
        a_shop().settings,
        a_cart(cart_id=ID),
        a_shopper(),
        Channel.EMAIL,
        MAIL,
        "message",
        NOON,
    )
    assert message_content_of(a_step(), given) == MessageContent({})
    assert message_content_of(a_step(content="reward"), given) is None


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.AUDIENCE])
def test_only_the_channel_whose_box_was_ticked(channel: Channel) -> None:
    """Anna agreed to all of them elsewhere."""
    cart = a_cart(cart_id=ID, consent={Channel.EMAIL: yes(NOON)})
    told = {"template": None, "audience": "koszyki"} if channel is Channel.AUDIENCE else {}
    settings = a_shop(audiences={"koszyki": {"id": "120200300400500"}}, phone_region="PL").settings
    step = a_step(**({"channel": channel} | told))
    shopper = a_shopper(consent={one: yes() for one in (Channel.EMAIL, Channel.SMS, channel)})
    assert reason_to_skip(cart, shopper, step, settings, NOON) is Reason.NO_CONSENT
    mail = a_step()
    assert reason_to_skip(cart, shopper, mail, settings, NOON) is None


@pytest.mark.parametrize("speaker", Speaker)
def test_no_opt_in_of_it_outdates_an_opt_out_of_its_address(speaker: Speaker) -> None:
    cart = a_cart(cart_id=ID, consent={Channel.EMAIL: yes(NOON)}, created_at=NOON)
    shopper = a_shopper(consent={})
    here = shopper.at(Channel.EMAIL, MAIL)
    refused = shopper.changed(here.with_consent(Channel.EMAIL, speaker, no()))
    assert shopper.agrees(cart, Channel.EMAIL) and not refused.agrees(cart, Channel.EMAIL)


@pytest.mark.parametrize(
    ("is_page", "reasons"), [(True, [Reason.DUE, Reason.MAILBOX_LIMIT]), (False, [Reason.DUE] * 2)]
)
def test_one_mailbox_has_a_limit_for_page_carts_alone(
    store: Any,
    shop_id: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    is_page: bool,
    reasons: list[Reason],
) -> None:
    once = {action: RateLimit(a_day=1) for action in LimitedAction}
    monkeypatch.setattr("wracaj.store.request_limits.RATE_LIMITS", once)
    scene, found = a_scene(store, shop_id), []
    for name in ("ala+1@poczta.example", "ala+2@poczta.example"):
        cart_id = page_cart_id(shop_id, name) if is_page else name
        told = {"cart_id": cart_id, "contact": Contact(email=name)}
        scene.take(a_cart_event(at=NOON - 4 * HOUR, **told))
        found.append(scene.step(cart_id=cart_id).reason)
    assert found == reasons
