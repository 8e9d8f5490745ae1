"""What a run came to for one shop, and what is counted of it."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from wracaj.aws.observability import count, logger, metrics

# Metrics of a single shop cost money, so only a shop with something to mend has them.
LATE = timedelta(minutes=30)


@dataclass
class Outcome:
    requests: int = 0
    told: int = 0  # changes that a webhook had told
    untold: int = 0  # changes that only this run found
    not_judged: int = 0  # the same, and perhaps no webhook could tell of them yet
    told_at: datetime | None = None
    untold_at: datetime | None = None
    # names of events, such as "OrderRefunded": those that a webhook told, and those that none did
    kinds_told: set[str] = field(default_factory=set)
    kinds_untold: set[str] = field(default_factory=set)
    problem: str = ""
    lag: timedelta = field(default_factory=timedelta)

    @property
    def silent(self) -> list[str]:
        """Of which kinds webhooks told nothing that changed: their subscription may be dead. Shops
        switch off one topic and go on with others."""
        return sorted(self.kinds_untold - self.kinds_told)

    @property
    def as_json(self) -> dict[str, Any]:
        named = asdict(self)
        return {
            name: named[name] for name in ("requests", "told", "untold", "not_judged", "problem")
        } | {"lag_seconds": round(self.lag.total_seconds()), "silent": self.silent}

    def counted(self, shop: str) -> None:
        seconds = self.lag.total_seconds()
        metrics.add_metric("ReconcileLag", MetricUnit.Seconds.value, seconds)
        if self.lag > LATE:
            _of_shop(shop, "ReconcileLag", MetricUnit.Seconds, seconds)
        if self.untold:
            count("FoundByReconciliation", self.untold)
            _of_shop(shop, "FoundByReconciliation", MetricUnit.Count, self.untold)
        if self.silent:
            count("WebhooksSilent")
        logger.info("shop reconciled", extra={"shop": shop, **self.as_json})


def _of_shop(shop: str, name: str, unit: MetricUnit, value: float) -> None:
    with single_metric(
        name=name, unit=unit, value=value, namespace=metrics.provider.namespace
    ) as metric:
        metric.add_dimension(name="service", value=str(metrics.provider.service))
        metric.add_dimension(name="shop", value=shop)
