"""What a shop told and what was decided lies in the archive, sealed, and an erasure makes it
unreadable for ever."""

import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import pytest

from support.archived_facts import archived_facts
from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper, links_in, visit
from wracaj.archive.events import event_of
from wracaj.archive.keys import SealingKey
from wracaj.archive.objects import shop_prefix
from wracaj.archive.sealing import opened
from wracaj.aws.shop_config import stored_settings
from wracaj.events import CartUpdated, Contact, OrderPlaced, ShopEvent
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.decision import decided
from wracaj.timelines.steps import Outcome, Step
from wracaj_cli.archive.reading import Line, lines, settle
from wracaj_cli.archive.source import Bucket
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
    return list(lines(Bucket(target), house.generic.id, since, house.stack.now()))


def stored(house: House, target: Target) -> str:
    """All that lies in the bucket of this shop, uncompressed."""
    bucket = Bucket(target)
    names = [one.name for one in bucket.under(shop_prefix(house.generic.id))]
    return "".join(gzip.decompress(body).decode() for body in bucket.bodies(names))


def settings_of(house: House, target: Target) -> dict[str, ShopSettings]:
    found = Bucket(target).settings(house.generic.id)
    return {version: stored_settings(text.decode()) for version, text in found.items()}


def keys(target: Target, shop: str, rows: list[Line]) -> dict[str, SealingKey]:
    archive_keys = target.store().archive_keys
    assert archive_keys
    names = {name for row in rows for name in row.get("sealed", {})}
    return archive_keys.of(shop, sorted(names))


@dataclass(frozen=True)
class Lived:
    """One shopper clicked and bought, the other one opted out. `rows`: all of it, archived."""

    buyer: Shopper
    stays: Shopper
    rows: list[Line]
    keys: dict[str, SealingKey]

    @cached_property
    def events(self) -> list[ShopEvent]:
        return [event_of(opened(row, self.keys)[0]) for row in self.rows if row["kind"] == "event"]

    @cached_property
    def order(self) -> OrderPlaced:
        (found,) = (one for one in self.events if isinstance(one, OrderPlaced))
        return found

    def cart_of(self, shopper: Shopper) -> CartUpdated:
        carts = [one for one in self.events if isinstance(one, CartUpdated)]
        return next(cart for cart in carts if cart.cart_id == shopper.cart_id)

    def outcomes(self, shopper: Shopper) -> list[tuple[str, str]]:
        return [
            (row["step"]["name"], row["outcome"])
            for row in self.rows
            if row["kind"] == "decision" and row["cart_id"] == shopper.cart_id
        ]

    def is_the_buyers(self, row: Line) -> bool:
        told: Line = row.get("event", row)
        is_cart = self.buyer.cart_id == told.get("cart_id")
        return is_cart or bool(told.get("order_id") == self.order.order_id)


@pytest.fixture(scope="module")
def lived(house: House, target: Target) -> Lived:
    shop, stack = house.generic, house.stack
    began, buyer, stays = stack.now(), a_shopper("archived"), a_shopper("stays")
    for shopper in (buyer, stays):
        assert house.post(shop, *house.fills(shop, shopper)).status == 200
    stack.skip(4 * HOUR)
    (mail,), (other,) = house.outbox(buyer), house.outbox(stays)
    assert visit(links_in(mail)["c"])[0] in {302, 303}
    assert house.post(shop, *house.buys(shop, buyer)).status == 200
    assert visit(links_in(other)["u"], "POST")[0] == 200
    stack.skip(2 * DAY)
    rows = archived(house, target, began)
    return Lived(buyer, stays, rows, keys(target, shop.id, rows))


def test_everything_that_was_told_and_decided_is_archived(lived: Lived) -> None:
    kinds = Counter(row["kind"] for row in lived.rows)
    assert kinds.keys() == {"event", "start", "decision", "click", "stop", "delivery"}
    assert kinds["click"] == 1
    assert lived.outcomes(lived.buyer) == [("first_email", "sent"), ("sms", "ordered")]
    assert lived.outcomes(lived.stays)[:2] == [("first_email", "sent"), ("sms", "skipped")]


def test_each_decision_comes_of_its_facts_again(house: House, target: Target, lived: Lived) -> None:
    settings = settings_of(house, target)
    decisions = [row for row in lived.rows if row["kind"] == "decision"]
    assert decisions
    for row in decisions:
        moment, step = datetime.fromisoformat(row["at"]), Step.model_validate(row["step"])
        again = decided(archived_facts(row["facts"]), step, settings[row["settings"]], moment)
        assert (again.outcome, again.reason) == (row["outcome"], row["reason"])


def test_an_event_comes_back_with_its_addresses_by_the_keys_alone(
    house: House, target: Target, lived: Lived
) -> None:
    assert lived.cart_of(lived.buyer).contact.email == lived.buyer.email
    assert lived.order.contact.email == lived.buyer.email
    told = [row["version"] for row in lived.rows if row["kind"] == "event"]
    assert [one.version for one in lived.events] == told
    text = stored(house, target)
    for secret in (lived.buyer.email, lived.buyer.phone, lived.stays.email, "Ala"):
        assert secret not in text


def test_an_export_has_the_rows_of_the_shopper_and_nobody_elses_address(
    house: House, target: Target, lived: Lived
) -> None:
    wanted = [row for row in lived.rows if lived.is_the_buyers(row) and row["kind"] != "start"]
    name = next(row["names"]["email"] for row in wanted if "names" in row)
    theirs = rows_of_shopper(target, house.generic.id, {name})
    assert {row["id"] for row in theirs} >= {row["id"] for row in wanted}
    assert lived.buyer.email in str(theirs)
    assert lived.stays.email not in str(theirs)


def test_after_an_erasure_nothing_of_the_shopper_can_be_read_and_all_of_the_other(
    house: House, target: Target, lived: Lived
) -> None:
    """After the tests above: they read what is gone then."""
    shop, rows = house.generic.id, lived.rows
    target.store().erasure.erase(shop, lived.cart_of(lived.buyer).contact, house.stack.now())
    left = {name: key for name, key in keys(target, shop, rows).items() if key.secret}
    assert lived.keys.keys() - left.keys() == {
        name for row in rows if lived.is_the_buyers(row) for name in row.get("names", {}).values()
    }
    for row in rows:
        whole, unread = opened(row, left)
        assert bool(unread) == (lived.is_the_buyers(row) and "sealed" in row)
        assert lived.buyer.email not in str(whole)
        assert lived.buyer.phone not in str(whole)


def test_what_was_under_way_at_the_erasure_is_not_sealed_with_a_new_key(
    house: House, target: Target
) -> None:
    """The row was noted before the erasure and is written after it."""
    shop, stack = house.generic, house.stack
    began, late = stack.now(), a_shopper("late")
    assert house.post(shop, *house.fills(shop, late)).status == 200
    rows = archived(house, target, began)
    contact = Contact(email=late.email, phone=late.phone)
    target.store().erasure.erase(shop.id, contact, stack.now())

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
    shop, month_ago = house.generic.id, house.stack.now() - 30 * DAY
    rows = archived(house, target, month_ago)
    assert rows
    assert any(key.secret for key in keys(target, shop, rows).values())
    assert settings_of(house, target)
    shop_erasure.erase(target, shop)
    assert not archived(house, target, month_ago)
    assert not keys(target, shop, rows)
    assert not stored(house, target)
    assert not settings_of(house, target)
