"""Counts an unsubscribe for the experiments that its shopper is in. Who is in none costs no
request: what is known of the shopper was read before."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from wracaj.aws.observability import logger
from wracaj.customers.customer import Customer
from wracaj.experiments.arms import Entry, merged
from wracaj.store import Store


def count_unsubscribe(store: Store, shop: str, known: Iterable[Customer], at: datetime) -> None:
    """Count it once for each experiment that the shopper entered before. `known`: what is known
    under the shopper's identifiers. An error is only logged, because the opt-out is what counts."""
    for name, entry in _counting(merged(one.arms for one in known), at).items():
        try:
            store.experiments.count_unsubscribed(shop, name, entry, at)
        except Exception as error:
            logger.error("unsubscribe not counted", extra={"error": type(error).__name__})


def _counting(entries: Mapping[str, Entry], at: datetime) -> dict[str, Entry]:
    return {name: entry for name, entry in entries.items() if entry.at <= at <= entry.needed_until}
