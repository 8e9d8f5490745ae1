"""An opt-in in a shop with double opt-in: what it allows before the click, who gets the
confirmation message, and how often."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.builders import ANNA, HOUR, NOON, a_cart, a_cart_event, a_step, an_order, no, yes
from support.clocks import Clock
from support.killing import die_at, lines_to_die_at
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.identity import IdentifierKind, identifier_reached_by
from wracaj.customers.shopper import Shopper
from wracaj.events import ConsentChanged, Contact, PrivacyKind, PrivacyRequested
from wracaj.services.intake.occasions import Occasions
from wracaj.timelines.steps import Outcome, Reason

DAY = timedelta(days=1)
OLA = Contact(email="ola@example.com", first_name="Ola")
BOTH: dict[str, Any] = {
    "double_opt_in": ["email", "sms"],
    "timelines": ["abandoned_cart", "welcome"],
}


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_scene(store, shop_id, **BOTH)


def told(
    word: Consent | None = None,
    who: Contact = OLA,
    channel: Channel = Channel.EMAIL,
    **changes: Any,
) -> ConsentChanged:
    said = (word or yes(NOON, "newsletter")).model_copy(update=changes)
    return ConsentChanged(at=said.at, contact=who, channel=channel, consent=said)


def answer(scene: Scene, clock: Clock) -> Any:
    """The question, some seconds after the yes."""
    clock.time += timedelta(seconds=10)
    return scene.step(scene.messages[0], asked(scene)[0])


def shopper_of(scene: Scene, who: Contact = OLA) -> Shopper:
    shopper = scene.store.customers.shopper(scene.shop.id, who)
    assert shopper is not None
    return shopper


def asked(scene: Scene) -> list[str]:
    return [
        cart_id
        for cart_id, timeline in zip(
            [id_ for id_, _ in scene.started], scene.timelines, strict=True
        )
        if timeline == "confirm_consent"
    ]


def click(
    scene: Scene, clock: Clock, who: Contact = OLA, channel: Channel = Channel.EMAIL
) -> Shopper:
    """As the page does it."""
    address = who.address(channel)
    assert address
    customers, name = scene.store.customers, identifier_reached_by(scene.shop.id, channel, address)
    here = customers.amend_one(
        scene.shop.id, name, lambda known: known.confirmed(channel, clock.time, "confirmed by link")
    )
    shopper = shopper_of(scene, who)
    if word := here.word(channel, Speaker.READER):
        scene.store.consent_log.add(scene.shop.id, name, channel, word)
        occasions = Occasions(scene.store, scene._start)
        occasions.said(scene.shop.settings, shopper, channel, address, word, here.pending[channel])
    return shopper


def agrees(shopper: Shopper, who: Contact = OLA, channel: Channel = Channel.EMAIL) -> bool:
    return shopper.agrees(a_cart(contact=who), channel)


def test_a_yes_counts_only_after_the_click_and_the_question_goes_to_its_address(
    scene: Scene, clock: Clock
) -> None:
    scene.take(told())
    assert not agrees(shopper_of(scene))
    assert answer(scene, clock).outcome is Outcome.SENT
    (mail,) = scene.provider.sent
    assert (mail.to, "/y/" in mail.rendered.text, "/c/" in mail.rendered.text) == (
        "ola@example.com",
        True,
        False,
    )
    assert mail.asked_for
    assert agrees(click(scene, clock))


def test_an_sms_is_confirmed_by_an_sms(scene: Scene, clock: Clock) -> None:
    who = Contact(phone="+48600100200")
    scene.take(told(who=who, channel=Channel.SMS))
    assert answer(scene, clock).outcome is Outcome.SENT
    assert scene.provider.sent[0].to == "+48600100200"
    assert agrees(click(scene, clock, who, Channel.SMS), who, Channel.SMS)


def test_the_question_comes_at_night_and_counts_against_no_cap(scene: Scene, clock: Clock) -> None:
    clock.time = NOON.replace(hour=23)
    scene.take(told(at=clock.time))
    assert answer(scene, clock).outcome is Outcome.SENT
    assert shopper_of(scene).sent == ()


@pytest.mark.parametrize("days", [0, 1, 89])
def test_it_is_asked_once_while_it_waits(scene: Scene, clock: Clock, days: int) -> None:
    scene.take(told(), told())
    clock.time = NOON + days * DAY
    scene.take(told(at=clock.time), told())
    assert len(set(asked(scene))) == 1


def test_it_is_asked_again_after_three_months(scene: Scene, clock: Clock) -> None:
    scene.take(told())
    clock.time = NOON + 91 * DAY
    scene.take(told(at=clock.time))
    assert len(set(asked(scene))) == 2


def test_who_confirmed_and_took_it_back_is_asked_again_at_the_next_yes(
    scene: Scene, clock: Clock
) -> None:
    scene.take(told())
    assert answer(scene, clock).outcome is Outcome.SENT
    click(scene, clock)
    clock.time = NOON + 10 * DAY
    scene.take(told(no(clock.time, "shop")))
    clock.time = NOON + 20 * DAY
    scene.take(told(at=clock.time), told(at=clock.time))
    assert not agrees(shopper_of(scene))
    again = list(dict.fromkeys(asked(scene)))[1:]
    assert len(again) == 1
    clock.time += timedelta(seconds=10)
    assert scene.step(scene.messages[0], again[0]).outcome is Outcome.SENT
    assert agrees(click(scene, clock))


@pytest.mark.parametrize(("days", "questions"), [(1, 1), (6.9, 1), (7.1, 2)])
def test_after_a_no_it_is_asked_again_and_not_within_a_week(
    scene: Scene, clock: Clock, days: float, questions: int
) -> None:
    scene.take(told())
    assert answer(scene, clock).outcome is Outcome.SENT
    clock.time = NOON + HOUR
    scene.take(told(no(clock.time, "shop")))
    clock.time = NOON + days * DAY + timedelta(seconds=10)
    scene.take(told(at=clock.time))
    assert len(set(asked(scene))) == questions


@given(st.lists(st.sampled_from(["yes", "no"]), max_size=60))
@settings(max_examples=200)
def test_nobody_is_asked_more_than_once_a_week_without_clicking_whatever_others_type(
    words: list[str],
) -> None:
    here, asked_at = AT_ANNAS, []
    for number, kind in enumerate(words):
        at = NOON + number * DAY / 2
        state = ConsentState.UNSUBSCRIBED if kind == "no" else ConsentState.PENDING
        before, here = (
            here,
            said_at(here, Speaker.GUEST, Consent(state=state, at=at, to_confirm=kind == "yes")),
        )
        here = here.with_confirmation_asked(Channel.EMAIL, at)
        asked_at += [at] if here.asked_to_confirm != before.asked_to_confirm else []
    assert all(later - earlier >= 7 * DAY for earlier, later in pairwise(asked_at))


def test_a_question_that_did_not_go_out_was_not_asked(scene: Scene, clock: Clock) -> None:
    """The no came first; the next yes is asked about at once."""
    scene.take(told(), told(no(NOON + HOUR / 10, "shop")))
    clock.time = NOON + HOUR / 5
    first = asked(scene)[0]
    for _ in range(2):
        assert scene.step(scene.messages[0], first).reason is Reason.NO_CONTENT
    clock.time = NOON + HOUR / 2
    scene.take(told(at=clock.time))
    assert len(set(asked(scene))) == 2


def test_a_question_that_went_out_stays_asked_however_often_its_step_is_called(
    scene: Scene, clock: Clock
) -> None:
    scene.take(told())
    assert [answer(scene, clock).reason for _ in range(2)] == [Reason.DUE, Reason.ALREADY_SENT]
    clock.time = NOON + HOUR
    scene.take(told(at=clock.time))
    assert len(set(asked(scene))) == 1


def test_a_question_is_asked_once_the_shop_is_switched_on_again(scene: Scene, clock: Clock) -> None:
    scene.take(told())
    assert (
        scene.step(scene.messages[0], asked(scene)[0], switched_on=False).reason
        is Reason.SWITCHED_OFF
    )
    clock.time = NOON + HOUR
    scene.take(told(at=clock.time))
    assert len(set(asked(scene))) == 2


def test_what_was_confirmed_is_not_asked_again_nor_undone_by_a_box_that_is_ticked_again(
    scene: Scene, clock: Clock
) -> None:
    scene.take(told())
    click(scene, clock)
    clock.time = NOON + 100 * DAY
    scene.take(told(at=clock.time))
    assert agrees(shopper_of(scene))
    assert len(set(asked(scene))) == 1


def test_a_no_after_the_question_leaves_nothing_to_confirm(scene: Scene, clock: Clock) -> None:
    scene.take(told())
    scene.take(told(no(NOON + HOUR, "shop")))
    assert scene.step(scene.messages[0], asked(scene)[0]).reason is Reason.NO_CONTENT
    clock.time = NOON + 2 * HOUR
    assert not agrees(click(scene, clock))
    assert scene.provider.sent == []


def test_a_later_no_wins_over_the_click(scene: Scene, clock: Clock) -> None:
    scene.take(told())
    click(scene, clock)
    scene.take(told(no(NOON + HOUR, "shop")))
    assert not agrees(shopper_of(scene))


def test_the_click_confirms_that_address_and_no_other(scene: Scene, clock: Clock) -> None:
    at_work = Contact(email="ola@work.example", platform_id="7")
    scene.take(
        told(who=OLA),
        told(who=at_work),
        told(who=Contact(email="ola@example.com", platform_id="7")),
    )
    assert agrees(click(scene, clock))
    assert not agrees(shopper_of(scene, at_work), at_work)


def test_a_yes_that_the_shop_had_confirmed_counts_at_once(scene: Scene) -> None:
    scene.take(told(confirmed=True))
    assert agrees(shopper_of(scene))
    assert asked(scene) == []


def test_other_channels_need_no_click(scene: Scene) -> None:
    scene.take(told(channel=Channel.AUDIENCE))
    assert agrees(shopper_of(scene), channel=Channel.AUDIENCE)
    assert asked(scene) == []


@pytest.mark.parametrize(
    "word",
    [yes(NOON - 60 * HOUR, "newsletter"), yes(NOON, "import of 2025")],
    ids=["old", "a list"],
)
def test_an_import_asks_nobody(scene: Scene, word: Consent) -> None:
    scene.take(told(word))
    assert asked(scene) == []
    assert not agrees(shopper_of(scene))


def test_a_box_in_a_checkout_is_asked_about_too_and_its_cart_is_not_mailed_before(
    scene: Scene, clock: Clock
) -> None:
    words = {Channel.EMAIL: yes(NOON)}
    scene.take(
        a_cart_event(consent=words, created_at=NOON),
        a_cart_event(at=NOON + HOUR / 2, consent=words, created_at=NOON),
    )
    (cart_id,) = set(asked(scene))
    clock.time = NOON + 4 * HOUR
    assert scene.step(a_step()).reason is Reason.NO_CONSENT
    assert scene.step(scene.messages[0], cart_id).outcome is Outcome.SENT
    click(scene, clock, ANNA)
    scene.take(a_cart_event(at=NOON + 4.1 * HOUR, consent=words, created_at=NOON))
    clock.time = NOON + 7.5 * HOUR
    assert scene.step(a_step(name="second", after_seconds=3600)).outcome is Outcome.SENT


def a_box(minutes: int, state: ConsentState) -> Any:
    """A platform that tells a box, and not when it was ticked: its time is the checkout's."""
    word = Consent(state=state, at=NOON, source="checkout")
    at = NOON + timedelta(minutes=minutes)
    return a_cart_event(at=at, consent={Channel.EMAIL: word}, created_at=NOON)


def test_a_box_that_is_emptied_before_the_question_leaves_is_not_asked_about(
    scene: Scene, clock: Clock
) -> None:
    scene.take(a_box(1, ConsentState.SUBSCRIBED), a_box(2, ConsentState.UNKNOWN))
    clock.time = NOON + HOUR / 10
    (cart_id,) = set(asked(scene))
    assert scene.step(scene.messages[0], cart_id).reason is Reason.NO_CONTENT
    scene.take(a_box(7, ConsentState.SUBSCRIBED))
    (again,) = set(asked(scene)) - {cart_id}
    clock.time += timedelta(minutes=2)
    assert scene.step(scene.messages[0], again).outcome is Outcome.SENT


def test_a_box_in_a_page_that_is_emptied_before_the_question_leaves_is_not_asked_about(
    scene: Scene, clock: Clock
) -> None:
    later = NOON + timedelta(seconds=5)
    ticked = Consent(state=ConsentState.SUBSCRIBED, at=NOON, source="storefront: Chcę e-maile.")
    emptied = Consent(state=ConsentState.UNKNOWN, at=later, source="storefront")
    scene.take(
        a_cart_event(at=NOON, consent={Channel.EMAIL: ticked}),
        a_cart_event(at=later, consent={Channel.EMAIL: emptied}),
    )
    assert answer(scene, clock).reason is Reason.NO_CONTENT


def test_a_box_that_is_emptied_after_the_question_leaves_the_click_s_yes_alone(
    scene: Scene, clock: Clock
) -> None:
    scene.take(a_box(1, ConsentState.SUBSCRIBED))
    assert answer(scene, clock).outcome is Outcome.SENT
    scene.take(a_box(2, ConsentState.UNKNOWN))
    assert agrees(click(scene, clock, ANNA), ANNA)


def test_an_empty_box_leaves_the_question_of_a_newsletter_form_alone(
    scene: Scene, clock: Clock
) -> None:
    scene.take(told(who=ANNA), a_box(1, ConsentState.UNKNOWN))
    assert answer(scene, clock).outcome is Outcome.SENT


def test_a_new_subscriber_is_welcomed_at_the_click_and_not_before(
    scene: Scene, clock: Clock
) -> None:
    scene.take(told())
    assert "welcome" not in scene.timelines
    clock.time = NOON + 9 * DAY
    click(scene, clock)
    click(scene, clock)
    assert scene.timelines.count("welcome") == 1


def test_who_said_yes_while_buying_is_thanked_and_not_welcomed(scene: Scene, clock: Clock) -> None:
    scene.take(told(yes(NOON, "checkout")), an_order(contact=OLA, placed_at=NOON + HOUR))
    clock.time = NOON + 2 * HOUR
    click(scene, clock)
    assert "welcome" not in scene.timelines


def test_who_was_forgotten_is_not_asked(scene: Scene, clock: Clock) -> None:
    scene.take(told())
    scene.take(PrivacyRequested(at=NOON + HOUR, kind=PrivacyKind.CUSTOMER_REDACT, contact=OLA))
    assert scene.step(scene.messages[0], asked(scene)[0]).reason is Reason.ERASED


def test_wherever_the_webhook_dies_the_question_is_asked_once_when_it_comes_again(
    store: Any, shop_id: str, clock: Clock
) -> None:
    rehearsal = a_scene(store, f"{shop_id}-r", **BOTH)
    for number, line in enumerate(lines_to_die_at(rehearsal, lambda: rehearsal.take(told()))):
        scene = a_scene(store, f"{shop_id}-{number}", **BOTH)
        die_at(line, lambda scene=scene: scene.take(told()))  # type: ignore[misc]
        clock.time += timedelta(seconds=1)
        scene.take(told())
        assert len(set(asked(scene))) == 1, f"died at line {line}"
        assert shopper_of(scene).owner.is_pending(Channel.EMAIL)


AT_ANNAS = Customer(id="e-anna")
WORDS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["asks", "no", "yes"]), st.sampled_from(Speaker)),
    max_size=6,
    unique_by=lambda word: (word[0], word[2]),
)


def said_at(here: Customer, by: Speaker, word: Consent) -> Customer:
    return (
        here.with_pending(Channel.EMAIL, word)
        if word.to_confirm
        else here.with_consent(Channel.EMAIL, by, word)
    )


def said_by(told: list[tuple[int, str, Speaker]]) -> Customer:
    here = AT_ANNAS
    for hours, kind, speaker in told:
        state = {
            "asks": ConsentState.PENDING,
            "no": ConsentState.UNSUBSCRIBED,
            "yes": ConsentState.SUBSCRIBED,
        }[kind]
        here = said_at(
            here, speaker, Consent(state=state, at=NOON + hours * HOUR, to_confirm=kind == "asks")
        )
    return here


def agrees_at(here: Customer) -> bool:
    cart = a_cart(contact=Contact(email="anna@example.com"))
    (name,) = cart.names.values()
    return Shopper(shop=cart.shop, names={IdentifierKind.EMAIL: name}, known={name: here}).agrees(
        cart, Channel.EMAIL
    )


@given(WORDS, st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_any_order_and_repetition_of_words_ends_the_same(
    told: list[tuple[int, str, Speaker]], chance: Any
) -> None:
    shuffled = [*told, *told[:2]]
    chance.shuffle(shuffled)
    first, second = said_by(told), said_by(shuffled)
    assert (first.consent, first.pending) == (second.consent, second.pending)
    assert first.is_pending(Channel.EMAIL) == second.is_pending(Channel.EMAIL)


@given(WORDS)
@settings(max_examples=300)
def test_no_unconfirmed_word_ever_gives_consent_and_none_takes_it(
    told: list[tuple[int, str, Speaker]],
) -> None:
    without = [word for word in told if word[1] != "asks"]
    assert agrees_at(said_by(told)) == agrees_at(said_by(without))
    confirmed = said_by(told).confirmed(Channel.EMAIL, NOON + 9 * HOUR, "link")
    waits = said_by(told).is_pending(Channel.EMAIL)
    assert agrees_at(confirmed) == (waits or agrees_at(said_by(told)))
