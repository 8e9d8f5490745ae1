"""The shops' stand-in answers our own clients as the real ones would."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from demo.evidence import A_CODE, MONDAY_10, SHOPS
from wracaj.errors import DiscountError
from wracaj.settings import Shop, ShopSecrets
from wracaj.shops import platform
from wracaj.vouchers import Voucher
from wracaj_cli.demo.fake_shop import GENERIC, FakeShop, open_on_loopback
from wracaj_cli.demo.story import KUBEK, PARAPET
from wracaj_cli.shops.registry import generate_secret

SECRET = generate_secret()
VOUCHER = Voucher(code=A_CODE, percent=10, starts_at=MONDAY_10, expires_at=MONDAY_10 + timedelta(days=3))


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with open_on_loopback(FakeShop(lambda: MONDAY_10, lambda at: False, "token", SECRET)) as found:
        yield found


def a_shop(name: str, server: FakeShop, secret: str = SECRET, token: str = "token") -> Shop:
    settings = SHOPS[name]
    changes: dict[str, Any]
    if settings.shopify:
        changes = {"shopify": settings.shopify.model_copy(update={"admin_url": server.url})}
    else:
        changes = {"generic": settings.generic.model_copy(update={"discount_url": server.url + GENERIC})}
    return Shop(settings=settings.model_copy(update=changes), secrets=ShopSecrets(webhook_secrets=(secret,), api_token=token))


def create(shop: Shop) -> None:
    platform(shop.settings.platform).create_discount(shop, VOUCHER, "cart-1")


@pytest.mark.parametrize("name", [KUBEK, PARAPET])
def test_a_code_is_created_once_however_often_it_is_asked_for(server: FakeShop, name: str) -> None:
    create(a_shop(name, server))
    create(a_shop(name, server))

    assert [(code.shop, code.code, code.percent) for code in server.codes.values()] == [(name, A_CODE, 10)]
    assert server.refused == []


@pytest.mark.parametrize("name", [KUBEK, PARAPET])
def test_in_the_outage_no_code_is_created(server: FakeShop, name: str) -> None:
    def down(at: datetime) -> bool:
        return at == MONDAY_10

    server.down = down
    with pytest.raises(DiscountError, match="503"):
        create(a_shop(name, server))

    assert server.codes == {}
    assert server.turned_away == [(name, MONDAY_10)]


def test_a_call_that_proves_nothing_is_refused_and_remembered(server: FakeShop) -> None:
    for shop in (a_shop(KUBEK, server, token="guessed"), a_shop(PARAPET, server, secret=generate_secret())):
        with pytest.raises(DiscountError):
            create(shop)

    assert server.codes == {}
    assert len(server.refused) == 2
