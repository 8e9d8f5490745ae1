"""The time of the imports at a cold start. Each handler runs in a new interpreter, with byte-code
and without."""

import statistics
import subprocess
import sys
from collections.abc import Iterable

from bench.figures import Figures
from wracaj_cli.house import ROOT

RUNS = 5

# What a function's first call needs in addition to its handler.
FIRST_CALLS = {
    "archive_replay": "use('dynamodb', 'ssm', 'secretsmanager', 'stepfunctions')",
    "archive_writer": "use('dynamodb', 's3')",
    "audience_sync": "use('dynamodb', 'ssm', 'secretsmanager')",
    "campaign_page": "use('dynamodb', 'ssm', 'stepfunctions')",
    "cart_webhook": (
        "import wracaj.platforms.shopify.webhooks; use('dynamodb', 'ssm', 'secretsmanager',"
        " 'stepfunctions')"
    ),
    "daily_occasions": "use('dynamodb', 'ssm', 'stepfunctions')",
    "delivery_events": "use('dynamodb')",
    "loyalty_check": "use('dynamodb', 'ssm', 'secretsmanager')",
    "messenger_webhook": "use('dynamodb', 'ssm', 'secretsmanager', 'stepfunctions')",
    "nightly_rfm": "use('dynamodb', 'ssm')",
    "push_subscribe": "use('dynamodb', 'ssm', 'stepfunctions')",
    "preferences": "use('dynamodb', 'ssm', 'secretsmanager', 'stepfunctions')",
    "read_again": "use('dynamodb', 'ssm', 'secretsmanager', 'sqs')",
    "reconcile": "use('dynamodb', 'ssm', 'secretsmanager', 'stepfunctions')",
    "reminder_step": (
        "import wracaj.channels.email; use('dynamodb', 'ssm', 'secretsmanager', 'sesv2')"
    ),
    "shop_watch": "use('dynamodb', 'ssm')",
    "shopper_link": "use('dynamodb', 'ssm', 'secretsmanager')",
    "storefront_cart": "use('dynamodb', 'ssm', 'stepfunctions')",
    "timeline_resume": "use('dynamodb', 'sqs')",
    "timeline_start": "use('stepfunctions')",
}

# The standard library keeps its byte-code, as in Lambda's runtime. The packages and our code have
# none.
PROGRAM = """
import sys, time
if {compiling}:
    import importlib._bootstrap_external as loading
    kept = loading.cache_from_source
    def without_bytecode(path, *more, **named):
        if "site-packages" in str(path) or str(path).startswith({functions!r}):
            raise NotImplementedError
        return kept(path, *more, **named)
    loading.cache_from_source = without_bytecode
sys.path.insert(0, {functions!r})
start = time.perf_counter()
import {handler}.app
loaded = time.perf_counter()
from wracaj.aws.clients import client
def use(*services):
    for service in services:
        client(service)
{first_call}
print(loaded - start, time.perf_counter() - loaded)
"""
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Wracaj",
    "PATH": "/usr/bin:/bin",
}


def measure(runs: int = RUNS, handlers: Iterable[str] = FIRST_CALLS) -> Figures:
    rows = [_row(handler, runs) for handler in handlers]
    columns = (
        "handler",
        "import, ms",
        "first call, ms",
        "without byte-code: import, ms",
        "first call, ms",
    )
    note = (
        f"Median of {runs} fresh interpreters, Python {sys.version.split()[0]}, on this machine."
        " First call: its AWS clients."
    )
    return Figures("Cold start", columns, rows, note)


def _row(handler: str, runs: int) -> tuple[str, int, int, int, int]:
    _times(handler, compiling=False)  # this run writes the byte-code
    with_bytecode = _medians(handler, runs, compiling=False)
    return (handler, *with_bytecode, *_medians(handler, runs, compiling=True))


def _medians(handler: str, runs: int, *, compiling: bool) -> tuple[int, int]:
    imports, first_calls = zip(
        *(_times(handler, compiling=compiling) for _ in range(runs)), strict=True
    )
    return round(statistics.median(imports) * 1000), round(statistics.median(first_calls) * 1000)


def _times(handler: str, *, compiling: bool) -> tuple[float, float]:
    program = PROGRAM.format(
        compiling=compiling,
        functions=str(ROOT / "functions"),
        handler=handler,
        first_call=FIRST_CALLS[handler],
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    imported, called = done.stdout.split()
    return float(imported), float(called)
