"""A stack that is deleted, and deployed again under the same name with what the first one left."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.local_stack import RunningStack, running_stack
from support.webhook_bodies import an_envelope
from wracaj.settings.shop import Shop
from wracaj_cli.local import server
from wracaj_cli.local.deployment import STACK, deploy
from wracaj_cli.preview import SAMPLE_SHOP
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import local_target

KEPT = {
    "TableName": "AWS::DynamoDB::Table",
    "IdentifiersKeyArn": "AWS::SecretsManager::Secret",
    "LinkKeyArn": "AWS::SecretsManager::Secret",
    "ArchiveBucketName": "AWS::S3::Bucket",
    "ArchiveKeysName": "AWS::DynamoDB::Table",
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with running_stack(tmp_path_factory.mktemp("second")) as found:
        yield found


@pytest.fixture(scope="module")
def shop(stack: RunningStack) -> Shop:
    return put_shop(local_target(stack.home), SAMPLE_SHOP, Given())


def outputs(stack: RunningStack) -> dict[str, str]:
    (found,) = stack.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def told_of(stack: RunningStack, shop: Shop, email: str) -> None:
    at = stack.now().isoformat()
    data = {"schema": 1, "customer": {"email": email, "locale": "pl"}, "updated_at": at}
    answer = post_webhook(
        stack.info.api_url,
        shop,
        "customer.updated",
        an_envelope("customer.updated", data, timestamp=at),
    )
    assert answer.status == 200, answer


def shoppers(stack: RunningStack, table: str) -> set[str]:
    items: list[dict[str, Any]] = stack.client("dynamodb").scan(TableName=table)["Items"]
    return {item["PK"]["S"] for item in items if "#e-" in item["PK"]["S"]}


def test_the_second_stack_goes_on_with_the_table_and_the_keys_of_the_first(
    stack: RunningStack, shop: Shop
) -> None:
    told_of(stack, shop, "anna@poczta.example")
    first = outputs(stack)
    known = shoppers(stack, first["TableName"])
    assert known
    cloudformation = stack.client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1}
    )

    running = server.running(stack.home)
    assert running
    kept = {
        "ExistingTableArn": "TableArn",
        "ExistingIdentifiersKeyArn": "IdentifiersKeyArn",
        "ExistingLinkKeyArn": "LinkKeyArn",
        "ExistingArchiveBucket": "ArchiveBucketName",
        "ExistingArchiveKeysArn": "ArchiveKeysArn",
    }
    deploy(running, stack.home, **{parameter: first[output] for parameter, output in kept.items()})

    second = outputs(stack)
    assert {name: second[name] for name in KEPT} == {name: first[name] for name in KEPT}
    made = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    assert not [one for one in made if one["ResourceType"] in KEPT.values()]
    told_of(stack, shop, "anna@poczta.example")
    assert shoppers(stack, second["TableName"]) == known
    told_of(stack, shop, "ola@poczta.example")
    assert shoppers(stack, second["TableName"]) > known
