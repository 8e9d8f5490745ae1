"""Quotas of AWS that a growing stack meets, as they stood in November 2026, in most regions.

Ireland, N. Virginia and Oregon have more of Step Functions. Nearly all can be raised.
"""

from typing import NamedTuple

STATES = "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"
PARAMETERS = "https://docs.aws.amazon.com/general/latest/gr/ssm.html"
SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"
SES = "https://docs.aws.amazon.com/ses/latest/dg/quotas.html"
DYNAMODB = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
)
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"


class Quota(NamedTuple):
    """`name`: as the demands of bench/scale.py name it. `seen`: when the source was read."""

    name: str
    limit: float
    source: str
    seen: str
    raised: str  # how, and when to ask
    alarm: str  # which rings in time; "–": none does


QUOTAS = (
    Quota(
        "open executions",
        1_000_000,
        STATES,
        "2026-11",
        "Service Quotas, at 50 %; or `LongWaitDays`",
        "OpenExecutionsAlarm, at 70 %",
    ),
    Quota(
        "starts a second",
        150,
        STATES,
        "2026-11",
        "Service Quotas, when the queue drains for more than an hour a day; 800 at once are"
        " free. Of our own: `MaximumConcurrency` of the queue's drain, 2",
        "StartQueueAgeAlarm: starts wait in the queue, none is lost",
    ),
    Quota(
        "state transitions a second",
        800,
        STATES,
        "2026-11",
        "Service Quotas, at 50 %; throttled ones come later by themselves",
        "StatesThrottledAlarm",
    ),
    Quota(
        "settings read a second",
        40,
        PARAMETERS,
        "2026-11",
        "turn on higher throughput of Parameter Store (10,000 a second, paid by the call)",
        "ApiFaultsAlarm: shops get 503 and send again",
    ),
    Quota(
        "secrets read a second",
        10_000,
        SECRETS,
        "2025-03",
        "not needed",
        "–",
    ),
    Quota(
        "e-mails a day",
        50_000,
        SES,
        "2026-08; an example, AWS publishes no number any more",
        "SES asks for the use; before the first large day",
        "MailsADayAlarm, at `MailsADayAlarmedAt`",
    ),
    Quota(
        "e-mails a second",
        14,
        SES,
        "2026-08; an example",
        "with the quota of a day",
        "StepErrorsAlarm: each is tried again for hours",
    ),
    Quota(
        "write units a second",
        4_000,
        DYNAMODB,
        "2026-11",
        "a new table's; it grows by doubling within 30 minutes. Set a warm throughput before a"
        " known peak",
        "TableThrottledAlarm",
    ),
    Quota(
        "API requests a second",
        200,
        "template.yaml, `RequestsPerSecond`",
        "2026-11",
        f"the parameter; the account's own limit is 10,000 ({GATEWAY})",
        "RequestsAMinuteAlarm",
    ),
    Quota(
        "functions at once",
        1_000,
        LAMBDA,
        "2026-11",
        "Service Quotas, at 50 %; a new account may have 10",
        "FunctionsAtOnceAlarm, before LambdaThrottlesAlarm",
    ),
)
