"""What anybody can cause to be stored or sent by requests. It is limited for each shop and each
address, and expires after some days."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from support.builders import HOUR, NOON, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.events import CartContent, CartUpdated, ConsentChanged, Contact
from wracaj.store import Store, request_limits
from wracaj.store.request_limits import RATE_LIMITS, LimitedAction, RateLimit, RateLimits, partition
from wracaj.store.table import Table

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SHOP_DOORS = [door for door in LimitedAction if RATE_LIMITS[door].an_hour]


@dataclass
class Counted:
    """A client that counts what is asked of it."""

    real: Any
    asked: Counter[str]

    def __getattr__(self, name: str) -> Any:
        def call(**parameters: Any) -> Any:
            self.asked[name] += 1
            return getattr(self.real, name)(**parameters)

        return call


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> RateLimit:
    """Every door lets few through, so that a test is quick."""
    few = RateLimit(a_day=3, an_hour=25, a_minute=10)
    monkeypatch.setattr(
        request_limits,
        "RATE_LIMITS",
        {
            door: few if RATE_LIMITS[door].an_hour else replace(few, an_hour=None)
            for door in LimitedAction
        },
    )
    return few


def let_through(
    store: RateLimits, shop: str, door: LimitedAction, many: int, address: str = ""
) -> int:
    """How many of so many addresses, or of so many times one address, are let through."""
    return sum(
        store.admit(shop, door, address or f"person-{number}@example.com") for number in range(many)
    )


def items_of(store: Store, shop: str, door: LimitedAction) -> Iterator[dict[str, Any]]:
    yield from store.table.query({"PK": partition(shop, door)})


@pytest.mark.parametrize("door", SHOP_DOORS)
def test_a_flood_at_one_shop_is_let_through_in_part_and_shuts_no_other_s(
    store: Store, shop_id: str, clock: Clock, narrow: RateLimit, door: LimitedAction
) -> None:
    assert narrow.a_minute and narrow.an_hour
    shop, other = RateLimits(store.table), f"{shop_id}-other"
    assert let_through(shop, shop_id, door, 40) == narrow.a_minute
    assert shop.admit(other, door, "ola@example.com")
    clock.time += MINUTE
    assert let_through(shop, shop_id, door, 40, "") <= narrow.a_minute
    for _ in range(10):
        clock.time += MINUTE
        let_through(shop, shop_id, door, 12)
    (hour,) = [item for item in items_of(store, shop_id, door) if "hour" in item]
    assert hour["hour"] <= narrow.an_hour


@pytest.mark.parametrize("door", SHOP_DOORS)
def test_an_hour_s_bound_is_over_with_the_hour(
    store: Store, shop_id: str, clock: Clock, narrow: RateLimit, door: LimitedAction
) -> None:
    shop, through = RateLimits(store.table), 0
    for minute in range(60):
        clock.time = NOON + minute * MINUTE
        through += let_through(shop, shop_id, door, 2, f"person-{minute}@example.com")
    assert through == narrow.an_hour
    clock.time = NOON + HOUR
    assert shop.admit(shop_id, door, "another@example.com")


@pytest.mark.parametrize("door", SHOP_DOORS)
def test_whoever_found_the_door_shut_asks_the_table_no_more(
    store: Store, shop_id: str, clock: Clock, narrow: RateLimit, door: LimitedAction
) -> None:
    client = Counted(store.table.dynamodb, Counter())
    shop = RateLimits(Table(store.table.name, client))
    let_through(shop, shop_id, door, 30)
    client.asked.clear()
    assert let_through(shop, shop_id, door, 1000) == 0
    assert client.asked == {}
    clock.time += MINUTE
    assert shop.admit(shop_id, door, "late@example.com")


@pytest.mark.parametrize("door", SHOP_DOORS)
def test_many_processes_share_one_bound(
    store: Store, shop_id: str, clock: Clock, narrow: RateLimit, door: LimitedAction
) -> None:
    processes = [RateLimits(store.table) for _ in range(6)]
    through = sum(
        one.admit(shop_id, door, f"{number}-{n}@example.com")
        for n, one in enumerate(processes)
        for number in range(5)
    )
    assert through == narrow.a_minute


@pytest.mark.parametrize("door", LimitedAction)
def test_one_address_has_an_end_for_the_day_and_stands_in_nobody_s_way(
    store: Store, shop_id: str, clock: Clock, narrow: RateLimit, door: LimitedAction
) -> None:
    shop = RateLimits(store.table)
    assert let_through(shop, shop_id, door, 9, "anna@example.com") == narrow.a_day
    assert shop.admit(shop_id, door, "ola@example.com")
    clock.time += DAY
    assert shop.admit(shop_id, door, "anna@example.com")


@pytest.mark.parametrize("door", LimitedAction)
def test_what_is_counted_expires_and_tells_nobody_s_address(
    store: Store, shop_id: str, clock: Clock, door: LimitedAction
) -> None:
    phones = [f"+4860010{number:04d}" for number in range(40)]
    shop = RateLimits(store.table)
    for phone in phones:
        shop.admit(shop_id, door, phone)
    found = list(items_of(store, shop_id, door))
    assert found
    assert all(
        clock.time.timestamp() < item["expires_at"] <= (clock.time + 3 * DAY).timestamp()
        for item in found
    )
    kept = repr(found)
    hashes = {
        hashlib.sha256(text.encode()).hexdigest()[:8]
        for phone in phones
        for text in (phone, f"{shop_id}#{phone}")
    }
    assert not any(phone in kept for phone in phones) and not any(short in kept for short in hashes)


def test_no_partition_is_written_by_more_than_one_shop(store: Store) -> None:
    assert len({partition(shop, door) for shop in ("a", "b") for door in LimitedAction}) == 2 * len(
        LimitedAction
    )


def test_a_no_is_refused_by_no_flood_of_others(store: Store, shop_id: str, clock: Clock) -> None:
    """And more often let through than the yes that it takes back."""
    assert RATE_LIMITS[LimitedAction.PUSH_NO].an_hour is None
    assert RATE_LIMITS[LimitedAction.PUSH_NO].a_day > RATE_LIMITS[LimitedAction.PUSH].a_day


# --- a question to confirm a yes, which anybody can have sent by typing an address ----------------


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock) -> Scene:
    return a_scene(store, shop_id, double_opt_in=["email", "sms"])


def typed(scene: Scene, clock: Clock, number: int, email: str | None = None, **who: Any) -> None:
    """A checkout with a ticked box, whoever typed it."""
    contact = Contact(email=email or f"victim-{number}@example.com", **who)
    words = {Channel.EMAIL: yes(clock.time, "checkout")}
    scene.take(
        CartUpdated(
            at=clock.time,
            cart_id=f"cart-{number}",
            content=CartContent(),
            contact=contact,
            consent=words,
        )
    )


def questions(scene: Scene) -> int:
    return scene.timelines.count("confirm_consent")


def test_a_shop_s_checkout_sends_so_many_questions_an_hour(
    scene: Scene, clock: Clock, narrow: RateLimit
) -> None:
    for number in range(60):
        clock.time = NOON + number * MINUTE / 2
        typed(scene, clock, number)
    assert questions(scene) == narrow.an_hour


def test_a_question_that_was_one_too_many_goes_out_when_the_yes_is_told_again(
    scene: Scene, clock: Clock, narrow: RateLimit
) -> None:
    assert narrow.a_minute
    for number in range(narrow.a_minute + 1):
        typed(scene, clock, number)
    assert questions(scene) == narrow.a_minute
    clock.time += HOUR
    late = f"victim-{narrow.a_minute}@example.com"
    told = yes(clock.time, "newsletter")
    scene.take(
        ConsentChanged(
            at=clock.time, contact=Contact(email=late), channel=Channel.EMAIL, consent=told
        )
    )
    assert questions(scene) == narrow.a_minute + 1


def test_one_address_typed_into_many_accounts_gets_a_few(
    scene: Scene, clock: Clock, narrow: RateLimit
) -> None:
    for number in range(12):
        clock.time += MINUTE
        typed(scene, clock, number, "victim@example.com", platform_id=f"account-{number}")
    assert questions(scene) <= narrow.a_day


def test_another_shop_goes_on_asking(
    store: Store, scene: Scene, shop_id: str, clock: Clock, narrow: RateLimit
) -> None:
    for number in range(30):
        typed(scene, clock, number)
    other = a_scene(store, f"{shop_id}-other", double_opt_in=["email"])
    typed(other, clock, 1)
    assert questions(other) == 1
