"""The next page of a campaign, called by its dispatch."""

from typing import TYPE_CHECKING, Any

from campaign_page.page import PageAnswer, PageOutcome, Pager
from wracaj.aws import step_functions
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import logger, metrics
from wracaj.aws.shop_config import load_settings, switched_on
from wracaj.aws.step_errors import named_for_step_functions
from wracaj.errors import UnknownShopError
from wracaj.events import Frozen
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class PageRequest(Frozen):
    shop: str
    campaign: str


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Raises UnavailableError or ConflictError where the state machine should try again."""
    request = PageRequest.model_validate(event)
    with named_for_step_functions():
        answer = take_page(request)
    told = {
        "shop": request.shop,
        "campaign": request.campaign,
        "outcome": answer.outcome,
        "asked": answer.asked,
    }
    logger.info("page taken", extra=told)
    return answer.model_dump(mode="json")


def take_page(request: PageRequest) -> PageAnswer:
    try:
        shop = load_settings(request.shop)
    except UnknownShopError:  # the shop was removed: no message may be sent in its name
        return PageAnswer(outcome=PageOutcome.STOPPED)
    return Pager(open_store(), step_functions.start_for(shop), switched_on()).take(
        shop, request.campaign
    )
