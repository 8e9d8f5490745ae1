"""`wracaj shop …` for a shop on Shoper, on the running local stack: what its developer types and
sees, and the way of an order over the queue and the shop's API."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support import shoper_bodies as a
from support.shop_files import Wracaj, a_file, named, stored
from support.shoper_shop import ShoperShop, a_shoper_shop
from wracaj_cli.shops import settings_file
from wracaj_cli.shops.post import post_raw, post_webhook, webhook_url
from wracaj_cli.shops.target import Target

SHOPER = settings_file.example("shoper")


@pytest.fixture
def shoper() -> Iterator[ShoperShop]:
    with a_shoper_shop() as shop:
        yield shop


def with_api(text: str, url: str) -> str:
    old = "# shoper:\n#   api_url: https://sklep123456.shoparena.pl"
    assert old in text
    return text.replace(old, f"shoper:\n  api_url: {url}   #")


def test_the_whole_way_of_a_shop_on_shoper(
    wracaj: Wracaj,
    target: Target,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    shoper: ShoperShop,
) -> None:
    environment.setenv("WRACAJ_API_TOKEN", a.API_TOKEN)
    file = a_file(tmp_path, with_api(named("na-shoperze", SHOPER), shoper.url))
    put = wracaj("put", file)
    assert put.exit_code == 0, put.output
    assert "Mind:" not in put.stdout
    secret = put.stdout.split("shown only now: ")[1].split()[0]
    shop = stored(target, "na-shoperze")
    assert shop.secrets.webhook_secrets == (secret,)
    (token,) = shop.secrets.address_tokens

    told = wracaj("webhooks", "na-shoperze").stdout
    assert f"{target.api_url}/webhooks/shoper/na-shoperze?token={token}" in told
    assert "order.create" in told.splitlines() and "subscriber.delete" in told.splitlines()
    assert "show it to nobody" in told

    sent = wracaj("test-event", "na-shoperze", "--email", "ala.nowak@poczta.example")
    assert sent.exit_code == 0, sent.output
    assert "1 × Wracaj test item" in sent.stdout

    at = f"{(target.now() + timedelta(minutes=1)).astimezone(shop.settings.zone):%F %T}"
    shoper.keep("orders", a.an_order(date=at, status_date=at))
    answer = post_webhook(target.api_url, shop, "order.create", {"order_id": "112"})
    assert (answer.status, answer.body) == (200, {"status": "accepted"})
    until(lambda: target.store().accounts.order_with_credits(shop.id, "112")[0] != {})


def until(came: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not came():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)


def test_what_is_missing_is_told_with_what_to_do(wracaj: Wracaj, tmp_path: Path) -> None:
    text = named("bez-tokenu", SHOPER).replace("source: pool, ", "")
    put = wracaj("put", a_file(tmp_path, text))
    assert put.exit_code == 0, put.output
    assert "Mind: no discount code can be created in Shoper; set `discount: { source: pool }`" in (
        put.stdout
    )
    assert "Mind: orders are read from the shop's API" in put.stdout
    assert "WRACAJ_API_TOKEN" in put.stdout


def test_a_new_secret_is_a_new_address_too_and_the_old_ones_go_on_working(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    file = a_file(tmp_path, named("zmiana", SHOPER))
    wracaj("put", file)
    before = stored(target, "zmiana")
    assert wracaj("put", file).exit_code == 0
    assert stored(target, "zmiana").secrets == before.secrets
    assert wracaj("put", file, "--new-secret").exit_code == 0
    after = stored(target, "zmiana")
    assert after.secrets.address_tokens[1:] == before.secrets.address_tokens
    assert after.secrets.webhook_secrets[1:] == before.secrets.webhook_secrets
    wracaj("put", file, "--forget-old-secret")
    assert len(stored(target, "zmiana").secrets.address_tokens) == 1
    old = webhook_url(target.api_url, before)
    assert old != webhook_url(target.api_url, after)


def test_the_address_without_its_token_is_refused(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    from wracaj.platforms.shoper import webhooks as module

    wracaj("put", a_file(tmp_path, named("bez-adresu", SHOPER)))
    shop = stored(target, "bez-adresu")
    raw = json.dumps({"order_id": "112"}).encode()
    secret = shop.secrets.webhook_secrets[0]
    headers = module.sign("order.create", raw, shop.settings, secret, target.now())
    url = webhook_url(target.api_url, shop)
    assert post_raw(url, raw, headers).status == 200
    assert post_raw(url.partition("?")[0], raw, headers).status == 401


def test_a_basket_on_another_host_is_refused(wracaj: Wracaj, tmp_path: Path) -> None:
    text = named("inny-koszyk", SHOPER).replace("kubek.example/pl/basket", "obcy.example/basket")
    refused = wracaj("put", a_file(tmp_path, text))
    assert refused.exit_code == 1
    assert "storefront.basket_url: leads to obcy.example, which is not among recovery_hosts" in (
        refused.output
    )


def test_a_shop_on_shoper_without_the_script_is_told_that_no_carts_come(
    wracaj: Wracaj, tmp_path: Path
) -> None:
    lines = named("bez-skryptu", SHOPER).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("storefront:"))
    put = wracaj("put", a_file(tmp_path, "\n".join(lines[:first] + lines[first + 5 :])))
    assert put.exit_code == 0, put.output
    assert "Mind: no webhook of Shoper's reports carts; add `storefront:`" in put.stdout


def test_a_short_secret_is_refused(
    wracaj: Wracaj, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("WRACAJ_WEBHOOK_SECRET", "sekret")
    refused = wracaj("put", a_file(tmp_path, named("krotki", SHOPER)))
    assert refused.exit_code == 1
    assert "16 characters" in refused.output
