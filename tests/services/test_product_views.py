"""Product views: what is stored and at what cost, what starts the reminder, what ends it, what it
sends."""

import itertools
import os
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
from support.killing import die_at, lines_to_die_at
from support.scenes import Requests, Scene, a_scene, everything
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent
from wracaj.customers.customer import Customer
from wracaj.events import (
    CartContent,
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    PrivacyKind,
    PrivacyRequested,
    Product,
    ProductViewed,
)
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import Outcome, Reason

DAY = 24 * HOUR
EMAIL = a_step(name="browse_email", template="browse_reminder", after_seconds=20 * 3600)
STRANGER = Contact(email="ola@example.com")
_shops = itertools.count()


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_shop_with_anna(store, shop_id)


def a_shop_with_anna(store: Any, shop_id: str, **changes: Any) -> Scene:
    """Who has agreed to e-mails."""
    scene = a_scene(store, shop_id, **({"timelines": ("browse_reminder",)} | changes))
    scene.take(said(yes()))
    return scene


def said(word: Consent, who: Contact = ANNA, channel: Channel = Channel.EMAIL) -> ConsentChanged:
    return ConsentChanged(at=word.at, contact=who, channel=channel, consent=word)


def a_product(name: str = "kubek", **changes: Any) -> Product:
    told = {
        "product_id": name,
        "title": name.title(),
        "url": f"https://kubek.example/{name}",
        "currency": "PLN",
    }
    return Product(**(told | {"price": Decimal("49.50")} | changes))


def a_view(
    name: str = "kubek", at: datetime = NOON, who: Contact = ANNA, **changes: Any
) -> ProductViewed:
    return ProductViewed(at=at, contact=who, product=a_product(name, **changes))


def anna(scene: Scene, who: Contact = ANNA) -> Customer:
    (shopper,) = scene.store.customers.behind(scene.shop.id, who)
    return shopper


def browsing(scene: Scene, who: Contact = ANNA) -> Any:
    """What Anna looked at, as a cart."""
    return scene.cart(occasion_id(OccasionKind.BROWSE, anna(scene, who).id))


def titles(scene: Scene) -> list[str]:
    return [item.title for item in browsing(scene).content.items]


def remind(scene: Scene, clock: Clock, at: datetime, episode: int | None = None) -> Any:
    clock.time = at
    cart = browsing(scene)
    return scene.step(EMAIL, cart.cart_id, episode or cart.episode)


# What it costs


def test_a_view_of_somebody_unknown_costs_one_read_and_leaves_nothing(scene: Scene) -> None:
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(a_view(who=STRANGER))
    assert requests == ["BatchGetItem"]
    assert scene.store.customers.behind(scene.shop.id, STRANGER) == []


@pytest.mark.parametrize("word", [None, no(NOON - HOUR, "shop")], ids=["said nothing", "said no"])
def test_a_view_of_who_has_not_agreed_costs_two_reads_and_leaves_nothing(
    scene: Scene, word: Consent | None
) -> None:
    scene.take(
        an_order(placed_at=NOON - 99 * HOUR, contact=STRANGER),
        *([said(word, STRANGER)] if word else []),
    )
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(a_view(who=STRANGER))
    assert requests == ["BatchGetItem", "GetItem"]
    assert browsing(scene, STRANGER) is None


@pytest.mark.parametrize(
    "changes",
    [{"timelines": ["abandoned_cart"]}, {"enabled": False}, {"switched_on_at": NOON + HOUR}],
    ids=str,
)
def test_a_shop_that_has_no_use_for_views_reads_nothing(
    store: Any, shop_id: str, clock: Clock, changes: Any
) -> None:
    off = a_shop_with_anna(store, shop_id, **changes)
    with Requests(store.table.dynamodb) as requests:
        off.take(a_view())
    assert requests == []


def test_a_view_told_two_days_late_is_passed_over(scene: Scene) -> None:
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(a_view(at=NOON - 49 * HOUR))
    assert requests == []


def test_a_view_after_the_first_is_two_reads_and_a_write(scene: Scene) -> None:
    scene.take(a_view())
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(a_view("dzbanek", NOON + HOUR))
    assert requests == ["BatchGetItem", "GetItem", "UpdateItem"]


def test_a_repeated_view_writes_nothing(scene: Scene) -> None:
    scene.take(a_view("kubek", NOON), a_view("dzbanek", NOON + HOUR / 2))
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(a_view("kubek", NOON))
    assert requests == ["BatchGetItem", "GetItem"]


# What is kept


def test_the_newest_eight_products_are_shown_newest_first_each_once(scene: Scene) -> None:
    scene.take(*(a_view(f"k{number}", NOON + number * HOUR / 60) for number in range(10)))
    assert titles(scene) == [f"K{number}" for number in range(9, 1, -1)]
    scene.take(a_view("k5", NOON + HOUR))
    assert titles(scene)[0] == "K5"
    assert len(titles(scene)) == 8


def test_a_late_view_changes_neither_the_newest_nor_what_is_told_of_it(scene: Scene) -> None:
    scene.take(a_view("kubek", NOON, title="Nowy"), a_view("kubek", NOON - HOUR, title="Stary"))
    assert titles(scene) == ["Nowy"]
    assert browsing(scene).last_activity_at == NOON


def test_a_price_in_another_currency_is_not_shown(scene: Scene) -> None:
    scene.take(a_view("kubek"), a_view("dzbanek", NOON + HOUR, price=Decimal(12), currency="EUR"))
    content = browsing(scene).content
    assert (content.currency, [item.unit_price for item in content.items]) == (
        "EUR",
        [Decimal(12), None],
    )
    assert content.recovery_url == "https://kubek.example/dzbanek"


RELAXED = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)
VIEWS = [
    a_view(f"k{number % 4}", NOON - number * HOUR, title=f"Title {number}") for number in range(12)
]


@given(data=st.data())
@RELAXED
def test_any_order_and_any_repetition_of_views_ends_the_same_with_one_start(
    store: Any, clock: Clock, data: st.DataObject
) -> None:
    clock.time = NOON + HOUR
    chosen = data.draw(st.lists(st.sampled_from(VIEWS), min_size=1, max_size=8, unique_by=id))
    shuffled = data.draw(
        st.permutations(chosen + data.draw(st.lists(st.sampled_from(chosen), max_size=4)))
    )
    first, second = (
        a_shop_with_anna(store, f"views-{os.getpid()}-{next(_shops)}") for _ in range(2)
    )
    first.take(*sorted(chosen, key=lambda event: event.version))
    second.take(*shuffled)
    kept = [browsing(scene) for scene in (first, second)]
    assert len({(cart.content, cart.version, cart.created_at, cart.episode) for cart in kept}) == 1
    assert [len(scene.started) for scene in (first, second)] == [1, 1]


# What starts it


def test_a_first_view_starts_the_reminder_and_the_next_ones_do_not(scene: Scene) -> None:
    scene.take(a_view(), a_view("dzbanek", NOON + HOUR))
    assert scene.timelines == ["browse_reminder"]
    assert scene.started == [(browsing(scene).cart_id, browsing(scene).episode)]


def test_it_starts_at_most_once_in_seven_days(scene: Scene, clock: Clock) -> None:
    for hours in range(0, 15 * 24, 6):
        clock.time = NOON + hours * HOUR
        scene.take(a_view(f"k{hours}", clock.time))
    assert len(scene.started) == 3
    assert len(set(scene.started)) == 3


def test_seven_days_count_from_the_message_too(scene: Scene, clock: Clock) -> None:
    scene.take(a_view())
    clock.time = NOON + 4 * DAY  # the shopper was back, so the message left four days later
    scene.take(a_view("dzbanek", clock.time))
    assert remind(scene, clock, NOON + 5 * DAY).outcome is Outcome.SENT
    for days, starts in ((8, 1), (11.9, 1), (12.1, 2)):
        clock.time = NOON + days * DAY
        scene.take(a_view(f"k{days}", clock.time))
        assert len(scene.started) == starts, days


def test_the_next_reminder_tells_only_what_was_looked_at_since(scene: Scene, clock: Clock) -> None:
    scene.take(a_view("kubek"))
    remind(scene, clock, NOON + DAY)
    for days, name in ((3, "dzbanek"), (9, "talerz")):
        clock.time = NOON + days * DAY
        scene.take(a_view(name, clock.time))
    assert titles(scene) == ["Talerz", "Dzbanek"]
    assert remind(scene, clock, NOON + 10 * DAY).outcome is Outcome.SENT
    assert len(scene.provider.sent) == 2


def test_an_older_reminder_that_still_waits_gives_way_to_the_next(
    scene: Scene, clock: Clock
) -> None:
    scene.take(a_view())
    first = browsing(scene).episode
    clock.time = NOON + 7 * DAY
    scene.take(a_view("dzbanek", clock.time))
    result = remind(scene, clock, NOON + 8 * DAY, episode=first)
    assert (result.outcome, result.reason) == (Outcome.STOPPED, Reason.SUPERSEDED)
    assert remind(scene, clock, NOON + 8 * DAY).outcome is Outcome.SENT


def a_customer_who_agrees(scene: Scene, id_: str) -> Contact:
    email = f"{id_}@example.com"
    scene.take(
        CustomerUpdated(
            at=NOON - 99 * HOUR, contact=Contact(platform_id=id_, email=email, record_email=email)
        )
    )
    customer = Contact(platform_id=id_)
    scene.take(said(yes(), customer))
    return customer


def test_the_week_holds_for_who_turns_out_to_be_the_same_shopper(
    scene: Scene, clock: Clock
) -> None:
    """Whichever of the two names goes on, there is one reminder and no second start."""
    one, other = (a_customer_who_agrees(scene, id_) for id_ in ("76", "77"))
    scene.take(a_view(who=one), a_view("dzbanek", NOON + HOUR / 2, other))
    assert len(scene.started) == 2
    scene.take(CustomersMerged(at=NOON + HOUR, kept="77", gone="76"))
    clock.time = NOON + DAY
    scene.take(a_view("talerz", clock.time, one), a_view("miska", clock.time, other))
    assert len(scene.started) == 2
    clock.time = NOON + 2 * DAY
    results = [scene.step(EMAIL, cart_id, episode) for cart_id, episode in scene.started]
    assert sorted(result.reason for result in results) == [Reason.DUE, Reason.SUPERSEDED]
    assert len(scene.provider.sent) == 1


def test_a_customer_and_a_guest_at_one_address_are_two_and_the_caps_of_the_address_hold(
    scene: Scene, clock: Clock
) -> None:
    """What each looked at is told to nobody else; who may tell the shop that they are one does."""
    record = Contact(platform_id="77", email=ANNA.email, record_email=ANNA.email)
    scene.take(
        CustomerUpdated(at=NOON - 99 * HOUR, contact=record), said(yes(), Contact(platform_id="77"))
    )
    scene.take(a_view("kubek"), a_view("dzbanek", NOON + HOUR / 2, Contact(platform_id="77")))
    clock.time = NOON + DAY
    results = [scene.step(EMAIL, cart_id, episode) for cart_id, episode in scene.started]
    assert [result.reason for result in results] == [Reason.DUE, Reason.FREQUENCY_CAP]
    (sent,) = scene.provider.sent
    assert "- Kubek:" in sent.rendered.text and "Dzbanek" not in sent.rendered.text


def test_a_webhook_that_died_on_its_way_starts_exactly_one_when_it_comes_again(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scenes = itertools.count()

    def stage() -> Scene:
        return a_shop_with_anna(store, f"{shop_id}-{next(scenes)}")

    view = a_view()
    stage().take(view)  # fills caches
    whole = stage()
    lines = lines_to_die_at(whole, lambda: whole.take(view))
    assert len(lines) > 8
    for line in lines:
        scene = stage()
        die_at(line, lambda scene=scene: scene.take(view))  # type: ignore[misc]
        scene.take(view)
        assert len(set(scene.started)) == 1, f"killed at line {line}"
        assert titles(scene) == titles(whole)
        with Requests(store.table.dynamodb) as requests:
            scene.take(view)
        assert requests == ["BatchGetItem", "GetItem"], (
            f"killed at line {line}: it would be started again and again"
        )


def test_two_views_at_the_same_moment_start_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = scene.store.browsers.keep

    def another_comes_first(*arguments: Any) -> None:
        monkeypatch.setattr(scene.store.browsers, "keep", keep)
        scene.take(a_view("dzbanek", NOON - HOUR))
        keep(*arguments)

    monkeypatch.setattr(scene.store.browsers, "keep", another_comes_first)
    scene.take(a_view())
    assert len(scene.started) == 1
    assert titles(scene) == ["Kubek", "Dzbanek"]


# What ends it, and what delays it


def test_it_waits_for_as_long_after_the_last_look(scene: Scene, clock: Clock) -> None:
    scene.take(a_view())
    clock.time = NOON + 19 * HOUR
    scene.take(a_view("dzbanek", clock.time))
    result = remind(scene, clock, NOON + 20 * HOUR)
    assert (result.reason, result.wait_seconds >= 19 * 3600) == (Reason.SHOPPER_ACTIVE, True)


def test_nothing_is_sent_within_minutes_of_a_look_however_short_the_timeline(
    scene: Scene, clock: Clock
) -> None:
    scene.take(a_view())
    clock.time = NOON + HOUR / 6
    result = scene.step(
        EMAIL.model_copy(update={"after_seconds": 0}),
        browsing(scene).cart_id,
        browsing(scene).episode,
    )
    assert (result.reason, result.wait_seconds) == (Reason.SHOPPER_ACTIVE, 20 * 60)


def test_an_order_ends_it(scene: Scene, clock: Clock) -> None:
    scene.take(a_view(), an_order(placed_at=NOON + HOUR))
    assert remind(scene, clock, NOON + DAY).outcome is Outcome.ORDERED
    assert scene.provider.sent == []


def test_an_order_from_before_the_first_look_does_not(scene: Scene, clock: Clock) -> None:
    scene.take(an_order(placed_at=NOON - HOUR), a_view())
    assert remind(scene, clock, NOON + DAY).outcome is Outcome.SENT


def test_a_cart_touched_since_ends_it(scene: Scene, clock: Clock) -> None:
    scene.take(a_view(), a_cart_event(at=NOON + HOUR), a_view("dzbanek", NOON + 2 * HOUR))
    result = remind(scene, clock, NOON + DAY)
    assert (result.outcome, result.reason) == (Outcome.STOPPED, Reason.NEWER_CART)


def test_a_cart_that_was_emptied_again_does_not(scene: Scene, clock: Clock) -> None:
    scene.take(
        a_view(),
        a_cart_event(at=NOON + HOUR),
        a_cart_event(at=NOON + 2 * HOUR, content=CartContent()),
    )
    assert remind(scene, clock, NOON + DAY).outcome is Outcome.SENT


def a_cart_with(*products: str) -> Any:
    return a_cart_event(
        at=NOON - HOUR,
        content=some_content(items=tuple(an_item(product_id=name) for name in products)),
    )


def test_what_lies_in_an_older_cart_is_left_out(scene: Scene, clock: Clock) -> None:
    scene.take(a_cart_with("kubek"), a_view("kubek"), a_view("dzbanek", NOON + HOUR))
    assert remind(scene, clock, NOON + DAY).outcome is Outcome.SENT
    text = scene.provider.sent[0].rendered.text
    assert "Dzbanek" in text
    assert "Kubek" not in text.replace("Kubek i Spółka", "")


def test_where_nothing_else_is_left_it_ends(scene: Scene, clock: Clock) -> None:
    scene.take(a_cart_with("kubek", "dzbanek"), a_view("kubek"), a_view("dzbanek", NOON + HOUR))
    result = remind(scene, clock, NOON + DAY)
    assert (result.outcome, result.reason) == (Outcome.STOPPED, Reason.ALREADY_IN_CART)


def test_who_unsubscribed_since_gets_nothing(scene: Scene, clock: Clock) -> None:
    scene.take(a_view(), said(no(NOON + HOUR)))
    assert remind(scene, clock, NOON + DAY).reason is Reason.NO_CONSENT


# What it sends


def test_the_mail_shows_the_products_with_their_pages(scene: Scene, clock: Clock) -> None:
    scene.take(a_view("kubek"), a_view("dzbanek", NOON + HOUR, url=None))
    remind(scene, clock, NOON + DAY)
    (message,) = scene.provider.sent
    text = message.rendered.text.replace("\u00a0", " ")
    assert message.to == "anna@example.com"
    assert "- Dzbanek: 49,50 zł\n- Kubek: 49,50 zł\nhttps://kubek.example/kubek\n" in text
    assert message.rendered.subject == "Dzbanek: wpadło Ci w oko?"


# Being forgotten


def forget(scene: Scene, at: datetime) -> None:
    scene.take(PrivacyRequested(at=at, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANNA))


def test_who_is_forgotten_leaves_nothing_of_what_they_looked_at(scene: Scene, clock: Clock) -> None:
    scene.take(a_view())
    cart_id, episode = scene.started[0]
    forget(scene, NOON + HOUR)
    scene.take(a_view(), a_view("dzbanek", NOON + 2 * HOUR))
    told = everything(scene).lower()
    assert [
        word
        for word in ("kubek.example", "dzbanek", "anna@example.com", "+48600100200")
        if word in told
    ] == []
    clock.time = NOON + DAY
    assert scene.step(EMAIL, cart_id, episode).reason is Reason.ERASED
    assert len(scene.started) == 1


def test_who_comes_back_after_an_erasure_is_known_by_what_they_look_at_from_then_on(
    scene: Scene, clock: Clock
) -> None:
    scene.take(a_view())
    forget(scene, NOON + HOUR)
    clock.time = NOON + 10 * DAY
    scene.take(said(yes(clock.time - HOUR)), a_view("dzbanek", clock.time))
    scene.take(a_view("stary", NOON + HOUR / 2), a_view("talerz", clock.time + HOUR / 60))
    assert titles(scene) == ["Talerz", "Dzbanek"]
    assert [episode for _, episode in scene.started] == sorted({n for _, n in scene.started})
    assert remind(scene, clock, clock.time + DAY).outcome is Outcome.SENT
    forget(scene, clock.time)
    assert browsing_of_nobody(scene) == []


def browsing_of_nobody(scene: Scene) -> list[str]:
    """What is left of views once nobody is known."""
    return [word for word in ("dzbanek", "talerz") if word in everything(scene).lower()]


def test_who_is_forgotten_while_a_first_view_is_taken_in_leaves_nothing(
    scene: Scene, monkeypatch: Any
) -> None:
    remember = scene.store.browsers.pointers.remember_occasion

    def forgotten_first(*arguments: Any) -> None:
        forget(scene, NOON + timedelta(minutes=1))
        remember(*arguments)

    monkeypatch.setattr(scene.store.browsers.pointers, "remember_occasion", forgotten_first)
    scene.take(a_view())
    told = everything(scene).lower()
    assert [
        word for word in ("kubek.example", "anna@example.com", "+48600100200") if word in told
    ] == []


@pytest.mark.parametrize("stays", ["who was told", "who was not"])
def test_two_whom_the_shop_merges_are_reminded_once_a_week(
    store: Any, shop_id: str, clock: Clock, stays: str
) -> None:
    told, other = (
        Contact(platform_id=id_, email=f"{id_}@example.com") for id_ in ("told", "other")
    )
    scene = a_scene(store, shop_id, timelines=("browse_reminder",))
    scene.take(*(said(yes(), who) for who in (told, other)))
    clock.time = NOON
    scene.take(a_view(at=NOON, who=told))
    clock.time = NOON + 21 * HOUR
    assert scene.step(EMAIL, *scene.started[0]).outcome is Outcome.SENT
    clock.time = NOON + DAY
    scene.take(a_view("dzbanek", at=clock.time, who=other))
    kept, gone = ("told", "other") if stays == "who was told" else ("other", "told")
    scene.take(CustomersMerged(at=clock.time, kept=kept, gone=gone))
    clock.time += 21 * HOUR
    result = scene.step(EMAIL, *scene.started[1])
    assert result.outcome is Outcome.STOPPED
    assert result.reason is (Reason.SUPERSEDED if stays == "who was told" else Reason.ALREADY_SENT)
    assert len(scene.provider.sent) == 1


def test_of_several_whom_the_shop_merges_the_newest_reminder_counts(
    store: Any, shop_id: str, clock: Clock
) -> None:
    early, late, kept = (
        Contact(platform_id=id_, email=f"{id_}@example.com") for id_ in ("early", "late", "kept")
    )
    scene = a_scene(store, shop_id, timelines=("browse_reminder",))
    scene.take(*(said(yes(), who) for who in (early, late, kept)))
    results = []
    for days, who in ((0, early), (8, late), (9, kept)):
        clock.time = NOON + days * DAY
        scene.take(a_view(at=clock.time, who=who))
        if who is kept:
            gone = ("early", "late")
            scene.take(*(CustomersMerged(at=clock.time, kept="kept", gone=id_) for id_ in gone))
        clock.time += 21 * HOUR
        results.append(scene.step(EMAIL, *scene.started[-1]).reason)
    assert results == [Reason.DUE, Reason.DUE, Reason.ALREADY_SENT]
