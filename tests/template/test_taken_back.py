"""A release whose code always fails is taken back, also where a function catches what is raised:
every function then moves a metric of the alarm that its deployment listens to."""

import importlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from archive_writer.writing import Writer
from support.lambdas import an_http_event
from support.sam_template import resources, template
from wracaj.archive.rows import Row, RowKind, queued
from wracaj.aws.observability import metrics
from wracaj.aws.step_functions import ThrottledError
from wracaj.clock import now
from wracaj.errors import ConflictError, ShopBusyError, UnknownShopError

Json = dict[str, Any]
FUNCTIONS = resources("AWS::Serverless::Function")
ALARMS = resources("AWS::CloudWatch::Alarm")
CONTEXT = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 100_000)


def a_call(route: str, **names: str) -> Json:
    return an_http_event(route, names, body="{}")


def a_message(body: Any) -> Json:
    told: Json = {"messageId": "m1", "receiptHandle": "r1"}
    told |= {"attributes": {"ApproximateReceiveCount": "1"}}
    return {"Records": [told | {"body": body if isinstance(body, str) else json.dumps(body)}]}


A_STEP = {"shop": "kubek", "cart_id": "c1", "episode": 1, "timeline": "abandoned_cart"}
TO_READ = {"shop": "kubek", "kind": "order", "id": "1", "topic": "t", "at": "2026-11-18T11:00:00Z"}
A_ROW = queued([Row(RowKind.DELIVERY, "kubek", now(), {})])
TO_SEARCH: Json = {"task": "shops"}
SOME_SHOPS: Json = {"shops": ["kubek"]}

# Function, what breaks inside of it, what it is called with.
INSIDE: list[tuple[str, str, Json]] = [
    (
        "CartWebhookFunction",
        "cart_webhook.app.receive",
        a_call("POST /webhooks/{platform}/{shop}", platform="generic", shop="kubek"),
    ),
    ("ShopperLinkFunction", "shopper_link.app.target_of", a_call("GET /u/{token}", token="t")),
    ("PreferencesFunction", "preferences.app.answer", a_call("GET /p/{token}", token="t")),
    (
        "MessengerWebhookFunction",
        "messenger_webhook.app.load_shop",
        a_call("POST /messenger/{shop}", shop="kubek"),
    ),
    (
        "PushSubscribeFunction",
        "push_subscribe.app.load_settings",
        a_call("POST /push/{shop}", shop="kubek"),
    ),
    (
        "StorefrontCartFunction",
        "storefront_cart.app.load_settings",
        a_call("POST /cart/{shop}", shop="kubek"),
    ),
    ("TimelineStartFunction", "wracaj.aws.step_functions.start_now", a_message(A_STEP)),
    ("DeliveryEventsFunction", "delivery_events.app.read", a_message({})),
    ("AudienceSyncFunction", "audience_sync.app.load_shop", a_message({"shop": "kubek"})),
    ("ReadAgainFunction", "read_again.batch.load_shop", a_message(TO_READ)),
    ("ArchiveWriterFunction", "archive_writer.app.unqueued", a_message(A_ROW)),
    ("ArchiveWriterFunction", "archive_writer.writing.Writer._put", a_message(A_ROW)),
    ("ReminderStepFunction", "reminder_step.app.take_step", A_STEP | {"close": True}),
    ("LoyaltyCheckFunction", "loyalty_check.app.ask", A_STEP),
    ("TimelineResumeFunction", "timeline_resume.app.Sweep", {}),
    ("NightlyRfmFunction", "nightly_rfm.app.do", TO_SEARCH),
    ("DailyOccasionsFunction", "daily_occasions.app.do", TO_SEARCH),
    ("CampaignPageFunction", "campaign_page.app.take_page", {"shop": "kubek", "campaign": "c"}),
    ("ArchiveReplayFunction", "archive_replay.app.read_task", {}),
    ("ReconcileFunction", "reconcile.run.load_settings", SOME_SHOPS),
    ("ShopWatchFunction", "shop_watch.watching.load_settings", SOME_SHOPS),
]
PLACES = {(name, inside): event for name, inside, event in INSIDE}
BEHIND_QUEUES = [
    *("TimelineStartFunction", "DeliveryEventsFunction", "AudienceSyncFunction"),
    *("ReadAgainFunction", "ArchiveWriterFunction"),
]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No function needs AWS here: it breaks before, or what it would ask does nothing."""
    monkeypatch.setattr(metrics.provider, "values", {})
    for name in ("delivery_events", "audience_sync", "read_again", "timeline_resume", "shop_watch"):
        monkeypatch.setattr(f"{name}.app.open_store", lambda: SimpleNamespace(audiences=None))
    for name in ("delivery_events", "read_again"):
        monkeypatch.setattr(f"{name}.app.announce", lambda store: None)
    nowhere = Writer(keys=None, s3=None, bucket="", activities=None)  # type: ignore[arg-type]
    monkeypatch.setattr("archive_writer.app.Writer.of_this_stack", lambda: nowhere)
    monkeypatch.setattr("read_again.batch.try_again_later", lambda *_: None)
    monkeypatch.setattr("reminder_step.app.remember_failure", lambda *_: None)
    monkeypatch.setattr("shop_watch.app.switched_on", lambda: True)


class Broken:
    def __init__(self, error: Exception) -> None:
        self.error, self.is_met = error, False

    def __call__(self, *_: Any, **__: Any) -> Any:
        self.is_met = True
        raise self.error


def moved(name: str, event: Json, printed: pytest.CaptureFixture[str]) -> set[str]:
    """The metrics that a call of this function moves."""
    module, _, handler = FUNCTIONS[name]["Handler"].rpartition(".")
    try:
        getattr(importlib.import_module(module), handler)(event, CONTEXT)
    except Exception:
        return {f"Errors of {name}"}
    lines = [json.loads(line) for line in printed.readouterr().out.splitlines() if "_aws" in line]
    return {told for line in lines for told in line if isinstance(line[told], list)}


def moved_by(
    name: str,
    inside: str,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    printed: pytest.CaptureFixture[str],
) -> set[str]:
    broken = Broken(error)
    monkeypatch.setattr(inside, broken)
    found = moved(name, PLACES[name, inside], printed)
    assert broken.is_met
    return found


def listened_to(name: str) -> set[str]:
    """The metrics of the alarm that takes back a release of this function."""
    (alarm,) = FUNCTIONS[name]["DeploymentPreference"]["Alarms"]
    told = ALARMS[alarm["Ref"]]
    queries = [one["MetricStat"] for one in told.get("Metrics", []) if "MetricStat" in one]
    return {named(one["Metric"]) for one in queries} or {named(told)}


def named(metric: Json) -> str:
    (about,) = metric["Dimensions"]
    if metric["Namespace"] == "Wracaj":
        own = template()["Globals"]["Function"]["Environment"]["Variables"]
        assert about == {"Name": "service", "Value": own["POWERTOOLS_SERVICE_NAME"]}
        return str(metric["MetricName"])
    return f"{metric['MetricName']} of {about['Value']['Ref']}"


def test_every_function_is_broken_once() -> None:
    assert {name for name, _ in PLACES} == set(FUNCTIONS)


@pytest.mark.parametrize(("name", "inside"), PLACES)
def test_code_that_always_fails_moves_what_takes_its_release_back(
    name: str,
    inside: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fault = RuntimeError("a fault of the new release")
    assert moved_by(name, inside, fault, monkeypatch, capsys) & listened_to(name)


@pytest.mark.parametrize("name", BEHIND_QUEUES)
def test_so_does_code_that_understands_no_message(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("audience_sync.app.load_shop", Broken(UnknownShopError()))
    assert moved(name, a_message("{"), capsys) & listened_to(name)


@pytest.mark.parametrize(
    ("name", "inside", "error"),
    [
        *(
            (name, inside, ConflictError("somebody else wrote"))
            for name, inside in PLACES
            if name in BEHIND_QUEUES and inside != "archive_writer.app.unqueued"
        ),
        ("TimelineStartFunction", "wracaj.aws.step_functions.start_now", ThrottledError("not now")),
        ("AudienceSyncFunction", "audience_sync.app.load_shop", UnknownShopError("removed")),
        ("ReadAgainFunction", "read_again.batch.load_shop", ShopBusyError("not now")),
    ],
)
def test_what_may_happen_on_a_good_day_takes_no_release_back(
    name: str,
    inside: str,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not moved_by(name, inside, error, monkeypatch, capsys) & listened_to(name)
