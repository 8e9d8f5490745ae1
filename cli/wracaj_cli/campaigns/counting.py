"""To how many customers a campaign would be sent, counted by the code that sends it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from campaign_page.selection import go_through
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.customer_keys import ACCOUNT_SHARDS
from wracaj.timelines.campaign import Campaign
from wracaj.timelines.campaign import Progress as Place
from wracaj_cli.outcome_words import reason_in_words


@dataclass
class Count:
    looked: int = 0
    asked: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def others(self) -> int:
        """The number of customers whom the campaign is not for."""
        return self.looked - self.asked - self.passed_over.total()


def count(store: Store, shop: ShopSettings, campaign: Campaign, now: datetime) -> Count:
    """Count the campaign's customers. Every customer of the shop is read once."""
    found = Count()
    columns = (
        TextColumn("Counting the customers"),
        BarColumn(),
        TextColumn("{task.fields[looked]:,}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, transient=True) as display:
        task = display.add_task("", total=ACCOUNT_SHARDS, looked=0)
        for look in go_through(store, shop, campaign, Place(), max(now, campaign.begins_at)):
            found.looked += 1
            found.asked += look.asked is not None
            if look.reason:
                found.passed_over[look.reason] += 1
            display.update(task, completed=look.shard, looked=found.looked)
    return found


def as_table(found: Count) -> Table:
    table = Table("customers", "", show_header=False)
    table.add_row(f"{found.asked:,}", "would be sent to")
    for reason, number in found.passed_over.most_common():
        table.add_row(f"{number:,}", f"not: {reason_in_words(reason)}")
    if found.others:
        table.add_row(f"{found.others:,}", "not: the campaign is not for them")
    table.add_row(f"{found.looked:,}", "in all", style="bold")
    return table
