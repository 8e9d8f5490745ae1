"""One task of the nightly scoring, called by its state machine."""

from typing import TYPE_CHECKING, Any

from nightly_rfm.scoring import NightlyScoring
from nightly_rfm.tasks import TASK, Begin, Count, Cut, Gather, Score, Shops, SumUp, Task
from wracaj.aws.observability import logger
from wracaj.aws.shop_config import load_settings, shop_names
from wracaj.aws.step_errors import named_for_step_functions
from wracaj.clock import now
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> Any:
    """Raises UnavailableError or ConflictError where the state machine should try again."""
    with named_for_step_functions():
        task = TASK.validate_python(event)
        result = do(task)
    logger.info("task done", extra={"task": task.task})
    return result


def do(task: Task) -> Any:
    scoring = NightlyScoring(open_store())
    match task:
        case Shops():
            return {"night": f"{now():%Y-%m-%d}", "shops": shop_names()}
        case Begin():
            settings = load_settings(task.shop, max_age_seconds=0)
            return scoring.begin(task.shop, now(), settings.main_currency).model_dump(mode="json")
        case Count():
            return scoring.count(task).model_dump()
        case Gather():
            scoring.gather(task)
            return None
        case Cut():
            return scoring.cut(task).model_dump()
        case Score():
            return scoring.score(task).model_dump()
        case SumUp():
            scoring.sum_up(task)
            return None
