"""However often a replay runs, and wherever it begins, the sums are those of what happened."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_holdout, an_order
from support.clocks import Clock
from support.kept_archive import Items, KeptArchive
from support.scenes import Scene, a_scene
from wracaj.aws import step_functions
from wracaj.events import CartUpdated, Contact
from wracaj.messages.links import Purpose
from wracaj.services import link_clicks, unsubscribe
from wracaj.settings.experiments import TREATED
from wracaj.store import Store

SUMS = ("#STATS#", "#EXPERIMENT#does_it_pay")


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr("reminder_step.experiments.drawn_arm", lambda *_: TREATED)
    scene = a_scene(store, shop_id, experiments={"does_it_pay": a_holdout(50)})
    monkeypatch.setattr(step_functions, "start_for", lambda shop: scene._start)
    monkeypatch.setattr(step_functions, "state_of_run", lambda *_: "RUNNING")
    for module in (link_clicks, unsubscribe):
        monkeypatch.setattr(module, "open_store", lambda: store)
    return scene


def a_cart(name: str, **changes: Any) -> CartUpdated:
    contact = Contact(email=f"{name}@example.com")
    return a_cart_event(cart_id=name, at=NOON - 4 * HOUR, contact=contact, **changes)


def target_of(scene: Scene, name: str) -> Any:
    return scene.store.message_links.target(scene.message_id("first_email", name))


def an_afternoon(scene: Scene, clock: Clock, archive: KeptArchive) -> list[Items]:
    """Play it, and return what a backup at each moment of it would have: one buys after a click,
    one before the mail, one never agreed, one opts out."""
    backups = [archive.items()]
    scene.take(a_cart("buys"), a_cart("early"), a_cart("silent", consent={}), a_cart("stops"))
    scene.take(bought("early", NOON - 3 * HOUR))
    backups.append(archive.items())
    for name in ("buys", "early", "silent", "stops"):
        scene.step(cart_id=name)
    backups.append(archive.items())
    link_clicks.record_opening(scene.store, target_of(scene, "buys"), Purpose.CART, NOON + HOUR)
    clock.time = NOON + HOUR
    unsubscribe.stop_all(target_of(scene, "stops"))
    backups.append(archive.items())
    scene.take(bought("buys", NOON + 2 * HOUR))
    return [*backups, archive.items()]


def bought(name: str, at: datetime) -> Any:
    contact = Contact(email=f"{name}@example.com")
    return an_order(order_id=f"o-{name}", contact=contact, total=Decimal(123), placed_at=at)


def sums(archive: KeptArchive) -> Items:
    return {
        key: {name: value for name, value in item.items() if name not in NO_SUMS}
        for key, item in archive.items().items()
        if any(part in key[0] for part in SUMS)
    }


NO_SUMS = {"expires_at", "unsubscribed_at"}


def test_they_are_the_same_from_a_backup_of_any_moment_and_after_any_number_of_replays(
    scene: Scene, clock: Clock, archive: KeptArchive
) -> None:
    backups = an_afternoon(scene, clock, archive)
    expected = sums(archive)
    (counted,) = [item for (pk, _), item in expected.items() if "#STATS#" in pk]
    assert (counted["sent"], counted["ordered_ordered"], counted["skipped_no_consent"]) == (2, 1, 1)
    assert (counted["clicked"], counted["attributed_orders"], counted["unsubscribed"]) == (1, 1, 1)
    assert counted["attributed@does_it_pay@treated@orders"] == 1
    for backup in backups:
        archive.go_back_to(backup)
        for _ in range(3):
            archive.replay()
            clock.time += timedelta(minutes=1)
            assert sums(archive) == expected


@pytest.fixture
def archive(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> KeptArchive:
    return KeptArchive.of(scene.store, scene.shop.settings, monkeypatch)
