"""How a shop's events change our state, on a real table."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from support.builders import (
    ANNA,
    HOUR,
    NOON,
    a_cart_event,
    a_step,
    an_item,
    an_order,
    no,
    some_content,
    yes,
)
from support.clocks import Clock
from support.scenes import Requests, Scene, a_scene, items_of
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.identity import IdentifierKind
from wracaj.events import (
    CartContent,
    CartDeleted,
    ConsentChanged,
    Contact,
    CustomerUpdated,
    OrderCancelled,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    clock.time = NOON + HOUR
    return a_scene(store, shop_id)


def test_a_cart_with_items_and_a_shopper_starts_one_timeline(scene: Scene) -> None:
    scene.take(a_cart_event(), a_cart_event(at=NOON + HOUR / 2))
    assert scene.started == [("c1", 1)]
    assert scene.cart().contact.email == "anna@example.com"


def test_the_same_event_twice_changes_nothing(scene: Scene) -> None:
    scene.take(a_cart_event())
    before = scene.cart()
    scene.take(a_cart_event())
    assert scene.cart() == before
    assert scene.started == [("c1", 1)]


def test_an_older_event_never_overwrites_a_newer_one(scene: Scene) -> None:
    newer = a_cart_event(at=NOON, content=some_content(items=(an_item(title="Nowy"),)))
    older = a_cart_event(at=NOON - HOUR, content=some_content(items=(an_item(title="Stary"),)))
    scene.take(newer, older)
    assert [item.title for item in scene.cart().content.items] == ["Nowy"]


def test_a_late_event_still_adds_what_nothing_newer_told(scene: Scene) -> None:
    nameless = a_cart_event(at=NOON, contact=Contact(), consent={})
    scene.take(nameless)
    assert scene.started == []
    scene.take(a_cart_event(at=NOON - HOUR))
    assert scene.cart().contact == ANNA
    assert scene.started == [("c1", 1)]


def test_a_crawlers_cart_starts_nothing_and_costs_one_write(scene: Scene) -> None:
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(a_cart_event(contact=Contact(), consent={}))
    assert requests == ["UpdateItem"]
    assert scene.started == []


def test_an_event_after_the_first_costs_one_write_and_no_read(scene: Scene) -> None:
    scene.take(a_cart_event())
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(
            a_cart_event(at=NOON + HOUR / 2, content=some_content(items=(an_item(), an_item())))
        )
    assert requests == ["UpdateItem"]
    assert len(scene.cart().content.items) == 2


def test_a_duplicate_costs_only_the_refused_write(scene: Scene) -> None:
    scene.take(a_cart_event())
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(a_cart_event())
    assert requests == ["UpdateItem"]


def test_an_order_before_its_cart_keeps_the_cart_silent(scene: Scene) -> None:
    scene.take(an_order(placed_at=NOON, cart_ids=("c1",)), a_cart_event(at=NOON - HOUR))
    assert scene.cart().ordered
    assert scene.started == []


def test_an_order_that_names_only_the_checkout_finds_its_cart_before_and_after(
    scene: Scene,
) -> None:
    early = an_order(order_id="o1", checkout_ids=("t1",), contact=Contact())
    scene.take(early, a_cart_event(cart_id="c1", checkout_id="t1", at=NOON))
    assert scene.cart("c1").ordered
    stranger = Contact(email="inna@example.com")
    scene.take(
        a_cart_event(cart_id="c2", checkout_id="t2", contact=stranger),
        an_order(checkout_ids=("t2",), contact=Contact()),
    )
    assert scene.cart("c2").ordered
    assert scene.started == [("c2", 1)]


@pytest.mark.parametrize(
    "buyer",
    [Contact(email="anna@example.com"), Contact(phone="+48600100200"), Contact(platform_id="77")],
    ids=["e-mail", "phone", "platform id"],
)
def test_an_order_without_tokens_is_matched_by_the_shopper(scene: Scene, buyer: Contact) -> None:
    scene.take(a_cart_event(contact=ANNA.model_copy(update={"platform_id": "77"})))
    scene.take(an_order(contact=buyer))
    assert scene.cart().ordered


def test_one_order_marks_all_of_a_shoppers_open_carts_but_not_later_ones(scene: Scene) -> None:
    scene.take(
        a_cart_event(cart_id="a"),
        a_cart_event(cart_id="b"),
        a_cart_event(cart_id="later", at=NOON + HOUR / 2),
    )
    scene.take(an_order(placed_at=NOON + HOUR / 4, cart_ids=("a",)))
    assert [scene.cart(id_).ordered for id_ in ("a", "b", "later")] == [True, True, False]


def test_a_cart_of_that_shopper_told_only_after_the_order_is_ordered_too(scene: Scene) -> None:
    scene.take(an_order(placed_at=NOON), a_cart_event(at=NOON - HOUR, cart_id="late"))
    assert scene.cart("late").ordered
    assert scene.started == []


def test_an_id_that_begins_like_another_is_another(scene: Scene) -> None:
    stranger = Contact(email="inna@example.com")
    scene.take(a_cart_event(cart_id="12"), a_cart_event(cart_id="123", contact=stranger))
    scene.take(an_order(cart_ids=("12",)))
    assert scene.cart("12").ordered
    assert not scene.cart("123").ordered


def test_a_late_cart_event_never_reopens_an_order(scene: Scene) -> None:
    scene.take(
        a_cart_event(), an_order(cart_ids=("c1",), placed_at=NOON), a_cart_event(at=NOON + HOUR)
    )
    assert scene.cart().ordered
    shopper = scene.store.customers.shopper(scene.shop.id, scene.cart().contact)
    assert shopper and scene.store.carts.open_carts(scene.shop.id, shopper) == []


def test_a_cancelled_order_stays_an_order(scene: Scene) -> None:
    scene.take(
        a_cart_event(),
        an_order(cart_ids=("c1",)),
        OrderCancelled(at=NOON + HOUR, order_id="o1"),
        a_cart_event(at=NOON + HOUR),
    )
    assert scene.cart().ordered


def test_an_empty_cart_after_a_full_one_is_empty_and_a_deleted_one_too(scene: Scene) -> None:
    scene.take(a_cart_event(), a_cart_event(at=NOON + HOUR / 2, content=CartContent()))
    assert scene.cart().content.items == ()
    scene.take(
        a_cart_event(cart_id="d"),
        CartDeleted(at=NOON + HOUR / 2, cart_id="d"),
        a_cart_event(cart_id="d", at=NOON),
    )
    assert scene.cart("d").content.items == ()


def test_a_guest_who_logs_in_is_the_same_shopper(scene: Scene) -> None:
    guest = Contact(email="anna@example.com")
    scene.take(a_cart_event(cart_id="guest", contact=guest))
    scene.take(a_cart_event(cart_id="member", contact=Contact(platform_id="77")))
    scene.take(
        CustomerUpdated(
            at=NOON + HOUR, contact=Contact(platform_id="77", record_email="anna@example.com")
        )
    )
    scene.take(an_order(contact=Contact(platform_id="77")))
    assert scene.cart("guest").ordered and scene.cart("member").ordered


def test_a_customers_no_holds_for_guests_at_the_address_of_their_record(scene: Scene) -> None:
    scene.take(
        a_cart_event(
            cart_id="x", contact=Contact(email="anna@example.com"), consent={Channel.EMAIL: yes()}
        )
    )
    scene.take(
        ConsentChanged(
            at=NOON, contact=Contact(platform_id="77"), channel=Channel.EMAIL, consent=no(NOON)
        )
    )
    scene.take(
        CustomerUpdated(at=NOON, contact=Contact(platform_id="77", record_email="anna@example.com"))
    )
    cart = scene.cart("x")
    assert not scene.store.customers.shopper(scene.shop.id, cart.contact).agrees(  # type: ignore[union-attr]
        cart, Channel.EMAIL
    )


def test_a_cart_open_before_wracaj_was_switched_on_is_left_alone(store: Any, shop_id: str) -> None:
    scene = a_scene(store, shop_id, switched_on_at=NOON - HOUR)
    scene.take(a_cart_event(created_at=NOON - 2 * HOUR, at=NOON))
    assert scene.started == []


def test_a_cart_that_fills_again_starts_a_new_episode_a_week_after_the_last_message(
    scene: Scene, clock: Clock
) -> None:
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    clock.time = NOON
    assert scene.step(a_step()).outcome == "sent"
    scene.close()
    for days, expected in ((1, [1]), (6.9, [1]), (7.1, [1, 2]), (7.2, [1, 2])):
        clock.time = NOON + days * 24 * HOUR
        scene.take(a_cart_event(at=clock.time))
        assert [episode for _, episode in scene.started] == expected


def test_an_emptied_cart_that_fills_again_without_a_message_sent_starts_at_once(
    scene: Scene, clock: Clock
) -> None:
    scene.take(
        a_cart_event(at=NOON - 4 * HOUR), a_cart_event(at=NOON - HOUR, content=CartContent())
    )
    clock.time = NOON
    assert scene.step().reason == "cart_emptied"
    scene.take(a_cart_event(at=NOON + HOUR))
    assert [episode for _, episode in scene.started] == [1, 2]


def test_an_erased_shopper_is_forgotten_and_not_brought_back_by_a_repeated_webhook(
    scene: Scene,
) -> None:
    scene.take(a_cart_event(), an_order(cart_ids=("other",)))
    shopper = scene.cart().customer_id
    scene.take(
        PrivacyRequested(
            at=NOON + 2 * HOUR,
            kind=PrivacyKind.CUSTOMER_REDACT,
            contact=Contact(email="anna@example.com"),
        )
    )
    scene.take(a_cart_event(at=NOON), a_cart_event(cart_id="c9", at=NOON + HOUR))
    left = str(
        [
            scene.cart("c1"),
            scene.cart("c9"),
            scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#WHO#{shopper}"}),
        ]
    )
    assert "anna" not in left.lower() and "600100200" not in left
    assert scene.cart("c1").erased and scene.cart("c9").erased
    scene.take(a_cart_event(cart_id="c10", at=NOON + 3 * HOUR))
    assert not scene.cart("c10").erased


def test_the_consent_log_keeps_every_word(scene: Scene) -> None:
    scene.take(a_cart_event(consent={Channel.EMAIL: yes()}))
    scene.take(ConsentChanged(at=NOON, contact=ANNA, channel=Channel.EMAIL, consent=no(NOON)))
    items = scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#WHO#{scene.cart().customer_id}"})
    assert [item["state"] for item in items if item["SK"].startswith("CONSENT#email")] == [
        "subscribed",
        "unsubscribed",
    ]


def test_a_cart_event_without_a_way_back_keeps_the_one_that_the_checkout_told(scene: Scene) -> None:
    scene.take(
        a_cart_event(at=NOON - HOUR), a_cart_event(at=NOON, content=some_content(recovery_url=None))
    )
    assert scene.cart().content.recovery_url == "https://kubek.example/koszyk/1"


def test_a_privacy_request_that_names_nobody_is_kept_and_erases_nobody(scene: Scene) -> None:
    scene.take(a_cart_event(), PrivacyRequested(at=NOON, kind=PrivacyKind.CUSTOMER_REDACT))
    assert not scene.cart().erased
    assert len(scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#PRIVACY"})) == 1


def test_a_shop_that_dates_its_yes_with_every_event_does_not_undo_an_unsubscription(
    scene: Scene,
) -> None:
    scene.take(a_cart_event(at=NOON - HOUR, consent={Channel.EMAIL: yes(NOON - HOUR)}))
    stop(scene, "c1", no(NOON - HOUR / 2))
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(a_cart_event(at=NOON, consent={Channel.EMAIL: yes(NOON)}))
    assert requests == ["UpdateItem"]
    assert not scene.shopper("c1").agrees(scene.cart(), Channel.EMAIL)
    scene.take(
        a_cart_event(cart_id="c2", at=NOON + HOUR, consent={Channel.EMAIL: yes(NOON + HOUR)})
    )
    assert scene.shopper("c2").agrees(scene.cart("c2"), Channel.EMAIL)


# --- whose word, whose cart -----------------------------------------------------------------------

BEATA = Contact(email="beata@example.com", phone="+48600100200")


def test_a_yes_for_one_address_is_none_for_another_of_the_same_shopper(scene: Scene) -> None:
    """A couple shares a phone: Anna has unsubscribed, Beata agrees, and Anna leaves
    another cart."""
    scene.take(
        ConsentChanged(
            at=NOON - 9 * HOUR,
            contact=ANNA,
            channel=Channel.EMAIL,
            consent=no(NOON - 9 * HOUR, "shopify"),
        )
    )
    scene.take(
        ConsentChanged(
            at=NOON - 8 * HOUR,
            contact=BEATA,
            channel=Channel.EMAIL,
            consent=yes(NOON - 8 * HOUR, "shopify"),
        )
    )
    scene.take(
        a_cart_event(cart_id="a", consent={}), a_cart_event(cart_id="b", contact=BEATA, consent={})
    )
    agreed = {id_: scene.shopper(id_).agrees(scene.cart(id_), Channel.EMAIL) for id_ in ("a", "b")}
    assert agreed == {"a": False, "b": True}


def stop(scene: Scene, cart_id: str, word: Consent) -> None:
    """As the page behind a link in a mail about this cart does it."""
    shopper = scene.shopper(cart_id)
    name = shopper.at(Channel.EMAIL, str(scene.cart(cart_id).contact.email)).id
    for channel in Channel:
        scene.store.customers.amend_one(scene.shop.id, name, partial(with_no, channel, word))


def with_no(channel: Channel, word: Consent, known: Customer) -> Customer:
    return known.with_consent(channel, Speaker.READER, word)


def test_a_no_by_a_link_is_for_every_channel_of_a_guest_who_reads_there(scene: Scene) -> None:
    scene.take(
        a_cart_event(cart_id="b", contact=BEATA, consent={Channel.EMAIL: yes(), Channel.SMS: yes()})
    )
    stop(scene, "b", no(NOON))
    for channel in (Channel.EMAIL, Channel.SMS):
        assert not scene.shopper("b").agrees(scene.cart("b"), channel)
    scene.take(
        a_cart_event(
            cart_id="phone", contact=Contact(phone=BEATA.phone), consent={Channel.SMS: yes()}
        )
    )
    # nobody proved that it is the same shopper
    assert scene.shopper("phone").agrees(scene.cart("phone"), Channel.SMS)


def test_a_yes_taken_back_in_the_same_cart_is_none(scene: Scene) -> None:
    unticked = yes().model_copy(update={"state": ConsentState.UNKNOWN})
    scene.take(
        a_cart_event(at=NOON - HOUR),
        a_cart_event(consent={Channel.EMAIL: unticked, Channel.SMS: unticked}),
    )
    assert not scene.shopper().agrees(scene.cart(), Channel.EMAIL)


def test_who_logs_in_on_somebody_elses_device_gets_neither_their_phone_nor_their_yes(
    scene: Scene,
) -> None:
    celina = Contact(platform_id="99", email="celina@example.com")
    scene.take(a_cart_event(at=NOON - HOUR), a_cart_event(contact=celina, consent={}))
    cart = scene.cart()
    assert cart.contact == celina
    assert cart.consent == {}
    assert scene.shopper().names.keys() == {IdentifierKind.ACCOUNT, IdentifierKind.EMAIL}


def test_a_guest_who_logs_in_keeps_the_address_typed_before(scene: Scene) -> None:
    scene.take(
        a_cart_event(at=NOON - HOUR), a_cart_event(contact=Contact(platform_id="77"), consent={})
    )
    assert scene.cart().contact == ANNA.model_copy(update={"platform_id": "77"})


def test_a_phone_that_everybody_gives_makes_nobody_one_and_grows_nothing(scene: Scene) -> None:
    for number in range(30):
        contact = Contact(email=f"shopper{number}@example.com", phone="+48600999999")
        scene.take(
            a_cart_event(cart_id=f"crowd{number}", contact=contact),
            an_order(order_id=f"o{number}", contact=contact),
        )
    assert len({scene.cart(f"crowd{number}").customer_id for number in range(30)}) == 30
    shared = scene.shopper("crowd0").named(IdentifierKind.PHONE)
    assert shared is not None and len(shared.model_dump_json(exclude_defaults=True)) < 200


# --- being forgotten ------------------------------------------------------------------------------

FORGET = PrivacyRequested(
    at=NOON + 2 * HOUR, kind=PrivacyKind.CUSTOMER_REDACT, contact=Contact(email="anna@example.com")
)


def left_of_anna(scene: Scene) -> list[Any]:
    return [
        item
        for item in items_of(scene.store, scene.shop.id)
        if "anna@" in str(item) or "600100200" in str(item)
    ]


def test_an_erasure_that_died_anywhere_is_finished_by_the_next_try(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = scene.store.table.dynamodb
    for survived in range(40):
        scene.take(
            a_cart_event(cart_id=f"c{survived}", at=NOON + 3 * HOUR + survived * HOUR),
            an_order(order_id=f"o{survived}"),
        )
        forget = FORGET.model_copy(update={"at": NOON + 3.5 * HOUR + survived * HOUR})
        writes = 0

        def dying(request: Any, survived: int = survived, **_: Any) -> None:
            nonlocal writes
            target = str(request.headers.get("X-Amz-Target"))
            writes += any(
                name in target for name in ("PutItem", "UpdateItem", "DeleteItem", "Transact")
            )
            if writes > survived:
                raise KeyboardInterrupt

        client.meta.events.register("before-send", dying, unique_id="dying")
        try:
            scene.take(forget)
            finished = True
        except KeyboardInterrupt:
            finished = False
        finally:
            client.meta.events.unregister("before-send", unique_id="dying")
        scene.take(forget)
        assert left_of_anna(scene) == [], f"killed after {survived} writes"
        if finished:
            break
    assert finished and survived > 3


def test_a_late_webhook_of_somebody_who_was_never_known_is_not_kept(scene: Scene) -> None:
    scene.take(FORGET, a_cart_event(at=NOON))
    assert scene.cart().erased
    assert (scene.started, left_of_anna(scene)) == ([], [])


def test_a_refund_for_somebody_forgotten_makes_no_new_account(scene: Scene) -> None:
    scene.take(a_cart_event(), an_order(), FORGET)
    scene.take(
        OrderRefunded(
            at=NOON + 9 * HOUR, order_id="o1", refund_id="r", currency="PLN", amount=Decimal(50)
        )
    )
    assert not [
        item for item in items_of(scene.store, scene.shop.id) if item["SK"]["S"] == "ACCOUNT"
    ]


def test_a_cart_that_is_gone_when_its_shopper_is_forgotten_breaks_no_later_event(
    scene: Scene,
) -> None:
    scene.take(a_cart_event())
    scene.store.table.delete({"PK": f"SHOP#{scene.shop.id}#CART#c1", "SK": "CART"})
    scene.take(FORGET, a_cart_event(at=NOON + HOUR))
    assert scene.cart().erased


def test_a_cart_beyond_all_measure_is_kept_in_part(scene: Scene) -> None:
    huge = [
        an_item(title="Ж" * 500, image_url="https://kubek.example/" + "ы" * 2000)
        for _ in range(100)
    ]
    scene.take(a_cart_event(content=some_content(items=tuple(huge))))
    assert len(scene.cart().content.items) == 100
    assert scene.cart().content.items[0].image_url is None
