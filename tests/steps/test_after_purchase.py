"""After an order: recommendations from the shop's own orders, and the one invitation to the loyalty
programme."""

from collections.abc import Iterator
from datetime import datetime
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
    some_content,
    yes,
)
from support.clocks import Clock
from support.killing import die_at, lines_to_die_at
from support.scenes import Requests, Scene, a_scene, everything
from wracaj.consent.channel import Channel
from wracaj.errors import NotTakenError, OutcomeUnknownError, RefusedError
from wracaj.events import (
    ConsentChanged,
    Contact,
    CustomerUpdated,
    OrderCancelled,
    PrivacyKind,
    PrivacyRequested,
    Product,
)
from wracaj.orders.bought_together import MOST_IN_ORDER
from wracaj.settings.sections import FrequencyCap
from wracaj.settings.shop import Shop
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import Outcome, Reason, Step

DAY = 24 * HOUR
RECOMMENDATIONS = a_step(
    name="recommendations",
    template="recommendations",
    after_seconds=21 * 86_400,
    content="recommendations",
)
INVITATION = a_step(
    name="programme_invitation",
    template="programme_invitation",
    after_seconds=3 * 86_400,
    content="invitation",
)
LOYALTY = {
    "currency": "PLN",
    "margin_percent": 30,
    "points": {"per_unit": 1, "value": "0.01"},
    "tiers": [
        {"name": "Srebrny", "threshold": 50, "points_factor": "1.5", "perks": ["darmowa dostawa"]}
    ],
}


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_shop_with_anna(store, shop_id)


def a_shop_with_anna(store: Any, shop_id: str, **changes: Any) -> Scene:
    scene = a_scene(
        store, shop_id, **({"timelines": ("after_purchase",), "loyalty": LOYALTY} | changes)
    )
    scene.take(
        ConsentChanged(at=NOON - 100 * HOUR, contact=ANNA, channel=Channel.EMAIL, consent=yes())
    )
    return scene


def products(*names: str) -> tuple[Product, ...]:
    pages = {name: f"https://kubek.example/{name}" for name in names}
    return tuple(
        Product(product_id=name, title=name.title(), url=url, image_url=f"{url}.jpg")
        for name, url in pages.items()
    )


def bought(
    order_id: str, *names: str, at: datetime = NOON, who: Contact = ANNA, **changes: Any
) -> Any:
    return an_order(
        order_id=order_id, placed_at=at, contact=who, products=products(*names), **changes
    )


def others_bought(scene: Scene, *baskets: str) -> None:
    """Such as "kubek dzbanek": orders of nobody in particular, a while ago."""
    for number, basket in enumerate(baskets):
        scene.take(bought(f"other-{number}", *basket.split(), at=NOON - 30 * DAY, who=Contact()))


def after(scene: Scene, clock: Clock, step: Step, days: float, order_id: str = "o1") -> Any:
    clock.time = NOON + days * DAY
    return scene.step(step, occasion_id(OccasionKind.AFTER_PURCHASE, order_id))


def counts(scene: Scene, *names: str) -> dict[str, dict[str, int]]:
    sold = scene.store.products.sold(scene.shop.id, names)
    return {
        name: {other: known.surely for other, known in one.companions.items()}
        for name, one in sold.items()
    }


def with_settings(scene: Scene, **changes: Any) -> Shop:
    return scene.shop.model_copy(
        update={"settings": scene.shop.settings.model_copy(update=changes)}
    )


# What was bought together is counted


def test_an_order_is_counted_once_however_often_it_is_told(scene: Scene) -> None:
    order = bought("o1", "kubek", "dzbanek")
    scene.take(order, order.model_copy(update={"at": NOON + HOUR}), order)
    assert counts(scene, "kubek", "dzbanek") == {"kubek": {"dzbanek": 1}, "dzbanek": {"kubek": 1}}


def test_it_costs_two_requests_and_a_repetition_one(scene: Scene) -> None:
    order = bought("o1", "kubek", "dzbanek", who=Contact())
    bare = order.model_copy(update={"products": (), "order_id": "o0"})
    spent = []
    for told in (bare, order, bare, order):
        with Requests(scene.store.table.dynamodb) as requests:
            scene.take(told)
        spent.append(len(requests))
    assert [spent[1] - spent[0], spent[3] - spent[2]] == [2, 1]


def test_an_order_that_tells_its_products_only_when_it_is_paid_is_counted_then(
    scene: Scene,
) -> None:
    scene.take(
        an_order(order_id="o1", placed_at=NOON), bought("o1", "kubek", "dzbanek", at=NOON + HOUR)
    )
    assert counts(scene, "kubek") == {"kubek": {"dzbanek": 1}}


def test_a_cancelled_order_stays_counted(scene: Scene) -> None:
    scene.take(bought("o1", "kubek", "dzbanek"), OrderCancelled(at=NOON + HOUR, order_id="o1"))
    assert counts(scene, "kubek") == {"kubek": {"dzbanek": 1}}


def test_an_order_of_one_product_says_nothing(scene: Scene) -> None:
    scene.take(bought("o1", "kubek"))
    assert counts(scene, "kubek") == {}


def test_of_a_wholesalers_order_the_first_ten_products_count(scene: Scene) -> None:
    names = [f"k{number:02}" for number in range(30)]
    scene.take(bought("o1", *names))
    assert set(counts(scene, *names)) == set(names[:MOST_IN_ORDER])


def test_a_shop_that_does_not_use_it_counts_nothing(store: Any, shop_id: str, clock: Clock) -> None:
    other = a_shop_with_anna(store, shop_id, timelines=("abandoned_cart",))
    other.take(bought("o1", "kubek", "dzbanek"))
    assert counts(other, "kubek") == {}


def test_a_webhook_that_died_on_its_way_is_counted_once_when_it_comes_again(
    store: Any, shop_id: str, clock: Clock
) -> None:
    order = bought("o1", "kubek", "dzbanek", who=Contact())
    stages = (a_shop_with_anna(store, f"{shop_id}-{number}") for number in range(1000))
    next(stages).take(order)  # fills caches
    whole = next(stages)
    lines = lines_to_die_at(whole, lambda: whole.take(order))
    for line in lines:
        scene = next(stages)
        die_at(line, lambda scene=scene: scene.take(order))  # type: ignore[misc]
        scene.take(order)
        assert counts(scene, "kubek") == {"kubek": {"dzbanek": 1}}, f"killed at line {line}"


def test_two_orders_at_the_same_moment_are_both_counted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    puts = scene.store.products._puts

    def another_comes_first(*arguments: Any) -> Any:
        monkeypatch.setattr(scene.store.products, "_puts", puts)
        scene.take(bought("o2", "kubek", "dzbanek", who=Contact()))
        return puts(*arguments)

    monkeypatch.setattr(scene.store.products, "_puts", another_comes_first)
    scene.take(bought("o1", "kubek", "dzbanek", who=Contact()))
    assert counts(scene, "kubek") == {"kubek": {"dzbanek": 2}}


def test_an_order_is_taken_in_even_where_it_cannot_be_counted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(scene.store.products, "count_order", broken)
        scene.take(bought("o1", "kubek", "dzbanek"))
    assert scene.timelines == ["after_purchase"]
    assert counts(scene, "kubek") == {}


# Recommendations


def test_what_others_bought_with_it_is_recommended_with_its_page(
    scene: Scene, clock: Clock
) -> None:
    others_bought(scene, "kubek dzbanek", "kubek dzbanek", "kubek talerz", "miska talerz")
    scene.take(bought("o1", "kubek"))
    assert after(scene, clock, RECOMMENDATIONS, 21.1).outcome is Outcome.SENT
    rendered = scene.provider.sent[0].rendered
    assert "- Dzbanek\nhttps://kubek.example/dzbanek\n" in rendered.text
    assert "https://kubek.example/dzbanek.jpg" in (rendered.html or "")
    assert [
        name
        for name in ("Kubek\n", "Talerz", "zł")
        if name in rendered.text.replace("Kubek i Spółka", "")
    ] == []


def test_it_takes_two_reads_to_know(scene: Scene, clock: Clock) -> None:
    others_bought(scene, "kubek dzbanek", "kubek dzbanek")
    scene.take(bought("o1", "kubek"))
    with Requests(scene.store.table.dynamodb) as requests:
        after(scene, clock, RECOMMENDATIONS, 21.1)
    of_shopper, of_products = 1, 2
    assert requests.count("BatchGetItem") == of_shopper + of_products


@pytest.mark.parametrize(
    "baskets",
    [(), ("kubek dzbanek",), ("miska talerz", "miska talerz")],
    ids=["no orders", "only one", "of other things"],
)
def test_where_too_little_is_known_nothing_is_sent_and_the_timeline_goes_on(
    scene: Scene, clock: Clock, baskets: tuple[str, ...]
) -> None:
    others_bought(scene, *baskets)
    scene.take(bought("o1", "kubek"))
    result = after(scene, clock, RECOMMENDATIONS, 21.1)
    assert (result.outcome, result.reason) == (Outcome.SKIPPED, Reason.NO_CONTENT)
    assert scene.provider.sent == []
    assert (
        scene.cart(occasion_id(OccasionKind.AFTER_PURCHASE, "o1"))
        .record(1, "recommendations")
        .reason
        is Reason.NO_CONTENT
    )


def test_a_page_that_the_settings_do_not_allow_any_more_is_not_linked(
    scene: Scene, clock: Clock
) -> None:
    others_bought(scene, "kubek dzbanek", "kubek dzbanek")
    scene.take(bought("o1", "kubek"))
    scene.shop = with_settings(scene, recovery_hosts=("nowy.example",))
    after(scene, clock, RECOMMENDATIONS, 21.1)
    rendered = scene.provider.sent[0].rendered
    assert "Dzbanek" in rendered.text
    assert "kubek.example/dzbanek" not in rendered.text
    assert 'href="https://kubek.example/dzbanek' not in (rendered.html or "")


def test_the_thanks_show_what_the_order_tells_was_bought(scene: Scene) -> None:
    """The cart knows more of each, and may have held what was taken out at the till; a tip has no
    product."""
    lines = [
        an_item(product_id="kubek", title="Kubek, zielony"),
        an_item(product_id="miska", title="Miska"),
        an_item(product_id=None, title="Napiwek"),
    ]
    scene.take(a_cart_event(at=NOON - HOUR, content=some_content(items=tuple(lines))))
    scene.take(bought("o1", "kubek", "dzbanek", cart_ids=("c1",)))
    items = scene.cart(occasion_id(OccasionKind.AFTER_PURCHASE, "o1")).content.items
    assert [(item.title, item.quantity) for item in items] == [
        ("Kubek, zielony", 2),
        ("Napiwek", 2),
        ("Dzbanek", 1),
    ]


# The invitation


@pytest.fixture
def invited(scene: Scene, clock: Clock) -> Iterator[Scene]:
    scene.take(bought("o1", "kubek"))
    assert after(scene, clock, INVITATION, 3.1).outcome is Outcome.SENT
    yield scene


def test_the_invitation_tells_what_the_programme_gives_and_the_balance(invited: Scene) -> None:
    (message,) = invited.provider.sent
    text = message.rendered.text.replace("\u00a0", " ")
    assert (
        "Za każde wydane 100 zł dostajesz 100 punktów, a 100 punktów jest u nas warte 1 zł." in text
    )
    assert "Masz już 99 punktów i poziom Srebrny." in text
    assert (
        "Srebrny: od 50 zł wydanych w ciągu 12 miesięcy, a punkty liczą się wtedy razy 1,5. Do"
        " tego: darmowa dostawa." in text
    )
    assert "Kubek\n" not in text.replace("Kubek i Spółka\n", "")


def test_a_shopper_is_invited_once_in_a_lifetime(invited: Scene, clock: Clock) -> None:
    for number in range(2, 5):
        at = NOON + number * 30 * DAY
        clock.time = at
        invited.take(bought(f"o{number}", "kubek", at=at))
        result = after(invited, clock, INVITATION, number * 30 + 3.1, f"o{number}")
        assert (result.outcome, result.reason) == (Outcome.SKIPPED, Reason.NO_CONTENT)
    assert len(invited.provider.sent) == 1


def test_who_turns_out_to_be_somebody_who_was_invited_is_not_invited_again(
    invited: Scene, clock: Clock
) -> None:
    """Whichever of the two names goes on."""
    for platform_id in ("77", "78", "79"):
        member = Contact(platform_id=platform_id, email=f"a{platform_id}@example.com")
        clock.time = NOON + 10 * DAY
        word = yes()
        invited.take(
            ConsentChanged(at=word.at, contact=member, channel=Channel.EMAIL, consent=word)
        )
        invited.take(
            CustomerUpdated(
                at=clock.time, contact=Contact(platform_id=platform_id, email=ANNA.email)
            )
        )
    invited.take(bought("o9", "kubek", at=NOON + 10 * DAY))
    assert after(invited, clock, INVITATION, 13.1, "o9").reason is Reason.NO_CONTENT


def test_two_timelines_at_the_same_moment_invite_once(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked and found no mark; the second claim fails, is decided anew and finds it."""
    no_cap = FrequencyCap(hours_between_same_channel=0, messages_in_7_days=50)
    scene.shop = with_settings(scene, frequency_cap=no_cap)
    scene.take(bought("o1", "kubek"), bought("o2", "kubek", at=NOON))
    marking = scene.store.announcements.marking

    def the_other_comes_first(*arguments: Any) -> Any:
        monkeypatch.setattr(scene.store.announcements, "marking", marking)
        assert after(scene, clock, INVITATION, 3.1, "o2").outcome is Outcome.SENT
        return marking(*arguments)

    monkeypatch.setattr(scene.store.announcements, "marking", the_other_comes_first)
    assert after(scene, clock, INVITATION, 3.1, "o1").reason is Reason.NO_CONTENT
    assert len(scene.provider.sent) == 1


def test_an_invitation_that_the_provider_did_not_take_is_tried_again(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "kubek"))
    scene.provider.script = [NotTakenError("throttled")]
    with pytest.raises(NotTakenError):
        after(scene, clock, INVITATION, 3.1)
    assert after(scene, clock, INVITATION, 3.1).outcome is Outcome.SENT


def test_one_that_it_refused_for_good_is_followed_by_another_after_the_next_order(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "kubek"))
    scene.provider.script = [RefusedError("this sender is not verified")]
    assert after(scene, clock, INVITATION, 3.1).reason is Reason.REFUSED
    clock.time = NOON + 9 * DAY
    scene.take(bought("o2", "kubek", at=clock.time))
    assert after(scene, clock, INVITATION, 12.1, "o2").outcome is Outcome.SENT


def test_one_that_was_perhaps_sent_is_not_followed_by_another(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "kubek"))
    scene.provider.script = [OutcomeUnknownError("the line went dead")]
    assert after(scene, clock, INVITATION, 3.1).reason is Reason.OUTCOME_UNKNOWN
    clock.time = NOON + 9 * DAY
    scene.take(bought("o2", "kubek", at=clock.time))
    assert after(scene, clock, INVITATION, 12.1, "o2").reason is Reason.NO_CONTENT


def test_without_points_nobody_is_invited(store: Any, shop_id: str, clock: Clock) -> None:
    scene = a_shop_with_anna(store, shop_id, loyalty=None)
    scene.take(bought("o1", "kubek"))
    assert after(scene, clock, INVITATION, 3.1).reason is Reason.NO_CONTENT


def test_who_is_forgotten_leaves_no_mark(invited: Scene, clock: Clock) -> None:
    clock.time = NOON + 4 * DAY
    assert "ANNOUNCED#" in everything(invited)
    invited.take(PrivacyRequested(at=clock.time, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANNA))
    assert "ANNOUNCED#" not in everything(invited)
