"""Recent problems of a shop's webhooks: `SHOP#{shop}#WEBHOOKS` / `{status}#{place}`, one item for
each cause.

Each status has only as many places as `PLACES` says. A cause takes the first of its places that is
free or is its own already.
"""

from wracaj.store.table import ConditionFailedError, Item, Table, dump, expiry
from wracaj.webhooks.problems import WebhookProblem

KEPT_DAYS = 30


class WebhookProblems:
    def __init__(self, table: Table) -> None:
        self.table = table

    def put(self, shop: str, problem: WebhookProblem) -> None:
        """Store a problem. If all of its places are taken, it overwrites the first."""
        if not any(self._put_at(place, shop, problem) for place in problem.places):
            self.table.put(_item(next(problem.places), shop, problem))

    def _put_at(self, place: str, shop: str, problem: WebhookProblem) -> bool:
        try:
            free_or_own = "attribute_not_exists(PK) OR cause = :cause"
            self.table.put(_item(place, shop, problem), free_or_own, cause=problem.cause)
        except ConditionFailedError:
            return False
        return True

    def recent(self, shop: str) -> list[WebhookProblem]:
        """Return the problems, the newest first. A cause may be in two places if an earlier place
        became free: only its latest problem counts."""
        items = self.table.query(_partition(shop))
        found = sorted(
            (WebhookProblem.model_validate_json(item["problem"]) for item in items),
            key=lambda problem: problem.at,
        )
        return sorted(
            {problem.cause: problem for problem in found}.values(),
            key=lambda problem: problem.at,
            reverse=True,
        )


def _item(place: str, shop: str, problem: WebhookProblem) -> Item:
    expires_at = expiry(problem.at, KEPT_DAYS)
    return _partition(shop) | {
        "SK": place,
        "cause": problem.cause,
        "problem": dump(problem),
        "expires_at": expires_at,
    }


def _partition(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#WEBHOOKS"}
