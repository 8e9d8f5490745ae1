"""What template.yaml guarantees to those who deploy it."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import yaml

from audience_sync.sync import LEASE_SECONDS
from delivery_events.sms import FATES as SMS_FATES
from support.sam_template import resources, template
from support.transformed import refers_to
from wracaj.aws.read_again_queue import wait_seconds
from wracaj.aws.step_functions import machine_arn
from wracaj.settings.timeline_rules import CartTimeline
from wracaj.settings.values import TimelineName
from wracaj.store.request_limits import RATE_LIMITS, LimitedAction
from wracaj_cli.house import ROOT, STATE_MACHINES

FUNCTIONS = resources("AWS::Serverless::Function")
ALARMS = resources("AWS::CloudWatch::Alarm")
MACHINES = resources("AWS::Serverless::StateMachine")
TIMELINES = (
    *get_args(TimelineName),
    "campaign",
    "data_link",
    "confirm_consent",
)  # the last are no settings: people and shoppers start them
EVERYWHERE = {
    "WRACAJ_STAGE",
    "WRACAJ_TABLE",
    "WRACAJ_SWITCH",
    "WRACAJ_STATE_MACHINE_ALIAS",
    "WRACAJ_IDENTIFIERS_KEY_ARN",
    "PYDANTIC_DISABLE_PLUGINS",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
}
ANNOUNCES = {"WRACAJ_AUDIENCE_QUEUE_URL"}  # that somebody joined or left an audience
NOTES = {"WRACAJ_ARCHIVE_QUEUE_URL"}  # what the archive keeps
ERASES = {"WRACAJ_ARCHIVE_KEYS"}  # and with a shopper the keys of the archive
WAITS = {"WRACAJ_LONG_WAIT_DAYS"}  # from when on a wait is kept as a date
BEGINS = {"WRACAJ_STATE_MACHINE_PREFIX", "WRACAJ_START_QUEUE_URL"}
STARTS = BEGINS | WAITS
READS_AGAIN = {"WRACAJ_READ_AGAIN_QUEUE_URL"}  # what the shop's API must confirm
OWN = {
    "ArchiveReplayFunction": {*STARTS, *ANNOUNCES, *NOTES, *ERASES},
    "ArchiveWriterFunction": {"WRACAJ_ARCHIVE_BUCKET", *ERASES},
    "AudienceSyncFunction": set(),
    "CartWebhookFunction": {*STARTS, *ANNOUNCES, *NOTES, *ERASES, *READS_AGAIN},
    "ReadAgainFunction": {*STARTS, *ANNOUNCES, *NOTES, *ERASES, *READS_AGAIN},
    "LoyaltyCheckFunction": {*NOTES},
    "ReminderStepFunction": {
        *("WRACAJ_PUBLIC_URL", "WRACAJ_LINK_KEY_ARN", "WRACAJ_CONFIGURATION_SET"),
        *("WRACAJ_TRACKING_CONFIGURATION_SET", "WRACAJ_SMS_CONFIGURATION_SET"),
        *ANNOUNCES,
        *NOTES,
        *WAITS,
    },
    "DeliveryEventsFunction": {*ANNOUNCES, *NOTES},
    "ShopperLinkFunction": {"WRACAJ_LINK_KEY_ARN", *ANNOUNCES, *NOTES},
    "TimelineStartFunction": {"WRACAJ_STATE_MACHINE_PREFIX"},
    "TimelineResumeFunction": {"WRACAJ_START_QUEUE_URL"},
    "NightlyRfmFunction": set(),
    "DailyOccasionsFunction": {*STARTS, *NOTES},
    "PushSubscribeFunction": {*STARTS, *ANNOUNCES, *NOTES},
    "StorefrontCartFunction": {*STARTS, *ANNOUNCES, *NOTES},
    "MessengerWebhookFunction": {*STARTS, *ANNOUNCES, *NOTES},
    "CampaignPageFunction": {*BEGINS, *NOTES},
    "ReconcileFunction": {*STARTS, *ANNOUNCES, *NOTES},
    "ShopWatchFunction": set(),
    "PreferencesFunction": {*STARTS, "WRACAJ_LINK_KEY_ARN", *ANNOUNCES, *NOTES, *ERASES},
}
LONG = {
    "NightlyRfmFunction": 120,
    "AudienceSyncFunction": 70,
    "ArchiveWriterFunction": 60,
    "ReadAgainFunction": 60,
    "ArchiveReplayFunction": 300,
    "ReconcileFunction": 280,
    "TimelineResumeFunction": 600,
    "ShopWatchFunction": 300,
}
ENCRYPTS = {"ReminderStepFunction", "ArchiveWriterFunction", "ArchiveReplayFunction"}
JOBS = [
    name
    for name, machine in MACHINES.items()
    if machine["DefinitionUri"].startswith("statemachines/jobs/")
]
TIMELINE_MACHINES = [name for name in MACHINES if name not in JOBS]
FOUND_BY_DAY = {"Birthday", "Anniversary", "PointsExpiring"}
SHARED = resources("AWS::IAM::ManagedPolicy")
# CloudWatch Logs knows no narrower resource for the logs of a state machine.
MAY_NAME_EVERY_RESOURCE = {
    ("TimelineRole", "WritesItsLog"),
    *((f"{name}Role", "WritesItsLog") for name in JOBS),
}

TAKEN_OVER = {
    "Table": "ExistingTableArn",
    "IdentifiersKey": "ExistingIdentifiersKeyArn",
    "LinkKey": "ExistingLinkKeyArn",
    "ArchiveBucket": "ExistingArchiveBucket",
    "ArchiveKeys": "ExistingArchiveKeysArn",
}
# What runs once an hour, and where: then silence is a fault.
HOURLY = {
    "LongWaitsLateAlarm": "MovesLongWaits",
    "ShopWatchFailedAlarm": "WatchesShops",
    "ReconcileMissingAlarm": "Reconciles",  # once an hour at least
}
# What runs once a day, wherever it is deployed.
DAILY = {"NightlyRfmMissingAlarm": "NightlyRfm", "DailyOccasionsMissingAlarm": "DailyOccasions"}
TAKE_BACK = {"ApiRollbackAlarm", "StepRollbackAlarm"}  # gradual deploys; see test_deploys.py
# These name another resource, and none of their own.
REFERENCES = {
    "AWS::Lambda::EventSourceMapping",
    "AWS::Logs::MetricFilter",
    "AWS::SES::ConfigurationSetEventDestination",
}

each_function = pytest.mark.parametrize("name", FUNCTIONS)
each_machine = pytest.mark.parametrize("name", MACHINES)
# which no schedule starts
each_job = pytest.mark.parametrize("job", [job for job in JOBS if job != "CampaignDispatch"])


def statements() -> list[tuple[str, dict[str, Any]]]:
    """What each function and each role may do, by rights of its own and by shared ones."""
    roles = {
        name: [written_out(policy) for policy in function["Policies"]]
        for name, function in FUNCTIONS.items()
    }
    for name, role in resources("AWS::IAM::Role").items():
        own = [policy["PolicyDocument"] for policy in role["Policies"]]
        roles[name] = own + [written_out(policy) for policy in role.get("ManagedPolicyArns", [])]
    return [
        (name, entry)
        for name, policies in roles.items()
        for policy in policies
        for entry in policy["Statement"]
    ]


def written_out(policy: dict[str, Any]) -> dict[str, Any]:
    """A policy as its statements; a shared one is named by its logical id."""
    document: dict[str, Any] = (
        SHARED[policy["Ref"]]["PolicyDocument"] if "Ref" in policy else policy
    )
    return document


def references(value: Any, name: str, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places where a resource is referred to."""
    if isinstance(value, dict):
        if value.get("Ref") == name or flat(value.get("Fn::GetAtt"))[0] == name:
            yield (*path, "")
        for key, inner in value.items():
            yield from references(inner, name, (*path, key))
    for number, inner in enumerate(value if isinstance(value, list) else []):
        yield from references(inner, name, (*path, number))


def flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A resource as its text, whatever function of CloudFormation makes it.

    Of two it is the one that this stack makes.
    """
    if isinstance(value, dict) and "Fn::If" in value:
        return text(value["Fn::If"][1])
    return value if isinstance(value, str) else " ".join(str(part) for part in value.values())


def called(entry: dict[str, Any]) -> set[str]:
    """The functions that a right is for, by their aliases or without."""
    return {name.removesuffix(".Alias") for name in refers_to(entry["Resource"])}


def watched(metric: str) -> set[str]:
    """What the alarms on this metric watch."""
    found = [
        one for alarm in ALARMS.values() for one in metrics_of(alarm) if one["MetricName"] == metric
    ]
    return {text(flat(dimension["Value"])[0]) for one in found for dimension in one["Dimensions"]}


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    queries = alarm.get("Metrics", [])
    return [query["MetricStat"]["Metric"] for query in queries if "MetricStat" in query] or [alarm]


def test_the_functions_are_those_of_the_contract() -> None:
    assert set(FUNCTIONS) == set(OWN)


@each_function
def test_a_function_is_limited_in_time_and_memory_and_says_what_it_is(name: str) -> None:
    assert 0 < FUNCTIONS[name]["Timeout"] <= LONG.get(name, 30)  # the HTTP API waits no longer
    assert FUNCTIONS[name]["MemorySize"] >= 256
    assert FUNCTIONS[name]["Description"]


@each_function
def test_a_function_logs_into_a_group_of_its_own_that_forgets(name: str) -> None:
    group = FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]
    assert resources("AWS::Logs::LogGroup")[group]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    others = [
        FUNCTIONS[other]["LoggingConfig"]["LogGroup"]["Ref"] for other in FUNCTIONS if other != name
    ]
    assert group not in others


@each_function
def test_a_function_shares_no_more_policies_than_a_role_may_have(name: str) -> None:
    """Ten, of which SAM adds the one for logs:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    shared = [policy for policy in FUNCTIONS[name]["Policies"] if "Ref" in policy]
    assert len(shared) + 1 <= 10


def test_every_log_group_forgets() -> None:
    assert all("RetentionInDays" in group for group in resources("AWS::Logs::LogGroup").values())


@each_function
def test_a_function_is_told_what_it_needs_and_no_more(name: str) -> None:
    assert set(FUNCTIONS[name].get("Environment", {}).get("Variables", ())) == OWN[name]
    assert set(template()["Globals"]["Function"]["Environment"]["Variables"]) == EVERYWHERE


@each_function
def test_what_encrypts_ships_with_few_functions_and_weighs_on_no_other(
    name: str,
) -> None:
    assert template()["Globals"]["Function"]["Layers"] == [{"Ref": "Dependencies"}]
    assert FUNCTIONS[name].get("Layers", []) == (
        [{"Ref": "PushDependencies"}] if name in ENCRYPTS else []
    )
    named = [
        line.split("==")[0]
        for line in (ROOT / "functions" / "requirements-push.txt").read_text().splitlines()
        if "==" in line
    ]
    assert set(named) == {"cryptography", "cffi", "pycparser"}
    assert not [
        package
        for package in named
        if f"\n{package}==" in (ROOT / "functions" / "requirements.txt").read_text()
    ]


@each_function
def test_a_function_has_its_target_in_the_makefile(name: str) -> None:
    folder = FUNCTIONS[name]["Handler"].split(".")[0]
    assert f"build-{name}: FOLDER := {folder}\n" in (ROOT / "functions" / "Makefile").read_text()
    assert template()["Resources"][name]["Metadata"] == {"BuildMethod": "makefile"}


@each_function
def test_a_function_s_handler_exists(name: str) -> None:
    module, _, handler = FUNCTIONS[name]["Handler"].rpartition(".")
    source = (ROOT / "functions" / module.replace(".", "/")).with_suffix(".py").read_text()
    assert f"def {handler}(" in source


def test_nothing_but_statements_of_this_template_grants_anything() -> None:
    roles = resources("AWS::IAM::Role").values()
    shared = [policy for role in roles for policy in role.get("ManagedPolicyArns", [])]
    policies = [policy for name in FUNCTIONS for policy in FUNCTIONS[name]["Policies"]]
    assert all(set(written_out(policy)) == {"Version", "Statement"} for policy in policies + shared)
    assert not [name for name, machine in MACHINES.items() if "Policies" in machine]


def test_a_right_that_several_have_is_written_once() -> None:
    """The table is left out: each function does other things with it."""
    own = [
        (name, str(sorted(flat(entry["Action"]))), str(entry.get("Resource")))
        for name, function in FUNCTIONS.items()
        for policy in function["Policies"]
        for entry in policy.get("Statement", [])
        if entry["Sid"] not in {"ReadsSwitch", "WalksTheCustomers"}
        and not str(entry["Action"]).count("dynamodb")
    ]
    rights = [right for _, *right in own]
    assert not [name for name, *right in own if rights.count(right) > 1]


def test_a_role_stays_below_the_ten_policies_that_may_be_attached_to_it() -> None:
    shared = [
        [policy for policy in FUNCTIONS[name]["Policies"] if "Ref" in policy] for name in FUNCTIONS
    ]
    assert max(map(len, shared)) + 1 < 10  # and the one that SAM adds, for logs


def test_no_statement_grants_all_actions_of_a_service() -> None:
    assert not [
        (name, entry["Sid"])
        for name, entry in statements()
        if any("*" in action for action in flat(entry["Action"]))
    ]


def test_no_statement_grants_every_resource_but_those_that_must() -> None:
    wide = {
        (name, entry["Sid"])
        for name, entry in statements()
        if "*" in [text(r) for r in flat(entry.get("Resource", []))]
    }
    assert wide == MAY_NAME_EVERY_RESOURCE


def test_sms_go_to_phone_numbers_and_to_no_topic() -> None:
    (publishing,) = [entry for _, entry in statements() if "sns:Publish" in flat(entry["Action"])]
    assert "Resource" not in publishing
    assert text(publishing["NotResource"]).endswith(":sns:*:*:*")


def test_wildcards_inside_a_resource_stay_in_our_own_names() -> None:
    own = (
        r":(parameter/wracaj/\$\{Stage\}/shops/\*|secret:wracaj/\$\{Stage\}/shops/\*"
        r"|execution:\$\{AWS::StackName\}-[a-z-]+:\*)$|:s3:::\$\{Bucket\}/rows/\*'"
    )
    patterns = [
        text(r)
        for _, entry in statements()
        for r in flat(entry.get("Resource", []))
        if "*" in text(r) and text(r) != "*"
    ]
    assert patterns
    assert not [pattern for pattern in patterns if not re.search(own, pattern)]


def may_start() -> dict[str, list[Any]]:
    return {
        name: flat(entry["Resource"])
        for name, entry in statements()
        if "states:StartExecution" in flat(entry["Action"])
    }


def test_only_what_brings_events_the_search_and_the_drain_start_timelines() -> None:
    roles_of_jobs = {name for job in JOBS for name in (f"{job}Role", f"{job}ScheduleRole")}
    by_day_or_by_people = {
        *(
            "DailyOccasionsFunction",
            "CampaignPageFunction",
            "PushSubscribeFunction",
            "StorefrontCartFunction",
            "MessengerWebhookFunction",
        ),
        "PreferencesFunction",
    }
    assert may_start().keys() - roles_of_jobs == {
        "CartWebhookFunction",
        "ReadAgainFunction",
        "TimelineStartFunction",
        "ArchiveReplayFunction",
        "ReconcileFunction",
        *by_day_or_by_people,
    }


IDENTIFIERS_KEY = "secretsmanager:GetSecretValue"


@pytest.mark.parametrize("function", ["PushSubscribeFunction", "StorefrontCartFunction"])
def test_what_pages_call_starts_timelines_of_carts_and_reads_no_shops_secret(function: str) -> None:
    machines = {
        text(arn).rpartition("${AWS::StackName}-")[2].rstrip("'}") for arn in may_start()[function]
    }
    asks = "confirm-consent"  # what the webhook of the same cart may have died before
    assert machines == {asks, *(timeline.replace("_", "-") for timeline in get_args(CartTimeline))}
    assert secrets_of(function) == {"['IdentifiersKey', 'Id']"}


def secrets_of(function: str) -> set[str]:
    """What it may read of Secrets Manager."""
    read = [
        entry["Resource"]
        for name, entry in statements()
        if name == function and IDENTIFIERS_KEY in flat(entry["Action"])
    ]
    return {text(arn).removeprefix("!GetAtt ") for arns in read for arn in flat(arns)}


@pytest.mark.parametrize(
    "function", ["CampaignPageFunction", "DailyOccasionsFunction", "DeliveryEventsFunction"]
)
def test_secrets_of_shops_are_read_only_where_they_are_needed(function: str) -> None:
    assert secrets_of(function) == {"['IdentifiersKey', 'Id']"}


def test_what_anybody_may_call_has_a_throttle_of_its_own_far_above_what_one_shop_may_write() -> (
    None
):
    """Else a flood at one shop's address would shut the others'."""
    (api,) = resources("AWS::Serverless::HttpApi").values()
    limits = {"POST /push/{shop}": LimitedAction.PUSH, "POST /cart/{shop}": LimitedAction.PAGE_CART}
    assert api["RouteSettings"].keys() == limits.keys()
    for route, action in limits.items():
        assert 60 * api["RouteSettings"][route]["ThrottlingRateLimit"] >= 50 * (
            RATE_LIMITS[action].a_minute or 0
        )


def test_a_campaign_starts_its_own_messages_and_its_next_leg_and_nothing_else() -> None:
    name = text(MACHINES["CampaignDispatch"]["Name"])
    assert [
        text(arn).partition(":stateMachine:")[2] for arn in may_start()["CampaignDispatchRole"]
    ] == [name]
    assert may_start()["CampaignPageFunction"] == [{"Ref": "Campaign"}]
    (entry,) = [
        entry
        for role, entry in statements()
        if role == "CampaignDispatchRole" and entry["Sid"] == "TakesPages"
    ]
    assert (entry["Action"], called(entry)) == ("lambda:InvokeFunction", {"CampaignPageFunction"})


def test_a_page_of_a_campaign_may_delete_nothing_and_read_no_secret() -> None:
    actions = {
        action
        for name, entry in statements()
        if name == "CampaignPageFunction"
        for action in flat(entry["Action"])
    }
    assert actions == {
        *("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem"),
        *(
            "states:StartExecution",
            "sqs:SendMessage",
            "ssm:GetParameter",
            "dynamodb:BatchWriteItem",
            IDENTIFIERS_KEY,
        ),
    }


def test_the_sweep_of_long_waits_reads_the_table_notes_how_far_it_came_and_queues() -> None:
    actions = {
        action
        for name, entry in statements()
        if name == "TimelineResumeFunction"
        for action in flat(entry["Action"])
    }
    table = {"dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem"}
    assert actions == table | {"sqs:SendMessage"}


@each_function
def test_the_switch_is_read_by_those_who_ask_for_it_and_by_no_other(name: str) -> None:
    folder = ROOT / "functions" / FUNCTIONS[name]["Handler"].partition(".")[0]
    asks = any("switched_on()" in file.read_text() for file in folder.rglob("*.py"))
    rights = {entry["Sid"] for function, entry in statements() if function == name}
    assert ("ReadsSwitch" in rights) is asks


@each_job
def test_a_job_is_started_by_its_schedule_and_by_itself_and_starts_nothing_else(job: str) -> None:
    name = text(MACHINES[job]["Name"])
    assert [text(arn).partition(":stateMachine:")[2] for arn in may_start()[f"{job}Role"]] == [name]
    assert may_start()[f"{job}ScheduleRole"] == [{"Ref": job}]
    schedule = resources("AWS::Scheduler::Schedule")[f"{job}Schedule"]
    hour = {"NightlyRfm": 3, "DailyOccasions": 4}[job]
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (
        f"cron(0 {hour} * * ? *)",
        {"Ref": "NightTimeZone"},
    )
    assert schedule["Target"]["Arn"] == {"Ref": job}
    assert schedule["Target"]["RoleArn"] == {"Fn::GetAtt": [f"{job}ScheduleRole", "Arn"]}


@each_job
def test_a_job_may_run_its_tasks_and_nothing_else(job: str) -> None:
    entries = {entry["Sid"]: entry for name, entry in statements() if name == f"{job}Role"}
    assert set(entries) == {"RunsTasks", "StartsItselfForEachShop", "WritesItsLog"}
    runs = entries["RunsTasks"]
    assert (runs["Action"], called(runs)) == ("lambda:InvokeFunction", {f"{job}Function"})


def test_the_night_may_delete_nothing_and_read_no_secret() -> None:
    actions = {
        action
        for name, entry in statements()
        if name == "NightlyRfmFunction"
        for action in flat(entry["Action"])
    }
    assert actions == {
        *("dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        *("ssm:GetParametersByPath", "ssm:GetParameter"),
    }


def test_the_search_may_delete_nothing_and_read_no_secret() -> None:
    actions = {
        action
        for name, entry in statements()
        if name == "DailyOccasionsFunction"
        for action in flat(entry["Action"])
    }
    assert actions == {
        *(
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:Query",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ),
        *(
            "ssm:GetParametersByPath",
            "ssm:GetParameter",
            "states:StartExecution",
            "sqs:SendMessage",
        ),
        *("dynamodb:BatchWriteItem", IDENTIFIERS_KEY),
    }


def test_the_table_is_keyed_indexed_expiring_and_recoverable() -> None:
    table = resources("AWS::DynamoDB::Table")["Table"]
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [
        ("PK", "HASH"),
        ("SK", "RANGE"),
    ]
    (accounts,) = table["GlobalSecondaryIndexes"]
    assert accounts["IndexName"] == "accounts"
    assert accounts["KeySchema"] == [{"AttributeName": "account_shard", "KeyType": "HASH"}]
    assert accounts["Projection"] == {"ProjectionType": "ALL"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True


@pytest.mark.parametrize("name", TAKEN_OVER)
def test_what_cannot_be_made_again_outlives_the_stack(name: str) -> None:
    entry = template()["Resources"][name]
    assert (entry["DeletionPolicy"], entry["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )


@pytest.mark.parametrize("name", ["Table", "LinkKey", "IdentifiersKey"])
def test_what_outlives_a_stack_has_no_name_that_the_next_stack_would_need(name: str) -> None:
    entry = template()["Resources"][name]
    assert not {"TableName", "Name"} & set(entry["Properties"])
    assert entry["Condition"] == f"Makes{name}"


@pytest.mark.parametrize(("made", "parameter"), TAKEN_OVER.items())
def test_a_stack_can_go_on_with_what_an_earlier_one_left(made: str, parameter: str) -> None:
    """Whatever names the table or a key names the one that was given, where one was."""
    assert template()["Conditions"][f"Makes{made}"] == {"Fn::Equals": [{"Ref": parameter}, ""]}
    named = list(references(template(), made))
    assert len(named) > 2
    for path in named:
        assert path[-3] == "Fn::If" and path[-2] == 1, path
    assert re.fullmatch(template()["Parameters"][parameter]["AllowedPattern"], "")


def test_a_table_is_not_taken_over_without_the_key_that_its_names_were_made_with() -> None:
    rule = template()["Rules"]["ATableComesWithItsKey"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExistingTableArn"}, ""]}]}
    (assertion,) = rule["Assertions"]
    assert assertion["Assert"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ExistingIdentifiersKeyArn"}, ""]}]
    }
    assert (
        "ExistingIdentifiersKeyArn" in assertion["AssertDescription"]
        and "docs/operations.md" in assertion["AssertDescription"]
    )


def test_whatever_has_a_fixed_name_goes_with_its_stack() -> None:
    """And is named in docs/operations.md, where it may stand in the way of the next stack."""
    names = {
        "Name",
        "LogGroupName",
        "ConfigurationSetName",
        "QueueName",
        "TopicName",
        "TableName",
        "RoleName",
        "FunctionName",
    }
    fixed = {
        name: entry
        for name, entry in template()["Resources"].items()
        if names & set(entry["Properties"]) and entry["Type"] not in REFERENCES
    }
    assert set(fixed) == {"Switch", "Api", *MACHINES, "TimelineLog", "JobLog"} | {
        *("ConfigurationSet", "TrackingConfigurationSet", "SmsConfigurationSet")
    }
    assert not [name for name, entry in fixed.items() if "DeletionPolicy" in entry]


def test_the_routes_are_those_of_the_contract() -> None:
    events = [
        event["Properties"]
        for name in FUNCTIONS
        for event in FUNCTIONS[name].get("Events", {}).values()
    ]
    assert {(event["Method"], event["Path"]) for event in events} == {
        ("POST", "/webhooks/{platform}/{shop}"),
        ("GET", "/messenger/{shop}"),
        ("POST", "/messenger/{shop}"),
        ("GET", "/c/{token}"),
        ("GET", "/u/{token}"),
        ("POST", "/u/{token}"),
        ("POST", "/push/{shop}"),
        ("POST", "/cart/{shop}"),
        *((method, f"/{page}/{{token}}") for page in "pdyw" for method in ("GET", "POST")),
        # link checkers ask so before they believe in a link
        *(("HEAD", f"/{page}/{{token}}") for page in "cupdyw"),
    }


def test_the_api_s_log_holds_neither_token_nor_address() -> None:
    (api,) = resources("AWS::Serverless::HttpApi").values()
    written = set(re.findall(r"\$context\.([\w.]+)", api["AccessLogSettings"]["Format"]))
    assert "routeKey" in written
    assert not {name for name in written if "path" in name.lower() or name.startswith("identity")}


def test_the_api_is_throttled() -> None:
    (api,) = resources("AWS::Serverless::HttpApi").values()
    assert api["DefaultRouteSettings"]["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert api["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0


def test_a_start_may_be_throttled_for_an_hour_and_more() -> None:
    queue = resources("AWS::SQS::Queue")["StartQueue"]
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS["TimelineStartFunction"]["Timeout"]
    patience = queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
    assert 3600 < patience < queue["MessageRetentionPeriod"]
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": ["StartDeadLetters", "Arn"]
    }
    assert (
        resources("AWS::SQS::Queue")["StartDeadLetters"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    )


def test_what_a_shop_s_api_must_confirm_is_asked_for_a_day_and_then_kept() -> None:
    queue = resources("AWS::SQS::Queue")["ReadAgainQueue"]
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS["ReadAgainFunction"]["Timeout"]
    waits = [wait_seconds(times) for times in range(1, queue["RedrivePolicy"]["maxReceiveCount"])]
    assert 23 * 3600 < sum(waits) < queue["MessageRetentionPeriod"] / 2
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": ["ReadAgainDeadLetters", "Arn"]
    }
    kept = resources("AWS::SQS::Queue")["ReadAgainDeadLetters"]["MessageRetentionPeriod"]
    assert kept == 14 * 24 * 3600


def test_an_order_that_is_read_again_starts_what_a_webhook_of_it_would() -> None:
    assert may_start()["ReadAgainFunction"] == may_start()["CartWebhookFunction"]


def test_one_bad_message_does_not_hold_up_the_others() -> None:
    mappings = resources("AWS::Lambda::EventSourceMapping")
    assert set(mappings) == {
        "TimelineStartFromQueue",
        "DeliveryEventsFromQueue",
        "AudienceSyncFromQueue",
        "ArchiveWriterFromQueue",
        "ReadAgainFromQueue",
    }
    assert all(
        mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        for mapping in mappings.values()
    )


def test_no_backup_brings_back_a_key_of_the_archive_or_a_row() -> None:
    keys = resources("AWS::DynamoDB::Table")["ArchiveKeys"]
    assert keys["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert keys["DeletionProtectionEnabled"] is True
    (bucket,) = resources("AWS::S3::Bucket").values()
    assert "VersioningConfiguration" not in bucket
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["Prefix"], rule["ExpirationInDays"]) == ("rows/", {"Ref": "ArchiveDays"})


def test_a_row_of_the_archive_is_tried_for_a_day_and_lies_in_queues_for_hours() -> None:
    queues = resources("AWS::SQS::Queue")
    queue, day = queues["ArchiveQueue"], 24 * 3600
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["VisibilityTimeout"] - 6 * FUNCTIONS["ArchiveWriterFunction"]["Timeout"] > 0
    tried = queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
    assert 0.9 * day <= tried <= queue["MessageRetentionPeriod"] == 2 * day
    assert queues["ArchiveDeadLetters"]["SqsManagedSseEnabled"] is True
    # a row keeps the time at which it was queued first, also among the dead letters:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    assert 4 * day <= queues["ArchiveDeadLetters"]["MessageRetentionPeriod"] - tried < 4.2 * day


def test_an_archive_is_not_taken_over_without_its_keys() -> None:
    rule = template()["Rules"]["AnArchiveComesWithItsKeys"]
    (assertion,) = rule["Assertions"]
    assert assertion["Assert"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ExistingArchiveKeysArn"}, ""]}]
    }


def test_a_delivery_event_is_tried_for_an_hour_and_then_kept() -> None:
    queue = resources("AWS::SQS::Queue")["DeliveryQueue"]
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS["DeliveryEventsFunction"]["Timeout"]
    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] == 3600
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": ["DeliveryDeadLetters", "Arn"]
    }
    assert (
        resources("AWS::SQS::Queue")["DeliveryDeadLetters"]["MessageRetentionPeriod"]
        == 14 * 24 * 3600
    )


def test_opens_and_clicks_are_published_by_one_set_only() -> None:
    """SES tracks what its set publishes."""
    told = {
        one["ConfigurationSetName"]["Ref"]: one["EventDestination"]
        for one in resources("AWS::SES::ConfigurationSetEventDestination").values()
    }
    plain = {"delivery", "bounce", "complaint", "reject", "renderingFailure"}
    assert set(told["ConfigurationSet"]["MatchingEventTypes"]) == plain
    assert set(told["TrackingConfigurationSet"]["MatchingEventTypes"]) == plain | {"open", "click"}
    assert all(
        one["Enabled"] and text(one["EventBridgeDestination"]["EventBusArn"]).endswith("/default")
        for one in told.values()
    )
    for name in told:
        assert resources("AWS::SES::ConfigurationSet")[name]["SuppressionOptions"] == {
            "SuppressedReasons": ["BOUNCE", "COMPLAINT"]
        }


def test_only_mails_of_this_stage_come_to_its_queue() -> None:
    (rule,) = resources("AWS::Events::Rule").values()
    sets = [{"Ref": "ConfigurationSet"}, {"Ref": "TrackingConfigurationSet"}]
    assert rule["EventPattern"] == {
        "source": ["aws.ses"],
        "detail": {"mail": {"tags": {"ses:configuration-set": sets}}},
    }
    assert rule["Targets"] == [{"Id": "queue", "Arn": {"Fn::GetAtt": ["DeliveryQueue", "Arn"]}}]


def test_nobody_but_this_rule_and_this_topic_may_tell_of_messages() -> None:
    (queue,) = resources("AWS::SQS::QueuePolicy").values()
    allowed = {
        entry["Principal"]["Service"]: entry for entry in queue["PolicyDocument"]["Statement"]
    }
    assert {name: entry["Condition"] for name, entry in allowed.items()} == {
        "events.amazonaws.com": {
            "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["MailEventsToQueue", "Arn"]}}
        },
        "sns.amazonaws.com": {"ArnEquals": {"aws:SourceArn": {"Ref": "SmsReceipts"}}},
    }
    assert {entry["Action"] for entry in allowed.values()} == {"sqs:SendMessage"}
    (topic,) = resources("AWS::SNS::TopicPolicy").values()
    (entry,) = topic["PolicyDocument"]["Statement"]
    assert (entry["Principal"], entry["Action"]) == (
        {"Service": "sms-voice.amazonaws.com"},
        "sns:Publish",
    )
    assert entry["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_receipts_of_sms_come_raw_and_each_is_one_that_is_understood() -> None:
    (one,) = resources("AWS::SMSVOICE::ConfigurationSet")["SmsConfigurationSet"][
        "EventDestinations"
    ]
    assert one["SnsDestination"] == {"TopicArn": {"Ref": "SmsReceipts"}} and one["Enabled"]
    assert set(one["MatchingEventTypes"]) == set(SMS_FATES) - {
        "TEXT_SENT",
        "TEXT_QUEUED",
        "TEXT_PENDING",
    }
    assert resources("AWS::SNS::Subscription")["SmsReceiptsToQueue"]["RawMessageDelivery"] is True


def test_what_hears_of_messages_may_delete_nothing_and_read_no_secret() -> None:
    actions = {
        action
        for name, entry in statements()
        if name == "DeliveryEventsFunction"
        for action in flat(entry["Action"])
    }
    assert actions == {
        *(
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            IDENTIFIERS_KEY,
        ),
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        "sqs:SendMessage",  # that somebody left an audience
    }


def test_what_meta_must_be_told_may_wait_half_a_day_and_is_told_many_at_once() -> None:
    queue, sync = resources("AWS::SQS::Queue")["AudienceQueue"], FUNCTIONS["AudienceSyncFunction"]
    mapping = resources("AWS::Lambda::EventSourceMapping")["AudienceSyncFromQueue"]
    assert (
        queue["VisibilityTimeout"]
        >= 6 * sync["Timeout"] + mapping["MaximumBatchingWindowInSeconds"]
    )
    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] >= 12 * 3600
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": ["AudienceDeadLetters", "Arn"]
    }
    assert mapping["BatchSize"] >= 1000
    # a lease that ends before its holder would let two tell at once
    assert sync["Timeout"] < LEASE_SECONDS


def test_audiences_are_told_by_one_that_writes_no_profile_and_starts_nothing() -> None:
    actions = {
        action
        for name, entry in statements()
        if name == "AudienceSyncFunction"
        for action in flat(entry["Action"])
    }
    assert (
        not {"dynamodb:PutItem", "states:StartExecution", "ses:SendEmail", "sns:Publish"} & actions
    )
    assert {name for name, entry in statements() if entry["Sid"] == "AnnouncesAudiences"} == {
        name for name, variables in OWN.items() if variables >= ANNOUNCES
    }


def test_every_timeline_that_settings_may_list_has_its_machine_and_tells_its_arn() -> None:
    files = {MACHINES[name]["DefinitionUri"] for name in TIMELINE_MACHINES}
    assert files == {f"statemachines/{timeline}.asl.json" for timeline in TIMELINES}
    assert files == {f"statemachines/{file.name}" for file in STATE_MACHINES.glob("*.asl.json")}
    assert {MACHINES[name]["DefinitionUri"] for name in JOBS} == {
        f"statemachines/jobs/{file.name}" for file in STATE_MACHINES.glob("jobs/*.asl.yaml")
    }
    assert {f"{name}Arn" for name in MACHINES} <= set(template()["Outputs"])


@each_machine
def test_a_timeline_logs_errors_without_what_it_handles(name: str) -> None:
    logging = MACHINES[name]["Logging"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)
    log = "JobLog" if name in JOBS else "TimelineLog"
    assert logging["Destinations"] == [
        {"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": [log, "Arn"]}}}
    ]
    assert MACHINES[name]["Type"] == "STANDARD"


@each_machine
def test_a_timeline_s_file_gets_the_substitutions_that_it_names(name: str) -> None:
    definition = (
        STATE_MACHINES / MACHINES[name]["DefinitionUri"].removeprefix("statemachines/")
    ).read_text()
    assert set(re.findall(r"\$\{(\w+)\}", definition)) == set(
        MACHINES[name]["DefinitionSubstitutions"]
    )
    assert yaml.safe_load(definition)["QueryLanguage"] == "JSONata"


def test_timelines_may_run_steps_and_nothing_else() -> None:
    assert {text(MACHINES[name]["Role"]) for name in TIMELINE_MACHINES} == {
        "['TimelineRole', 'Arn']"
    }
    entries = [
        entry
        for name, entry in statements()
        if name == "TimelineRole" and entry["Sid"] != "WritesItsLog"
    ]
    assert [(entry["Action"], called(entry)) for entry in entries] == [
        ("lambda:InvokeFunction", {"LoyaltyCheckFunction", "ReminderStepFunction"})
    ]


@pytest.mark.parametrize(
    "function", ["CartWebhookFunction", "DailyOccasionsFunction", "TimelineStartFunction"]
)
def test_a_machine_is_named_as_those_who_start_it_spell_it(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = text(FUNCTIONS[function]["Environment"]["Variables"]["WRACAJ_STATE_MACHINE_PREFIX"])
    monkeypatch.setenv("WRACAJ_STATE_MACHINE_PREFIX", prefix)
    named = {machine["DefinitionUri"]: text(machine["Name"]) for machine in MACHINES.values()}
    for timeline in TIMELINES:
        assert machine_arn(timeline).endswith(
            f":stateMachine:{named[f'statemachines/{timeline}.asl.json']}"
        )


def test_exactly_these_machines_may_be_started() -> None:
    started = {
        name: entry["Resource"]
        for name, entry in statements()
        if entry["Action"] == "states:StartExecution"
    }
    named = {
        text(MACHINES[name]["Name"])
        for name in TIMELINE_MACHINES
        if name not in {*FOUND_BY_DAY, "Campaign", "DataLink"}
    }
    assert {
        text(arn).partition(":stateMachine:")[2] for arn in started["CartWebhookFunction"]
    } == named
    assert {arn["Ref"] for arn in started["DailyOccasionsFunction"]} == FOUND_BY_DAY
    assert [text(arn).partition(":stateMachine:")[2] for arn in started["PreferencesFunction"]] == [
        text(MACHINES[name]["Name"]) for name in ("DataLink", "ConfirmConsent", "Welcome")
    ]
    assert {arn["Ref"] for arn in started["TimelineStartFunction"]} == set(TIMELINE_MACHINES)


@each_function
def test_a_function_that_crashes_raises_an_alarm(name: str) -> None:
    """One that the API calls, and nothing else, answers 5xx by crashing."""
    events = FUNCTIONS[name].get("Events", {}).values()
    called_otherwise = str(
        [
            entry["Resource"]
            for _, entry in statements()
            if entry["Action"] == "lambda:InvokeFunction"
        ]
    )
    if events:
        assert {event["Type"] for event in events} == {"HttpApi"} and name not in called_otherwise
        assert "Api" in watched("5xx")
    else:
        assert name in watched("Errors")


@pytest.mark.parametrize(
    "name", [name for name, alarm in ALARMS.items() if "Metrics" in alarm and name not in TAKE_BACK]
)
def test_an_alarm_on_several_metrics_adds_them_up_and_is_one_that_cloudwatch_takes(
    name: str,
) -> None:
    """At most ten metrics of one period, and no SEARCH.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-data-queries.html"""
    alarm = ALARMS[name]
    (sum_of_all,) = [query for query in alarm["Metrics"] if query["ReturnData"]]
    assert sum_of_all["Expression"] == "SUM(FILL(METRICS(), 0))"
    assert 1 < len(metrics_of(alarm)) <= 10
    assert {
        (query["MetricStat"]["Period"], query["MetricStat"]["Stat"])
        for query in alarm["Metrics"]
        if "MetricStat" in query
    } == {(300, "Sum")}
    assert (alarm["DatapointsToAlarm"], alarm["Threshold"]) == (1, 0)
    assert alarm["EvaluationPeriods"] > 1  # FILL may have taken a late number for none
    assert not {"MetricName", "Namespace", "Dimensions", "Period", "Statistic"} & set(alarm)


@pytest.mark.parametrize("name", sorted(TAKE_BACK))
def test_an_alarm_that_takes_a_deploy_back_needs_more_than_one_error(name: str) -> None:
    """At most ten metrics of one period; see the test above."""
    alarm, metrics = ALARMS[name], metrics_of(ALARMS[name])
    (told,) = [query for query in alarm["Metrics"] if query["ReturnData"]]
    assert 1 < len(metrics) <= 10
    assert alarm["Threshold"] >= 3 or ">= 3" in told["Expression"]
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (2, 1)
    periods = {query["MetricStat"]["Period"] for query in alarm["Metrics"] if "MetricStat" in query}
    assert periods == {300}


def test_functions_that_are_throttled_raise_one_alarm_for_all_of_them() -> None:
    (alarm,) = (alarm for alarm in ALARMS.values() if alarm.get("MetricName") == "Throttles")
    assert "Dimensions" not in alarm  # they share the account's concurrency


@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_fails_raises_an_alarm(name: str) -> None:
    assert name in watched("ExecutionsFailed")


def test_a_timeline_that_fails_is_counted_from_the_log_of_all_timelines_and_raises_an_alarm() -> (
    None
):
    """Step Functions writes a line of these types for each, at the level ERROR.
    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""
    (counted,) = resources("AWS::Logs::MetricFilter").values()
    assert counted["LogGroupName"] == {"Ref": "TimelineLog"}
    assert set(re.findall(r'\$\.type = "(\w+)"', counted["FilterPattern"])) == {
        "ExecutionFailed",
        "ExecutionTimedOut",
    }
    (metric,), alarm = counted["MetricTransformations"], ALARMS["TimelineFailedAlarm"]
    assert (metric["MetricNamespace"], metric["MetricName"]) == (
        alarm["Namespace"],
        alarm["MetricName"],
    )
    assert "${Stage}" in text(
        metric["MetricName"]
    )  # the metric has no dimension to tell stages apart
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == (
        "Sum",
        0,
        "GreaterThanThreshold",
    )


@pytest.mark.parametrize(
    ("metric", "of"),
    [
        ("ApproximateNumberOfMessagesVisible", "['StartDeadLetters', 'QueueName']"),
        ("ApproximateNumberOfMessagesVisible", "['DeliveryDeadLetters', 'QueueName']"),
        ("ApproximateNumberOfMessagesVisible", "['AudienceDeadLetters', 'QueueName']"),
        ("ApproximateAgeOfOldestMessage", "['StartQueue', 'QueueName']"),
        ("ApproximateNumberOfMessagesVisible", "['ReadAgainDeadLetters', 'QueueName']"),
        ("ApproximateAgeOfOldestMessage", "['ReadAgainQueue', 'QueueName']"),
        ("5xx", "Api"),
        ("OutcomeUnknown", "wracaj-${Stage}"),
    ],
)
def test_what_must_not_happen_raises_an_alarm(metric: str, of: str) -> None:
    assert of in watched(metric)


def test_open_executions_raise_an_alarm_before_the_account_s_quota_is_reached() -> None:
    """Of no dimension: the quota is the account's.
    https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html"""
    alarm, quota = (
        ALARMS["OpenExecutionsAlarm"],
        template()["Parameters"]["OpenExecutionsAlarmedAt"],
    )
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (
        "AWS/States",
        "OpenExecutionCount",
        "Maximum",
    )
    assert "Dimensions" not in alarm
    assert alarm["Threshold"] == {"Ref": "OpenExecutionsAlarmedAt"}
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert quota["Default"] <= 800_000


def test_metrics_carry_the_name_that_their_alarm_looks_for() -> None:
    told = template()["Globals"]["Function"]["Environment"]["Variables"]
    alarm = ALARMS["OutcomeUnknownAlarm"]
    assert alarm["Namespace"] == told["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": told["POWERTOOLS_SERVICE_NAME"]}]


def test_a_slow_webhook_raises_an_alarm_well_before_shopify_gives_up() -> None:
    slow = ALARMS["CartWebhookSlowAlarm"]
    assert (slow["MetricName"], slow["ExtendedStatistic"]) == ("Duration", "p99")
    assert slow["Threshold"] < 5000


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_reaches_people_and_silence_is_none_but_of_what_runs_by_the_clock(
    name: str,
) -> None:
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert ALARMS[name]["TreatMissingData"] == (
        {"Fn::If": [HOURLY[name], "breaching", "notBreaching"]}
        if name in HOURLY
        else "breaching"
        if name in DAILY
        else "notBreaching"
    )
    assert len(ALARMS[name]["AlarmDescription"]) > 20


def test_every_schedule_has_an_alarm_that_rings_where_it_does_not_fire() -> None:
    """A job that is broken in whatever way does not succeed, or is not even called."""
    started = {
        name: set(refers_to(schedule["Target"]["Arn"]))
        for name, schedule in resources("AWS::Scheduler::Schedule").items()
    }
    told = {
        "TimelineResumeSchedule": "LongWaitsLateAlarm",
        "ShopWatchSchedule": "ShopWatchFailedAlarm",
        "ReconcileSchedule": "ReconcileMissingAlarm",
        "NightlyRfmSchedule": "NightlyRfmMissingAlarm",
        "DailyOccasionsSchedule": "DailyOccasionsMissingAlarm",
    }
    assert told.keys() == started.keys()
    assert set(told.values()) == {*HOURLY, *DAILY}
    for schedule, name in told.items():
        (dimension,) = ALARMS[name]["Dimensions"]
        job = dimension["Value"].get("Ref")
        # the sweep of long waits tells a number of its own at its end
        assert job is None or f"{job}.Alias" in started[schedule] or job in started[schedule]


@pytest.mark.parametrize("name", DAILY)
def test_a_day_of_25_hours_and_a_late_start_never_look_like_silence(name: str) -> None:
    """CloudWatch looks back a week at most, in periods of an hour.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
    alarm = ALARMS[name]
    schedule = resources("AWS::Scheduler::Schedule")[f"{DAILY[name]}Schedule"]
    late = schedule["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/States", "ExecutionsSucceeded")
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert 25 * 3600 + late < alarm["Period"] * alarm["EvaluationPeriods"] <= 7 * 86400
    assert "DatapointsToAlarm" not in alarm  # all of them: one success is enough


def test_a_run_that_asks_nobody_is_no_silence() -> None:
    """Invocations are counted wherever the schedule fires, with tokens or without."""
    alarm = ALARMS["ReconcileMissingAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Invocations")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")


@pytest.mark.parametrize("name", HOURLY)
def test_an_hour_in_which_nothing_fails_never_looks_like_silence(name: str) -> None:
    """What runs once an hour may come a little later than the hour before."""
    assert (ALARMS[name]["Period"], ALARMS[name]["EvaluationPeriods"]) == (2 * 3600, 1)
    schedules = resources("AWS::Scheduler::Schedule")
    assert schedules["TimelineResumeSchedule"]["ScheduleExpression"] == {
        "Fn::If": ["MovesLongWaits", "rate(1 hour)", "rate(12 hours)"]
    }
    assert max(template()["Parameters"]["ReconcileMinutes"]["AllowedValues"]) == 60
    watch = schedules["ShopWatchSchedule"]
    assert watch["ScheduleExpression"] == "cron(20 * * * ? *)"
    assert watch["State"] == {"Fn::If": ["WatchesShops", "ENABLED", "DISABLED"]}


@pytest.mark.parametrize("name", ["ReconcileLagAlarm", "WebhooksSilentAlarm"])
def test_what_a_run_found_rings_until_the_next_run_also_where_runs_are_rare(name: str) -> None:
    """Else a mail would say each time between two runs that all is well."""
    alarm, minutes = ALARMS[name], template()["Parameters"]["ReconcileMinutes"]["AllowedValues"]
    assert alarm["DatapointsToAlarm"] == 1
    assert alarm["Period"] * alarm["EvaluationPeriods"] >= (max(minutes) + 10) * 60


@pytest.mark.parametrize(
    ("parameter", "taken", "refused"),
    [
        (
            "AlarmEmail",
            ["", "ops@kubek.example", "ops+wracaj@mail.kubek.example"],
            ["ops", "ops@kubek", "Ops <ops@kubek.example>", "a@b.example, c@d.example", "a b@c.pl"],
        ),
        (
            "PublicUrl",
            ["", "https://koszyk.kubek.example", "http://127.0.0.1:4566/_aws/execute-api/wracaj"],
            [
                "koszyk.kubek.example",
                "https://k.example/",
                "https://k example",
                "https://k.pl/?a=1",
            ],
        ),
        (
            "SenderIdentity",
            ["*", "kubek.example", "sklep@kubek.example"],
            [
                *("", "kubek", "Kubek <sklep@kubek.example>", "*.kubek.example"),
                "arn:aws:ses:eu-west-1:123456789012:identity/kubek.example",
            ],
        ),
        (
            "SmsIdentity",
            ["*", "pool/pool-1a2b", "phone-number/phone-1a2b", "sender-id/KUBEK/PL"],
            ["", "KUBEK", "sender-id/KUBEK", "+48500600700", "pool/*"],
        ),
    ],
)
def test_a_slip_in_a_parameter_is_refused_before_anything_is_deployed(
    parameter: str, taken: list[str], refused: list[str]
) -> None:
    """Else the deploy would fail half-way, or each message be refused later."""
    told = template()["Parameters"][parameter]
    assert told["ConstraintDescription"]
    assert all(re.fullmatch(told["AllowedPattern"], value) for value in (told["Default"], *taken))
    assert not [value for value in refused if re.fullmatch(told["AllowedPattern"], value)]


def test_alarms_are_mailed_only_where_an_address_is_given() -> None:
    assert template()["Resources"]["AlarmMail"]["Condition"] == "MailsAlarms"


def test_production_knows_nothing_of_the_local_stack() -> None:
    whole = (ROOT / "template.yaml").read_text() + (ROOT / "samconfig.toml").read_text()
    assert not re.search(
        r"WRACAJ_CLOCK|AWS_ENDPOINT_URL|EMULATOR|ministack|127\.0\.0\.1|localhost",
        whole,
        re.IGNORECASE,
    )


def test_shops_are_asked_by_a_schedule_that_can_be_switched_off_and_starts_nothing_else() -> None:
    schedule = resources("AWS::Scheduler::Schedule")["ReconcileSchedule"]
    assert schedule["Target"]["Arn"] == {"Ref": "ReconcileFunction.Alias"}
    assert schedule["State"] == {"Fn::If": ["Reconciles", "ENABLED", "DISABLED"]}
    entries = [entry for role, entry in statements() if role == "ReconcileScheduleRole"]
    assert [(entry["Action"], called(entry)) for entry in entries] == [
        ("lambda:InvokeFunction", {"ReconcileFunction"})
    ]
