"""What a shop needs for Messenger and audiences: secrets from the environment, and the values to
enter at Meta."""

from pathlib import Path

import pytest

from support.shop_files import GOOD, Wracaj, a_file, named, stored
from wracaj_cli.shops.target import Target

AT_META = """
messenger: { page_id: 100200300400 }
audiences: { cart_rescue: { id: 238000111 } }
"""


def test_secrets_for_meta_are_kept_a_verify_token_is_made_and_none_is_shown(
    wracaj: Wracaj, target: Target, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = a_file(tmp_path, named("meta-sklep", GOOD + AT_META))
    first = wracaj("put", file)
    assert (
        "WRACAJ_PAGE_TOKEN" in first.stdout
        and "WRACAJ_APP_SECRET" in first.stdout
        and "WRACAJ_ADS_TOKEN" in first.stdout
    )
    made = stored(target, "meta-sklep").secrets.verify_token
    assert made and len(made) >= 24
    for name in ("page_token", "app_secret", "ads_token"):
        environment.setenv(f"WRACAJ_{name.upper()}", f"tajny-{name}\n")
    second = wracaj("put", file)
    kept = stored(target, "meta-sklep").secrets
    assert (kept.page_token, kept.app_secret, kept.ads_token) == (
        "tajny-page_token",
        "tajny-app_secret",
        "tajny-ads_token",
    )
    assert kept.verify_token == made
    assert "Mind:" not in second.stdout.replace("Mind: no discount code", "")
    told = wracaj("webhooks", "meta-sklep").stdout
    assert f"{target.api_url}/messenger/meta-sklep" in told
    assert {"messages", "messaging_postbacks", "messaging_referrals", "messaging_optins"} <= set(
        told.splitlines()
    )
    assert "https://m.me/100200300400?ref=CART_ID" in told
    said = first.stdout + second.stdout + told + wracaj("show", "meta-sklep").stdout
    assert made not in said and "tajny" not in said
    assert "page token: yes" in said and "ads token: yes" in said
