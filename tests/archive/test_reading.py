"""Reading the archive: by UTC day, whatever zone the period is told in, and each row once."""

import gzip
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wracaj.archive.objects import object_name
from wracaj.clock import timestamp
from wracaj_cli.archive.period import PeriodError, period_of
from wracaj_cli.archive.reading import lines
from wracaj_cli.archive.source import Folder

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def put(folder: Path, *moments: datetime) -> None:
    """Write rows of these moments as one object."""
    rows = [{"id": f"row-{at:%d-%H}", "at": timestamp(at)} for at in moments]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    file = folder / object_name("kubek", moments[0], uuid.uuid4().hex)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode()))


def ids(folder: Path, since: datetime, until: datetime) -> list[str]:
    return [line["id"] for line in lines(Folder(folder), "kubek", since, until)]


def test_a_day_of_the_shop_begins_on_the_day_before_by_utc(tmp_path: Path) -> None:
    """The first hour of 24 November in Warsaw is 23 November by UTC."""
    put(tmp_path, datetime(2026, 11, 23, 22, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC))
    put(tmp_path, datetime(2026, 11, 24, 1, tzinfo=UTC))
    since, until = period_of("2026-11-24", "2026-11-24", NOW, WARSAW)
    assert ids(tmp_path, since, until) == ["row-23-23", "row-24-01"]


def test_a_row_that_was_written_twice_is_read_once_and_in_order(tmp_path: Path) -> None:
    at = datetime(2026, 11, 24, 1, tzinfo=UTC)
    put(tmp_path, at + timedelta(hours=1), at)
    put(tmp_path, at)
    assert ids(tmp_path, at, NOW) == ["row-24-01", "row-24-02"]


def test_a_moment_bounds_a_period_to_the_minute() -> None:
    since, until = period_of("2026-11-24T14:30", "2026-11-25", NOW, WARSAW)
    assert since == datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    assert until == datetime(2026, 11, 25, 23, tzinfo=UTC)


def test_a_last_day_that_is_still_to_come_means_until_now() -> None:
    since, until = period_of(None, "2027-06-01", NOW, WARSAW)
    assert (since, until) == (NOW - timedelta(days=28), NOW)


@pytest.mark.parametrize("written", ["2026-11-25", "20261125", "2026-W48-3"])
def test_a_last_day_counts_in_full_however_it_is_written(written: str) -> None:
    assert period_of("2026-11-24", written, NOW, WARSAW).before == datetime(
        2026, 11, 25, 23, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("yesterday", None, "--from: 'yesterday' is no day"),
        ("2026-11-31", None, "--from: '2026-11-31' is no day"),
        ("2026-12-24", None, "is still to come"),
        ("2026-11-24", "2026-11-20", "2026-11-24 comes after --to"),
        ("2026-11-24", "2,5", "--to: '2,5' is no day"),
    ],
)
def test_a_period_that_is_none_is_refused_with_what_to_write(
    begins: str, ends: str | None, said: str
) -> None:
    with pytest.raises(PeriodError, match=said):
        period_of(begins, ends, NOW, WARSAW)
