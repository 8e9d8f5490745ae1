"""What was marked as announced in a message that certainly was not sent is announced in another
message. If the message may have been sent, it is not announced again."""

from collections.abc import Callable
from typing import Any

import pytest

from support.builders import NOON
from support.clocks import Clock
from support.loyalty_club import (
    DAY,
    FIFTEEN,
    NUDGE,
    REWARD,
    a_club,
    about,
    bought,
    grants,
    refund,
    subjects,
)
from support.running_campaign import Open, buys
from support.scenes import Scene
from wracaj.errors import ConflictError, NotTakenError, OutcomeUnknownError, RefusedError
from wracaj.events import Contact, CustomersMerged, CustomerUpdated
from wracaj.settings.sections import FrequencyCap
from wracaj.timelines.steps import LoyaltyOutcome, Outcome, Reason, Step


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_club(store, shop_id)


def not_taken(scene: Scene, step: Step, cart_id: str) -> None:
    """Until the retries end."""
    for _ in range(3):
        scene.provider.script = [NotTakenError("closed")]
        with pytest.raises(NotTakenError):
            scene.step(step, cart_id)


def refused(scene: Scene, step: Step, cart_id: str) -> None:
    scene.provider.script = [RefusedError("this sender is not verified")]
    assert scene.step(step, cart_id).reason is Reason.REFUSED


NOT_SENT = pytest.mark.parametrize("not_sent", [not_taken, refused])
Failing = Callable[[Scene, Step, str], None]


@NOT_SENT
def test_a_reward_whose_message_was_not_sent_is_told_after_the_next_order(
    scene: Scene, clock: Clock, not_sent: Failing
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    not_sent(scene, REWARD, about("o1"))
    scene.take(bought("o2", "5", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD
    assert scene.step(REWARD, about("o2")).outcome is Outcome.SENT
    assert len(scene.created) == 1 and scene.created[0].code in scene.provider.sent[0].rendered.text


@NOT_SENT
def test_a_nudge_that_was_not_sent_may_be_told_after_the_next_order(
    scene: Scene, clock: Clock, not_sent: Failing
) -> None:
    scene.take(bought("o1", "262"))
    clock.time = NOON + FIFTEEN
    not_sent(scene, NUDGE, about("o1"))
    scene.take(bought("o2", "5", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NUDGE
    assert scene.step(NUDGE, about("o2")).outcome is Outcome.SENT
    assert subjects(scene) == ["Do nagrody brakuje 33,00 zł"]


def test_what_another_message_told_between_two_tries_is_not_told_again(
    scene: Scene, clock: Clock
) -> None:
    no_cap = FrequencyCap(hours_between_same_channel=0, messages_in_7_days=50)
    settings = scene.shop.settings.model_copy(update={"frequency_cap": no_cap})
    scene.shop = scene.shop.model_copy(update={"settings": settings})
    scene.take(bought("o1", "310"), bought("o2", "5"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    not_taken(scene, REWARD, about("o1"))
    assert scene.step(REWARD, about("o2")).outcome is Outcome.SENT
    assert scene.step(REWARD, about("o1")).reason is Reason.NO_CONTENT
    assert len(scene.provider.sent) == 1


@pytest.mark.parametrize("step, total", [(REWARD, "310"), (NUDGE, "262")])
def test_what_was_perhaps_told_is_not_told_again(
    scene: Scene, clock: Clock, step: Step, total: str
) -> None:
    scene.take(bought("o1", total))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.provider.script = [OutcomeUnknownError("the line went dead")]
    assert scene.step(step, about("o1")).reason is Reason.OUTCOME_UNKNOWN
    scene.take(bought("o2", "5", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NOTHING


def test_a_refund_while_the_provider_refuses_does_not_keep_the_mark(
    scene: Scene, clock: Clock
) -> None:
    """The reward is taken back, and earned again: its code was never told, so there is
    one to tell."""
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))

    def send(message: Any) -> str:
        scene.take(refund("o1", "310", clock.time))
        raise RefusedError("no")

    taking, scene.provider.send = scene.provider.send, send  # type: ignore[method-assign]
    assert scene.step(REWARD, about("o1")).reason is Reason.REFUSED
    scene.provider.send = taking  # type: ignore[method-assign]
    assert [grant.announced_by for grant in grants(scene).values()] == [None]
    scene.take(bought("o2", "310", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD


def test_a_grant_that_others_change_all_the_time_keeps_no_message_from_being_tried_again(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))

    def in_the_way(*_: Any) -> Any:
        raise ConflictError("taken")

    with monkeypatch.context() as patched:
        patched.setattr(scene.store.grants, "freeing", in_the_way)
        not_taken(scene, REWARD, about("o1"))
    assert scene.step(REWARD, about("o1")).outcome is Outcome.SENT


def test_a_campaign_whose_message_was_refused_for_one_name_is_told_to_the_other(
    open_hall: Open,
) -> None:
    hall = open_hall(
        0, shop={"frequency_cap": {"hours_between_same_channel": 0, "messages_in_7_days": 9}}
    )
    for id_, email in (("76", "anna@example.com"), ("77", "anna@work.example")):
        account = Contact(platform_id=id_, email=email, record_email=email)
        hall.scene.take(CustomerUpdated(at=NOON - 90 * DAY, contact=account))
        buys(hall.scene, account)
    hall.dispatch()
    hall.scene.take(CustomersMerged(at=NOON, kept="76", gone="77"))
    hall.scene.provider.script = [RefusedError("no")]
    assert hall.send_all() == {Reason.REFUSED: 1, Reason.DUE: 1}
    assert len(hall.addresses()) == 1
