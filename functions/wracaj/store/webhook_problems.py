"""What was wrong with a shop's webhooks of late, `SHOP#{shop}#WEBHOOKS` / `{status}#{place}`: some dozens of items a shop."""

from wracaj.store.table import Table, dump, expiry
from wracaj.webhook_problems import WebhookProblem

KEPT_DAYS = 30


class WebhookProblems:
    def __init__(self, table: Table) -> None:
        self.table = table

    def put(self, shop: str, problem: WebhookProblem) -> None:
        expires_at = expiry(problem.at, KEPT_DAYS)
        self.table.put(_partition(shop) | {"SK": problem.place, "problem": dump(problem), "expires_at": expires_at})

    def recent(self, shop: str) -> list[WebhookProblem]:
        """The newest first."""
        items = self.table.query(_partition(shop))
        found = (WebhookProblem.model_validate_json(item["problem"]) for item in items)
        return sorted(found, key=lambda problem: problem.at, reverse=True)


def _partition(shop: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#WEBHOOKS"}
