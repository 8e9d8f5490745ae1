"""After a stop, a campaign starts and sends nothing more, whatever is under way."""

import itertools
from typing import Any

import pytest

from campaign_page.page import PageOutcome
from support.builders import HOUR, NOON
from support.killing import Killed, lines_to_die_at, tracing
from support.running_campaign import DISCOUNT, MINUTE, Hall, Open
from wracaj.errors import ConflictError, NotTakenError
from wracaj.store.table import ConditionFailedError
from wracaj.timelines.steps import Outcome, Reason, RecordState


def test_after_a_stop_nobody_is_asked_and_nothing_is_sent(open_hall: Open) -> None:
    hall = open_hall(4, rate=2)
    hall.page()
    hall.stop()
    assert hall.page().outcome is PageOutcome.STOPPED
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 2}
    assert hall.addresses() == []


def test_a_message_that_waits_for_the_morning_is_not_sent_after_a_stop(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    hall.clock.time = NOON + 10 * HOUR
    assert hall.send(hall.started[0]).outcome is Outcome.WAIT
    hall.stop()
    hall.clock.time = NOON + 22 * HOUR
    assert hall.send(hall.started[0]).reason is Reason.CAMPAIGN_STOPPED


def test_a_stop_between_the_decision_and_the_claim_holds(
    open_hall: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = open_hall(1)
    hall.dispatch()
    claim = hall.store.step_records.claim

    def stop_first(*told: Any) -> Any:
        monkeypatch.setattr(hall.store.step_records, "claim", claim)
        hall.stop()
        return claim(*told)

    monkeypatch.setattr(hall.store.step_records, "claim", stop_first)
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}
    assert hall.addresses() == []


def test_a_stop_while_the_code_is_created_holds(open_hall: Open) -> None:
    hall = open_hall(1, discount=DISCOUNT)
    hall.dispatch()

    def stop_first(shop: Any, voucher: Any, cart_id: str) -> Any:
        hall.stop()
        return voucher

    hall.scene.on_discount = stop_first
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}
    assert hall.addresses() == []


def test_a_message_that_was_not_taken_is_not_tried_again_after_a_stop(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    hall.scene.provider.script = [NotTakenError("throttled")]
    with pytest.raises(NotTakenError):
        hall.send_all()
    hall.stop()
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}


def test_a_stop_that_died_between_two_gates_is_finished_by_the_next(
    open_hall: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = open_hall(1)
    hall.dispatch()
    shut, calls = hall.store.campaigns._shut, itertools.count()

    def dies(*told: Any) -> None:
        if next(calls) == 5:
            raise Killed
        shut(*told)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(hall.store.campaigns, "_shut", dies)
        hall.stop()
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}
    hall.stop()
    for gate in range(32):
        with pytest.raises(ConflictError):
            hall.store.table.transact(
                [hall.store.campaigns.going_on(hall.shop, hall.campaign.id, _cart_of(gate, hall))]
            )


def _cart_of(gate: int, hall: Hall) -> str:
    """An id whose claims pass this gate."""
    ids = (f"campaign~{number}" for number in itertools.count())
    campaigns, wanted = hall.store.campaigns, f"GATE#{gate:02d}"
    return next(
        id_ for id_ in ids if wanted in repr(campaigns.going_on(hall.shop, hall.campaign.id, id_))
    )


def test_to_stop_what_there_is_not_changes_nothing(open_hall: Open) -> None:
    hall = open_hall(0)
    with pytest.raises(ConditionFailedError):
        hall.store.campaigns.stop(hall.shop, "nothing", NOON)
    assert [course.stopped_at for course in hall.store.campaigns.all(hall.shop)] == [None]


def test_a_message_of_a_campaign_that_is_gone_is_not_sent(open_hall: Open) -> None:
    hall = open_hall(1)
    hall.dispatch()
    hall.store.table.delete({"PK": f"SHOP#{hall.shop}#CAMPAIGNS", "SK": "CAMPAIGN#winter_2026"})
    assert hall.send_all() == {Reason.CAMPAIGN_STOPPED: 1}


@pytest.mark.parametrize("discount", [None, DISCOUNT], ids=["plain", "discount"])
def test_a_stop_at_any_line_of_a_step_leaves_a_message_only_where_it_was_handed_over_before(
    open_hall: Open, discount: Any
) -> None:
    """The stop comes to its end between two lines of the step; what the provider gets after that,
    it was promised before."""

    def asked() -> Hall:
        hall = open_hall(1, discount=discount)
        hall.dispatch()
        hall.clock.time += 4 * MINUTE
        return hall

    warm, whole = asked(), asked()
    warm.send(warm.started[0])
    fates = set()
    for line in lines_to_die_at(whole.scene, lambda: whole.send(whole.started[0])):
        hall = asked()
        state = stop_at(line, hall)
        may_leave = state in {RecordState.SENDING, RecordState.SENT}
        assert (len(hall.addresses()) == 1) == may_leave, (
            f"stopped before line {line}, when the record was {state}"
        )
        fates.add(state)
    assert {None, RecordState.SENDING} <= fates


def stop_at(line: int, hall: Hall) -> RecordState | None:
    """The state of the record when the stop had come to its end."""
    left, state = line, None

    def count_down() -> None:
        nonlocal left, state
        left -= 1
        if left == 0:
            hall.stop()
            record = hall.scene.cart(hall.started[0]).record(1, hall.campaign.id)
            state = record.state if record else None

    tracing(lambda: hall.send(hall.started[0]), count_down)
    return state
