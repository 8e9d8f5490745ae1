"""Asks each shop that has an API token what changed, for what no webhook told. Started by a
schedule."""

from typing import TYPE_CHECKING, Any

from reconcile.run import Run
from wracaj.aws.observability import logger, metrics
from wracaj.aws.shop_config import shop_names

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

SECONDS_KEPT_BACK = 20  # to write down how far the last shop was read


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`event`: {"shops": [NAME]} for some shops only. Answers with what came of each shop."""
    seconds = context.get_remaining_time_in_millis() / 1000 - SECONDS_KEPT_BACK
    outcomes = Run(seconds).reconcile(event.get("shops") or shop_names())
    logger.info("shops reconciled", extra={"shops": len(outcomes)})
    return {shop: outcome.as_json for shop, outcome in outcomes.items()}
