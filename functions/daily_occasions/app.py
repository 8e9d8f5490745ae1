"""One task of the daily search for occasions, called by its state machine."""

from typing import TYPE_CHECKING, Any

from daily_occasions.search import Searcher
from daily_occasions.tasks import TASK, Begin, Done, Plan, Shops, Task
from wracaj.aws import step_functions
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import logger, metrics
from wracaj.aws.shop_config import load_settings, shop_names
from wracaj.aws.step_errors import named_for_step_functions
from wracaj.clock import now
from wracaj.services.start_timeline import start_for
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> Any:
    """Raises ConflictError or UnavailableError where the state machine should try again."""
    task = TASK.validate_python(event)
    with named_for_step_functions():
        result = do(task)
    logger.info("task done", extra={"task": task.task, "shop": getattr(task, "shop", None)})
    return result


def do(task: Task) -> Any:
    store = open_store()
    searcher = Searcher(store, step_functions.start)
    match task:
        case Shops():
            return {"date": f"{now():%Y-%m-%d}", "shops": shop_names()}
        case Plan():
            return searcher.plan(load_settings(task.shop, max_age_seconds=0), task).model_dump(
                mode="json"
            )
        case Begin():
            shop = load_settings(task.shop)
            found = Searcher(store, start_for(store, shop)).begin(shop, task)
            return found.model_dump(mode="json")
        case Done():
            searcher.done(task)
            return None
