"""The discount code of a message, if it has one."""

from datetime import datetime, timedelta
from decimal import Decimal

from wracaj.carts.page_carts import is_page_cart
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.services.discount_codes import code_given
from wracaj.settings.shop import Shop
from wracaj.timelines.steps import Discount, Step, StepRecord
from wracaj.timelines.subject import Subject


def voucher_of(
    step: Step,
    earlier: StepRecord | None,
    subject: Subject,
    episode: int,
    shop: Shop,
    moment: datetime,
) -> DiscountCode | None:
    """Return the code for this message, one per cart and episode.

    A retry uses the same code again. So does a later step that gives the same discount. None: the
    step gives no code, the shop's margin allows no discount, or a page reported the cart.
    """
    if is_page_cart(subject.cart_id):
        return None
    discount = step.discount
    if discount is None:
        return code_given(subject, episode, moment) if step.repeats_code else None
    if earlier and earlier.voucher:
        return earlier.voucher
    given = (record.voucher for record in subject.records_of(episode))
    valid = (voucher for voucher in given if voucher and voucher.expires_at > moment)
    wanted = affordable(discount.terms, subject, shop)
    same = next((voucher for voucher in valid if voucher.discount == wanted), None)
    return same or (new_voucher(discount, wanted, shop, subject, moment) if wanted else None)


def new_voucher(
    discount: Discount, worth: DiscountTerms, shop: Shop, subject: Subject, moment: datetime
) -> DiscountCode:
    expires_at = moment + timedelta(days=discount.valid_days)
    return mint(
        worth, moment, expires_at, shop.settings.discount.minimum_total, subject.content.currency
    )


def affordable(worth: DiscountTerms, subject: Subject, shop: Shop) -> DiscountTerms | None:
    """Reduce a discount to what the shop's margin allows, on top of what its loyalty programme
    gives with each sale. None: no discount is left.

    A percentage is reduced. An amount, and the cost of a delivery, are compared with the code's
    minimum total, or with the cart's total where there is no minimum. The cost of a gift is unknown
    here, so a gift is not limited; nor is free delivery where the shop states no cost.
    """
    programme, delivery = shop.settings.loyalty, shop.settings.economics.delivery_cost_with_tax
    cost = delivery if worth.free_shipping else worth.amount
    if programme is None or (cost is None and worth.percent is None):
        return worth
    left = programme.left_of_margin(delivery)
    if worth.percent is not None:
        percent = min(worth.percent, int(left))
        return DiscountTerms(percent=percent) if percent >= 1 else None
    currency = worth.currency or shop.settings.main_currency
    total = shop.settings.discount.minimum_total or _total_in(currency, subject)
    is_borne = cost is not None and total is not None and cost * 100 <= total * left
    return worth if is_borne else None


def _total_in(currency: str, subject: Subject) -> Decimal | None:
    return subject.content.total if subject.content.currency == currency else None
