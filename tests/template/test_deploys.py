"""How a release takes over: versions behind an alias, gradually where the stack asks for it."""

import graphlib
import re
from functools import cache
from typing import Any

import pytest
from samtranslator.model.preferences.deployment_preference_collection import (  # type: ignore[import-untyped]
    CODEDEPLOY_PREDEFINED_CONFIGURATIONS_LIST,
)

from support.sam_template import resources, template
from support.transformed import of_type, packaged, refers_to, transformed

GRADUAL = "Canary10Percent10Minutes"
FUNCTIONS = resources("AWS::Serverless::Function")
BEHIND_THE_API = {name for name, one in FUNCTIONS.items() if one.get("Events")}
TIMELINES = {
    name
    for name, one in resources("AWS::Serverless::StateMachine").items()
    if not one["DefinitionUri"].startswith("statemachines/jobs/")
}
TYPES = template()["Parameters"]["DeploymentType"]["AllowedValues"]


@cache
def gradual() -> dict[str, Any]:
    return transformed(DeploymentType=GRADUAL)


@cache
def at_once() -> dict[str, Any]:
    return transformed()


def versions(whole: dict[str, Any]) -> dict[str, Any]:
    """Logical id → what makes CloudFormation replace the version."""
    return {name: one["Properties"] for name, one in of_type(whole, "AWS::Lambda::Version").items()}


def test_all_at_once_needs_no_codedeploy_and_no_alarm() -> None:
    made = at_once()
    assert not [one for one in made["Resources"].values() if "CodeDeploy" in one["Type"]]
    assert not [one for one in made["Resources"].values() if "UpdatePolicy" in one]


def test_every_function_is_shifted_gradually_and_taken_back_by_an_alarm_of_its_own_kind() -> None:
    groups = of_type(gradual(), "AWS::CodeDeploy::DeploymentGroup")
    assert set(groups) == {f"{name}DeploymentGroup" for name in FUNCTIONS}
    for name in FUNCTIONS:
        group = groups[f"{name}DeploymentGroup"]["Properties"]
        (alarm,) = group["AlarmConfiguration"]["Alarms"]
        watched = set(refers_to(gradual()["Resources"][alarm["Name"]["Ref"]]))
        assert name in watched
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


def test_functions_shift_as_codedeploy_calls_it() -> None:
    groups = of_type(gradual(), "AWS::CodeDeploy::DeploymentGroup").values()
    assert [one["Properties"]["DeploymentConfigName"] for one in groups] == [
        {"Fn::Sub": ["CodeDeployDefault.Lambda${ConfigName}", {"ConfigName": GRADUAL}]}
    ] * len(groups)


@pytest.mark.parametrize("kind", TYPES)
def test_machines_shift_as_functions_do(kind: str) -> None:
    assert kind in CODEDEPLOY_PREDEFINED_CONFIGURATIONS_LIST
    machine = template()["Mappings"]["Deployments"][kind]
    shifts = kind != "AllAtOnce"
    assert kind.upper().startswith(machine["Machine"].replace("_", ""))
    assert machine["Shifts"] == str(shifts).lower()
    assert not shifts or re.findall(r"\d+", kind) == ["10", str(machine["Minutes"])]


def test_every_timeline_starts_by_an_alias_that_an_alarm_takes_back() -> None:
    aliases = of_type(gradual(), "AWS::StepFunctions::StateMachineAlias")
    assert set(aliases) == {f"{name}Aliaslive" for name in TIMELINES}
    for one in aliases.values():
        alarms = one["Properties"]["DeploymentPreference"]["Alarms"]["Fn::If"]
        assert alarms[:2] == [
            "IsGradual",
            [{"Ref": "TimelineFailedAlarm"}, {"Ref": "StepRollbackAlarm"}],
        ]
    told = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert told["WRACAJ_STATE_MACHINE_ALIAS"] == "live"


def test_a_machine_s_old_versions_stay_for_the_executions_that_run_on_them() -> None:
    kept = of_type(gradual(), "AWS::StepFunctions::StateMachineVersion").values()
    assert {(one["DeletionPolicy"], one["UpdateReplacePolicy"]) for one in kept} == {
        ("Retain", "Retain")
    }


@pytest.mark.parametrize("made", [at_once, gradual], ids=["at once", "gradual"])
def test_what_refers_to_what_closes_no_circle(made: Any) -> None:
    """CloudFormation refuses a circle, and `sam validate --lint` does not know those that SAM's
    transform closes: an alias waits for its deployment group, and that for its alarms."""
    found = made()["Resources"]
    graph = {name: set(refers_to(one)) & set(found) for name, one in found.items()}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == len(found)


def test_whoever_calls_a_function_calls_its_alias() -> None:
    callers = {
        name: one
        for name, one in gradual()["Resources"].items()
        if one["Type"]
        in {
            "AWS::ApiGatewayV2::Api",
            "AWS::Lambda::EventSourceMapping",
            "AWS::Lambda::Permission",
            "AWS::Scheduler::Schedule",
            "AWS::StepFunctions::StateMachine",
        }
    }
    called = {name: set(refers_to(one)) for name, one in callers.items()}
    assert not {
        name: found & set(FUNCTIONS) for name, found in called.items() if found & set(FUNCTIONS)
    }
    aliases = {f"{name}Aliaslive" for name in FUNCTIONS}
    # a person's command calls this one, by an output
    assert aliases - set().union(*called.values()) == {"ArchiveReplayFunctionAliaslive"}
    told = set(refers_to(gradual()["Outputs"]))
    assert not told & set(FUNCTIONS) and "ArchiveReplayFunctionAliaslive" in told


def invocations() -> list[tuple[str, set[str]]]:
    """Role → what it may call."""
    return [
        (name, set(refers_to(entry["Resource"])))
        for name, role in of_type(gradual(), "AWS::IAM::Role").items()
        for policy in role["Properties"].get("Policies", [])
        for entry in policy["PolicyDocument"]["Statement"]
        if entry["Action"] == "lambda:InvokeFunction"
    ]


def test_whoever_may_call_a_function_may_call_its_alias() -> None:
    """Lambda checks the ARN that was called, with its alias."""
    assert len(invocations()) == 7
    for _, allowed in invocations():
        bare = allowed & set(FUNCTIONS)
        assert {f"{name}Aliaslive" for name in bare} <= allowed


def test_an_execution_of_a_release_without_aliases_may_still_call_its_steps() -> None:
    (allowed,) = [allowed for role, allowed in invocations() if role == "TimelineRole"]
    assert {"ReminderStepFunction", "LoyaltyCheckFunction"} <= allowed


# These become resources of their own: no version keeps them.
BESIDE_VERSIONS = {"DeploymentPreference", "Events", "Policies"}


def kept_in_versions() -> set[str]:
    """The parameters that reach a property of a function, by a reference or by a condition."""
    whole = template()
    properties = [
        value
        for function in (whole["Globals"]["Function"], *FUNCTIONS.values())
        for name, value in function.items()
        if name not in BESIDE_VERSIONS
    ]
    named = set(refers_to(properties))
    conditions = [whole["Conditions"][name] for name in named & set(whole["Conditions"])]
    return (named | set(refers_to(conditions))) & set(whole["Parameters"])


@pytest.mark.parametrize("parameter", sorted(kept_in_versions()))
def test_a_changed_parameter_of_a_function_makes_new_versions_of_all_functions(
    parameter: str,
) -> None:
    """A published version keeps what it was published with: without a new one, a new PublicUrl,
    another table or a snapshot would never reach what `live` leads to."""
    before, after = versions(at_once()), versions(transformed(**{parameter: "another"}))
    assert not [one for one in before.items() if one in after.items()]
    assert len(after) == len(FUNCTIONS)


def test_another_parameter_makes_no_new_version() -> None:
    assert "AlarmEmail" not in kept_in_versions()
    assert versions(transformed(AlarmEmail="ops@kubek.example")) == versions(at_once())


@pytest.mark.parametrize("changed", ["Dependencies", "PushDependencies", "CartWebhookFunction"])
def test_new_code_or_a_new_layer_makes_new_versions_of_what_uses_it(changed: str) -> None:
    whole = packaged()
    key = "CodeUri" if changed in FUNCTIONS else "ContentUri"
    whole["Resources"][changed]["Properties"][key] = "s3://packaged/other"
    layers = {
        name: [{"Ref": "Dependencies"}, *one.get("Layers", [])] for name, one in FUNCTIONS.items()
    }
    using = {name for name in FUNCTIONS if changed == name or {"Ref": changed} in layers[name]}
    before, after = versions(at_once()), versions(transformed(whole))
    renewed = {one["FunctionName"]["Ref"] for name, one in after.items() if before.get(name) != one}
    assert renewed == using


def test_snapshots_are_for_functions_that_somebody_waits_for_and_off_as_it_comes() -> None:
    """Each published version with a snapshot costs, used or not."""
    snapshots = {name for name, one in FUNCTIONS.items() if "SnapStart" in one}
    assert snapshots == BEHIND_THE_API
    applies = {"ApplyOn": {"Fn::If": ["SnapStarts", "PublishedVersions", "None"]}}
    assert [FUNCTIONS[name]["SnapStart"] for name in snapshots] == [applies] * len(snapshots)
    assert template()["Parameters"]["SnapStart"]["Default"] == "no"
    assert template()["Globals"]["Function"]["Runtime"] == "python3.13"  # from 3.12 on
