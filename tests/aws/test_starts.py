"""What a start of a timeline names, with and without the alias that a deploy moves."""

from typing import Any

import pytest

from wracaj.aws import step_functions

PREFIX = "arn:aws:states:eu-west-1:123456789012:stateMachine:wracaj-"


class Machines:
    """Step Functions, as far as it is asked here."""

    class exceptions:  # noqa: N801 - as boto3 spells it
        class ExecutionDoesNotExist(Exception):  # noqa: N818
            pass

    def __init__(self) -> None:
        self.asked: list[str] = []

    def start_execution(self, **told: Any) -> None:
        self.asked.append(told["stateMachineArn"])

    def describe_execution(self, **told: Any) -> dict[str, str]:
        self.asked.append(told["executionArn"])
        return {"status": "RUNNING"}


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    found = Machines()
    monkeypatch.setattr(step_functions, "client", lambda service, **_: found)
    monkeypatch.setenv("WRACAJ_STATE_MACHINE_PREFIX", PREFIX)
    return found


@pytest.mark.parametrize(("alias", "named"), [("live", "win-back:live"), ("", "win-back")])
def test_a_start_names_the_alias_where_there_is_one(
    machines: Machines, monkeypatch: pytest.MonkeyPatch, alias: str, named: str
) -> None:
    monkeypatch.setenv("WRACAJ_STATE_MACHINE_ALIAS", alias)
    step_functions.start_now("kubek", "c1", 1, "win_back")
    assert machines.asked == [f"{PREFIX}{named}"]


def test_an_execution_belongs_to_its_machine_whatever_started_it(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRACAJ_STATE_MACHINE_ALIAS", "live")
    assert step_functions.state_of_run("kubek", "c1", 1, "win_back") == "RUNNING"
    (asked,) = machines.asked
    name = step_functions.execution_name("kubek", "c1", 1)
    assert asked == f"{PREFIX}win-back:{name}".replace(":stateMachine:", ":execution:")
