"""What experiments change for a step of the walked past, by the entries that the archive has.

Who enters an experiment is drawn from the person. So a shopper who gets to the first message only
with other timings enters the same arm as they would have then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wracaj.experiments.arms import ArmsGiven, Entry, arms_given, entry_of, to_enter
from wracaj.experiments.draw import drawn_arm
from wracaj.settings.shop import ShopSettings
from wracaj_cli.archive.backtest.runs import Run

NO_ARMS = ArmsGiven({}, is_held_out=False, timings={}, templates={})


@dataclass(slots=True, eq=False)
class Arms:
    """Of one person. `entries`: experiment → the entry, archived or made on the way."""

    person: str
    entries: dict[str, Entry] = field(default_factory=dict)

    def learn(self, run: Run, shop: ShopSettings) -> None:
        for one in run.made:
            for name, told in one.entries.items():
                if name in shop.experiments and name not in self.entries:
                    self.entries[name] = _entry(shop, name, told)

    def given(
        self, shop: ShopSettings, timeline: str, moment: datetime, so_far: set[str]
    ) -> ArmsGiven:
        if not shop.experiments:
            return NO_ARMS
        for name, one in to_enter(shop, timeline, self.entries, moment).items():
            if not arms_given(shop, timeline, self.entries, moment).is_held_out:
                arm = drawn_arm(name, shop.shop, self.person, one.shares)
                self.entries[name] = entry_of(one, arm, self.person, moment)
        return arms_given(shop, timeline, self.entries, moment, so_far)


def _entry(shop: ShopSettings, name: str, told: Mapping[str, str]) -> Entry:
    at = datetime.fromisoformat(told["at"])
    return entry_of(shop.experiments[name], told["arm"], told["person"], at)
