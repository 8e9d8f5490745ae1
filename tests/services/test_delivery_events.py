"""The effects of delivery events on a real table. The events come twice, late, out of order, and
forged."""

import itertools
import json
import os
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery_events.app import read
from delivery_events.processing import DeliveryEventProcessor, Processed
from services.test_any_order import RELAXED
from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, yes
from support.clocks import Clock
from support.killing import die_at, lines_to_die_at
from support.provider_events import about, ses_event
from support.scenes import Requests, Scene, a_scene
from wracaj.channels import OutgoingMessage
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.shopper import Shopper
from wracaj.errors import NotTakenError, OutcomeUnknownError, RefusedError
from wracaj.events import ConsentChanged, Contact, CustomerUpdated
from wracaj.messages.links import Purpose
from wracaj.store.customer_keys import customer_partition
from wracaj.store.delivery_events import MARKS
from wracaj.store.message_links import message_id
from wracaj.timelines.steps import Outcome, Reason, RecordState
from wracaj_cli.shops.suppressions import lift

pytestmark = pytest.mark.usefixtures("clock")
HERE, PHONE = "anna@example.com", "+48600100200"
SMS = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=24 * 3600)
DAY = "2026-11-18"
_shops = itertools.count()


@pytest.fixture(autouse=True)
def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads metrics here, and so many of them need somebody who does."""
    for module in ("send", "record"):
        monkeypatch.setattr(f"reminder_step.{module}.count", lambda *_: None)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    """Anna left a cart and agreed to e-mail and SMS."""
    scene = a_scene(store, shop_id)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    return scene


def hear(scene: Scene, *events: dict[str, Any]) -> list[Processed]:
    return [
        DeliveryEventProcessor(scene.store).process(read(json.dumps(event))) for event in events
    ]


def mailed(scene: Scene) -> OutgoingMessage:
    assert scene.step().outcome is Outcome.SENT
    return scene.provider.sent[-1]


def texted(scene: Scene, clock: Clock) -> OutgoingMessage:
    clock.time = NOON + 22 * HOUR
    assert scene.step(SMS).outcome is Outcome.SENT
    return scene.provider.sent[-1]


def anna(scene: Scene) -> Shopper:
    shopper = scene.store.customers.shopper(scene.shop.id, scene.cart().contact)
    assert shopper is not None
    return shopper


def here(scene: Scene) -> Customer:
    """What is known at the address that the mails go to."""
    return anna(scene).at(Channel.EMAIL, HERE)


def item(scene: Scene, step: str = "first_email") -> dict[str, Any]:
    items = scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#CART#c1"}, begins="MESSAGE#")
    return next((item for item in items if item["SK"].endswith(f"#{step}")), {})


def marks(scene: Scene, step: str = "first_email") -> set[str]:
    return {mark for mark in MARKS if f"{mark}_at" in item(scene, step)}


def counted(scene: Scene, step: str = "first_email") -> dict[str, int]:
    return scene.store.counters.of_day(scene.shop.id, DAY).get(f"abandoned_cart#{step}", {})


# --- the address ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event_type", "told"),
    [("Bounce", {}), ("Bounce", {"bounceSubType": "OnAccountSuppressionList"}), ("Complaint", {})],
)
def test_a_hard_bounce_and_a_complaint_give_the_address_up_at_once(
    scene: Scene, event_type: str, told: dict[str, Any]
) -> None:
    mail = mailed(scene)
    assert hear(scene, about(mail, event_type, **told)) == [Processed.DONE]
    assert anna(scene).is_suppressed(Channel.EMAIL, HERE)
    assert not anna(scene).is_suppressed(Channel.SMS, PHONE)
    assert scene.step(a_step(name="second")).reason in {Reason.SUPPRESSED, Reason.NO_CONSENT}


def test_what_bounces_after_it_was_forwarded_gives_up_the_address_that_we_wrote_to(
    scene: Scene,
) -> None:
    """SES tells of the last recipient, which may be one that nobody told us of."""
    mail = mailed(scene)
    hear(scene, about(mail, "Bounce", to="someone-else@example.com"))
    assert anna(scene).is_suppressed(Channel.EMAIL, HERE)
    assert [one.suppressed for one in anna(scene).known.values() if one.suppressed] == [
        {"email": "bounce"}
    ]


def test_a_bounce_leaves_other_addresses_of_the_shopper_alone(scene: Scene) -> None:
    hear(scene, about(mailed(scene), "Bounce"))
    assert not anna(scene).is_suppressed(Channel.EMAIL, "anna@work.example")


def test_the_third_message_that_does_not_arrive_for_now_gives_the_address_up(
    scene: Scene, clock: Clock
) -> None:
    for number in range(3):
        assert not anna(scene).is_suppressed(Channel.EMAIL, HERE)
        clock.time = NOON + number * 24 * HOUR
        assert (
            scene.step(
                a_step(name=f"mail_{number}", after_seconds=(3 + number * 24) * 3600)
            ).outcome
            is Outcome.SENT
        )
        soft = about(scene.provider.sent[-1], "Bounce", bounceType="Transient", sent_at=clock.time)
        assert hear(scene, soft, soft) == [Processed.DONE] * 2
    assert anna(scene).is_suppressed(Channel.EMAIL, HERE)


def test_a_note_that_somebody_is_on_holiday_is_no_bounce(scene: Scene) -> None:
    mail = mailed(scene)
    delivery, holiday = (
        about(mail, "Delivery"),
        about(mail, "Bounce", bounceType="Transient", at=NOON + HOUR),
    )
    hear(scene, delivery, holiday)
    assert not here(scene).deliveries
    assert marks(scene) == {"delivered", "bounced"}


def test_an_sms_to_a_number_that_is_none_or_that_blocks_us_gives_it_up(
    scene: Scene, clock: Clock
) -> None:
    sms = texted(scene, clock)
    hear(
        scene,
        about(sms, "TEXT_CARRIER_BLOCKED"),
        about(sms, "TEXT_UNKNOWN"),
        about(sms, "TEXT_UNREACHABLE"),
    )
    assert not anna(scene).is_suppressed(Channel.SMS, PHONE)
    hear(scene, about(sms, "TEXT_BLOCKED"))
    assert anna(scene).is_suppressed(Channel.SMS, PHONE)
    assert not anna(scene).is_suppressed(Channel.EMAIL, HERE)


def test_a_bounce_between_the_decision_and_the_claim_stops_the_message(
    store: Any, shop_id: str, monkeypatch: Any
) -> None:
    scene = a_scene(store, shop_id, frequency_cap={"hours_between_same_channel": 0})
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    mail, claim = mailed(scene), scene.store.step_records.claim

    def bounce_comes_first(*arguments: Any) -> Any:
        monkeypatch.setattr(scene.store.step_records, "claim", claim)
        hear(scene, about(mail, "Bounce"))
        return claim(*arguments)

    monkeypatch.setattr(scene.store.step_records, "claim", bounce_comes_first)
    assert scene.step(a_step(name="second")).reason is Reason.SUPPRESSED
    assert len(scene.provider.sent) == 1


# --- a person lifts it ----------------------------------------------------------------------------


def lifted(scene: Scene, at: datetime, **address: str) -> None:
    lift(scene.store, scene.shop.id, Contact(**(address or {"email": HERE})), at)


@pytest.mark.parametrize("event_type", ["Bounce", "Complaint"])
def test_what_a_person_lifted_is_not_given_up_by_the_same_event_again(
    scene: Scene, event_type: str
) -> None:
    """A queue's duplicate, or a dead letter that is sent back."""
    event = about(mailed(scene), event_type, at=NOON + HOUR)
    hear(scene, event)
    lifted(scene, NOON + 2 * HOUR)
    assert hear(scene, event, event) == [Processed.DONE] * 2
    assert not anna(scene).is_suppressed(Channel.EMAIL, HERE)


def test_a_number_that_a_person_lifted_is_not_given_up_by_the_same_receipt_again(
    scene: Scene, clock: Clock
) -> None:
    receipt = about(texted(scene, clock), "TEXT_BLOCKED", sent_at=clock.time)
    hear(scene, receipt)
    lifted(scene, clock.time + HOUR, phone=PHONE)
    hear(scene, receipt)
    assert not anna(scene).is_suppressed(Channel.SMS, PHONE)


def test_soft_bounces_from_before_it_was_lifted_count_no_more(scene: Scene, clock: Clock) -> None:
    told = []
    for number in range(3):
        clock.time = NOON + number * 24 * HOUR
        scene.step(a_step(name=f"mail_{number}", after_seconds=(3 + number * 24) * 3600))
        told.append(
            about(scene.provider.sent[-1], "Bounce", bounceType="Transient", sent_at=clock.time)
        )
    hear(scene, *told)
    lifted(scene, clock.time + HOUR)
    hear(scene, *told)
    assert not anna(scene).is_suppressed(Channel.EMAIL, HERE)


def test_what_happens_to_a_message_that_was_sent_after_it_was_lifted_counts(
    scene: Scene, clock: Clock
) -> None:
    hear(scene, about(mailed(scene), "Bounce"))
    lifted(scene, NOON + HOUR)
    clock.time = NOON + 24 * HOUR
    assert scene.step(a_step(name="second", after_seconds=27 * 3600)).outcome is Outcome.SENT
    hear(scene, about(scene.provider.sent[-1], "Bounce", sent_at=clock.time))
    assert anna(scene).is_suppressed(Channel.EMAIL, HERE)


def test_who_calls_an_older_mail_spam_after_it_was_lifted_is_heard(scene: Scene) -> None:
    mail = mailed(scene)
    hear(scene, about(mail, "Bounce"))
    lifted(scene, NOON + HOUR)
    hear(scene, about(mail, "Complaint", at=NOON + 2 * HOUR))
    assert anna(scene).is_suppressed(Channel.EMAIL, HERE)


# --- a complaint is a no --------------------------------------------------------------------------


def test_a_complaint_is_a_no_to_the_channel_and_stays_in_the_log(scene: Scene) -> None:
    complaint = about(mailed(scene), "Complaint", at=NOON + HOUR)
    hear(scene, complaint, complaint)
    word = here(scene).word(Channel.EMAIL, Speaker.READER)
    assert word and word.state is ConsentState.UNSUBSCRIBED
    assert not anna(scene).agrees(scene.cart(), Channel.EMAIL) and anna(scene).agrees(
        scene.cart(), Channel.SMS
    )
    log = scene.store.table.query(
        {"PK": customer_partition(scene.shop.id, here(scene).id)}, begins="CONSENT#email#"
    )
    assert [one["source"] for one in log if one["state"] == "unsubscribed"] == ["complaint"]


def test_a_yes_after_the_complaint_is_a_yes_but_the_address_stays_given_up(scene: Scene) -> None:
    complaint = about(mailed(scene), "Complaint", at=NOON + HOUR)
    later = ConsentChanged(
        at=NOON + 2 * HOUR, contact=ANNA, channel=Channel.EMAIL, consent=yes(NOON + 2 * HOUR)
    )
    scene.take(later)
    hear(scene, complaint)
    assert anna(scene).agrees(scene.cart(), Channel.EMAIL)
    assert anna(scene).is_suppressed(Channel.EMAIL, HERE)


@pytest.mark.parametrize(
    "told", [{"complaintFeedbackType": "not-spam"}, {"complaintFeedbackType": "auth-failure"}]
)
def test_a_report_that_is_no_complaint_changes_nothing(scene: Scene, told: dict[str, Any]) -> None:
    mail, before = mailed(scene), anna(scene)
    hear(scene, about(mail, "Complaint", **told))
    assert anna(scene) == before
    assert marks(scene) == set()


def test_an_address_that_ses_lists_for_an_old_complaint_is_given_up_without_a_no(
    scene: Scene,
) -> None:
    """Somebody may have complained about another shop of this account."""
    hear(scene, about(mailed(scene), "Complaint", complaintSubType="OnAccountSuppressionList"))
    assert anna(scene).is_suppressed(Channel.EMAIL, HERE)
    assert anna(scene).agrees(scene.cart(), Channel.EMAIL)


def test_a_complaint_is_a_customers_own_no_only_where_their_record_names_the_address(
    store: Any, shop_id: str
) -> None:
    record = Contact(platform_id="7", record_email=HERE, record_phone=PHONE)
    typed = Contact(platform_id="8", email=HERE)
    for number, who in enumerate((record, typed)):
        scene = a_scene(store, f"{shop_id}-{number}")
        scene.take(CustomerUpdated(at=NOON - 9 * HOUR, contact=record))
        scene.take(a_cart_event(at=NOON - 4 * HOUR, contact=who.model_copy(update={"email": HERE})))
        hear(scene, about(mailed(scene), "Complaint", at=NOON + HOUR))
        noes = [
            store.customers.shopper(scene.shop.id, one).owner.noes(Channel.EMAIL)
            for one in (record, typed)
        ]
        assert [bool(no) for no in noes] == [who is record, False]
        assert not anna(scene).agrees(scene.cart(), Channel.EMAIL)


# --- figures --------------------------------------------------------------------------------------


def test_what_became_of_a_message_is_noted_once_and_counted_once_beside_what_was_sent(
    scene: Scene,
) -> None:
    mail = mailed(scene)
    told = [
        about(mail, name, at=NOON + HOUR)
        for name in ("Send", "Delivery", "Open", "Click", "Complaint")
    ]
    hear(scene, *told, *told)
    hear(scene, about(mail, "Open", at=NOON + 30 * HOUR))
    assert counted(scene) == {
        "sent": 1,
        "delivered": 1,
        "opened": 1,
        "followed": 1,
        "complained": 1,
    }
    assert item(scene)["delivered_at"] == item(scene)["opened_at"] == "2026-11-18T12:00:00.000000Z"


def test_a_click_on_our_own_link_is_counted_once(scene: Scene) -> None:
    mail = mailed(scene)
    target = scene.store.message_links.target(mail.tags["message"])
    assert target is not None
    for hours in (1, 2):
        scene.store.clicks.opened(target, Purpose.CART, NOON + hours * HOUR)
    assert counted(scene) == {"sent": 1, "clicked": 1}
    assert item(scene)["clicks"] == 2


# --- what we know nothing of ----------------------------------------------------------------------


def test_what_is_about_nothing_that_we_know_changes_nothing(scene: Scene) -> None:
    mail = mailed(scene)
    before, other = anna(scene), {"message": message_id("talerz", "c9", 1, "first_email")}
    forged = [{}, other, {"shop": "talerz"}, {"step": "second_email"}, {"message": "' OR 1=1"}]
    events = [ses_event("Bounce", ({} if tags == {} else mail.tags) | tags) for tags in forged]
    events.append(about(mail, "TEXT_INVALID"))  # an SMS's receipt cannot be about a mail
    assert hear(scene, *events) == [Processed.IGNORED] * len(events)
    assert (anna(scene), marks(scene)) == (before, set())


def test_a_shopper_who_was_forgotten_stays_forgotten(scene: Scene) -> None:
    mail, contact = mailed(scene), scene.cart().contact
    scene.store.erasure.erase(scene.shop.id, ANNA, NOON + HOUR)
    buried = scene.store.customers.shopper(scene.shop.id, contact)
    assert hear(scene, about(mail, "Delivery")) == [Processed.IGNORED]
    assert scene.store.customers.shopper(scene.shop.id, contact) == buried


@pytest.mark.parametrize("event_type", ["Bounce", "Complaint"])
def test_what_suppresses_counts_even_if_the_message_is_older_than_the_erasure(
    scene: Scene, event_type: str
) -> None:
    mail, contact = mailed(scene), scene.cart().contact
    scene.store.erasure.erase(scene.shop.id, ANNA, NOON + HOUR)
    assert hear(scene, about(mail, event_type, at=NOON + 2 * HOUR)) == [Processed.DONE]
    shopper = scene.store.customers.shopper(scene.shop.id, contact)
    assert shopper is not None
    known = shopper.at(Channel.EMAIL, HERE)
    assert known.is_buried and Channel.EMAIL in known.suppressed
    assert not known.consent


# --- unknown messages -----------------------------------------------------------------------------


def unknown(scene: Scene) -> dict[str, str]:
    """The provider hung up after it read the request."""
    scene.provider.script = [OutcomeUnknownError("timed out")]
    assert scene.step().reason is Reason.OUTCOME_UNKNOWN
    message = scene.message_id("first_email")
    return {
        "shop": scene.shop.id,
        "timeline": "abandoned_cart",
        "step": "first_email",
        "message": message,
    }


@pytest.mark.parametrize(
    "event_type", ["Send", "Delivery", "Bounce", "DeliveryDelay", "Reject", "Complaint"]
)
def test_any_word_about_an_unknown_message_settles_it_once(scene: Scene, event_type: str) -> None:
    event = ses_event(event_type, unknown(scene))
    hear(scene, event, event)
    record = scene.cart().record(1, "first_email")
    assert (record.state, record.reason) == (RecordState.SENT, Reason.DUE)
    assert {name: counted(scene)[name] for name in ("sent", "unknown")} == {"sent": 1, "unknown": 0}
    assert scene.step().reason is Reason.ALREADY_SENT


def told_while_sending(scene: Scene, monkeypatch: Any, *, then: Exception | None) -> None:
    """SES takes the mail and tells of it, before our own request ends so."""

    def send(message: OutgoingMessage) -> str:
        hear(scene, about(message, "Delivery"))
        # the live process concludes it
        assert scene.cart().record(1, "first_email").state is RecordState.SENDING
        if then:
            raise then
        return "provider-1"

    monkeypatch.setattr(scene.provider, "send", send)


def test_a_word_that_comes_before_the_try_gives_up_is_found_by_it(
    scene: Scene, monkeypatch: Any
) -> None:
    told_while_sending(scene, monkeypatch, then=OutcomeUnknownError("timed out"))
    assert scene.step().outcome is Outcome.SENT
    assert scene.cart().record(1, "first_email").state is RecordState.SENT
    assert counted(scene) == {"sent": 1, "delivered": 1}


def test_a_word_that_comes_before_the_try_ends_well_changes_nothing(
    scene: Scene, monkeypatch: Any
) -> None:
    told_while_sending(scene, monkeypatch, then=None)
    assert scene.step().outcome is Outcome.SENT
    assert scene.cart().record(1, "first_email").provider_id == "provider-1"
    assert counted(scene) == {"sent": 1, "delivered": 1}


def test_a_try_that_died_is_settled_by_the_word_and_the_next_try(scene: Scene) -> None:
    whole = a_scene(scene.store, f"{scene.shop.id}-whole")
    whole.take(a_cart_event(at=NOON - 4 * HOUR))
    died_sending = 0
    for number, line in enumerate(lines_to_die_at(whole, whole.step)):
        dying = a_scene(scene.store, f"{scene.shop.id}-{number}")
        dying.take(a_cart_event(at=NOON - 4 * HOUR))
        die_at(line, dying.step)
        if (
            record := dying.cart().record(1, "first_email")
        ) is None or record.state is not RecordState.SENDING:
            continue
        died_sending += 1
        for message in dying.provider.sent:
            hear(dying, about(message, "Delivery"))
        assert dying.cart().record(1, "first_email").state is RecordState.SENDING
        assert dying.step().outcome is (Outcome.SENT if dying.provider.sent else Outcome.SKIPPED)
        assert len(dying.provider.sent) <= 1
        assert counted(dying) == (
            {"sent": 1, "delivered": 1} if dying.provider.sent else {"unknown": 1}
        )
    assert died_sending > 1


def test_a_message_that_the_provider_took_although_it_said_no_is_not_sent_again(
    scene: Scene, monkeypatch: Any
) -> None:
    scene.provider.script = [NotTakenError("throttled")]
    with pytest.raises(NotTakenError):
        scene.step()
    message = scene.message_id("first_email")
    hear(
        scene,
        ses_event("Delivery", {"shop": scene.shop.id, "step": "first_email", "message": message}),
    )
    assert scene.step().reason is Reason.ALREADY_SENT
    assert (scene.provider.sent, counted(scene)) == ([], {"sent": 1, "delivered": 1})


def test_nor_is_one_of_which_it_tells_before_it_says_no(scene: Scene, monkeypatch: Any) -> None:
    told_while_sending(scene, monkeypatch, then=NotTakenError("throttled"))
    with pytest.raises(NotTakenError):
        scene.step()
    assert scene.step().reason is Reason.ALREADY_SENT
    assert counted(scene) == {"sent": 1, "delivered": 1}


def test_a_refusal_stays_one_whatever_is_told_of_it(scene: Scene, monkeypatch: Any) -> None:
    told_while_sending(scene, monkeypatch, then=RefusedError("MessageRejected"))
    assert scene.step().reason is Reason.REFUSED


# --- any order, any repetition, death at any line -------------------------------------------------

WORDS: list[tuple[str, dict[str, Any]]] = [
    ("Send", {}),
    ("Delivery", {}),
    ("DeliveryDelay", {}),
    ("Open", {}),
    ("Click", {}),
    ("Bounce", {"bounceType": "Transient"}),
    ("Bounce", {}),
    ("Complaint", {}),
    ("Complaint", {"complaintFeedbackType": "not-spam"}),
    ("Reject", {}),
]


def what_is_known(scene: Scene) -> Any:
    known = {name: set(item(scene, name)) - {"record"} for name in ("first_email", "second_email")}
    states = [scene.cart().record(1, name).state for name in known]
    agrees = {channel: anna(scene).agrees(scene.cart(), channel) for channel in Channel}
    return (
        known,
        states,
        set(here(scene).suppressed),
        agrees,
        {name: counted(scene, name) for name in known},
    )


def after(store: Any, words: list[tuple[int, int]], fates: list[bool]) -> Any:
    """Two mails, one of which may be unknown; then these words about them."""
    scene = a_scene(
        store,
        f"words-{os.getpid()}-{next(_shops)}",
        frequency_cap={"hours_between_same_channel": 0},
    )
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    tags = []
    for name, taken in zip(("first_email", "second_email"), fates, strict=True):
        scene.provider.script = [] if taken else [OutcomeUnknownError("timed out")]
        scene.step(a_step(name=name))
        message = scene.message_id(name)
        tags.append({"shop": scene.shop.id, "step": name, "message": message})
    for mail, word in words:
        event_type, told = WORDS[word]
        hear(scene, ses_event(event_type, tags[mail], **told))
    return what_is_known(scene)


@given(data=st.data())
@RELAXED
def test_any_order_and_any_repetition_of_what_is_told_ends_the_same(
    store: Any, clock: Clock, data: st.DataObject
) -> None:
    clock.time = NOON
    fates = data.draw(st.lists(st.booleans(), min_size=2, max_size=2))
    words = data.draw(
        st.lists(
            st.tuples(st.integers(0, 1), st.integers(0, len(WORDS) - 1)),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    again = data.draw(st.lists(st.sampled_from(words), max_size=4))
    assert after(store, words, fates) == after(
        store, data.draw(st.permutations(words + again)), fates
    )


@pytest.mark.parametrize("event_type", ["Delivery", "Bounce", "Complaint"])
def test_a_process_that_dies_at_any_line_is_made_up_for_by_the_next_try(
    store: Any, shop_id: str, event_type: str
) -> None:
    def a_message(number: int | str) -> tuple[Scene, dict[str, Any]]:
        scene = a_scene(store, f"{shop_id}-{number}")
        scene.take(a_cart_event(at=NOON - 4 * HOUR))
        return scene, ses_event(event_type, unknown(scene), at=NOON + HOUR)

    hear(*a_message("warm"))
    whole, event = a_message("whole")
    for line in lines_to_die_at(whole, lambda: hear(whole, event)):
        scene, told = a_message(line)
        die_at(line, lambda: hear(scene, told))  # noqa: B023
        hear(scene, told)
        assert (counted(scene)["sent"], counted(scene)["unknown"]) == (1, 0), (
            f"killed at line {line}"
        )
        assert anna(scene).is_suppressed(Channel.EMAIL, HERE) is (event_type != "Delivery")
        assert anna(scene).agrees(scene.cart(), Channel.EMAIL) is (event_type != "Complaint")


# --- what it costs --------------------------------------------------------------------------------

LINK, RECORD, COUNTER, READ, WRITE = (
    "GetItem",
    "UpdateItem",
    "UpdateItem",
    "BatchGetItem",
    "PutItem",
)


@pytest.mark.parametrize(
    ("event_type", "told", "requests"),
    [
        ("Send", {}, [LINK, RECORD]),
        ("Open", {}, [LINK, RECORD, COUNTER]),
        ("Delivery", {}, [LINK, RECORD, COUNTER, READ]),
        ("Bounce", {}, [LINK, RECORD, COUNTER, READ, WRITE]),
        ("Bounce", {"bounceType": "Transient"}, [LINK, RECORD, COUNTER, READ, WRITE]),
        ("Complaint", {}, [LINK, RECORD, COUNTER, READ, WRITE, READ, READ, WRITE, "PutItem"]),
    ],
)
def test_an_event_costs_these_requests_and_its_repetition_fewer(
    scene: Scene, event_type: str, told: dict[str, Any], requests: list[str]
) -> None:
    event = about(mailed(scene), event_type, **told)
    with Requests(scene.store.table.dynamodb) as first:
        hear(scene, event)
    with Requests(scene.store.table.dynamodb) as again:
        hear(scene, event)
    assert first == requests
    proofs = requests[-1:] if event_type == "Complaint" else []
    assert again == [
        *(name for name in requests[:2]),
        *(name for name in requests if name == READ),
        *proofs,
    ]


def test_what_is_not_ours_costs_at_most_one_read(scene: Scene) -> None:
    with Requests(scene.store.table.dynamodb) as asked:
        hear(
            scene,
            ses_event("Delivery", {}),
            ses_event("Delivery", {"message": "0" * 20, "shop": "s", "step": "s"}),
        )
    assert asked == ["GetItem"]
