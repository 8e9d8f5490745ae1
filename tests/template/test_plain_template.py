"""What the bridge takes out of the built template before it is deployed locally."""

from typing import Any

from support.sam_template import template
from support.transformed import packaged, transformed
from wracaj_cli.local.plain_template import plain

REFUSED = {
    "AWS::Budgets::Budget",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "AWS::StepFunctions::StateMachineAlias",
    "AWS::StepFunctions::StateMachineVersion",
}


def kinds(whole: dict[str, Any]) -> set[str]:
    return {one["Type"] for one in whole["Resources"].values()}


def test_nothing_that_the_emulator_refuses_is_deployed_to_it() -> None:
    gradually = {"DeploymentType": "Canary10Percent10Minutes", "SnapStart": "yes"}
    whole = transformed(packaged(), **gradually)
    assert kinds(whole) & REFUSED
    assert not kinds(transformed(plain(packaged()), **gradually)) & REFUSED


def test_whatever_else_the_template_has_is_deployed_to_the_emulator() -> None:
    whole, kept = transformed(packaged()), transformed(plain(packaged()))
    gone = set(whole["Resources"]) - set(kept["Resources"])
    assert {whole["Resources"][name]["Type"] for name in gone} <= REFUSED | {
        "AWS::Lambda::LayerVersion"  # under another logical id
    }
    for part in ("Parameters", "Conditions"):
        assert kept[part] == whole[part]
    assert set(kept["Outputs"]) == set(whole["Outputs"])


def test_without_aliases_nobody_is_told_to_use_one() -> None:
    left = plain(packaged())
    assert ".Alias" not in str(left)
    assert "WRACAJ_STATE_MACHINE_ALIAS" not in str(left)
    before = str(template())
    plain(template())
    assert str(template()) == before
