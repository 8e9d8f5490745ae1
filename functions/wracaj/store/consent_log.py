"""The consent log: every opt-in and opt-out with its time, source, address and wording. It is
appended to, and nothing in it changes.

`SHOP#{shop}#WHO#{name}` / `CONSENT#{channel}#{at}#{state}`. `name`: the identifier of the address
that the consent is for, or else of the shopper.
"""

from collections.abc import Iterable
from datetime import datetime

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
    ) -> None:
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
        ends = (
            {"expires_at": expiry(now(), POINTER_DAYS)} if identifier_kind(name) in UNASKED else {}
        )
        self.table.put(key | said | shown | ends | {"recorded_at": timestamp(now())})

    def spoke_before(self, shop: str, names: Iterable[str], at: datetime) -> bool:
        """Return whether any consent was given under these identifiers before that time. A pending
        opt-in does not count."""
        partitions = [customer_partition(shop, name) for name in dict.fromkeys(names)]
        items = [
            item
            for name in partitions
            for item in self.table.query({"PK": name}, begins="CONSENT#")
        ]
        said = [item for item in items if item["state"] != ConsentState.PENDING]
        return any(item["SK"].split("#")[2] < timestamp(at) for item in said)
