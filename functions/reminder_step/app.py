"""One step of a timeline, called by its state machine."""

import os
from typing import TYPE_CHECKING, Any

from reminder_step.failing import note_failure
from reminder_step.long_waits import moved_out
from reminder_step.message import missing_texts
from reminder_step.step import Stepper
from wracaj.aws.archive_queue import archived
from wracaj.aws.link_secret import link_keys
from wracaj.aws.observability import count, logger, metrics
from wracaj.aws.shop_config import load_shop, switched_on
from wracaj.aws.step_errors import named_for_step_functions
from wracaj.aws.step_functions import follow_step
from wracaj.channels import channel
from wracaj.clock import now
from wracaj.discounts.code import DiscountCode
from wracaj.errors import (
    ConflictError,
    NotTakenError,
    UnavailableError,
    UnknownShopError,
    WracajError,
)
from wracaj.services.announce_audiences import announce
from wracaj.services.discount_codes import create_discount
from wracaj.services.start_timeline import long_wait_days
from wracaj.settings.shop import Shop
from wracaj.store import open_store
from wracaj.store.message_links import message_id
from wracaj.timelines.contract import require_known_contract
from wracaj.timelines.steps import Outcome, Reason, Step, StepRequest, StepResult, TextsRequest

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Raises ConflictError, ContractError, NotTakenError or UnavailableError where the state
    machine should try again."""
    if "template" in event:  # a person is about to start a campaign and asks for missing templates
        return {"missing": missing_texts(TextsRequest.model_validate(event))}
    require_known_contract(event)
    request = StepRequest.model_validate(event)
    follow_step(request.shop, request.cart_id, request.episode, request.part)
    try:
        with named_for_step_functions():
            result = take_step(request)
    except (ConflictError, NotTakenError, UnavailableError):
        raise
    except WracajError:
        remember_failure(request)
        raise
    step = request.step.name if request.step else "close"
    logger.info(
        "step taken",
        extra={
            "shop": request.shop,
            "timeline": request.timeline,
            "step": step,
            "contract": request.contract,
            "message_id": message_id(request.shop, request.cart_id, request.episode, step),
            "channel": request.step.channel if request.step else None,
            "outcome": result.outcome,
            "reason": result.reason,
        },
    )
    count(f"Step{result.outcome.value.capitalize()}")
    return result.model_dump(mode="json")


def take_step(request: StepRequest) -> StepResult:
    store = open_store()

    def discount(shop: Shop, voucher: DiscountCode, cart_id: str) -> DiscountCode:
        return create_discount(store, shop, voucher, cart_id)

    stepper = Stepper(
        store,
        channel,
        discount,
        link_keys().signing(now()),
        os.environ["WRACAJ_PUBLIC_URL"],
        switched_on(),
    )
    try:
        if request.step is None:
            return stepper.close(request)
        result = run_step(stepper, request, request.step)
        return moved_out(store, request, result, long_wait_days())
    finally:
        announce(store)


def run_step(stepper: Stepper, request: StepRequest, step: Step) -> StepResult:
    try:
        shop = load_shop(request.shop)
    except UnknownShopError:  # the shop was removed: no message may be sent in its name
        return StepResult(outcome=Outcome.STOPPED, reason=Reason.SWITCHED_OFF)
    try:
        with named_for_step_functions():
            return stepper.run(shop, request, step)
    except WracajError as error:
        note_failure(stepper.store, shop, request, step, error)
        raise


def remember_failure(request: StepRequest) -> None:
    """Record that this step failed, for the timing of the next message.

    The next message waits its full time after this step, as if it had been sent. Otherwise a later
    message, days away, would be skipped as stale.
    """
    try:
        open_store().carts.step_failed(request.shop, request.cart_id, request.episode, now())
    except Exception as error:
        logger.warning(
            "failure not noted", extra={"shop": request.shop, "error": type(error).__name__}
        )
