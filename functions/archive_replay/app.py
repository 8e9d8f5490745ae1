"""Runs rows of the archive again, for `wracaj replay`: what a restore of the table lost, and what
failed after its webhook was answered."""

from typing import TYPE_CHECKING, Any

from archive_replay.replay import Replay
from archive_replay.tasks import Carts, Erasures, Rows, Runs, Starts, read_task
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import metrics
from wracaj.aws.shop_config import load_settings
from wracaj.services.announce_audiences import announce
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Return how often each result came."""
    task = read_task(event)
    replay = Replay(open_store(), load_settings(task.shop))
    try:
        match task:
            case Erasures():
                return replay.erase_again(task.lines)
            case Starts():
                return replay.note_starts(task.lines)
            case Rows():
                return replay.run_again(task.lines)
            case Runs():
                return replay.go_on(task.lines)
            case Carts():
                return replay.look_at(task.cart_ids)
    finally:
        announce(replay.store)
