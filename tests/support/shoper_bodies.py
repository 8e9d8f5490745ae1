"""Entries of Shoper's API and bodies of its webhooks, which are the same. All names, numbers and
addresses are made up."""

from typing import Any

from support.webhook_bodies import Json

SECRET = "Zaq12wsx-sekret-webhookow"
TOKEN = "adres-0f1e2d3c4b5a6978"
API_TOKEN = "0" * 64
BASKET = "https://kubek.example/pl/basket"


def an_address(**changes: Any) -> Json:
    return {
        "address_id": "1",
        "firstname": "Ala",
        "lastname": "Nowak",
        "phone": "601 234 567",
        "country_code": "PL",
        **changes,
    }


def an_order(**changes: Any) -> Json:
    return {
        "order_id": "112",
        "user_id": "7",
        "registered": "0",
        "date": "2026-10-14 11:20:00",
        "status_date": "2026-10-14 11:25:00",
        "confirm_date": "0000-00-00 00:00:00",
        "status_id": "1",
        "sum": "112.99",
        "paid": "0.00",
        "currency_id": "1",
        "currency_rate": "1",
        "email": "Ala.Nowak@Poczta.example",
        "origin": "0",
        "parent_order_id": None,
        "promo_code": "",
        "code_id": None,
        "is_paid": False,
        "is_cash_on_delivery": False,
        "additional_fields": [],
        "billing_address": an_address(),
        "delivery_address": an_address(phone="602 000 000"),
        **changes,
    }


def a_box(field_id: str, value: object = "1") -> Json:
    return {"field_id": field_id, "type": "2", "req": "0", "field_value": "1", "value": value}


def a_line(order_id: str = "112", **changes: Any) -> Json:
    return {
        "order_product_id": "1",
        "order_id": order_id,
        "product_id": "36",
        "stock_id": "44",
        "name": "Kubek w kropki",
        "quantity": "2",
        "price": "49.00",
        "currency_name": "PLN",
        **changes,
    }


def a_client(**changes: Any) -> Json:
    return {
        "user_id": "7",
        "registered": "1",
        "email": "ala.nowak@poczta.example",
        "firstname": "Ala",
        "newsletter": "0",
        "origin": "0",
        "date_add": "2026-10-01 10:00:00",
        "lastvisit": "0000-00-00 00:00:00",
        "additional_fields": [],
        **changes,
    }


def a_subscriber(**changes: Any) -> Json:
    return {
        "subscriber_id": "5",
        "email": "ala.nowak@poczta.example",
        "active": "1",
        "dateadd": "2026-10-02 10:00:00",
        "lang_id": "1",
        "groups": [],
        **changes,
    }


def a_trial_cart(**changes: Any) -> Json:
    """The cart of `wracaj shop test-event`."""
    return {
        "cart_id": "hWN9cart0001",
        "at": "2026-10-14T09:11:00+00:00",
        "email": "ala.nowak@poczta.example",
        "agrees": False,
        "locale": "pl",
        "currency": "PLN",
        "total": "98.00",
        "recovery_url": BASKET,
        "items": [{"title": "Kubek w kropki", "quantity": 2, "unit_price": "49.00"}],
        **changes,
    }


STATUSES: list[Json] = [
    {"status_id": "1", "type": "1", "name_pl": "złożone"},
    {"status_id": "5", "type": "2", "name_pl": "oczekiwanie na płatność"},
    {"status_id": "7", "type": "3", "name_pl": "przesyłka wysłana"},
    {"status_id": "8", "type": "4", "name_pl": "anulowane"},
    {"status_id": "11", "type": "4", "name_pl": "zwrócone"},
]
CURRENCIES: list[Json] = [
    {"currency_id": "1", "name": "PLN", "default": "1"},
    {"currency_id": "3", "name": "EUR", "default": "0"},
]
BODIES: dict[str, Json] = {
    "order.create": an_order(),
    "order.edit": an_order(),
    "order.paid": an_order(is_paid=True, paid="112.99"),
    "order.status": an_order(status_id="7"),
    "order.delete": an_order(),
    "client.create": a_client(),
    "client.edit": a_client(newsletter="0"),
    "client.delete": a_client(),
    "subscriber.create": a_subscriber(),
    "subscriber.edit": a_subscriber(active="0"),
    "subscriber.delete": a_subscriber(active="0"),
}
