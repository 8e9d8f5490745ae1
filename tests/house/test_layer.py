"""The layer of dependencies is slim (functions/slim_botocore.py), and what we use is in it."""

import ast
import json
import shutil
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.session import get_session

from slim_botocore import OPERATIONS, slim
from wracaj_cli.house import ROOT

FUNCTIONS = ROOT / "functions"
INSTALLED = Path(botocore.__file__).parent / "data"


def words_in_the_sources() -> set[str]:
    """Every name and every text: `client.send_message`, `get_paginator("query")`."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in FUNCTIONS.rglob("*/*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return names | {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


OUR_OWN_WORDS = {"Subscribe", "Unsubscribe"}  # of shoppers, not of SNS
WORDS = words_in_the_sources()


@pytest.fixture(scope="module")
def slimmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    packages = tmp_path_factory.mktemp("layer")
    data = packages / "botocore" / "data"
    for service in (*OPERATIONS, "ec2"):
        shutil.copytree(INSTALLED / service, data / service)
    for file in INSTALLED.glob("*.json"):
        shutil.copy(file, data)
    slim(packages)
    return data


def test_every_service_that_we_make_a_client_of_is_in_the_layer() -> None:
    made = {
        node.args[0].value
        for file in FUNCTIONS.rglob("*/*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "client"
        and isinstance(node.args[0], ast.Constant)
    }
    assert made == set(OPERATIONS)


@pytest.mark.parametrize("service", sorted(OPERATIONS))
def test_every_operation_that_the_sources_name_is_in_the_layer(service: str) -> None:
    model = Loader().load_service_model(service, "service-2")
    named = {name for name in model["operations"] if xform_name(name) in WORDS}
    assert named - OUR_OWN_WORDS == OPERATIONS[service]


@pytest.mark.parametrize("service", sorted(OPERATIONS))
def test_a_slim_client_asks_the_same_endpoint_for_the_same(
    slimmed: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.delenv(name, raising=False)
    for region, fips in (("eu-west-1", False), ("us-gov-west-1", True), ("cn-north-1", False)):
        monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", str(fips).lower())
        whole, ours = get_session(), get_session()
        ours.register_component("data_loader", Loader(include_default_search_paths=False))
        ours.get_component("data_loader").search_paths.append(str(slimmed))
        given: dict[str, Any] = {
            "region_name": region,
            "aws_access_key_id": "a",
            "aws_secret_access_key": "b",
        }
        expected, found = (session.create_client(service, **given) for session in (whole, ours))
        assert found.meta.endpoint_url == expected.meta.endpoint_url
        for operation in OPERATIONS[service]:
            of_both = [
                one.meta.service_model.operation_model(operation) for one in (expected, found)
            ]
            members = [model.input_shape.members for model in of_both if model.input_shape]
            shapes = [json.dumps(sorted(one)) for one in members]
            assert len(set(shapes)) == 1


def test_what_we_do_not_use_is_gone(slimmed: Path) -> None:
    assert not (slimmed / "ec2").exists()
    assert not list(slimmed.rglob("*.gz"))
    assert "documentation" not in next(slimmed.rglob("sqs/*/service-2.json")).read_text()
