"""Campaigns: their settings, their progress, and whether they were stopped.

`SHOP#{shop}#CAMPAIGNS` / `CAMPAIGN#{id}`: the campaign
`SHOP#{shop}#CAMPAIGN#{id}#GATE#{00..31}` / `GATE`: exists once the campaign was stopped
`SHOP#{shop}#WHO#{name}` / `CAMPAIGN#{id}`: the occasion whose message announced it to this shopper

Each claim of a message checks that its gate is open. There are many gates, because two transactions
over one item conflict. The occasion of a message decides which gate it checks.
"""

import hashlib
from contextlib import suppress
from datetime import datetime
from time import sleep
from typing import Any

from botocore.exceptions import ClientError

from wracaj.clock import timestamp
from wracaj.customers.customer import Owner
from wracaj.store.customer_keys import customer_partition
from wracaj.store.table import Change, Item, Table, dump, expiry
from wracaj.store.wire import to_wire
from wracaj.timelines.campaign import Campaign, CampaignStatus, Course, Progress

GATES = 32
KEPT_DAYS = 400
SHUTTING_TRIES = 50


class Campaigns:
    def __init__(self, table: Table) -> None:
        self.table = table

    def create(self, shop: str, campaign: Campaign, expected: int, at: datetime) -> None:
        """Raises ConditionFailedError if there is or was a campaign with this id."""
        item = {
            "campaign": dump(campaign),
            "progress": dump(Progress()),
            "pages": 0,
            "expected": expected,
            "started_at": timestamp(at),
            "expires_at": expiry(max(at, campaign.until), KEPT_DAYS),
        }
        self.table.put(_key(shop, campaign.id) | item, "attribute_not_exists(PK)")

    def get(self, shop: str, campaign_id: str) -> Course | None:
        item = self.table.get(_key(shop, campaign_id))
        return _course(item) if item else None

    def all(self, shop: str) -> list[Course]:
        """Return all campaigns, the latest first."""
        courses = [_course(item) for item in self.table.query(_partition(shop))]
        return sorted(courses, key=lambda course: course.started_at, reverse=True)

    def stop(self, shop: str, campaign_id: str, at: datetime) -> None:
        """Stop a campaign. Once this returns, none of its messages is claimed or handed over any
        more. Raises ConditionFailedError if there is no such campaign."""
        change = Change().set_once(stopped_at=timestamp(at)).only_if_present("campaign")
        until = self.table.update(_key(shop, campaign_id), change)["expires_at"]
        for number in range(GATES):
            self._shut(
                _gate(shop, campaign_id, number),
                Change().set_once(stopped_at=timestamp(at), expires_at=until),
            )

    def _shut(self, gate: dict[str, str], change: Change) -> None:
        """Shut a gate, which may be busy with claims."""
        for _ in range(SHUTTING_TRIES - 1):
            with suppress(ClientError):
                self.table.update(gate, change)
                return
            sleep(0.05)
        self.table.update(gate, change)

    def advance(self, shop: str, course: Course, progress: Progress) -> None:
        """Store that a page is done. Raises ConditionFailedError if another process did it first:
        its progress counts."""
        change = (
            Change()
            .set(progress=dump(progress), pages=course.pages + 1)
            .only_if(pages=course.pages)
        )
        self.table.update(_key(shop, course.campaign.id), change)

    def status(self, shop: str, campaign_id: str, customer: Owner, cart_id: str) -> CampaignStatus:
        """Return the status of a campaign for this shopper. One request."""
        told = [
            _told_key(shop, id_, campaign_id) for id_ in (customer.id, *sorted(customer.absorbed))
        ]
        items = self.table.get_many([_key(shop, campaign_id), *told])
        course = next((_course(item) for item in items if "campaign" in item), None)
        return CampaignStatus(
            campaign=course.campaign if course else None,
            stopped=course is not None and course.stopped_at is not None,
            announced_to_another=any(
                item.get("announced_by", cart_id) != cart_id for item in items
            ),
        )

    def going_on(self, shop: str, campaign_id: str, cart_id: str) -> dict[str, Any]:
        """Return the action that checks that the campaign was not stopped."""
        number = hashlib.sha256(cart_id.encode()).digest()[0] % GATES
        key = to_wire(_gate(shop, campaign_id, number))
        check = {
            "TableName": self.table.name,
            "Key": key,
            "ConditionExpression": "attribute_not_exists(stopped_at)",
        }
        return {"ConditionCheck": check}

    def marking_announced(
        self, shop: str, campaign_id: str, customer_id: str, cart_id: str, at: datetime
    ) -> dict[str, Any]:
        """Return the action that marks the campaign as announced to a shopper. The first occasion
        succeeds."""
        item = _told_key(shop, customer_id, campaign_id) | {
            "announced_by": cart_id,
            "expires_at": expiry(at, KEPT_DAYS),
        }
        return {
            "Put": self.table.putting(
                item, "attribute_not_exists(PK) OR announced_by = :mine", mine=cart_id
            )
        }

    def freeing(
        self, shop: str, campaign_id: str, customer_id: str, cart_id: str
    ) -> dict[str, Any]:
        """Return the action that removes the mark of a message that was certainly not sent."""
        mark, free = (
            _told_key(shop, customer_id, campaign_id),
            "attribute_not_exists(PK) OR announced_by = :mine",
        )
        return {"Delete": self.table.deleting(mark, free, mine=cart_id)}


def _partition(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#CAMPAIGNS"}


def _key(shop: str, campaign_id: str) -> dict[str, str]:
    return _partition(shop) | {"SK": f"CAMPAIGN#{campaign_id}"}


def _gate(shop: str, campaign_id: str, number: int) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#CAMPAIGN#{campaign_id}#GATE#{number:02d}", "SK": "GATE"}


def _told_key(shop: str, customer_id: str, campaign_id: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, customer_id), "SK": f"CAMPAIGN#{campaign_id}"}


def _course(item: Item) -> Course:
    return Course(
        campaign=Campaign.model_validate_json(item["campaign"]),
        started_at=item["started_at"],
        expected=int(item["expected"]),
        progress=Progress.model_validate_json(item["progress"]),
        pages=int(item["pages"]),
        stopped_at=item.get("stopped_at"),
    )
