"""The nightly scoring on a table in a SQLite file. However it is divided into shards and pages,
and whatever is done twice, each customer gets the same scores as if all customers were scored at
once."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from bench.thin_table import ThinTable
from hypothesis import given, settings
from hypothesis import strategies as st

from nightly_rfm import app
from nightly_rfm.scoring import NightlyScoring
from nightly_rfm.tasks import Begin
from support.builders import some_settings
from support.nightly_scoring import play_night
from wracaj.clock import timestamp
from wracaj.loyalty.ledger import Account, Sums
from wracaj.segments.rfm import Move, Night, Rfm, Scores, Segment, Values, segment_of
from wracaj.store import Store
from wracaj.store.customer_keys import ACCOUNT_SHARDS, account_key, account_shard
from wracaj.store.table import Table, dump
from wracaj.store.wire import to_wire

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
CUSTOMERS = st.lists(
    st.builds(Values, st.integers(0, 40), st.integers(1, 6), st.integers(0, 500)),
    min_size=1,
    max_size=60,
)
PAGE, STRETCH = st.integers(1, 7), st.integers(1, 16)
REPEATED, SEED = st.sampled_from([0, 0.5]), st.integers(0, 99)


def a_store() -> Store:
    return Store(Table("table", ThinTable(Path(":memory:"))))


def an_account(values: Values) -> Account:
    bought = {
        "2026-10": {"PLN": Sums(spend=values.monetary + Decimal("0.99"), orders=values.frequency)}
    }
    day = NOW.date() - timedelta(days=values.recency_days)
    return Account(months=bought, days={day.isoformat(): values.frequency})


def fill(store: Store, customers: list[Values], stored: Mapping[str, str | None] = {}) -> None:
    for number, values in enumerate(customers):
        id_ = f"customer-{number:04d}"
        item = account_key("kubek", id_) | {
            "account": dump(an_account(values)),
            "account_shard": account_shard("kubek", id_),
        }
        store.table.put(item | {"revision": 1, "rfm": stored.get(id_)})


def scored(store: Store) -> dict[str, Rfm]:
    return {one.customer_id: one.rfm for one in store.scoring.everybody("kubek") if one.rfm}


def all_at_once(customers: list[Values]) -> list[Scores]:
    frame = pd.DataFrame(customers, columns=["r", "f", "m"])
    ranks = pd.DataFrame(
        {"r": frame["r"].rank(ascending=False), "f": frame["f"].rank(), "m": frame["m"].rank()}
    )
    scores = (1 + (5 * (ranks - 0.5) / len(frame) + 1e-9).astype(int)).clip(upper=5)
    return [Scores(int(r), int(f), int(m)) for r, f, m in scores.itertuples(index=False)]


@given(customers=CUSTOMERS, page=PAGE, stretch=STRETCH, repeated=REPEATED, seed=SEED)
@settings(max_examples=40, deadline=None)
def test_scores_do_not_depend_on_shards_pages_or_repetitions(
    customers: list[Values], page: int, stretch: int, repeated: float, seed: int
) -> None:
    store = a_store()
    fill(store, customers)
    night = play_night(
        store, "kubek", NOW, page=page, stretches_of=stretch, repeated=repeated, seed=seed
    )
    expected = all_at_once(customers)
    found = [rfm for _, rfm in sorted(scored(store).items())]
    assert [Scores(rfm.recency, rfm.frequency, rfm.monetary) for rfm in found] == expected
    sizes = Counter(segment_of(scores) for scores in expected)
    assert {segment: number for segment, number in night.sizes.items() if number} == sizes
    assert {move.before for move in night.moves} == {None}


@given(first=CUSTOMERS, second=CUSTOMERS, page=PAGE, stretch=STRETCH, repeated=REPEATED, seed=SEED)
@settings(max_examples=40, deadline=None)
def test_the_next_night_tells_every_move_once(
    first: list[Values], second: list[Values], page: int, stretch: int, repeated: float, seed: int
) -> None:
    store = a_store()
    fill(store, first)
    play_night(store, "kubek", NOW - timedelta(days=1), page=page)
    before = {id_: rfm.segment for id_, rfm in scored(store).items()}
    stored = {one.customer_id: one.stored for one in store.scoring.everybody("kubek")}
    fill(store, second, stored)
    night = play_night(
        store, "kubek", NOW, page=page, stretches_of=stretch, repeated=repeated, seed=seed
    )
    after = {id_: rfm.segment for id_, rfm in scored(store).items()}
    moves = Counter((before.get(id_), segment) for id_, segment in after.items())
    assert {(move.before, move.after): move.customers for move in night.moves} == moves
    assert (night.since, night.sizes_before) == (
        NOW - timedelta(days=1),
        {segment: Counter(before.values())[segment] for segment in Segment},
    )


def test_a_night_after_which_nothing_changed_writes_to_no_customer() -> None:
    store = a_store()
    fill(store, [Values(days, 1, days) for days in range(20)])
    play_night(store, "kubek", NOW)
    requests = store.table.dynamodb.requests
    written = requests["UpdateItem"]
    night = play_night(store, "kubek", NOW + timedelta(minutes=1))
    assert written == requests["UpdateItem"] == 20
    assert all(move.before is move.after for move in night.moves)


def test_what_is_kept_of_a_page_and_of_a_shard_stays_in_items_that_dynamodb_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every value another one, and the largest that there are."""
    limit, most = 400 * 1024, 10**12
    tallies = [(most + number, 10**6) for number in range(5000)]
    store = a_store()
    store.scoring.put_count("kubek", NOW, 0, 0, (tallies, tallies, tallies))
    store.scoring.put_run(
        "kubek", NOW, 0, "monetary", ((most + number, 10**6) for number in range(31_000))
    )
    items = store.table.query({"PK": f"SHOP#kubek#RFM#{timestamp(NOW)}"})
    assert len(items) == 1 + 3
    assert max(len(str(to_wire(item))) for item in items) < limit
    assert list(store.scoring.run("kubek", NOW, 0, "monetary")) == [
        (most + number, 10**6) for number in range(31_000)
    ]


def test_parts_of_a_night_expire_and_its_summary_stays_a_year() -> None:
    store = a_store()
    fill(store, [Values(1, 1, 1)])
    play_night(store, "kubek", NOW)
    parts = store.table.query({"PK": f"SHOP#kubek#RFM#{timestamp(NOW)}"})
    (night,) = store.table.query({"PK": "SHOP#kubek#RFM"})
    days = {(int(item["expires_at"]) - NOW.timestamp()) / 86_400 for item in parts}
    assert days == {15}
    assert (int(night["expires_at"]) - NOW.timestamp()) / 86_400 == 400


def test_a_shop_where_nobody_bought_has_a_night_too() -> None:
    store = a_store()
    assert play_night(store, "kubek", NOW).moves == ()


def test_amounts_of_another_currency_are_never_added() -> None:
    store = a_store()
    fill(store, [Values(1, 1, 100)])
    assert play_night(store, "kubek", NOW, currency="EUR").moves == ()
    assert scored(store) == {}


@pytest.mark.parametrize(
    ("customers", "stretches"),
    [(None, 16), (0, 1), (4_999, 1), (5_000, 4), (99_999, 4), (100_000, 16)],
)
def test_a_small_shop_is_done_in_one_go_and_a_large_one_side_by_side(
    customers: int | None, stretches: int
) -> None:
    store = a_store()
    if customers is not None:
        moves = (Move(before=None, after=Segment.NEW, customers=customers),)
        store.scoring.put_night("kubek", Night(at=NOW, currency="PLN", moves=moves))
    begun = NightlyScoring(store).begin("kubek", NOW, "PLN")
    assert len(begun.pages) == stretches
    assert [shard for page in begun.pages for shard in range(page.first, page.last + 1)] == list(
        range(ACCOUNT_SHARDS)
    )


def test_customers_are_scored_in_the_currency_that_the_shops_settings_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "open_store", a_store)
    monkeypatch.setattr(
        app, "load_settings", lambda shop, max_age_seconds: some_settings(currency="EUR")
    )
    assert app.do(Begin(task="begin", shop="kubek"))["night"]["currency"] == "EUR"
