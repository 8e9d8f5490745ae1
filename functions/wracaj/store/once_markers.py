"""What is announced to a shopper only once: `SHOP#{shop}#WHO#{name}` / `ANNOUNCED#{what}`, with the
message that announced it."""

from typing import Any

from wracaj.customers.customer import Owner
from wracaj.store.customer_keys import customer_partition
from wracaj.store.table import Table


class Announcements:
    def __init__(self, table: Table) -> None:
        self.table = table

    def by(self, shop: str, customer: Owner, what: str) -> set[str]:
        """Return the messages that announced it, under any id of the shopper."""
        keys = [_key(shop, id_, what) for id_ in (customer.id, *sorted(customer.absorbed))]
        return {str(item["message_id"]) for item in self.table.get_many(keys)}

    def marking(self, shop: str, customer: Owner, what: str, message_id: str) -> dict[str, Any]:
        """Return an action for the message's claim. It succeeds for one message only, and again for
        that same message."""
        item = _key(shop, customer.id, what) | {"message_id": message_id}
        return {
            "Put": self.table.putting(
                item, "attribute_not_exists(PK) OR message_id = :own", own=message_id
            )
        }

    def restore(self, shop: str, owner: str, what: str, message_id: str) -> None:
        """Mark what a message announced, if a backup of the table knows nothing of it."""
        self.table.put_once(_key(shop, owner, what) | {"message_id": message_id})

    def freeing(self, shop: str, customer: Owner, what: str, message_id: str) -> dict[str, Any]:
        """Return the action that removes the mark of a message that was certainly not sent."""
        free = "attribute_not_exists(PK) OR message_id = :own"
        return {"Delete": self.table.deleting(_key(shop, customer.id, what), free, own=message_id)}


def _key(shop: str, customer_id: str, what: str) -> dict[str, str]:
    return {"PK": customer_partition(shop, customer_id), "SK": f"ANNOUNCED#{what}"}
