"""What a customer has earned or is close to earning, for the state machines of the loyalty
timelines."""

from typing import TYPE_CHECKING, Any

from loyalty_check.check import Checker
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import count, logger, metrics
from wracaj.aws.shop_config import load_settings, load_shop
from wracaj.aws.step_errors import named_for_step_functions
from wracaj.aws.step_functions import follow_step
from wracaj.clock import now
from wracaj.discounts.code import DiscountCode
from wracaj.errors import NothingKnownError, UnknownShopError
from wracaj.loyalty.summary import LoyaltySummary, loyalty_summary
from wracaj.services.discount_codes import create_discount
from wracaj.settings.shop import Shop
from wracaj.store import open_store
from wracaj.timelines.contract import require_known_contract
from wracaj.timelines.steps import (
    LoyaltyAnswer,
    LoyaltyOutcome,
    LoyaltySummaryRequest,
    Reason,
    StepRequest,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """There are two kinds of request. With `cart_id`, an occasion's id: grant what was reached,
    and answer with the outcome. With `customer_id`: only read the loyalty summary, for callers in
    the shop's own AWS account.

    Raises ConflictError, ContractError, NotTakenError or UnavailableError where the state machine
    should ask again.
    """
    with named_for_step_functions():
        if "customer_id" in event:
            return look_up(LoyaltySummaryRequest.model_validate(event)).model_dump(mode="json")
        require_known_contract(event)
        request = StepRequest.model_validate(event)
        follow_step(request.shop, request.cart_id, request.episode, request.part)
        answer = ask(request)
    logger.info(
        "loyalty checked",
        extra={"shop": request.shop, "outcome": answer.outcome, "reason": answer.reason},
    )
    count(f"Loyalty{answer.outcome.value.capitalize()}")
    return answer.model_dump(mode="json")


def look_up(request: LoyaltySummaryRequest) -> LoyaltySummary:
    """Raises NothingKnownError."""
    store, settings = open_store(), load_settings(request.shop)
    customer = store.customers.get(request.shop, request.customer_id)
    if settings.loyalty is None or customer is None:
        what = (
            "no loyalty programme"
            if settings.loyalty is None
            else f"no customer {request.customer_id!r}"
        )
        raise NothingKnownError(f"the shop {request.shop!r} has {what}; check the spelling")
    held = store.grants.of(request.shop, customer)
    account = store.accounts.get(request.shop, customer)
    return loyalty_summary(
        settings.loyalty, account, [one.grant for one in held], now().astimezone(settings.zone)
    )


def ask(request: StepRequest) -> LoyaltyAnswer:
    store = open_store()

    def discount(shop: Shop, voucher: DiscountCode, cart_id: str) -> DiscountCode:
        return create_discount(store, shop, voucher, cart_id)

    try:
        shop = load_shop(request.shop)
    except UnknownShopError:
        return LoyaltyAnswer(outcome=LoyaltyOutcome.NOTHING, reason=Reason.SWITCHED_OFF)
    return Checker(store, discount).check(shop, request.cart_id)
