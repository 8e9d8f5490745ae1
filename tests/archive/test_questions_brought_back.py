"""A replay brings back which opt-ins wait for a click, and asks nobody twice."""

from datetime import timedelta
from typing import Any

import pytest

from support.builders import NOON, yes
from support.clocks import Clock
from support.kept_archive import KeptArchive
from support.scenes import Scene, a_scene
from wracaj.archive.rows import start_row
from wracaj.aws import step_functions
from wracaj.aws.archive_queue import note
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged, Contact
from wracaj.store import Store

HOUR = timedelta(hours=1)
OLA = Contact(email="ola@example.com", first_name="Ola")


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Scene:
    scene = a_scene(store, shop_id, double_opt_in=["email"])
    monkeypatch.setattr(step_functions, "start_for", lambda shop: scene._start)
    return scene


@pytest.fixture
def archive(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> KeptArchive:
    return KeptArchive.of(scene.store, scene.shop.settings, monkeypatch)


def signs_up(scene: Scene) -> None:
    word = yes(NOON, "newsletter")
    scene.take(ConsentChanged(at=NOON, contact=OLA, channel=Channel.EMAIL, consent=word))


def pending(scene: Scene) -> Any:
    shopper = scene.store.customers.shopper(scene.shop.id, OLA)
    assert shopper
    here = shopper.at(Channel.EMAIL, str(OLA.email))
    return here.pending, here.asked_to_confirm, here.is_pending(Channel.EMAIL)


def test_who_was_asked_by_a_shops_sign_up_is_not_asked_again(
    scene: Scene, clock: Clock, archive: KeptArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_functions, "state_of_run", lambda *_: "RUNNING")
    signs_up(scene)
    ((asked, _),) = scene.started
    waits = pending(scene)
    for _ in range(2):
        clock.time += HOUR
        archive.go_back_to({})
        archive.replay()
        signs_up(scene)  # the shop may tell it again
        assert [cart_id for cart_id, _ in scene.started] == [asked]
        assert pending(scene) == waits
    assert scene.store.carts.subject(scene.shop.id, asked) is not None


@pytest.mark.parametrize(("later", "again"), [(1, 1), (200, 0)], ids=["fresh", "late"])
def test_a_question_that_never_began_begins_with_its_message_while_it_is_fresh(
    scene: Scene,
    clock: Clock,
    archive: KeptArchive,
    monkeypatch: pytest.MonkeyPatch,
    later: int,
    again: int,
) -> None:
    """As in a new stack: its Step Functions knows no execution of the old one."""
    started: list[tuple[Any, ...]] = []
    monkeypatch.setattr(step_functions, "state_of_run", lambda *_: None)
    monkeypatch.setattr(step_functions, "start", lambda *told: started.append(told))
    monkeypatch.setattr("archive_replay.replay.now", lambda: clock.time)
    signs_up(scene)
    ((asked, _),) = scene.started
    note(start_row(scene.shop.id, asked, 1, "confirm_consent", {}, NOON))
    clock.time += later * HOUR
    archive.go_back_to({})
    archive.replay()
    told = [(cart_id, message["name"]) for _, cart_id, _, _, message, _ in started]
    assert told == [(asked, "confirm_email")] * again
