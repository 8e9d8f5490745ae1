"""Which code a message gives, if any."""

from datetime import datetime, timedelta

from wracaj.cart import Cart
from wracaj.discounts import code_given
from wracaj.settings import Shop
from wracaj.steps import Discount, Step, StepRecord
from wracaj.vouchers import Voucher, Worth, mint


def voucher_of(step: Step, earlier: StepRecord | None, cart: Cart, episode: int, shop: Shop, moment: datetime) -> Voucher | None:
    """One per cart and episode: a retry, and a later step that gives the same, go on with the code there is."""
    discount = step.discount
    if discount is None:
        return code_given(cart, episode, moment) if step.repeats_code else None
    if earlier and earlier.voucher:
        return earlier.voucher
    given = (record.voucher for key, record in cart.records.items() if key.startswith(f"{episode}#"))
    valid = (voucher for voucher in given if voucher and voucher.expires_at > moment)
    wanted = affordable(discount.worth, shop)
    same = next((voucher for voucher in valid if voucher.worth == wanted), None)
    return same or new_voucher(discount, shop, cart, moment)


def new_voucher(discount: Discount, shop: Shop, cart: Cart, moment: datetime) -> Voucher:
    expires_at = moment + timedelta(days=discount.valid_days)
    worth, minimum = affordable(discount.worth, shop), shop.settings.discount.minimum_total
    return mint(worth, moment, expires_at, minimum, cart.content.currency)


def affordable(worth: Worth, shop: Shop) -> Worth:
    """A percentage grows only as far as the margin that the shop states."""
    programme = shop.settings.loyalty
    if programme is None or worth.percent is None:
        return worth
    return Worth(percent=max(1, min(worth.percent, int(programme.margin_percent))))
