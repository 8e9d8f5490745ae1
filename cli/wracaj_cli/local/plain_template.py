"""Takes out of the built template what the emulator refuses. It is the one place where the local
stack differs from template.yaml; what is taken out was never tried, and README.md says so.

- Versions, aliases and gradual deploys: MiniStack knows neither CodeDeploy nor, in CloudFormation,
  versions and aliases of state machines. Callers name the function or the machine itself instead.
- SnapStart, which needs a published version.
- Budgets.
"""

from pathlib import Path
from typing import Any

import yaml

ALIAS_VARIABLE = "WRACAJ_STATE_MACHINE_ALIAS"
DEPLOYS = frozenset(
    {
        *("AutoPublishAlias", "AutoPublishAliasAllProperties", "DeploymentPreference"),
        *("PublishLambdaVersion", "SnapStart", "VersionDescription"),
    }
)
REFUSED_TYPES = frozenset({"AWS::Budgets::Budget"})


def take_out(file: Path) -> None:
    """Rewrite a built template, which SAM wrote in YAML without short forms."""
    template = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump(plain(template), sort_keys=False), encoding="utf-8")


def plain(template: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: _without_deploys(resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] not in REFUSED_TYPES
    }
    shared = _without_deploys({"Properties": template["Globals"]["Function"]})["Properties"]
    variables = shared["Environment"]["Variables"]
    shared["Environment"] = {
        "Variables": {name: variables[name] for name in variables if name != ALIAS_VARIABLE}
    }
    globals_ = {**template["Globals"], "Function": shared}
    named: dict[str, Any] = _unaliased({**template, "Globals": globals_, "Resources": kept})
    return named


def _without_deploys(resource: dict[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties", {})
    return {
        **resource,
        "Properties": {name: properties[name] for name in properties if name not in DEPLOYS},
    }


def _unaliased(value: Any) -> Any:
    """Replace each reference to a function's alias by one to the function."""
    if isinstance(value, dict):
        name = value.get("Ref")
        if isinstance(name, str) and name.endswith(".Alias"):
            return {"Fn::GetAtt": [name.removesuffix(".Alias"), "Arn"]}
        return {key: _unaliased(inner) for key, inner in value.items()}
    return [_unaliased(inner) for inner in value] if isinstance(value, list) else value
