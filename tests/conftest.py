"""Fixtures for all tests."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from support.clocks import clock  # noqa: F401
from support.frozen_timelines import frozen_timelines  # noqa: F401
from support.local_stack import emulator, emulator_process, stack  # noqa: F401
from support.running_campaign import open_hall  # noqa: F401
from support.tables import shop_id, store  # noqa: F401
from support.templates import edited  # noqa: F401
from wracaj.keyed_hashes import keyed_by

keyed_by(lambda: b"the key of all names")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Whatever deployment the test before spoke to, with a key of its own."""
    keyed_by(lambda: b"the key of all names")


# A busy machine is slow to begin and slow to make examples; nothing here measures time.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples each time: what fails fails for whoever changed something. New ones: pytest
# --hypothesis-profile=explore
settings.register_profile("wracaj", PATIENT, derandomize=True, database=None)
settings.register_profile("explore", PATIENT, max_examples=1000)
settings.load_profile("wracaj")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stories",
        choices=("here", "stack"),
        default="here",
        help="where tests/identity and tests/stories play (default: here)",
    )
    parser.addoption(
        "--dynamodb",
        choices=("ministack", "moto", "memory"),
        default="ministack",
        help="whose table the tests have; memory: the simulation's (default: ministack)",
    )


# What takes long begins first, so that at the end no worker waits for another.
LONGEST = (
    "tests/demo/test_year.py",
    "tests/e2e/",
    "tests/cli/",
    "tests/demo/test_rescue.py",
    "tests/stack/test_local_stack.py",
    "tests/identity/test_strangers.py",
    "tests/daily/test_search.py",
)
# Each of these has a stack of its own.
ALONE = ("tests/e2e/test_failed_messages.py", "tests/e2e/test_nightly_rfm.py")
# Tests of a group run in one worker, because a stack takes half a minute to deploy and to warm up.
GROUPS = {
    "on a stack": ("tests/e2e/",),
    "on another stack": ("tests/cli/", "tests/docs/test_bench.py", "tests/packaging/"),
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class LoadGroups(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return group_of(super()._split_scope(nodeid))

    return LoadGroups(config, log) if config.getoption("dist") == "loadfile" else None


def group_of(file: str) -> str:
    names = (name for name, begins in GROUPS.items() if file.startswith(begins))
    return file if file in ALONE else next(names, file)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid))
    if config.getoption("dynamodb") == "moto":
        expect_the_differences_of_moto(items)
    if config.getoption("stories") == "stack":
        for item in items:  # some stories last a year, and each night of it is searched and scored
            item.add_marker(pytest.mark.timeout(1200))


def turn(nodeid: str) -> int:
    turns = (number for number, file in enumerate(LONGEST) if nodeid.startswith(file))
    return next(turns, len(LONGEST))


def expect_the_differences_of_moto(items: list[pytest.Item]) -> None:
    """What moto does otherwise than DynamoDB must fail on it, so that the list of differences stays
    true."""
    for item in items:
        for marker in item.iter_markers("not_on_moto"):
            item.add_marker(pytest.mark.xfail(reason=marker.args[0], strict=True))
