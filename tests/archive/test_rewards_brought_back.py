"""A replay brings back rewards, by whatever they were earned, and what was announced of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON
from support.clocks import Clock
from support.kept_archive import Items, KeptArchive, compared
from support.loyalty_club import (
    FIFTEEN,
    NUDGE,
    REWARD,
    a_club,
    about,
    balance,
    bought,
    grants,
    refund,
    subjects,
)
from support.scenes import Scene
from wracaj.aws import step_functions
from wracaj.discounts.code import DiscountTerms
from wracaj.events import ReviewWritten
from wracaj.loyalty.grants import GrantState
from wracaj.settings.sections import DiscountSettings
from wracaj.store import Store
from wracaj.store.codes import code_key

DAY = timedelta(days=1)
REWARDS = ("GRANT#", "POINTS#", "NUDGE#", "ACCOUNT", "CODE")
POOL: dict[str, Any] = {"source": "pool"}


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Scene:
    scene = a_club(store, shop_id)
    monkeypatch.setattr(step_functions, "start_for", lambda shop: scene._start)
    monkeypatch.setattr(step_functions, "state_of_run", lambda *_: "RUNNING")
    return scene


@pytest.fixture
def archive(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> KeptArchive:
    return KeptArchive.of(scene.store, scene.shop.settings, monkeypatch)


def a_review(at: Any) -> ReviewWritten:
    return ReviewWritten(at=at, contact=ANNA, review_id="r1")


def a_quarter(scene: Scene, clock: Clock, archive: KeptArchive) -> list[Items]:
    """Play it, and return what a backup at each moment of it would have: a review brings points, an
    order a reward, which a refund takes back and another order brings again, announced once."""
    backups = [archive.items()]

    def then(*events: Any, checks: str = "", sends: Any = None) -> None:
        scene.take(*events)
        if checks:
            scene.check(checks)
        if sends:
            scene.step(sends, checks)
        backups.append(archive.items())

    then(bought("o0", "40"))
    then(a_review(NOON + HOUR))
    clock.time = NOON + 2 * HOUR
    then(checks=about("review~r1"))
    then(bought("o1", "280", NOON + 3 * HOUR))
    clock.time = NOON + 4 * HOUR
    then(checks=about("o1"))
    then(refund("o1", "280", NOON + 5 * HOUR))
    then(bought("o2", "310", NOON + DAY))
    clock.time = NOON + DAY + FIFTEEN
    then(checks=about("o2"))
    then(checks=about("o2"), sends=REWARD)
    return backups


def test_from_a_backup_of_any_moment_the_same_rewards_come_back(
    scene: Scene, clock: Clock, archive: KeptArchive
) -> None:
    backups = a_quarter(scene, clock, archive)
    final = archive.items()
    expected, points = compared(final, *REWARDS), balance(scene)
    states = {key: (one.state, one.announced_by is None) for key, one in grants(scene).items()}
    assert (GrantState.ISSUED, False) in states.values() and points
    for backup in backups:
        archive.go_back_to(backup)
        archive.replay()
        assert compared(archive.items(), *REWARDS) == expected
        assert balance(scene) == points
        archive.replay()
        assert compared(archive.items(), *REWARDS) == expected


def test_what_was_granted_and_announced_is_not_granted_or_announced_again(
    scene: Scene, clock: Clock, archive: KeptArchive
) -> None:
    backup, *_ = a_quarter(scene, clock, archive)
    (told,) = subjects(scene)
    codes = list(scene.created)
    archive.go_back_to(backup)
    archive.replay()
    scene.take(bought("o3", "20", clock.time))
    clock.time += FIFTEEN
    scene.check(about("o3"))
    scene.step(REWARD, about("o3"))
    _, third = scene.provider.sent  # for three orders within 90 days
    assert "Trzy w 90 dni" in third.rendered.text and codes[-1].code not in third.rendered.text
    assert told not in subjects(scene)[1:]
    assert scene.created == codes


def test_a_state_that_is_known_or_older_changes_nothing(
    scene: Scene, clock: Clock, archive: KeptArchive
) -> None:
    a_quarter(scene, clock, archive)
    before = archive.items()
    results = archive.replay()
    assert results["grant_known"] > 3 and "grant_done" not in results
    assert archive.items() == before


def test_a_nudge_that_was_sent_is_not_sent_again(
    scene: Scene, clock: Clock, archive: KeptArchive
) -> None:
    backup = archive.items()
    scene.take(bought("o1", "280"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.step(NUDGE, about("o1"))
    (told,) = subjects(scene)
    archive.go_back_to(backup)
    archive.replay()
    scene.take(bought("o2", "1", clock.time))
    clock.time += FIFTEEN
    scene.check(about("o2"))
    scene.step(NUDGE, about("o2"))
    assert subjects(scene) == [told]


def test_a_code_of_the_pool_that_was_given_is_not_given_to_another(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = a_club(store, shop_id)
    settings = scene.shop.settings.model_copy(update={"discount": DiscountSettings(**POOL)})
    scene.shop = scene.shop.model_copy(update={"settings": settings})
    monkeypatch.setattr(step_functions, "start_for", lambda shop: scene._start)
    archive = KeptArchive.of(store, settings, monkeypatch)
    worth = DiscountTerms(amount=Decimal(20), currency="PLN")
    store.codes.upload(shop_id, worth, ["KAWA-1", "KAWA-2"])
    backup = archive.items()
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    ((given, other),) = [sorted(codes(scene), key=lambda code: code not in str(grants(scene)))]
    for _ in range(2):
        archive.go_back_to(backup)
        archive.replay()
        assert codes(scene) == {given: "taken", other: "waiting"}
    assert archive.items()[f"SHOP#{shop_id}#POOL#{worth.key}", other]
    assert (f"SHOP#{shop_id}#POOL#{worth.key}", given) not in archive.items()


def codes(scene: Scene) -> dict[str, str]:
    """Return code of the pool → what became of it."""
    keys = {code: code_key(scene.shop.id, code) for code in ("KAWA-1", "KAWA-2")}
    return {code: str((scene.store.table.get(key) or {})["state"]) for code, key in keys.items()}


def test_whoever_was_erased_has_no_reward_again(
    scene: Scene, clock: Clock, archive: KeptArchive
) -> None:
    a_quarter(scene, clock, archive)
    lines = archive.lines()
    archive.store.erasure.erase(scene.shop.id, ANNA, clock.time + HOUR)
    archive.go_back_to({})
    results = archive.replay(lines)
    assert results["grant_erased"] > 3 and "grant_done" not in results
    assert not compared(archive.items(), "GRANT#")
    assert "310" not in str(compared(archive.items(), "ACCOUNT"))


def test_nothing_of_a_reward_can_be_read_without_its_key(
    scene: Scene, clock: Clock, archive: KeptArchive
) -> None:
    a_quarter(scene, clock, archive)
    kept = [line for line in archive.lines() if line["kind"] == "grant"]
    codes = [code.code for code in scene.created]
    assert kept and codes
    assert {*kept[0]} == {"id", "kind", "shop", "at", "owner", "sealed"}
    assert not [code for code in codes if code in str(archive.lines())]


def test_a_check_costs_one_queued_message_and_only_if_it_changed_something(
    scene: Scene, clock: Clock, archive: KeptArchive
) -> None:
    scene.take(bought("o1", "310"))
    archive.lines()
    archive.rows.clear()
    clock.time = NOON + FIFTEEN
    for expected in (["grant"] * 3, []):
        scene.check(about("o1"))
        archive.lines()
        assert [row.kind for row in archive.rows] == expected
        archive.rows.clear()
