"""Nothing that changes in a shop is left out, whatever changes while it is read, wherever a run
ends, and whatever the shop's clock shows."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.reconciliation import cursor as cursors
from wracaj.reconciliation.cursor import Cursor, Reconciliation

NOON = datetime(2026, 10, 14, 12, tzinfo=UTC)
A_PAGE = 3
Record = tuple[str, datetime]  # an id, and when it changed


@dataclass
class List:
    """A list of records, sorted by change or by id. A place is the key of the row before."""

    by_change: bool
    clock: timedelta
    records: dict[str, datetime] = field(default_factory=dict)

    def change(self, name: str, now: datetime) -> None:
        self.records[name] = now + self.clock

    def page(self, since: datetime, place: str) -> tuple[list[Record], str]:
        rows = sorted(self._key(row) for row in self.records.items() if row[1] >= since)
        rows = [row for row in rows if row > place][:A_PAGE]
        more = any(self._key(row) > rows[-1] for row in self.records.items()) if rows else False
        names = [row.rpartition(" ")[2] for row in rows]
        return [(name, self.records[name]) for name in names], rows[-1] if more else ""

    def _key(self, row: Record) -> str:
        return f"{row[1].isoformat()} {row[0]}" if self.by_change else f" {row[0]}"


moves = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.integers(0, 9)),
        st.tuples(st.just("read"), st.integers(1, 4)),  # so many pages, then the run is over
        st.tuples(st.just("pass"), st.integers(1, 90)),  # minutes
    ),
    max_size=40,
)


@pytest.mark.parametrize("by_change", [True, False], ids=["by change", "by id"])
# by id, a walk over several runs needs a clock that is right
@pytest.mark.parametrize("hours", [-2, 0, 3])
@given(moves=moves, most_marks=st.sampled_from([2, 1000]))
def test_every_change_is_read(
    by_change: bool, hours: int, moves: list[tuple[str, int]], most_marks: int
) -> None:
    if not by_change and hours:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cursors, "MOST_MARKS", most_marks)
        shop, read = played(List(by_change, timedelta(hours=hours)), moves)
    assert set(shop.records.items()) <= read


def played(shop: List, moves: list[tuple[str, int]]) -> tuple[List, set[Record]]:
    """Return the shop at the end, and all that was read."""
    now, read = NOON, set[Record]()
    known = Cursor(until=NOON + shop.clock)
    for what, number in moves:
        now += timedelta(seconds=7)
        if what == "change":
            shop.change(f"r{number}", now)
        elif what == "pass":
            now += timedelta(minutes=number)
        else:
            known = a_run(shop, known, now, read, pages=number)
    for _ in range(2):
        now += timedelta(minutes=15)
        known = a_run(shop, known, now, read, pages=1000)
    return shop, read


def a_run(shop: List, known: Cursor, now: datetime, read: set[Record], *, pages: int) -> Cursor:
    known = known.begun(now)
    for _ in range(pages):
        rows, place = shop.page(known.since, known.place)
        marks = [(f"{name} {at}", at) for name, at in rows]
        read |= {row for row, (mark, _) in zip(rows, marks, strict=True) if not known.knows(mark)}
        known = known.remembering(marks).passed([at for _, at in rows], place)
        if known.begun_at is None:
            break
    return known


def test_where_nothing_changed_the_cursor_stays() -> None:
    """The clock of the shop may be hours behind."""
    known = Cursor(until=NOON).begun(NOON + timedelta(hours=5)).passed([], "")
    assert known.until == NOON


def test_a_change_dated_next_year_does_not_move_it_there() -> None:
    begun = NOON + timedelta(hours=1)
    known = Cursor(until=NOON).begun(begun).passed([NOON + timedelta(days=365)], "")
    assert known.until == begun


def test_a_walk_that_was_refused_before_its_first_page_is_a_new_one() -> None:
    known = Cursor(until=NOON).begun(NOON).begun(NOON + timedelta(hours=2))
    assert known.begun_at == NOON + timedelta(hours=2)


def test_the_lag_counts_from_the_last_walk_that_was_complete() -> None:
    told = Reconciliation().begun(["orders"], NOON, NOON)
    assert told.lag(NOON + timedelta(minutes=40)) == timedelta(minutes=40)
    done = told.model_copy(update={"complete_at": NOON + timedelta(minutes=30)})
    assert done.lag(NOON + timedelta(minutes=40)) == timedelta(minutes=10)
    assert Reconciliation().lag(NOON) == timedelta(0)


def test_marks_are_bounded_and_the_overlap_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursors, "MOST_MARKS", 5)
    changes = [NOON + timedelta(seconds=second) for second in range(20)]
    known = Cursor(until=NOON - timedelta(hours=1)).begun(NOON + timedelta(minutes=1))
    known = known.remembering([(f"r{at}", at) for at in changes]).passed(changes, "")
    assert len(known.marks) == 5
    assert known.since == NOON + timedelta(seconds=15)


def test_what_changes_behind_a_walk_of_several_runs_is_read_by_the_next() -> None:
    """By id, a record that changes is not on a later page."""
    shop, read = List(by_change=False, clock=timedelta(0)), set[Record]()
    for number in range(9):
        shop.change(f"r{number}", NOON)
    known = a_run(shop, Cursor(until=NOON), NOON + timedelta(minutes=1), read, pages=1)
    shop.change("r0", NOON + timedelta(minutes=20))
    shop.change("r8", NOON + timedelta(hours=2))
    known = a_run(shop, known, NOON + timedelta(hours=3), read, pages=9)
    assert known.begun_at is None
    a_run(shop, known, NOON + timedelta(hours=4), read, pages=9)
    assert set(shop.records.items()) <= read


def test_more_marks_than_are_kept_never_move_the_beginning_past_the_walk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cursors, "MOST_MARKS", 1)
    later = [NOON + timedelta(hours=hour) for hour in (1, 2)]  # while the walk went on
    known = Cursor(until=NOON).begun(NOON + timedelta(minutes=1))
    known = known.remembering([(f"r{at}", at) for at in later]).passed(later, "")
    assert known.since <= NOON + timedelta(minutes=1)
