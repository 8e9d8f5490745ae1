"""What is known of a customer now, with what an older copy of the table knows besides.

The newest word wins, as everywhere. What stops messages is never lost: opt-outs, suppressions,
orders, messages sent. An item that was lost and began again has fewer revisions than its copy: only
then does the copy also say what newer changes may have taken away.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from wracaj.carts.cart import CONTACT_FACTS
from wracaj.consent.channel import Channel
from wracaj.customers.birthday import BIRTHDAY
from wracaj.customers.choices import PACE, TOPICS
from wracaj.customers.customer import Customer
from wracaj.events import Contact
from wracaj.experiments.arms import merged

NEWEST = ("wrote_at", "asked_reason_at", "asked_for_data_at", "erased_at")
NEWEST_BY_KEY = ("ordered", "clicked_opt_ins", "asked_to_confirm", "lifted", "chosen_at")
Key = TypeVar("Key", bound=str)


def restored(live: Customer, old: Customer) -> Customer:
    """`old`: of the same identifier, from the copy."""
    was_lost, was_buried = live.revision < old.revision, live.is_buried
    if old.erased_at and (live.erased_at is None or live.erased_at < old.erased_at):
        live = _erased(live, old.erased_at)
    known = live.learn(old.contact, old.versions)
    changes: dict[str, Any] = {
        name: _latest(getattr(live, name), getattr(old, name)) for name in NEWEST
    }
    changes |= {name: _newest(getattr(live, name), getattr(old, name)) for name in NEWEST_BY_KEY}
    changes |= {
        "contact": known.contact if was_buried else _filled(known, old),
        "absorbed": live.absorbed | old.absorbed,
        "merged_into": live.merged_into or old.merged_into,
        "sent": tuple(sorted({*live.sent, *old.sent}, key=lambda one: (one.at, one.channel))),
        "deliveries": {
            channel: told for channel, told in old.deliveries.items() if channel not in live.lifted
        }
        | live.deliveries,
        "suppressed": _suppressed(live, old),
        "first_owner": (old.first_owner if was_lost else None) or live.first_owner,
        "audience": live.audience or (old.audience if was_lost else None),
        "arms": merged([live.arms, old.arms]),
        "last_click": max(
            filter(None, (live.last_click, old.last_click)),
            key=lambda click: click.at,
            default=None,
        ),
        **_choices(live, old),
    }
    return _with_words(known.model_copy(update=changes), old)


def _erased(live: Customer, at: datetime) -> Customer:
    """Return what is left by an erasure whose mark was lost: what any erasure leaves, and what was
    said after it."""
    left, since = live.buried(at), _said_after(live, at)
    if not any(since.values()):
        return left
    facts = {
        name: getattr(live.contact, name)
        for name in CONTACT_FACTS
        # the address of an address itself has no version
        if name in since["versions"] or name not in live.versions
    }
    words = left.consent | since["consent"]
    return left.model_copy(update=since | {"contact": Contact(**facts), "consent": words})


def _said_after(live: Customer, at: datetime) -> dict[str, Any]:
    def newer(told: Mapping[str, Any]) -> dict[str, Any]:
        return {key: one for key, one in told.items() if one and one > at}

    def dated(told: Mapping[str, Any]) -> dict[str, Any]:
        return {key: one for key, one in told.items() if one.at > at}

    erased = live.model_copy(update={"erased_at": at})
    versions = {
        name: told for name, told in live.versions.items() if not erased.forgotten_since(told)
    }
    chosen, is_born = newer(live.chosen_at), BIRTHDAY in versions
    return {
        **newer({name: getattr(live, name) for name in NEWEST}),
        **{name: newer(getattr(live, name)) for name in NEWEST_BY_KEY},
        **{name: dated(getattr(live, name)) for name in ("consent", "pending", "arms")},
        "versions": versions,
        "sent": tuple(message for message in live.sent if message.at > at),
        "last_click": live.last_click if live.last_click and live.last_click.at > at else None,
        "pace": live.pace if PACE in chosen else None,
        "declined": live.declined if TOPICS in chosen else frozenset(),
        "birthday": live.birthday if is_born else None,
        "birthday_removed": live.birthday_removed if is_born else None,
    }


def _with_words(known: Customer, old: Customer) -> Customer:
    for key, word in old.consent.items():
        channel, _, by = key.partition("#")
        known = known.with_consent(Channel(channel), by, word)
    for channel, word in old.pending.items():
        known = known.with_pending(Channel(channel), word)
    return known


def _suppressed(live: Customer, old: Customer) -> dict[str, str]:
    """A suppression that a person lifted since stays lifted."""
    kept = {
        channel: why
        for channel, why in old.suppressed.items()
        if live.lifted.get(channel) == old.lifted.get(channel) or channel not in live.lifted
    }
    return kept | live.suppressed


def _filled(known: Customer, old: Customer) -> Any:
    """The address of an address itself has no version."""
    missing = {
        name: value
        for name in CONTACT_FACTS
        if (value := getattr(old.contact, name))
        and name not in known.versions
        and not getattr(known.contact, name)
    }
    return known.contact.model_copy(update=missing) if missing else known.contact


def _choices(live: Customer, old: Customer) -> dict[str, Any]:
    def chosen(what: str) -> Customer:
        newer = old.chosen_at.get(what), live.chosen_at.get(what)
        return old if newer[0] and (newer[1] is None or newer[0] > newer[1]) else live

    born = live if live.versions.get("birthday", "") >= old.versions.get("birthday", "") else old
    versions = {**live.versions}
    for name, version in old.versions.items():
        versions[name] = max(version, versions.get(name, ""))
    return {
        "pace": chosen(PACE).pace,
        "declined": chosen(TOPICS).declined,
        "birthday": born.birthday,
        "birthday_removed": born.birthday_removed,
        "versions": versions,
    }


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _newest(live: Mapping[Key, datetime], old: Mapping[Key, datetime]) -> dict[Key, datetime]:
    return {key: max(filter(None, (live.get(key), old.get(key)))) for key in [*old, *live]}
