"""`wracaj shop key`: the one line that connects a shop's plugin."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.shop_files import SHOPIFY, Wracaj, a_file, named, stored
from support.webhook_bodies import a_generic_cart, an_envelope
from wracaj.platforms.generic import standard_webhooks
from wracaj_cli.shops.post import post_raw
from wracaj_cli.shops.target import Target


def inside(line: str) -> dict[str, Any]:
    encoded = line.strip().removeprefix("wracaj1.")
    return dict(json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))))


def test_what_the_key_holds_is_enough_to_report_a_cart(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("wtyczka")))
    told = wracaj("key", "wtyczka")
    assert told.exit_code == 0, told.output
    line = told.stdout.strip()
    assert line.startswith("wracaj1.") and "\n" not in line
    key = inside(line)
    assert (key["shop"], key["secret"]) == (
        "wtyczka",
        stored(target, "wtyczka").secrets.webhook_secrets[0],
    )
    assert key["clock"]["speed"] > 1  # this stack's time runs ahead, and the plugin's follows
    ahead = key["clock"]["shows"] - target.now().timestamp()
    assert abs(ahead) < 60 * key["clock"]["speed"]
    body = json.dumps(an_envelope("cart.updated", a_generic_cart())).encode()
    headers = standard_webhooks.sign("msg_1", body, key["secret"], datetime.now(UTC))
    assert post_raw(key["webhook"], body, headers).status == 200


def test_the_key_changes_with_the_secret(wracaj: Wracaj, tmp_path: Path) -> None:
    file = a_file(tmp_path, named("wtyczka-nowa"))
    wracaj("put", file)
    before = wracaj("key", "wtyczka-nowa").stdout
    wracaj("put", file, "--new-secret")
    assert wracaj("key", "wtyczka-nowa").stdout != before


def test_a_shop_of_another_platform_has_none_and_says_why(
    wracaj: Wracaj, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("WRACAJ_WEBHOOK_SECRET", "shpss_abc")
    wracaj("put", a_file(tmp_path, named("bez-wtyczki", SHOPIFY)))
    told = wracaj("key", "bez-wtyczki")
    assert told.exit_code == 1
    assert "'shopify'" in told.stderr and "wracaj shop webhooks bez-wtyczki" in told.stderr
    assert "wracaj1." not in told.output


def test_an_unknown_shop_is_said(wracaj: Wracaj) -> None:
    told = wracaj("key", "nie-ma")
    assert (told.exit_code, "there is no shop 'nie-ma'" in told.stderr) == (1, True)
