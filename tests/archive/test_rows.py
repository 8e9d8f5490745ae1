"""Every event and every decision comes back from the archive as it was, and what is personal can be
read with the keys of its identifiers alone."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.archived_facts import archived_facts
from support.builders import NOON, some_settings
from wracaj.archive.decisions import facts_as_json
from wracaj.archive.events import EVENTS, event_of, event_row
from wracaj.archive.keys import SealingKey
from wracaj.archive.rows import Row, RowKind, queued, unqueued
from wracaj.archive.sealing import names_in, names_without_key, opened, sealed
from wracaj.aws.archive_queue import MOST_BYTES, packed, unpacked
from wracaj.clock import timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import (
    CartContent,
    CartDeleted,
    CartUpdated,
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    Item,
    OrderCancelled,
    OrderEdited,
    OrderPlaced,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
    Product,
    ProductViewed,
    ReviewWritten,
    ShopEvent,
)
from wracaj.timelines.facts import Facts, Sent
from wracaj.timelines.steps import Outcome, Reason, StepResult

SHOP = some_settings()
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
ids = st.text("abcdef0123456789-", min_size=1, max_size=12)
SECRETS = st.uuids().map(lambda one: f"geheim{one.hex}")
contacts = st.builds(
    Contact,
    platform_id=st.none() | SECRETS,
    email=st.none() | SECRETS.map(lambda one: f"{one}@poczta.example"),
    phone=st.none() | SECRETS,
    messenger=st.none() | SECRETS,
    web_push=st.none() | SECRETS,
    first_name=st.none() | SECRETS,
    locale=st.none() | st.just("pl-PL"),
    record_email=st.none() | SECRETS,
)
items = st.builds(
    Item,
    product_id=st.none() | ids,
    title=st.text(max_size=8),
    quantity=st.decimals("0.5", 9, places=1),
    unit_price=st.none() | st.decimals(0, 999, places=2),
)
contents = st.builds(
    CartContent,
    items=st.lists(items, max_size=3).map(tuple),
    currency=st.just("PLN"),
    total=st.none() | st.decimals(0, 999, places=2),
    recovery_url=st.none() | SECRETS.map(lambda one: f"https://kubek.example/{one}"),
)
words = st.builds(Consent, state=st.sampled_from(ConsentState), at=moments, source=st.just("cart"))
events: st.SearchStrategy[ShopEvent] = st.one_of(
    st.builds(
        CartUpdated,
        at=moments,
        cart_id=ids,
        created_at=st.none() | moments,
        content=st.none() | contents,
        contact=contacts,
        consent=st.dictionaries(st.sampled_from(Channel), words, max_size=2),
        quiet=st.booleans(),
    ),
    st.builds(CartDeleted, at=moments, cart_id=ids),
    st.builds(
        OrderPlaced,
        at=moments,
        order_id=ids,
        placed_at=moments,
        heard_at=st.none() | moments,
        cart_ids=st.lists(ids, max_size=2).map(tuple),
        contact=contacts,
        currency=st.just("PLN"),
        total=st.none() | st.decimals(0, 999, places=2),
        tax=st.none() | st.just(Decimal("3.21")),
    ),
    st.builds(OrderCancelled, at=moments, order_id=ids),
    st.builds(OrderEdited, at=moments, order_id=ids),
    st.builds(OrderRefunded, at=moments, order_id=ids, refund_id=ids),
    st.builds(
        ProductViewed, at=moments, contact=contacts, product=st.just(Product(product_id="p"))
    ),
    st.builds(CustomerUpdated, at=moments, contact=contacts, birthday=st.none() | st.just("03-14")),
    st.builds(CustomersMerged, at=moments, kept=SECRETS, gone=SECRETS),
    st.builds(
        ConsentChanged,
        at=moments,
        contact=contacts,
        channel=st.sampled_from(Channel),
        consent=words,
    ),
    st.builds(ReviewWritten, at=moments, contact=contacts, review_id=ids),
    st.builds(
        PrivacyRequested, at=moments, kind=st.just(PrivacyKind.DATA_REQUEST), contact=contacts
    ),
)


def a_key(number: int, erased_at: str = "") -> SealingKey:
    return SealingKey(f"key{number}", bytes([number]) * 32, erased_at)


def through_the_queue(row: Row) -> Row:
    (same,) = unqueued(unpacked(packed(queued([row]))))
    return same


def test_every_kind_of_event_is_tried() -> None:
    assert set(EVENTS.values()) == {type(one) for one in _some_of_each()}


def _some_of_each() -> list[ShopEvent]:
    nobody = Contact()
    word = Consent(state=ConsentState.SUBSCRIBED, at=NOON, source="cart")
    return [
        CartUpdated(at=NOON, cart_id="c"),
        CartDeleted(at=NOON, cart_id="c"),
        OrderPlaced(at=NOON, order_id="o", placed_at=NOON),
        OrderCancelled(at=NOON, order_id="o"),
        OrderEdited(at=NOON, order_id="o"),
        OrderRefunded(at=NOON, order_id="o", refund_id="r"),
        ProductViewed(at=NOON, contact=nobody, product=Product(product_id="p")),
        CustomerUpdated(at=NOON, contact=nobody),
        CustomersMerged(at=NOON, kept="1", gone="2"),
        ConsentChanged(at=NOON, contact=nobody, channel=Channel.SMS, consent=word),
        ReviewWritten(at=NOON, contact=nobody, review_id="r"),
        PrivacyRequested(at=NOON, kind=PrivacyKind.DATA_REQUEST),
    ]


@given(events)
def test_an_event_comes_back_as_it_was(event: ShopEvent) -> None:
    row = through_the_queue(event_row(SHOP, event, NOON, NOON))
    keys = {name: a_key(number) for number, name in enumerate(sorted(names_in([row])))}
    line = json.loads(json.dumps(sealed(row, keys), default=str))
    whole, unread = opened(line, keys)
    again = event_of(whole)
    assert not unread
    assert again == event
    assert again.version == event.version == line["version"]
    assert getattr(again, "heard_at", None) == getattr(event, "heard_at", None)


@given(events)
def test_no_part_of_a_person_stands_openly_in_a_line(event: ShopEvent) -> None:
    row = event_row(SHOP, event, NOON, NOON)
    keys = {name: a_key(number) for number, name in enumerate(sorted(names_in([row])))}
    line = json.dumps(sealed(row, keys), default=str)
    assert "geheim" not in line
    assert "03-14" not in line.replace("2026-03-14", "")


@given(events, st.data())
def test_without_a_key_only_what_it_sealed_is_gone(event: ShopEvent, data: Any) -> None:
    row = event_row(SHOP, event, NOON, NOON)
    names = sorted(names_in([row]))
    keys = {name: a_key(number) for number, name in enumerate(names)}
    line = sealed(row, keys)
    erased = data.draw(st.sets(st.sampled_from(names)) if names else st.just(set()))
    whole, unread = opened(line, {name: key for name, key in keys.items() if name not in erased})
    text = json.dumps(whole, default=str)
    assert unread == erased
    for name, fields in row.personal.items():
        for value in fields.values():
            if "geheim" in str(value):
                assert (str(value) in text) == (name not in erased)


@given(events)
def test_a_row_that_is_older_than_the_erasure_is_sealed_by_nobody(event: ShopEvent) -> None:
    row = event_row(SHOP, event, NOON, NOON)
    erased = {
        name: SealingKey("", b"", timestamp(NOON + timedelta(seconds=1)))
        for name in names_in([row])
    }
    assert not names_without_key([row], erased)
    line = sealed(row, erased)
    assert set(line.get("sealed", {}).values()) <= {None}
    assert "geheim" not in json.dumps(line, default=str)


def test_a_sealed_text_cannot_be_moved_to_another_row_or_identifier() -> None:
    event = CartUpdated(at=NOON, cart_id="c", contact=Contact(email="ala@poczta.example"))
    rows = [event_row(SHOP, event, NOON, NOON) for _ in range(2)]
    (name,) = names_in(rows)
    keys = {name: a_key(1), "e-other": a_key(1)}
    line, other = (sealed(row, keys) for row in rows)
    assert not opened(line, keys)[1]
    moved = line | {"sealed": other["sealed"]}
    renamed = line | {"sealed": {"e-other": line["sealed"][name]}}
    for forged in (moved, renamed):
        whole, unread = opened(forged, keys)
        assert unread
        assert "ala@poczta.example" not in str(whole)


def test_an_erasure_by_the_shop_brings_no_address_into_the_archive() -> None:
    event = PrivacyRequested(
        at=NOON,
        kind=PrivacyKind.CUSTOMER_REDACT,
        contact=Contact(email="ala@poczta.example", platform_id="77"),
        order_ids=("5", "6"),
    )
    row = event_row(SHOP, event, NOON, NOON)
    assert not row.personal
    assert "ala@poczta.example" not in queued([row])
    assert set(row.body["names"]) == {"account", "email"}


facts = st.builds(
    Facts,
    subject_id=ids,
    gone=st.booleans(),
    earlier=st.none()
    | st.builds(StepResult, outcome=st.sampled_from(Outcome), reason=st.sampled_from(Reason)),
    ordered=st.booleans(),
    end=st.none() | st.sampled_from(Reason),
    switched_on=st.booleans(),
    barred=st.none() | st.sampled_from(Reason),
    sent_instead=st.booleans(),
    active_at=st.none() | moments,
    stepped_at=st.none() | moments,
    until=st.none() | moments,
    asked_for=st.booleans(),
    minds_other_carts=st.booleans(),
    sent=st.lists(st.builds(Sent, at=moments, channel=st.sampled_from(Channel)), max_size=3).map(
        tuple
    ),
    pace_days=st.none() | st.sampled_from([7, 30]),
)


@given(facts)
def test_facts_come_back_as_they_were(told: Facts) -> None:
    assert archived_facts(json.loads(json.dumps(facts_as_json(told)))) == told


@pytest.mark.parametrize("size", [10, MOST_BYTES - 200, MOST_BYTES * 20])
def test_a_row_of_any_size_goes_through_the_queue(size: int) -> None:
    row = Row(RowKind.CLICK, "kubek", NOON, {"text": "ż" * (size // 2)})
    text = packed(queued([row]))
    assert len(text.encode()) <= MOST_BYTES
    assert through_the_queue(row) == row
