"""What a shop told and what was decided lies in the archive, sealed, and an erasure makes it
unreadable for ever."""

import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper, links_in, visit
from wracaj.archive.decisions import facts_from_json
from wracaj.archive.events import event_of
from wracaj.archive.sealing import opened
from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.events import CartUpdated, OrderPlaced
from wracaj.timelines.decision import decided
from wracaj.timelines.steps import Outcome, Step
from wracaj_cli.archive.reading import (
    Line,
    lines,
    object_names,
    place_of,
    settings_of,
    settle,
)
from wracaj_cli.archive.whole_shop import rows_of_shopper
from wracaj_cli.privacy import shop_erasure
from wracaj_cli.shops.target import Target, local_target

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        yield a_house(stack, codes, shop="kubek-keeps")


@pytest.fixture(scope="module")
def target(house: House) -> Target:
    return local_target(house.stack.home)


def archived(house: House, target: Target, since: datetime) -> list[Line]:
    assert settle(target) == 0
    return list(lines(target, house.generic.id, since, house.stack.now()))


def of_kind(rows: list[Line], kind: str, cart_id: str) -> list[Line]:
    return [
        row
        for row in rows
        if row["kind"] == kind and cart_id in (row.get("cart_id"), row["event"].get("cart_id"))
    ]


def stored(house: House, target: Target, since: datetime) -> str:
    """All that lies in the bucket of this shop, uncompressed."""
    s3, bucket = target.client("s3"), place_of(target).bucket
    days = {since.date() + day * DAY for day in range((house.stack.now() - since).days + 2)}
    names = [name for day in days for name in object_names(target, house.generic.id, day)]
    bodies = [s3.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names]
    return "".join(gzip.decompress(body).decode() for body in bodies)


def keys(target: Target, shop: str, rows: list[Line]) -> Any:
    archive_keys = target.store().archive_keys
    assert archive_keys
    return archive_keys.of(shop, sorted({name for row in rows for name in row.get("sealed", {})}))


def buys_after_a_click(house: House, shopper: Shopper) -> None:
    (mail,) = house.outbox(shopper)
    assert visit(links_in(mail)["c"])[0] in {302, 303}
    assert house.post(house.generic, *house.buys(house.generic, shopper)).status == 200


def test_what_is_archived_tells_all_and_after_an_erasure_nothing_of_a_person(
    house: House, target: Target
) -> None:
    shop, stack = house.generic, house.stack
    began, buyer, stays = stack.now(), a_shopper("archived"), a_shopper("stays")
    told = {shopper: house.fills(shop, shopper) for shopper in (buyer, stays)}
    for topic, body in told.values():
        assert house.post(shop, topic, body).status == 200
    stack.skip(4 * HOUR)
    buys_after_a_click(house, buyer)
    (mail,) = house.outbox(stays)
    assert visit(links_in(mail)["u"], "POST")[0] == 200
    stack.skip(2 * DAY)
    rows = archived(house, target, began)

    kinds = Counter(row["kind"] for row in rows)
    assert kinds["click"] == 1
    assert {"event", "start", "decision", "click", "stop", "delivery"} <= kinds.keys()
    decisions = [row for row in rows if row["kind"] == "decision"]
    assert [
        (row["step"]["name"], row["outcome"])
        for row in decisions
        if row["cart_id"] == buyer.cart_id
    ] == [("first_email", "sent"), ("sms", "ordered")]
    assert [row["outcome"] for row in decisions if row["cart_id"] == stays.cart_id][:2] == [
        "sent",
        "skipped",
    ]
    for row in decisions:
        settings = settings_of(target, shop.id, row["settings"])
        assert settings
        moment, step = datetime.fromisoformat(row["at"]), Step.model_validate(row["step"])
        again = decided(facts_from_json(row["facts"]), step, settings, moment)
        assert (again.outcome, again.reason) == (row["outcome"], row["reason"])

    known = keys(target, shop.id, rows)
    events = [event_of(opened(row, known)[0]) for row in rows if row["kind"] == "event"]
    carts = {one.cart_id: one for one in events if isinstance(one, CartUpdated)}
    assert carts[buyer.cart_id].contact.email == buyer.email
    (order,) = (one for one in events if isinstance(one, OrderPlaced))
    assert order.contact.email == buyer.email
    versions = [row["version"] for row in rows if row["kind"] == "event"]
    assert [one.version for one in events] == versions

    text = stored(house, target, began)
    for secret in (buyer.email, buyer.phone, stays.email, "Ala"):
        assert secret not in text
    contact = carts[buyer.cart_id].contact
    theirs = exported(target, shop.id, buyer)
    assert {row["id"] for row in theirs} >= {
        row["id"] for row in rows if mine(row, buyer, order) and row["kind"] != "start"
    }
    assert buyer.email in str(theirs)
    assert stays.email not in str(theirs)
    target.store().erasure.erase(shop.id, contact, stack.now())
    left = {name: key for name, key in keys(target, shop.id, rows).items() if key.secret}
    assert known.keys() - left.keys() == {
        name for row in rows for name in row.get("names", {}).values() if mine(row, buyer, order)
    }
    for row in rows:
        whole, is_whole = opened(row, left)
        assert is_whole != (mine(row, buyer, order) and "sealed" in row)
        assert buyer.email not in str(whole)
        assert buyer.phone not in str(whole)


def exported(target: Target, shop: str, shopper: Shopper) -> list[Line]:
    name = identifier_of(shop, IdentifierKind.EMAIL, shopper.email)
    return rows_of_shopper(target, shop, {name})


def mine(row: Line, shopper: Shopper, order: OrderPlaced) -> bool:
    told: Line = row.get("event", row)
    is_cart = shopper.cart_id == told.get("cart_id")
    return is_cart or bool(told.get("order_id") == order.order_id)


def test_what_was_under_way_at_the_erasure_is_not_sealed_with_a_new_key(
    house: House, target: Target
) -> None:
    """The row was noted before the erasure and is written after it."""
    shop, stack = house.generic, house.stack
    began, late = stack.now(), a_shopper("late")
    assert house.post(shop, *house.fills(shop, late)).status == 200
    rows = archived(house, target, began)
    (event,) = of_kind([row for row in rows if row["kind"] == "event"], "event", late.cart_id)
    contact = event_of(opened(event, keys(target, shop.id, rows))[0])
    assert isinstance(contact, CartUpdated)
    target.store().erasure.erase(shop.id, contact.contact, stack.now())

    topic, body = house.fills(shop, late, at=began)
    assert house.post(shop, topic, body).status == 200
    again = archived(house, target, began)
    assert len(again) > len(rows)
    late_rows = again[len(rows) :]
    assert [shut for row in late_rows for shut in row.get("sealed", {}).values()] == [None, None]
    assert late.email not in str(late_rows)
    assert not [key for key in keys(target, shop.id, again).values() if key.secret]


def test_decisions_of_every_outcome_have_their_facts(house: House, target: Target) -> None:
    shop, stack = house.generic, house.stack
    began, active = stack.now(), a_shopper("active")
    assert house.post(shop, *house.fills(shop, active)).status == 200
    stack.skip(2.5 * HOUR)
    assert house.post(shop, *house.fills(shop, active)).status == 200
    stack.skip(4 * HOUR)
    decisions = [
        row
        for row in archived(house, target, began)
        if row["kind"] == "decision" and row["cart_id"] == active.cart_id
    ]
    first, second = decisions[:2]
    assert (first["outcome"], first["reason"]) == (Outcome.WAIT, "shopper_active")
    assert first["wait_seconds"] == pytest.approx(2.5 * 3600, abs=600)
    assert second["outcome"] == Outcome.SENT


def test_of_an_erased_shop_neither_rows_nor_keys_are_left(house: House, target: Target) -> None:
    """The last test here: what the others look at is gone."""
    shop, stack = house.generic, house.stack
    rows = archived(house, target, stack.now() - 30 * DAY)
    assert rows
    assert any(key.secret for key in keys(target, shop.id, rows).values())
    version = next(row["settings"] for row in rows if "settings" in row)
    assert settings_of(target, shop.id, version)
    shop_erasure.erase(target, shop.id)
    assert not archived(house, target, stack.now() - 30 * DAY)
    assert not keys(target, shop.id, rows)
    assert not stored(house, target, stack.now() - 30 * DAY)
    assert settings_of(target, shop.id, version) is None
