"""Where a discount code comes from: created in the shop, or taken from the codes that were uploaded beforehand."""

from wracaj.errors import DiscountError
from wracaj.settings import Shop
from wracaj.shops import platform
from wracaj.store import Store
from wracaj.vouchers import Voucher


def create_discount(store: Store, shop: Shop, voucher: Voucher, cart_id: str) -> Voucher:
    """Raises DiscountError."""
    if shop.settings.discount.source == "shop":
        platform(shop.settings.platform).create_discount(shop, voucher, cart_id)
        return voucher
    taken = store.codes.take(shop.id, voucher, cart_id)
    if taken is None:
        raise DiscountError(
            f"the pool of codes for {voucher.worth} is empty; upload more with `wracaj shop codes {shop.id} FILE`"
        )
    return taken
