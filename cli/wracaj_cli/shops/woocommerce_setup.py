"""What the shop's people must do in WooCommerce."""

from collections.abc import Iterator

from wracaj.settings.shop import Shop

HOW_TO_SUBSCRIBE = (
    "In WooCommerce, Settings, Advanced, Webhooks: one webhook for each topic, status Active, this"
    " address, the secret that `wracaj shop put` showed, and the newest API version. A webhook"
    " without that secret is refused."
)


def missing(shop: Shop) -> Iterator[str]:
    """What the settings ask for and the secrets do not hold yet."""
    settings, secrets = shop.settings, shop.secrets
    if settings.platform != "woocommerce":
        return
    has_key = bool(secrets.consumer_key and secrets.consumer_secret)
    if settings.discount.source == "shop" and not has_key:
        yield (
            "no discount code can be created; make a key that may read and write in WooCommerce,"
            " Settings, Advanced, REST API, and give it with WRACAJ_CONSUMER_KEY and"
            " WRACAJ_CONSUMER_SECRET, or set `discount: { source: pool }` and upload codes."
        )
    if settings.woocommerce.consent_fields.email is None:
        yield (
            "no box of the checkout is an opt-in to e-mails; name it in"
            " `woocommerce.consent_fields.email`."
        )
