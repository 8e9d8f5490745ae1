"""The export of a shopper's data."""

from typing import Any

from wracaj.customers.customer import Customer
from wracaj.customers.identity import address_identifiers
from wracaj.settings.shop import ShopSettings
from wracaj_cli.archive.whole_shop import rows_of_shopper
from wracaj_cli.shopper.reading import consents_of
from wracaj_cli.shops.target import Target


def documents_of(
    target: Target, shop: ShopSettings, known: list[Customer], *, with_archive: bool = False
) -> list[dict[str, Any]]:
    """`with_archive`: also the rows of the archive, all of which is read for each customer."""
    return [_document(target, shop, customer, with_archive) for customer in known]


def _document(
    target: Target, shop: ShopSettings, customer: Customer, with_archive: bool
) -> dict[str, Any]:
    data = target.store().personal.data(shop.shop, customer, None, target.now())
    whole = data.model_copy(
        update={"consents": consents_of(target.store(), shop.shop, customer, data.consents)}
    )
    document = whole.model_dump(mode="json", exclude_none=True)
    if with_archive and target.archive:
        document["archive"] = rows_of_shopper(target, shop.shop, _names(shop, customer))
    return document


def _names(shop: ShopSettings, customer: Customer) -> set[str]:
    """The customer's own identifiers, and those of the addresses in the record of an account."""
    addresses = address_identifiers(shop.shop, customer.contact).values()
    return {customer.id, *customer.absorbed, *addresses}
