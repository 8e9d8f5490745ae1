"""`wracaj shop reconcile`: the real function, with the rights that the template gives it, asks a
shop for what no webhook told."""

import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest

from support.shop_files import SHOPIFY, Wracaj, a_file, named
from support.shopify_shop import TOKEN, a_shopify_shop
from support.webhook_bodies import SHOPIFY_SECRET, a_shopify_checkout, a_shopify_order
from wracaj_cli.shops.target import Target

_numbers = itertools.count()


def test_what_no_webhook_told_is_found_and_starts_and_stops_timelines(
    wracaj: Wracaj, target: Target, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    name = f"pytany-{next(_numbers)}"
    environment.setenv("WRACAJ_WEBHOOK_SECRET", SHOPIFY_SECRET)
    environment.setenv("WRACAJ_API_TOKEN", TOKEN)
    with a_shopify_shop(clock=target.now) as shop:
        settings = named(name, SHOPIFY).replace(
            "  shop_domain:", f"  admin_url: {shop.url}\n  shop_domain:"
        )
        assert wracaj("put", a_file(tmp_path, settings)).exit_code == 0
        at = (target.now() - timedelta(minutes=20)).isoformat(timespec="seconds")
        page = "https://kubek.example/1/checkouts/ac/t0ken/recover?key=k"
        times = {"created_at": at, "updated_at": at}
        shop.put(
            "checkouts/update",
            a_shopify_checkout(token="t0ken", abandoned_checkout_url=page, **times),
        )
        order = a_shopify_order(id=77, checkout_token=None, cart_token=None, **times)
        shop.put("orders/create", order | {"processed_at": at})
        told = wracaj("reconcile", name)
        assert told.exit_code == 0, told.output
        assert "2 changes found that no webhook had told" in told.stdout
        again = json.loads(wracaj("reconcile", name, "--json").stdout)
        assert (again["requests"], again["untold"], again["problem"]) == (1, 0, "")
        entry = target.store().accounts.order(name, "77")
        assert entry is not None
        cart = target.store().carts.get(name, "t0ken")
        assert cart is not None


def test_a_shop_that_cannot_be_asked_says_why(wracaj: Wracaj, tmp_path: Path) -> None:
    name = f"pytany-{next(_numbers)}"
    assert wracaj("put", a_file(tmp_path, named(name))).exit_code == 0
    told = wracaj("reconcile", name)
    assert told.exit_code == 1
    assert "no API that can be asked" in told.output
