"""The dashboard and the alarms show metrics that exist: of ours, those that the code counts; of
AWS's, those that its documentation names, with the dimensions that they have."""

import ast
import json
import re
from functools import cache
from typing import Any, get_args

import pytest

from delivery_events.app import COUNTED
from support.sam_template import resources, template
from wracaj.events import ShopEvent
from wracaj.timelines.steps import Outcome
from wracaj_cli.house import ROOT

WIDTH = 24
# Namespace → metric → its dimensions. No dimension: of the whole account and region.
OF_AWS: dict[str, dict[str, tuple[str, ...]]] = {
    # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
    "AWS/States": {
        "ExecutionsStarted": ("StateMachineArn",),
        "ExecutionsFailed": ("StateMachineArn",),
        "ExecutionsSucceeded": ("StateMachineArn",),
        "ConsumedCapacity": ("ServiceMetric",),
        "ThrottledEvents": ("ServiceMetric",),
        "OpenExecutionCount": (),
    },
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    "AWS/SQS": {
        "ApproximateAgeOfOldestMessage": ("QueueName",),
        "ApproximateNumberOfMessagesVisible": ("QueueName",),
    },
    # https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html
    "AWS/SES": {"Reputation.BounceRate": (), "Reputation.ComplaintRate": (), "Send": ()},
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    "AWS/ApiGateway": {"5xx": ("ApiId",), "Count": ("ApiId",)},
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    "AWS/Lambda": {
        "Errors": ("FunctionName",),
        "Throttles": (),
        "Invocations": (),
        "Duration": ("FunctionName",),
        "ConcurrentExecutions": (),
    },
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    "AWS/DynamoDB": {
        "ConsumedWriteCapacityUnits": ("TableName",),
        "ConsumedReadCapacityUnits": ("TableName",),
        "WriteThrottleEvents": ("TableName",),
    },
    # https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
    "AWS/SNS": {"SMSMonthToDateSpentUSD": ()},
}
COUNTING = {"count", "count_unexpected", "add_metric", "_tell"}
EACH_OR_ALL = {
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Invocations"),
}  # of a function, or of the account


def body() -> tuple[str, set[str]]:
    """The text of the dashboard, and the names that it may refer to beside the stack's own."""
    (dashboard,) = resources("AWS::CloudWatch::Dashboard").values()
    text, names = dashboard["DashboardBody"]["Fn::Sub"]
    return text, set(names)


def widgets() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body()[0])["widgets"]
    return found


def shown() -> list[list[Any]]:
    return [
        metric
        for widget in widgets()
        if widget["type"] == "metric"
        for metric in widget["properties"]["metrics"]
    ]


@cache
def counted_by_the_code() -> frozenset[str]:
    """Every metric that a function counts: named in its code, or made of names in it."""
    named = {
        argument.value
        for file in (ROOT / "functions").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and called(node) in COUNTING
        for argument in ast.walk(node)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    steps = {f"Step{outcome.value.capitalize()}" for outcome in Outcome}
    events = {event.__name__ for event in get_args(ShopEvent)}
    return frozenset(named | steps | events | set(COUNTED.values()))


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def counted_by_the_template() -> set[str]:
    return {
        str(metric["MetricName"].get("Fn::Sub"))
        for one in resources("AWS::Logs::MetricFilter").values()
        for metric in one["MetricTransformations"]
    }


def test_the_dashboard_shows_what_the_people_of_a_stack_ask_for() -> None:
    titles = " | ".join(widget["properties"].get("title", "") for widget in widgets()).lower()
    for asked in (
        *("carts", "started", "sent, by channel", "not sent, by reason", "recovered", "unknown"),
        *("bounces", "complaints", "age of the oldest message", "cost"),
    ):
        assert asked in titles
    first, *others = widgets()
    assert first["type"] == "text" and first["properties"]["markdown"].startswith("# Wracaj")
    assert all(widget["properties"]["title"] for widget in others)


@pytest.mark.parametrize("metric", shown(), ids=lambda metric: " ".join(map(str, metric[:2])))
def test_each_metric_that_is_shown_exists(metric: list[Any]) -> None:
    namespace, name, *dimensions = [part for part in metric if isinstance(part, str)]
    names = tuple(dimensions[::2])
    if namespace != "Wracaj":
        known = OF_AWS[namespace][name]
        assert names == known or (not names and (namespace, name) in EACH_OR_ALL)
    elif name in counted_by_the_template():
        assert names == ()
    else:
        assert name in counted_by_the_code()
        assert dimensions == ["service", "wracaj-${Stage}"]
    assert metric[-1]["label"]


@pytest.mark.parametrize("name", resources("AWS::CloudWatch::Alarm"))
def test_each_metric_that_an_alarm_watches_exists(name: str) -> None:
    alarm = resources("AWS::CloudWatch::Alarm")[name]
    queries = [
        query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query
    ]
    for metric in queries or [alarm]:
        called_so = metric["MetricName"]
        if metric["Namespace"] != "Wracaj":
            names = tuple(one["Name"] for one in metric.get("Dimensions", []))
            known = OF_AWS[metric["Namespace"]][called_so]
            each_or_all = (
                {("FunctionName",), ()}
                if (metric["Namespace"], called_so) in EACH_OR_ALL
                else {known}
            )
            assert names in each_or_all
        elif isinstance(called_so, dict):
            assert called_so["Fn::Sub"] in counted_by_the_template()
        else:
            assert called_so in counted_by_the_code()


def test_a_metric_that_nobody_counts_is_found_out() -> None:
    assert "StepSent" in counted_by_the_code() and "ShopSilent" in counted_by_the_code()
    assert "CartsWonBack" not in counted_by_the_code()


def test_a_metric_has_an_alarm_or_is_explained_among_those_without_one() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.partition("Metrics without an alarm")[2].partition("\n### ")[0]
    rows = "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("|"))
    watched = {
        metric["MetricName"]
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        for metric in (
            alarm,
            *(query.get("MetricStat", {}).get("Metric", {}) for query in alarm.get("Metrics", [])),
        )
        if isinstance(metric.get("MetricName"), str)
    }
    events = {event.__name__ for event in get_args(ShopEvent)}
    counted = {one for one in counted_by_the_code() if re.fullmatch(r"([A-Z][a-z]+){2,}", one)}
    assert "PreferencesSaved" in counted
    assert not [one for one in sorted(counted - watched - events) if f"`{one}`" not in section]
    assert not [one for one in sorted(watched) if f"`{one}`" in rows]


def test_the_dashboard_refers_to_what_the_stack_has() -> None:
    text, own = body()
    known = {*template()["Resources"], *template()["Parameters"], *own, "AWS::Region"}
    referred = {name.split(".")[0] for name in re.findall(r"\$\{([^}]+)\}", text)}
    assert referred <= known


def test_every_timeline_has_its_line_and_so_has_every_queue() -> None:
    arns = {m[3] for m in shown() if m[1] == "ExecutionsStarted"}
    jobs = {"NightlyRfm", "DailyOccasions", "CampaignDispatch"}
    machines = set(resources("AWS::Serverless::StateMachine")) - jobs
    assert arns == {f"${{{name}}}" for name in machines}
    queues = {m[3] for m in shown() if m[0] == "AWS/SQS"}
    assert queues == {f"${{{name}.QueueName}}" for name in resources("AWS::SQS::Queue")}


def test_logs_are_asked_for_fields_that_a_step_writes() -> None:
    source = (ROOT / "functions" / "reminder_step" / "app.py").read_text(encoding="utf-8")
    queries = [one["properties"]["query"] for one in widgets() if one["type"] == "log"]
    assert len(queries) == 2
    for query in queries:
        assert query.startswith("SOURCE '${ReminderStepLog}' | filter message = 'step taken'")
        fields = {*re.findall(r"and (\w+)", query), *re.findall(r" by (\w+)", query)}
        assert fields and all(f'"{field}":' in source for field in fields)
        outcomes = re.findall(r"'(\w+)'", query.partition("outcome")[2])
        assert outcomes and set(outcomes) <= {str(outcome) for outcome in Outcome}


def test_widgets_lie_beside_each_other_and_not_upon_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in widgets():
        assert widget["x"] + widget["width"] <= WIDTH
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        taken |= cells


def test_the_dashboard_and_the_budget_can_be_left_out() -> None:
    for name, condition in (("DashboardOfTheStack", "ShowsDashboard"), ("Budget", "HasBudget")):
        assert template()["Resources"][name]["Condition"] == condition
    assert template()["Parameters"]["MonthlyBudget"]["Default"] == 0
    assert template()["Conditions"]["ShowsDashboard"] == {
        "Fn::Equals": [{"Ref": "Dashboard"}, "on"]
    }


def test_a_budget_without_anybody_to_tell_is_refused() -> None:
    rule = template()["Rules"]["ABudgetTellsSomebody"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "MonthlyBudget"}, 0]}]}
    (assertion,) = rule["Assertions"]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}
    (budget,) = resources("AWS::Budgets::Budget").values()
    told = budget["NotificationsWithSubscribers"]
    assert {one["Subscribers"][0]["Address"]["Ref"] for one in told} == {"AlarmEmail"}
    assert {
        (n["Notification"]["NotificationType"], n["Notification"]["Threshold"]) for n in told
    } == {
        *(("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)),
    }
