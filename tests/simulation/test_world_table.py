"""The table in memory is as strict as DynamoDB where the tests of the store do not look. Those run
on it with `--dynamodb=memory`."""

from typing import Any

import pytest
from simulation.world.dynamodb.service import DynamoDB
from simulation.world.dynamodb.table import Table
from simulation.world.errors import RefusedError

Json = dict[str, Any]
KEY = {"PK": {"S": "p"}, "SK": {"S": "s"}}
NAME = {"TableName": "t"}


@pytest.fixture
def dynamodb() -> DynamoDB:
    return DynamoDB([Table("t", {"accounts": "account_shard"})])


def refused(dynamodb: DynamoDB, operation: str, **request: Any) -> RefusedError:
    with pytest.raises(RefusedError) as error:
        dynamodb.do(operation, NAME | request)
    return error.value


def put(dynamodb: DynamoDB, sk: str = "s", **attributes: Json) -> None:
    dynamodb.do("put_item", NAME | {"Item": {"PK": {"S": "p"}, "SK": {"S": sk}} | attributes})


def item(dynamodb: DynamoDB) -> Json:
    found: Json = dynamodb.do("get_item", NAME | {"Key": KEY})["Item"]
    return found


WRONG: dict[str, Json] = {
    "a value that is not used": {
        "UpdateExpression": "SET a = :a",
        "ExpressionAttributeValues": {":a": {"S": "x"}, ":b": {"S": "x"}},
    },
    "a name that is not used": {
        "UpdateExpression": "REMOVE a",
        "ExpressionAttributeNames": {"#a": "a"},
    },
    "a value that is missing": {"UpdateExpression": "SET a = :a"},
    "a name that is missing": {"UpdateExpression": "REMOVE #a"},
    "a reserved word": {"UpdateExpression": "REMOVE status"},
    "two paths that overlap": {"UpdateExpression": "REMOVE a, a.b"},
    "a clause that comes twice": {"UpdateExpression": "REMOVE a REMOVE b"},
    "a part of the key": {"UpdateExpression": "REMOVE SK"},
    "no expression at all": {"UpdateExpression": " "},
    "half an expression": {"UpdateExpression": "SET a ="},
    "an attribute that is not there": {"UpdateExpression": "SET a = missing"},
    "a sum of texts": {
        "UpdateExpression": "SET a = :x + :x",
        "ExpressionAttributeValues": {":x": {"S": "1"}},
    },
    "a set that is added to a number": {
        "UpdateExpression": "ADD number_ :x",
        "ExpressionAttributeValues": {":x": {"SS": ["a"]}},
    },
    "a place in what is no object": {
        "UpdateExpression": "SET number_.a = :x",
        "ExpressionAttributeValues": {":x": {"S": "1"}},
    },
    "an empty set": {
        "UpdateExpression": "SET a = :x",
        "ExpressionAttributeValues": {":x": {"SS": []}},
    },
    "an order of flags": {
        "ConditionExpression": "a < :x",
        "UpdateExpression": "REMOVE b",
        "ExpressionAttributeValues": {":x": {"BOOL": True}},
    },
    "an unknown parameter": {"Expected": {}},
    "unknown return values": {"UpdateExpression": "REMOVE a", "ReturnValues": "ALL"},
}


@pytest.mark.parametrize("why", WRONG)
def test_a_wrong_update_is_refused_and_changes_nothing(dynamodb: DynamoDB, why: str) -> None:
    put(dynamodb, number_={"N": "1"})
    error = refused(dynamodb, "update_item", Key=KEY, **WRONG[why])
    assert error.code == "ValidationException"
    assert item(dynamodb) == KEY | {"number_": {"N": "1"}}


NUMBERS = {"1.50": "1.5", "1E+2": "100", "-0": "0", "007": "7", "0.00001": "0.00001"}


@pytest.mark.parametrize("written", NUMBERS)
def test_numbers_come_back_in_their_normal_form(dynamodb: DynamoDB, written: str) -> None:
    put(dynamodb, n={"N": written})
    assert item(dynamodb)["n"] == {"N": NUMBERS[written]}


@pytest.mark.parametrize("number", ["1" * 39, "NaN", "Infinity", "one", ""])
def test_what_is_no_number_is_refused(dynamodb: DynamoDB, number: str) -> None:
    error = refused(dynamodb, "put_item", Item=KEY | {"n": {"N": number}})
    assert error.code == "ValidationException"


def test_an_item_has_400_kilobytes_at_most(dynamodb: DynamoDB) -> None:
    put(dynamodb, text={"S": "x" * (400 * 1024 - 20)})
    error = refused(dynamodb, "put_item", Item=KEY | {"text": {"S": "ą" * 204_800}})
    assert "size" in error.message


@pytest.mark.parametrize(
    "key",
    [
        {"PK": {"S": "p"}},
        KEY | {"a": {"S": "b"}},
        {**KEY, "SK": {"N": "1"}},
        {**KEY, "SK": {"S": ""}},
        {**KEY, "SK": {"S": "s" * 1025}},
    ],
)
def test_a_key_is_whole_and_nothing_else(dynamodb: DynamoDB, key: Json) -> None:
    assert refused(dynamodb, "get_item", Key=key).code == "ValidationException"


def test_nested_values_are_changed_by_their_paths(dynamodb: DynamoDB) -> None:
    put(dynamodb, a={"M": {"b": {"L": [{"S": "x"}, {"S": "y"}]}}}, c={"SS": ["1", "2"]})
    before = item(dynamodb)
    request = {
        "Key": KEY,
        "UpdateExpression": (
            "SET a.b[1] = :z, #d = list_append(a.b, :list) REMOVE a.b[0] DELETE c :set"
        ),
        "ConditionExpression": "contains(a.b, :y) AND size(a.b) = :two AND NOT begins_with(SK, :y)",
        "ExpressionAttributeNames": {"#d": "date"},
        "ExpressionAttributeValues": {
            ":z": {"S": "z"},
            ":y": {"S": "y"},
            ":two": {"N": "2.0"},
            ":list": {"L": [{"S": "w"}]},
            ":set": {"SS": ["1", "2", "3"]},
        },
    }
    dynamodb.do("update_item", NAME | request)
    assert item(dynamodb) == KEY | {
        "a": {"M": {"b": {"L": [{"S": "z"}]}}},
        "date": {"L": [{"S": "x"}, {"S": "y"}, {"S": "w"}]},
    }
    assert before["a"] == {"M": {"b": {"L": [{"S": "x"}, {"S": "y"}]}}}, "no answer changes later"


def test_a_transaction_that_is_repeated_with_its_token_is_done_once(dynamodb: DynamoDB) -> None:
    add = {"UpdateExpression": "ADD n :x", "ExpressionAttributeValues": {":x": {"N": "1"}}}
    actions = [{"Update": NAME | {"Key": KEY} | add}]
    for _ in range(3):
        dynamodb.do("transact_write_items", {"TransactItems": actions, "ClientRequestToken": "a"})
    dynamodb.do("transact_write_items", {"TransactItems": actions, "ClientRequestToken": "b"})
    assert item(dynamodb)["n"] == {"N": "2"}


def test_a_cancelled_transaction_says_why_in_the_order_of_its_actions(dynamodb: DynamoDB) -> None:
    put(dynamodb, n={"N": "1"})
    check = {"Key": KEY, "ConditionExpression": "attribute_not_exists(PK)"}
    actions = [
        {"Put": NAME | {"Item": {**KEY, "SK": {"S": "other"}}}},
        {"ConditionCheck": NAME | check | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
    ]
    with pytest.raises(RefusedError) as error:
        dynamodb.do("transact_write_items", {"TransactItems": actions})
    assert error.value.code == "TransactionCanceledException"
    none, failed = error.value.more["CancellationReasons"]
    assert none == {"Code": "None"}
    assert (failed["Code"], failed["Item"]) == ("ConditionalCheckFailed", item(dynamodb))
    assert len(list(dynamodb.table("t").items())) == 1


def query(dynamodb: DynamoDB, **more: Any) -> Json:
    asked = {
        "KeyConditionExpression": "PK = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "p"}},
    }
    return dynamodb.do("query", NAME | asked | more)


def test_pages_go_on_where_they_ended_in_both_directions(dynamodb: DynamoDB) -> None:
    for sk in "abcde":
        put(dynamodb, sk)
    for forward, order in ((True, "abcde"), (False, "edcba")):
        seen, after = "", dict[str, Any]()
        while True:
            page = query(dynamodb, Limit=2, ScanIndexForward=forward, **after)
            seen += "".join(one["SK"]["S"] for one in page["Items"])
            if "LastEvaluatedKey" not in page:
                break
            after = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        assert seen == order


def test_an_index_is_sparse_and_never_read_consistently(dynamodb: DynamoDB) -> None:
    put(dynamodb, "a", account_shard={"S": "p"})
    put(dynamodb, "b")
    asked = {
        "IndexName": "accounts",
        "KeyConditionExpression": "account_shard = :pk",
        "Select": "COUNT",
    }
    assert query(dynamodb, **asked)["Count"] == 1
    assert (
        refused(
            dynamodb,
            "query",
            **asked,
            ConsistentRead=True,
            ExpressionAttributeValues={":pk": {"S": "p"}},
        ).code
        == "ValidationException"
    )
    assert refused(dynamodb, "put_item", Item=KEY | {"account_shard": {"N": "1"}}).code == (
        "ValidationException"
    )


def test_a_batch_names_each_item_once(dynamodb: DynamoDB) -> None:
    asked = {"RequestItems": {"t": {"Keys": [KEY, KEY]}}}
    with pytest.raises(RefusedError, match="duplicates"):
        dynamodb.do("batch_get_item", asked)
    writes = [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": KEY}}]
    with pytest.raises(RefusedError, match="duplicates"):
        dynamodb.do("batch_write_item", {"RequestItems": {"t": writes}})
