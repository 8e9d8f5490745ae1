"""A shop's story with a copy of its table in the middle, as AWS restores one, and what is lost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from support.stories.people import (
    ANIA,
    ANIAS_PHONE,
    FAMILY_PHONE,
    FIRST,
    SECOND,
    STRANGER,
)
from support.stories.story import Story
from wracaj.store import open_store
from wracaj.store.archive_keys import ArchiveKeys
from wracaj.store.restoring.comeback import Verdict
from wracaj.store.restoring.kinds import Kind
from wracaj.store.restoring.restorer import Restorer
from wracaj.store.table import Item, Table
from wracaj.store.wire import from_wire

Place = tuple[str, str]
Items = dict[Place, Item]


def items_of(table: Table) -> Items:
    pages = table.dynamodb.get_paginator("scan").paginate(TableName=table.name)
    found = [from_wire(item) for page in pages for item in page["Items"]]
    return {(item["PK"], item["SK"]): item for item in found}


@dataclass
class Losing:
    """`copied_at`: when the copy was made."""

    story: Story
    copied_at: datetime
    copy: Table
    archive_keys: ArchiveKeys | None = None
    counted: Counter[tuple[Kind, Verdict]] = field(default_factory=Counter)

    @property
    def live(self) -> Table:
        return open_store().table

    def lose(self, places: Iterable[Place]) -> None:
        for pk, sk in places:
            self.live.delete({"PK": pk, "SK": sk})

    def restore(self, *, dry_run: bool = False) -> Counter[tuple[Kind, Verdict]]:
        zones = {self.story.shop.id: self.story.shop.settings.zone}
        restorer = Restorer(
            self.live,
            self.copy,
            self.archive_keys,
            self.copied_at,
            dict(zones),
            lambda: self.story.now,
            dry_run,
        )
        for page in restorer.pages():
            restorer.take(page)
        if not dry_run:
            restorer.sweep_again()
            list(restorer.settle_balances())
        return restorer.counted


def a_copy(story: Story, archive_keys: ArchiveKeys | None = None) -> Losing:
    """Copy the table as it is now. The emulator restores a table as it is at that moment."""
    live = open_store().table
    name = f"{live.name}-copy-{story.shop.id}"
    live.dynamodb.restore_table_to_point_in_time(
        SourceTableName=live.name, TargetTableName=name, UseLatestRestorableTime=True
    )
    return Losing(story, story.now, Table(name, live.dynamodb), archive_keys)


def a_past(story: Story) -> None:
    """Carts, orders, points, opt-outs, an erasure and a merge of two accounts."""
    story.record("ania", email=ANIA, phone=ANIAS_PHONE)
    story.checkout("c1", id="ania", email=ANIA)
    story.checkout("c2", email=FIRST)
    story.checkout("c3", email=SECOND, phone=FAMILY_PHONE)
    story.checkout("c4", email=STRANGER)
    story.hours(4)
    story.order("o1", cart="c1", total="120.00", id="ania", email=ANIA)
    story.order("o2", email=FIRST, total="80.00")
    story.order("o3", id="bogna", email="bogna@poczta.example", total="50.00")
    story.order("o4", id="bogna2", email="bogna2@poczta.example", total="30.00")
    (mail,) = story.mails_to(SECOND)[:1]
    assert story.post(mail.link("u"), "")["statusCode"] == 200
    story.redact(email=STRANGER)
    story.merge(kept="bogna", gone="bogna2")
    story.checkout("c5", email="celina@poczta.example")
    story.hours(4)


def a_future(story: Story) -> None:
    """What happens after the copy was made."""
    story.order("o5", id="ania", email=ANIA, total="40.00")
    story.order("o2", id="ela", email=FIRST, total="80.00")  # the guest has an account now
    story.checkout("c6", email="dorota@poczta.example")
    story.redact(id="bogna", email="bogna@poczta.example")
    story.hours(4)
    for mail in story.mails_to("celina@poczta.example")[:1]:
        assert story.get(mail.link("c"))["statusCode"] in {302, 303}
    story.refuses("email", email="dorota@poczta.example")


def without(item: Item, *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}
