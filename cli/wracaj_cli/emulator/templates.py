"""Adds the parts of our template that MiniStack's CloudFormation does not read."""

import json
from collections.abc import Callable
from typing import Any

import yaml

from wracaj_cli.emulator.footing import module, wrap

API_ID = "wracaj"


def state_machines_in_yaml() -> None:
    """Convert definitions of state machines to JSON. MiniStack reads them as JSON, but SAM uploads
    ours as YAML."""

    def wrapper(definition_of: Callable[..., str]) -> Callable[..., str]:
        def as_json(*arguments: Any) -> str:
            return json.dumps(yaml.safe_load(definition_of(*arguments)))

        return as_json

    wrap(module("services.cloudformation.provisioners"), "_sfn_definition", wrapper)


def routes_of_the_api() -> None:
    """Create the API's routes. SAM writes them into the Body of an AWS::ApiGatewayV2::Api, which
    MiniStack ignores."""
    provisioners, gateway = (
        module("services.cloudformation.provisioners"),
        module("services.apigateway"),
    )

    def replace_routes(api_id: str, body: dict[str, Any]) -> None:
        gateway._routes[api_id], gateway._integrations[api_id] = {}, {}
        for path, methods in body.get("paths", {}).items():
            for method, operation in methods.items():
                uri = operation["x-amazon-apigateway-integration"]["uri"]
                _, _, integration = gateway._create_integration(api_id, {"integrationUri": uri})
                target = f"integrations/{json.loads(integration)['integrationId']}"
                gateway._create_route(
                    api_id, {"routeKey": f"{method.upper()} {path}", "target": target}
                )

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        # The id is known beforehand, so that the stack can get the address as its PublicUrl.
        tags = {**properties.get("Tags", {}), "ms-custom-id": API_ID}
        created = provisioners._apigw_v2_api_create(logical_id, {**properties, "Tags": tags}, stack)
        replace_routes(created[0], properties.get("Body", {}))
        return created

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        updated = provisioners._apigw_v2_api_update(physical_id, old, new, *rest)
        replace_routes(updated[0], new.get("Body", {}))
        return updated

    provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"] |= {
        "create": create,
        "update": update,
    }


def time_zones_of_schedules() -> None:
    """Keep the ScheduleExpressionTimezone of an AWS::Scheduler::Schedule. MiniStack drops it, so
    the hours would be those of UTC."""
    handlers = module("services.cloudformation.provisioners")._RESOURCE_HANDLERS[
        "AWS::Scheduler::Schedule"
    ]
    schedules = module("services.scheduler")._schedules

    def in_its_zone(made: tuple[str, Any], properties: dict[str, Any]) -> tuple[str, Any]:
        key = f"{properties.get('GroupName', 'default')}/{made[0]}"
        schedules[key]["ScheduleExpressionTimezone"] = properties.get(
            "ScheduleExpressionTimezone", "UTC"
        )
        return made

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        return in_its_zone(made(logical_id, properties, stack), properties)

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str) -> Any:
        return in_its_zone(changed(physical_id, old, new, stack), new)

    made, changed = handlers["create"], handlers["update"]
    handlers |= {"create": create, "update": update}


def alarms_on_metric_math() -> None:
    """Let an alarm with several metrics watch the first of them. MiniStack refuses such an
    alarm."""

    def wrapper(record_of: Callable[..., Any]) -> Callable[..., Any]:
        def of_one_metric(name: str, properties: dict[str, Any]) -> Any:
            return record_of(
                name, _first_metric(properties) if "Metrics" in properties else properties
            )

        return of_one_metric

    wrap(module("services.cloudformation.provisioners"), "_cw_metric_alarm_record", wrapper)


def _first_metric(alarm: dict[str, Any]) -> dict[str, Any]:
    query = next(query["MetricStat"] for query in alarm["Metrics"] if "MetricStat" in query)
    rest = {name: value for name, value in alarm.items() if name != "Metrics"}
    return {**rest, **query["Metric"], "Period": query["Period"], "Statistic": query["Stat"]}
