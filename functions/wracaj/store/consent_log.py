"""The consent log: every opt-in and opt-out with its time, source, address and wording. It is
appended to, and nothing in it changes.

`SHOP#{shop}#WHO#{name}` / `CONSENT#{channel}#{at}#{state}`. `name`: the identifier of the address
that the consent is for, or else of the shopper.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wracaj.clock import now, timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.consent.wording import Wording
from wracaj.customers.identity import identifier_kind
from wracaj.store.address_use import POINTER_DAYS
from wracaj.store.customer_keys import customer_partition
from wracaj.store.customers import UNASKED
from wracaj.store.table import Table, expiry


class ConsentLog:
    def __init__(self, table: Table) -> None:
        self.table = table

    def add(
        self,
        shop: str,
        name: str,
        channel: Channel,
        consent: Consent,
        wording: Wording | None = None,
        *,
        is_claim: bool = False,
    ) -> None:
        """`is_claim`: a stranger may have said it for the address."""
        mark = {"is_claim": True} if is_claim else {}
        self.table.put(_said(shop, name, channel, consent, wording) | mark)

    def restore(
        self,
        shop: str,
        name: str,
        channel: Channel,
        consent: Consent,
        wording: Wording | None = None,
    ) -> None:
        """Add it if a backup of the table knows nothing of it."""
        self.table.put_once(_said(shop, name, channel, consent, wording))

    def spoke_before(self, shop: str, names: Iterable[str], at: datetime) -> bool:
        """Return whether any consent was given under these identifiers before that time. A pending
        opt-in does not count, nor one that a stranger may have claimed."""
        partitions = [customer_partition(shop, name) for name in dict.fromkeys(names)]
        items = [
            item
            for name in partitions
            for item in self.table.query({"PK": name}, begins="CONSENT#")
        ]
        said = [
            item
            for item in items
            if item["state"] != ConsentState.PENDING and not item.get("is_claim")
        ]
        return any(item["SK"].split("#")[2] < timestamp(at) for item in said)


def _said(
    shop: str, name: str, channel: Channel, consent: Consent, wording: Wording | None
) -> dict[str, Any]:
    """Return the item. `name`: see the top of this module."""
    key = {
        "PK": customer_partition(shop, name),
        "SK": f"CONSENT#{channel}#{timestamp(consent.at)}#{consent.state}",
    }
    said = {
        "state": str(consent.state),
        "source": consent.source,
        "address_hash": consent.address_hash or None,
    }
    shown = {"wording": wording.text, "wording_version": wording.version} if wording else {}
    ends = {"expires_at": expiry(now(), POINTER_DAYS)} if identifier_kind(name) in UNASKED else {}
    return key | said | shown | ends | {"recorded_at": timestamp(now())}
