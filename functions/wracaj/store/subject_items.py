"""Reads the item of a cart or an occasion."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wracaj.carts.cart import (
    ALWAYS,
    CONTACT_FACTS,
    Cart,
)
from wracaj.carts.same_person import about_one_person
from wracaj.clock import timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import CartContent, Contact
from wracaj.settings.timeline_rules import Choice
from wracaj.store.forgotten_carts import (
    ABOUT_THE_SHOPPER,
    FACTS,
    TIMES,
)
from wracaj.store.table import Item
from wracaj.timelines.steps import StepRecord

if TYPE_CHECKING:
    from wracaj.timelines.occasion import Occasion

Records = Mapping[str, StepRecord]


def subject_from(item: Item, records: Records = MappingProxyType({})) -> "Cart | Occasion":
    return occasion_from(item, records) if "occasion" in item else cart_from(item, records)


def occasion_from(item: Item, records: Records = MappingProxyType({})) -> "Occasion":
    from wracaj.timelines.occasion import Occasion  # most webhooks are about carts

    return Occasion(
        kind=item["occasion"],
        about=item.get("about", ""),
        called_off=bool(item.get("called_off", False)),
        **_shared(item, records, _versions(item)),
    )


def cart_from(item: Item, records: Records = MappingProxyType({})) -> Cart:
    versions = _versions(item)
    return Cart(
        versions=versions,
        checkout_ids=frozenset(item.get("checkout_ids", ())),
        identified_as=item.get("identified_as"),
        orders=frozenset(item.get("orders", ())),
        episodes_from=int(item.get("episodes_from", 0)),
        choice=Choice.model_validate_json(item["choice"]) if "choice" in item else None,
        **_shared(item, records, versions),
    )


def _versions(item: Item) -> dict[str, str]:
    return {name: item[f"v_{name}"] for name in FACTS if f"v_{name}" in item}


def _shared(item: Item, records: Records, versions: Mapping[str, str]) -> dict[str, Any]:
    """Return what every subject of a timeline has."""
    told = {name: item[name] for name in ABOUT_THE_SHOPPER if name in item}
    kept = about_one_person(told, versions, {name: item.get(f"w_{name}", "") for name in told})
    consents = {
        channel: item[name] for channel in Channel if (name := f"consent_{channel}") in kept
    }
    return {
        "shop": item["shop"],
        "cart_id": item["cart_id"],
        "revision": int(item.get("revision", 0)),
        "version": item.get("version", ""),
        "content": _content(item),
        "contact": Contact(**{name: told[name] for name in CONTACT_FACTS if name in kept}),
        "consent": _counting(consents, item.get("forgotten", "")),
        "customer_id": item.get("customer_id"),
        "names": item.get("names", {}),
        "erased": bool(item.get("erased", False)),
        "forgotten": item.get("forgotten", ALWAYS if item.get("erased") else ""),
        "episode": int(item.get("episode", 0)),
        "long_wait": item.get("long_wait", ""),
        "records": dict(records),
        **{name: item.get(name) for name in TIMES if name != "created_at"},
        "created_at": _created_at(item),
    }


def _created_at(item: Item) -> str | None:
    """Return when the cart was created. If its id was erased before, it was created no earlier than
    that, whatever date the shop reports."""
    told = item.get("created_at")
    erased_at = "" if item.get("erased") else item.get("forgotten", "").partition("#")[0]
    return max(told, erased_at) if told else None


def _counting(consents: dict[Channel, str], forgotten: str) -> dict[Channel, Consent]:
    """Return the consents, without opt-ins from before an erasure of the cart."""
    words = {channel: Consent.model_validate_json(text) for channel, text in consents.items()}
    return {
        channel: word
        for channel, word in words.items()
        if word.state is ConsentState.UNSUBSCRIBED or timestamp(word.at) > forgotten
    }


def _content(item: Item) -> CartContent:
    if "views" in item:
        from wracaj.store.views import browsing_from

        return browsing_from(item).content
    content = (
        CartContent.model_validate_json(item["content"]) if "content" in item else CartContent()
    )
    link = item.get("recovery_url")
    return content.model_copy(update={"recovery_url": link}) if link else content
