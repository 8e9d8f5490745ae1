"""What a shop's staff enter at Meta, and what is still missing for Messenger and audiences."""

from collections.abc import Iterator

from wracaj.aws.shop_config import secrets_name
from wracaj.settings.shop import Shop
from wracaj_cli.shops.target import Target

# https://developers.facebook.com/docs/messenger-platform/webhooks
FIELDS = ("messages", "messaging_postbacks", "messaging_referrals", "messaging_optins")


def messenger_url(api_url: str, shop: Shop) -> str:
    return f"{api_url.rstrip('/')}/messenger/{shop.id}"


def webhook(target: Target, shop: Shop) -> str:
    """Return what to enter on the app's page "Webhooks", object Page. The text says where the
    verify token is stored, because its value is secret."""
    where = (
        f"the secret {secrets_name(target.stage, shop.id)} in Secrets Manager, under verify_token"
    )
    lines = (
        "Messenger, at Meta under Webhooks, object Page. Callback URL:",
        messenger_url(target.api_url, shop),
    )
    page = shop.settings.messenger.page_id if shop.settings.messenger else "PAGE"
    links = f"Links into Messenger that bring the cart along: https://m.me/{page}?ref=CART_ID"
    return "\n".join(
        (*lines, f"\nVerify token: in {where}", "\nFields to subscribe:", *FIELDS, f"\n{links}")
    )


def missing(shop: Shop) -> Iterator[str]:
    if shop.settings.messenger and not shop.secrets.page_token:
        yield (
            "nothing is sent on Messenger without the page's token; give it with WRACAJ_PAGE_TOKEN."
        )
    if shop.settings.messenger and not shop.secrets.app_secret:
        yield (
            "what Meta reports is not believed without the app's secret; give it with"
            " WRACAJ_APP_SECRET."
        )
    if shop.settings.audiences and not shop.secrets.ads_token:
        yield (
            "nobody joins an audience without the token for advertisements; give it with"
            " WRACAJ_ADS_TOKEN."
        )
