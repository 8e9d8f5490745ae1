"""Orders in the ledger as two tables know them, and the account that follows from all orders and
grants of a customer."""

from collections.abc import Iterable
from datetime import date, tzinfo

from wracaj.loyalty.grants import Grant
from wracaj.loyalty.ledger import Account, Posting, posting_of
from wracaj.loyalty.order_entry import OrderEntry, owner_of_both
from wracaj.orders.restored import joined


def joined_entries(live: OrderEntry, old: OrderEntry, zone: tzinfo) -> OrderEntry:
    """The order with all that both know. It keeps the terms that it was first posted by."""
    if live.forgotten or old.forgotten:
        return OrderEntry(state=joined(live.state, old.state), forgotten=True)
    whose = owner_of_both(live, old)
    both = whose.model_copy(
        update={
            "state": joined(live.state, old.state),
            "moved_from": live.moved_from or old.moved_from,
            "terms": _terms_of(whose, old if whose is live else live),
        }
    )
    terms = both.terms
    if terms is None or both.customer_id is None:
        return both.model_copy(update={"posted": Posting()})
    return both.model_copy(update={"posted": posting_of(both.state, terms, zone)})


def _terms_of(whose: OrderEntry, other: OrderEntry) -> object:
    is_same = other.customer_id == whose.customer_id
    return (other.terms or whose.terms) if is_same else whose.terms


def account_of(
    known: Account, entries: Iterable[OrderEntry], grants: Iterable[Grant], today: date
) -> Account:
    """Add up a customer's orders and grants. `known`: has the days on which debts arose."""
    account = Account()
    for entry in entries:
        account = account.post(Posting(), entry.posted)
    for grant in grants:
        account = account.post(Posting(), grant.posted).taking(grant.taken)
    return account.model_copy(update={"owed": known.owed}).owing(today)
