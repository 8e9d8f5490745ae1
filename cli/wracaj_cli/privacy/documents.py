"""The export of a shopper's data."""

from typing import Any

from wracaj.customers.customer import Customer
from wracaj.settings.shop import ShopSettings
from wracaj_cli.shopper.reading import consents_of
from wracaj_cli.shops.target import Target


def documents_of(target: Target, shop: ShopSettings, known: list[Customer]) -> list[dict[str, Any]]:
    return [_document(target, shop, customer) for customer in known]


def _document(target: Target, shop: ShopSettings, customer: Customer) -> dict[str, Any]:
    data = target.store().personal.data(shop.shop, customer, None, target.now())
    whole = data.model_copy(
        update={"consents": consents_of(target.store(), shop.shop, customer, data.consents)}
    )
    return whole.model_dump(mode="json", exclude_none=True)
