"""A shop whose customers have birthdays, anniversaries and points that expire."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from support.builders import ANNA, NOON, a_step, an_order, yes
from support.clocks import Clock
from support.daily_search import play_day
from support.scenes import Scene, a_scene, items_of
from wracaj.consent.channel import Channel
from wracaj.events import (
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    OrderPlaced,
    PrivacyKind,
    PrivacyRequested,
)
from wracaj.store import Store

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # 4:00 in Warsaw
ALL = ["abandoned_cart", "loyalty", "birthday", "anniversary", "points_expiring"]
LOYALTY: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 50,
    "points": {"per_unit": 1, "value": "0.05", "expire_after_months": 12, "warn_days": 30},
    "achievements": [
        {"name": "Opinia", "action": "review", "per": "month", "points": 50, "spent_from": 100}
    ],
    "birthday": {"percent": 15, "valid_days": 14},
    "anniversary": {"amount": "25", "minimum_total": 100, "valid_days": 14},
}
GREETING = a_step(name="greeting", template="birthday", after_seconds=4 * 3600, content="reward")
REMINDER = a_step(
    name="reminder", template="points_expiring", after_seconds=4 * 3600, content="expiring"
)
OLA = Contact(email="ola@example.com", first_name="Ola")


def a_club(store: Store, shop_id: str, **changes: Any) -> Scene:
    scene = a_scene(store, shop_id, **({"timelines": ALL, "loyalty": LOYALTY} | changes))
    scene.take(
        *(
            ConsentChanged(at=NOON - 100 * DAY, contact=who, channel=Channel.EMAIL, consent=yes())
            for who in (ANNA, OLA)
        )
    )
    return scene


def born(day: str | None, who: Contact = ANNA, at: datetime = NOON - 90 * DAY) -> CustomerUpdated:
    return CustomerUpdated(at=at, contact=who, birthday=day)


def a_customer(id_: str) -> Contact:
    """Return a customer with an account, whose record in the shop has an e-mail address."""
    return Contact(platform_id=id_, email=f"c{id_}@example.com", record_email=f"c{id_}@example.com")


def merged(gone: str, into: str, at: datetime = NOON) -> CustomersMerged:
    return CustomersMerged(at=at, kept=into, gone=gone)


def bought(
    at: datetime, order_id: str = "o1", total: str = "100", who: Contact = ANNA
) -> OrderPlaced:
    return an_order(order_id=order_id, placed_at=at, total=Decimal(total), contact=who)


def erased(who: Contact = ANNA, at: datetime = NOON) -> PrivacyRequested:
    return PrivacyRequested(at=at, kind=PrivacyKind.CUSTOMER_REDACT, contact=who)


def entries(scene: Scene) -> list[tuple[str, str]]:
    """Return (list, customer) of this shop's entries, read from the whole table. Only tests read
    the table in this way."""
    keys = [(item["PK"]["S"], item["SK"]["S"]) for item in items_of(scene.store, scene.shop.id)]
    begins = f"SHOP#{scene.shop.id}#DAY#"
    return sorted(
        (pk.removeprefix(begins).rpartition("#")[0], sk) for pk, sk in keys if pk.startswith(begins)
    )


def who(scene: Scene, contact: Contact = ANNA) -> Any:
    (found,) = scene.store.customers.behind(scene.shop.id, contact)
    return found


def begun(scene: Scene) -> list[tuple[str, str]]:
    """Return (timeline, subject) of all timelines that were started."""
    return [
        (timeline, scene.cart(id_).about)
        for timeline, (id_, _) in zip(scene.timelines, scene.started, strict=True)
    ]


def anniversaries(scene: Scene) -> list[str]:
    return [about for timeline, about in begun(scene) if timeline == "anniversary"]


def days_from(scene: Scene, clock: Clock, *days: int) -> None:
    for day in days:
        clock.time = MORNING + day * DAY
        play_day(scene)
