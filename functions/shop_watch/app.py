"""Looks each hour whether a shop fell silent, or sends far more or less than usual. Started by a
schedule."""

from typing import TYPE_CHECKING, Any

from shop_watch.watching import watch
from wracaj.aws.observability import logger, metrics
from wracaj.aws.shop_config import shop_names, switched_on
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """`event`: {"shops": [NAME]} for some shops only. Answers with what is unusual, by shop. While
    all messages are switched off, nothing is looked at: people know."""
    if not switched_on():
        return {}
    names = event.get("shops") or shop_names()
    found = watch(open_store(), names)
    logger.info("shops watched", extra={"shops": len(names), "unusual": len(found)})
    return found
