"""How much happens in a shop: `SHOP#{shop}#ACTIVITY` / `{date}`, with a number for each hour (UTC):
`events_07`, `orders_07`, `sent_07`, `off_07`. Counted from the rows of the archive; a row that is
written twice counts twice."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from wracaj.activity.hours import Activity, Series
from wracaj.store.table import Change, Table, expiry

KEPT_DAYS = 60


class Activities:
    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, shop: str, counted: Mapping[tuple[Series, datetime], int]) -> None:
        """One write for each day."""
        days: dict[str, dict[str, int]] = defaultdict(dict)
        for (series, hour), number in counted.items():
            at = hour.astimezone(UTC)
            days[f"{at:%Y-%m-%d}"][f"{series}_{at:%H}"] = number
        for day, numbers in days.items():
            until = expiry(datetime.fromisoformat(day).replace(tzinfo=UTC), KEPT_DAYS)
            change = Change().add(**numbers).set_once(expires_at=until)
            self.table.update(_partition(shop) | {"SK": day}, change)

    def of(self, shop: str) -> Activity:
        """Return what is known, of up to 60 days. One request."""
        found: dict[Series, dict[datetime, int]] = {series: {} for series in Series}
        for item in self.table.query(_partition(shop)):
            midnight = datetime.fromisoformat(item["SK"]).replace(tzinfo=UTC)
            for name, number in item.items():
                series, _, hour = name.rpartition("_")
                if series in list(Series):
                    found[Series(series)][midnight.replace(hour=int(hour))] = int(number)
        return found


def _partition(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#ACTIVITY"}
