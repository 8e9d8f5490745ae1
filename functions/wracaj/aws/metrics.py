"""Metrics in CloudWatch's embedded format: one line of the log for each invocation.

As Powertools writes them, without its cost: a metric in each webhook took a twentieth of the
webhook's processor time.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from wracaj.clock import real_now

MOST_VALUES = 100  # of one metric in one line

Handler = Callable[[dict[str, Any], Any], Any]


class Provider:
    """Where metrics go: the log, under one namespace and one service."""

    def __init__(self) -> None:
        self.namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "")
        self.service = os.environ.get("POWERTOOLS_SERVICE_NAME", "")
        self.values: dict[tuple[str, str], list[float]] = {}

    def flush_metrics(self) -> None:
        """Write what was added since the last time, if anything was."""
        if not self.values:
            return
        told = [{"Name": name, "Unit": unit} for name, unit in self.values]
        about = {"Namespace": self.namespace, "Dimensions": [["service"]], "Metrics": told}
        line = {
            "_aws": {"Timestamp": int(real_now().timestamp() * 1000), "CloudWatchMetrics": [about]},
            "service": self.service,
            **{name: values for (name, _), values in self.values.items()},
        }
        self.values = {}
        print(json.dumps(line, separators=(",", ":")))  # noqa: T201


class Metrics:
    def __init__(self) -> None:
        self.provider = Provider()

    def add_metric(self, name: str, unit: str, value: float) -> None:
        values = self.provider.values.setdefault((name, unit), [])
        values.append(float(value))
        if len(values) == MOST_VALUES:
            self.provider.flush_metrics()

    def log_metrics(self, handler: Handler) -> Handler:
        """Write the metrics of an invocation after it, also after one that fails."""

        @wraps(handler)
        def measured(event: dict[str, Any], context: Any) -> Any:
            try:
                return handler(event, context)
            finally:
                self.provider.flush_metrics()

        return measured
