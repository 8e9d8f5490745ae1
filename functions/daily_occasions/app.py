"""One task of the daily search for occasions, called by its state machine."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from daily_occasions.search import Searcher
from daily_occasions.tasks import TASK, Begin, Done, Plan, Shops, Task
from wracaj import timelines
from wracaj.aws import told_as_unavailable
from wracaj.clock import now
from wracaj.errors import StepFailedError, WracajError
from wracaj.observability import logger, place_of
from wracaj.shop_settings import load_settings, shop_names
from wracaj.store import open_store


def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Raises ConflictError or UnavailableError where the state machine should try again."""
    task = TASK.validate_python(event)
    try:
        with told_as_unavailable():
            result = do(task)
    except WracajError:
        raise
    except Exception as error:  # its text may hold what is personal; it would stay in the history
        raise StepFailedError(f"{type(error).__name__} at {place_of(error)}") from None
    logger.info("task done", extra={"task": task.task, "shop": getattr(task, "shop", None)})
    return result


def do(task: Task) -> Any:
    searcher = Searcher(open_store(), timelines.start)
    match task:
        case Shops():
            return {"date": f"{now():%Y-%m-%d}", "shops": shop_names()}
        case Plan():
            return searcher.plan(load_settings(task.shop, max_age_seconds=0), task).model_dump(mode="json")
        case Begin():
            return searcher.begin(load_settings(task.shop), task).model_dump(mode="json")
        case Done():
            searcher.done(task)
            return None
