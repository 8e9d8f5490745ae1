"""Which parameters each operation of DynamoDB takes here. Others are refused, so that nothing is
silently ignored."""

from typing import Any

from simulation.world.dynamodb.wire import WireError

Json = dict[str, Any]
CONDITION = {
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
}
READ = {
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ExclusiveStartKey",
    "Limit",
    "Select",
    "FilterExpression",
    "ProjectionExpression",
    "ConsistentRead",
    "IndexName",
}
NEEDED = {
    "get_item": {"TableName", "Key"},
    "batch_get_item": {"RequestItems"},
    "query": {"TableName", "KeyConditionExpression"},
    "scan": {"TableName"},
    "put_item": {"TableName", "Item"},
    "update_item": {"TableName", "Key"},
    "delete_item": {"TableName", "Key"},
    "batch_write_item": {"RequestItems"},
    "transact_write_items": {"TransactItems"},
}
TAKEN = {
    "get_item": {"ConsistentRead"},
    "batch_get_item": set(),
    "query": READ | {"ScanIndexForward"},
    "scan": READ,
    "put_item": CONDITION | {"ReturnValues"},
    "update_item": CONDITION | {"ReturnValues", "UpdateExpression"},
    "delete_item": CONDITION | {"ReturnValues"},
    "batch_write_item": set(),
    "transact_write_items": {"ClientRequestToken"},
}
ACTIONS = {
    "Put": ({"TableName", "Item"}, CONDITION),
    "Update": ({"TableName", "Key", "UpdateExpression"}, CONDITION),
    "Delete": ({"TableName", "Key"}, CONDITION),
    "ConditionCheck": ({"TableName", "Key", "ConditionExpression"}, CONDITION),
}
RETURNS = {
    "put_item": {"NONE", "ALL_OLD"},
    "delete_item": {"NONE", "ALL_OLD"},
    "update_item": {"NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"},
}
MOST_ACTIONS = 100


def check_parameters(operation: str, request: Json) -> None:
    """Raises WireError."""
    _check(operation, request, NEEDED[operation], TAKEN[operation])
    told = request.get("ReturnValues", "NONE")
    if operation in RETURNS and told not in RETURNS[operation]:
        raise WireError(f"ReturnValues set to invalid value: {told}")
    if operation == "batch_get_item":
        for asked in request["RequestItems"].values():
            _check("batch_get_item", asked, {"Keys"}, {"ConsistentRead"})
    if operation == "transact_write_items":
        _check_actions(request["TransactItems"])


def _check_actions(actions: list[Json]) -> None:
    if not 1 <= len(actions) <= MOST_ACTIONS:
        raise WireError(
            "1 validation error detected: Value at 'transactItems' failed to satisfy constraint:"
            f" Member must have length less than or equal to {MOST_ACTIONS}"
        )
    for action in actions:
        if len(action) != 1 or not set(action) <= set(ACTIONS):
            raise WireError("TransactItems can only contain one of Check, Put, Update or Delete")
        ((kind, request),) = action.items()
        _check(kind, request, *ACTIONS[kind])


def _check(what: str, request: Json, needed: set[str], taken: set[str]) -> None:
    if missing := needed - request.keys():
        raise WireError(f"{what}: missing parameters {sorted(missing)}")
    if unknown := request.keys() - needed - taken:
        raise WireError(f"{what}: parameters that this table does not know: {sorted(unknown)}")
