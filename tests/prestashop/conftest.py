"""A shop of stand-ins that is connected to a Wracaj on loopback."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.http_shop import HttpShop, an_http_shop
from support.prestashop import PrestaShop, a_key, a_php_server
from support.prestashop_gate import Gate, a_gate


@pytest.fixture(scope="package")
def php() -> Iterator[int]:
    with a_php_server() as port:
        yield port


@pytest.fixture
def wracaj() -> Iterator[HttpShop]:
    """What stands at the address in the key."""
    with an_http_shop() as server:
        yield server


@pytest.fixture(scope="package")
def template(php: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with the module installed and three products."""
    database = tmp_path_factory.mktemp("prestashop") / "shop.sqlite"
    products = [
        {"do": "set", "class": "Product", "id": id_, "with": {"name": name, "price": price}}
        for id_, name, price in ((1, "Filiżanka", 199), (2, "Talerz", 49.9), (3, "Taca", 9))
    ]
    PrestaShop(php, database).do({"do": "shop"}, *products)
    return database


@pytest.fixture
def unconnected(php: int, template: Path, tmp_path: Path) -> PrestaShop:
    return PrestaShop(php, Path(shutil.copy(template, tmp_path / "shop.sqlite")))


@pytest.fixture
def shop(unconnected: PrestaShop, wracaj: HttpShop) -> PrestaShop:
    key = a_key(f"{wracaj.url}/webhooks/generic/kubek")
    unconnected.do({"do": "configure", "name": "WRACAJ_KEY", "value": key})
    return unconnected


@pytest.fixture
def gate(shop: PrestaShop) -> Iterator[Gate]:
    with a_gate(shop) as gate:
        yield gate
