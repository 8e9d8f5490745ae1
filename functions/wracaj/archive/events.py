"""A shop's event as a row of the archive, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from wracaj.archive.rows import Personal, Row, RowKind
from wracaj.clock import timestamp
from wracaj.customers.identity import FACTS, IdentifierKind, identifiers_of, strongest
from wracaj.events import Contact, OrderPlaced, PrivacyKind, PrivacyRequested, ShopEvent
from wracaj.keyed_hashes import keyed_hash
from wracaj.settings.shop import ShopSettings
from wracaj.settings.versions import made_under

# besides the contact: fields of an event that tell who somebody is, or open their cart
PERSONAL_FIELDS = ("birthday", "kept", "gone", "order_ids")
OF_A_CART = "c-"  # the letter of no identifier of a shopper
EVENTS: Mapping[str, type[ShopEvent]] = {event.__name__: event for event in get_args(ShopEvent)}


def event_row(shop: ShopSettings, event: ShopEvent, received_at: datetime, at: datetime) -> Row:
    told = event.model_dump(mode="json", exclude_defaults=True)
    contact = told.get("contact", {})
    if contact:
        told["contact"] = {}
    if isinstance(event, OrderPlaced) and event.heard_at:
        told["heard_at"] = timestamp(event.heard_at)
    names = identifiers_of(shop.shop, getattr(event, "contact", Contact()))
    body = {
        "type": type(event).__name__,
        "version": event.version,
        "received_at": timestamp(received_at),
        "names": {kind.name.lower(): name for kind, name in names.items()},
        "event": told,
    }
    personal = _personal(shop.shop, told, contact, names)
    if isinstance(event, PrivacyRequested) and event.kind is PrivacyKind.CUSTOMER_REDACT:
        personal = {}  # this row comes after the erasure, and must not bring an address back
    return Row(RowKind.EVENT, shop.shop, at, body | made_under(shop), personal)


def _personal(
    shop: str, told: dict[str, Any], contact: dict[str, Any], names: Mapping[IdentifierKind, str]
) -> Personal:
    """Take what is personal out of the event. An address belongs to its own identifier. All else
    belongs to the owner: the strongest identifier, or a cart without any."""
    owner = strongest(names) or cart_identifier(shop, told.get("cart_id", ""))
    own = {f"event.{name}": told.pop(name) for name in PERSONAL_FIELDS if name in told}
    content = told.get("content") or {}
    if "recovery_url" in content:
        own["event.content.recovery_url"] = content.pop("recovery_url")
    found: dict[str, dict[str, Any]] = {owner: own} if own else {}
    for fact, value in contact.items():
        kind = next((kind for kind, its in FACTS.items() if its == fact), None)
        holder = names[kind] if kind else owner
        found.setdefault(holder, {})[f"event.contact.{fact}"] = value
    return found


def cart_identifier(shop: str, cart_id: str) -> str:
    """The name of a cart whose shopper nobody knows yet."""
    return f"{OF_A_CART}{keyed_hash(shop, 'cart', cart_id)}"


def is_of_cart(name: str) -> bool:
    return name.startswith(OF_A_CART)


def event_of(line: Mapping[str, Any]) -> ShopEvent:
    """The event of a line whose sealed fields were opened. Raises ValidationError where a field
    that it needs is gone."""
    return EVENTS[line["type"]].model_validate(line["event"])


def with_field(line: dict[str, Any], path: str, value: object) -> None:
    """Put a sealed field back where it stood, such as "event.contact.email"."""
    *parts, last = path.split(".")
    for part in parts:
        line = line.setdefault(part, {})
    line[last] = value
