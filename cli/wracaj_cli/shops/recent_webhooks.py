"""Recent problems with a shop's webhooks, for the shop's staff."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from wracaj.errors import Problem
from wracaj.settings.shop import Shop, ShopSettings
from wracaj.webhooks.problems import WebhookProblem
from wracaj.webhooks.shop_clock import is_of_the_clock
from wracaj_cli.outcome_words import moment

NONE = "Nothing was wrong with any webhook of the last 30 days."
_RECENT = "wracaj shop webhooks {} --recent"
ANSWERED = {
    200: "200, taken all the same",
    401: "401, refused",
    413: "413, too large",
    422: "422, refused",
}


def shown(found: list[WebhookProblem], shop: Shop) -> Table | str:
    return as_table(found, shop.settings) if found else NONE


def of_the_clock(found: Iterable[WebhookProblem], shop: ShopSettings) -> Iterator[str]:
    """Return a warning about the newest webhook that shows a wrong clock, and what to do. Return
    nothing if there is none."""
    for webhook in found:
        for field, problem in webhook.problems:
            if is_of_the_clock(problem):
                at = moment(webhook.at, shop.zone)
                cause, _, what_to_do = problem.rpartition(": ")
                topic = webhook.topic or "a webhook"
                yield "Warning: the shop's clock is off; its reminders may come at a wrong time."
                yield f"  {at}, {topic}: {field} {cause}"
                yield f"  {what_to_do.capitalize()}. What came since: `{_RECENT.format(shop.shop)}`"
                return


def as_json(found: list[WebhookProblem]) -> list[dict[str, Any]]:
    """Return the problems for scripts. docs/operations.md describes the keys, which do not
    change."""
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
    """Return a table with times in the shop's time zone. Long lines are folded in a narrow
    terminal. Values from outside are never interpreted as markup."""
    table = Table(show_lines=True)
    for name in ("webhook", "field", "problem"):
        table.add_column(name, overflow="fold")
    for problem in problems:
        webhook = _webhook(problem, shop)
        for field, what in _folded(problem.problems):
            table.add_row(*map(Text, [webhook, field, what]))
            webhook = ""
    return table


def _webhook(problem: WebhookProblem, shop: ShopSettings) -> str:
    """Return the time, the topic and the answer, each on its own line."""
    when = f"{problem.at.astimezone(shop.zone):%Y-%m-%d %H:%M:%S}"
    told = (when, problem.topic, ANSWERED.get(problem.answered, str(problem.answered)))
    return "\n".join(line for line in told if line)


def _folded(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Return a problem of several cart lines once, with the number of lines."""
    places = Counter((_anywhere(field), what) for field, what in problems)
    firsts = {(_anywhere(field), what): field for field, what in reversed(problems)}
    for (anywhere, what), count in places.items():
        yield (anywhere, f"{what} ({count} times)") if count > 1 else (firsts[anywhere, what], what)


def _anywhere(field: str) -> str:
    """Return the field without the number of its line, such as `data.items.*.title`."""
    return re.sub(r"(?<=\.)\d+(?=\.|$)", "*", field)
