"""What was wrong with a shop's webhooks of late, for its people."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table
from rich.text import Text

from wracaj.settings import Shop, ShopSettings
from wracaj.webhook_problems import WebhookProblem

NONE = "Nothing was wrong with any webhook of the last 30 days."
ANSWERED = {
    200: "200, taken all the same",
    401: "401, refused",
    413: "413, too large",
    422: "422, refused",
}


def shown(found: list[WebhookProblem], shop: Shop) -> Table | str:
    return as_table(found, shop.settings) if found else NONE


def as_json(found: list[WebhookProblem]) -> list[dict[str, Any]]:
    """The keys are named in docs/operations.md and stay as they are."""
    return [
        {
            "at": one.at,
            "answered": one.answered,
            "topic": one.topic,
            "problems": [{"field": field, "problem": what} for field, what in one.problems],
        }
        for one in found
    ]


def as_table(problems: Iterable[WebhookProblem], shop: ShopSettings) -> Table:
    """By the shop's clock. What came from outside is text, and no markup."""
    table = Table("when", "answered", "webhook", "field", "problem")
    for problem in problems:
        when = f"{problem.at.astimezone(shop.zone):%Y-%m-%d %H:%M:%S}"
        first = [when, ANSWERED.get(problem.answered, str(problem.answered)), problem.topic]
        for field, what in problem.problems:
            table.add_row(*map(Text, [*first, field, what]))
            first = ["", "", ""]
    return table
