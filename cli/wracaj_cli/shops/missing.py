"""What a shop's settings and secrets still lack for what they switch on."""

from collections.abc import Iterator

from wracaj.settings.shop import Shop

POOL = "set `discount: { source: pool }` and upload codes with `wracaj shop codes`"


def missing_for(shop: Shop) -> Iterator[str]:
    """Yield a sentence for each problem that only the platform knows of."""
    creates = shop.settings.discount.source == "shop"
    if shop.settings.platform == "generic" and creates and not shop.settings.generic.discount_url:
        yield f"no discount code can be created; set `generic.discount_url`, or {POOL}."
    if shop.settings.platform != "shoper":
        return
    if creates:
        yield f"no discount code can be created in Shoper; {POOL}."
    if shop.settings.storefront is None:
        yield (
            "no webhook of Shoper's reports carts; add `storefront:` for the script in the shop's"
            " pages, see storefront/README.md."
        )
    if not shop.secrets.api_token:
        yield (
            "orders are read from the shop's API before they count, and there is no token; make"
            " one in the shop's panel, then `WRACAJ_API_TOKEN=… wracaj shop put FILE`."
        )
