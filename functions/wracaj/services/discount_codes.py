"""Provides discount codes: created in the shop, or taken from a pool that was uploaded
beforehand."""

from contextlib import suppress
from datetime import datetime

from wracaj.aws.observability import count, logger
from wracaj.discounts.code import DiscountCode
from wracaj.errors import DiscountError
from wracaj.platforms import platform
from wracaj.settings.shop import Shop
from wracaj.store import Store
from wracaj.timelines.steps import RecordState
from wracaj.timelines.subject import Subject

TOLD = {RecordState.SENT, RecordState.UNKNOWN}


def create_discount(store: Store, shop: Shop, voucher: DiscountCode, cart_id: str) -> DiscountCode:
    """Return the code to send: the given one, created in the shop, or one from the pool. Raises
    DiscountError."""
    if shop.settings.discount.source == "shop":
        platform(shop.settings.platform).create_discount(shop, voucher, cart_id)
        return voucher
    taken = store.codes.take(shop.id, voucher, cart_id)
    if taken is None:
        raise DiscountError(
            f"the pool of codes for {voucher.discount} is empty; upload more with `wracaj shop"
            f" codes {shop.id} FILE`"
        )
    _warn_if_few_are_left(store, shop, voucher)
    return taken


def _warn_if_few_are_left(store: Store, shop: Shop, voucher: DiscountCode) -> None:
    """The code is taken: whatever happens here must not lose it."""
    with suppress(Exception):
        if not store.codes.has(shop.id, voucher.discount, shop.settings.discount.warn_below):
            told = {"shop": shop.id, "discount": voucher.discount.key}
            logger.warning("few discount codes are left", extra=told)
            count("DiscountPoolLow")


def code_given(subject: Subject, episode: int, moment: datetime) -> DiscountCode | None:
    """Return the newest code from an earlier message of this episode that is still valid."""
    told = (record for record in subject.records_of(episode) if record.state in TOLD)
    valid = [r for r in told if r.code_told and r.code_told.expires_at > moment]
    return max(valid, key=lambda record: record.at).code_told if valid else None
