"""A shop of stand-ins that is connected to a Wracaj on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.http_shop import HttpShop, an_http_shop
from support.prestashop import PrestaShop, a_key, a_php_server
from support.prestashop_gate import Gate, a_gate

CUP, PLATE, TRAY = 1, 2, 3


@pytest.fixture(scope="package")
def php() -> Iterator[int]:
    with a_php_server() as port:
        yield port


@pytest.fixture
def wracaj() -> Iterator[HttpShop]:
    """What stands at the address in the key."""
    with an_http_shop() as server:
        yield server


@pytest.fixture
def unconnected(php: int, tmp_path: Path) -> PrestaShop:
    shop = PrestaShop(php, tmp_path / "shop.sqlite")
    shop.do({"do": "shop"})
    for product, name, price in (
        (CUP, "Filiżanka", 199),
        (PLATE, "Talerz", 49.9),
        (TRAY, "Taca", 9),
    ):
        shop.do(
            {"do": "set", "class": "Product", "id": product, "with": {"name": name, "price": price}}
        )
    return shop


@pytest.fixture
def shop(unconnected: PrestaShop, wracaj: HttpShop) -> PrestaShop:
    key = a_key(f"{wracaj.url}/webhooks/generic/kubek")
    unconnected.do({"do": "configure", "name": "WRACAJ_KEY", "value": key})
    return unconnected


@pytest.fixture
def gate(shop: PrestaShop) -> Iterator[Gate]:
    with a_gate(shop) as gate:
        yield gate
