from collections.abc import Iterator

import pytest

from support.local_stack import RunningStack
from support.shop_files import Wracaj, run
from wracaj.aws.shop_config import settings_name
from wracaj_cli.shops.target import Target, find_target, local_target


@pytest.fixture
def target(stack: RunningStack) -> Target:
    return local_target(stack.home)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("WRACAJ_WEBHOOK_SECRET", "WRACAJ_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    return monkeypatch


@pytest.fixture(scope="module", autouse=True)
def shops_are_taken_along(stack: RunningStack) -> Iterator[None]:
    """No file finds the shops of the files before."""
    parameters, path = stack.client("ssm"), settings_name(stack.info.stage, "").rstrip("/")

    def known() -> set[str]:
        pages = parameters.get_paginator("get_parameters_by_path").paginate(Path=path)
        return {parameter["Name"] for page in pages for parameter in page["Parameters"]}

    before = known()
    yield
    for name in known() - before:
        parameters.delete_parameter(Name=name)


@pytest.fixture
def wracaj(stack: RunningStack, environment: pytest.MonkeyPatch) -> Wracaj:
    for module in (
        "commands",
        "plugin_key",
        "reconciling",
        "removing",
        "subscribing",
        "trying",
    ):
        environment.setattr(
            f"wracaj_cli.shops.{module}.find_target",
            lambda name: find_target(name, home=stack.home),
        )
    return lambda *arguments: run("shop", *arguments)
