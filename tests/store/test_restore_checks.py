"""What `wracaj restore` refuses, and that it says what to do."""

from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from support.lambdas import STAGE
from support.lost_items import Losing, a_copy, items_of
from support.stories.cloud import Cloud
from support.stories.people import ANIA
from support.stories.story import Story
from support.stories.telling import a_story, cloud  # noqa: F401
from wracaj_cli.main import app
from wracaj_cli.restore.checks import RestoreError, moment_of

AT = "2026-11-18T12:00+01:00"


@pytest.fixture
def losing(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Losing:  # noqa: F811
    monkeypatch.setattr("wracaj_cli.restore.command.find_target", lambda _: cloud.target)
    monkeypatch.setitem(cloud.values, f"/wracaj/{STAGE}/switch", "on")
    told: Story = a_story(cloud)
    told.checkout("c1", email=ANIA)
    return a_copy(told)


def restore(*arguments: str) -> str:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["restore", *arguments])
    assert done.exit_code == 1, done.output
    return done.output


def test_the_stack_s_own_table_is_no_copy(losing: Losing) -> None:
    assert "the stack's own table" in restore(losing.live.name, "--moment", AT)


def test_a_table_that_is_not_there_is_named(losing: Losing) -> None:
    assert "no table 'wracaj-copi'" in restore("wracaj-copi", "--moment", AT)


def test_a_copy_that_says_no_moment_needs_one(losing: Losing) -> None:
    assert "--moment" in restore(losing.copy.name)
    assert "has no offset" in restore(losing.copy.name, "--moment", "2026-11-18T12:00")
    assert "is no moment" in restore(losing.copy.name, "--moment", "yesterday")


def test_aws_says_the_moment_of_its_own_copies() -> None:
    said = datetime(2026, 11, 18, 11, tzinfo=UTC)
    assert moment_of({"RestoreSummary": {"RestoreDateTime": said}}, None) == said
    with pytest.raises(RestoreError):
        moment_of({}, None)


def test_nothing_is_brought_back_while_messages_may_leave(
    losing: Losing,
    cloud: Cloud,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def on(_: Cloud, told: dict[str, Any]) -> dict[str, Any]:
        value = cloud.values[told["Name"]]
        return {"Parameter": {"Value": value, "LastModifiedDate": datetime.now(UTC)}}

    monkeypatch.setattr(type(cloud), "_GetParameter", on)
    losing.lose(items_of(losing.live))
    told = restore(losing.copy.name, "--moment", AT, "--yes")
    assert "switched on" in told and "--value off" in told
    assert items_of(losing.live) == {}


def test_the_switch_must_have_been_off_for_five_minutes(
    losing: Losing,
    cloud: Cloud,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def just_now(_: Cloud, told: dict[str, Any]) -> dict[str, Any]:
        return {"Parameter": {"Value": "off", "LastModifiedDate": datetime.now(UTC)}}

    monkeypatch.setattr(type(cloud), "_GetParameter", just_now)
    assert "five minutes" in restore(losing.copy.name, "--moment", AT, "--yes")


def test_a_dry_run_needs_no_switch_and_says_what_would_come_back(
    losing: Losing,
    cloud: Cloud,  # noqa: F811
) -> None:
    lost = items_of(losing.live)
    losing.lose(lost)
    arguments = ["restore", losing.copy.name, "--moment", AT, "--dry-run"]
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments)
    assert done.exit_code == 0 and "brought back" in done.output
    assert items_of(losing.live) == {}
