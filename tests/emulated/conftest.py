import itertools
import os
from collections.abc import Iterator

import boto3
import pytest

from wracaj.store import Store
from wracaj.store.table import Table

_numbers = itertools.count()


@pytest.fixture(scope="session")
def dynamodb() -> Iterator[object]:
    url = os.environ["EMULATOR"]
    client = boto3.client("dynamodb", endpoint_url=url, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    import yaml

    class L(yaml.SafeLoader): ...

    L.add_multi_constructor("!", lambda loader, suffix, node: None)
    props = next(
        r["Properties"] for r in yaml.load(open("template.yaml"), L)["Resources"].values() if r["Type"] == "AWS::DynamoDB::Table"
    )
    keep = {k: props[k] for k in ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")}
    name = f"t{os.getpid()}"
    client.create_table(TableName=name, **keep)
    client.wracaj_table = name
    yield client


@pytest.fixture
def store(dynamodb):
    return Store(Table(dynamodb.wracaj_table, dynamodb))


@pytest.fixture
def shop_id() -> str:
    """A shop of its own for each test, so that tests share one table."""
    return f"shop-{os.getpid()}-{next(_numbers)}"
