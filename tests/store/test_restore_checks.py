"""What `wracaj restore` refuses, and that it says what to do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
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
from wracaj_cli.shops.target import Target

AT = "2026-11-18T12:00+01:00"
DAY = timedelta(days=1)


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


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2027-01-01T00:00Z", "2027-01-01T00:00+00:00 is still to come; it is 2026-11-18"),
        ("9999-12-31T23:59-01:00", "is still to come"),
        ("0001-01-01T00:00+01:00", "no copy is as old as that"),
        ("0001-01-01T00:00Z", "no copy is as old as that"),
    ],
)
def test_a_moment_at_which_no_copy_was_made_is_refused(
    losing: Losing, moment: str, words: str
) -> None:
    assert words in restore(losing.copy.name, "--moment", moment, "--dry-run")


def a_target(now: datetime, *, home: Path | None = None) -> Target:
    return Target(lambda _: None, "", "", "", lambda: now, "", "", "", "", home)


def test_aws_says_the_moment_of_its_own_copies() -> None:
    said = datetime(2026, 11, 18, 11, tzinfo=UTC)
    copy, target = {"RestoreSummary": {"RestoreDateTime": said}}, a_target(said + DAY)
    assert moment_of(copy, None, target) == said
    assert moment_of(copy, said - DAY, target) == said - DAY
    with pytest.raises(RestoreError, match="does not say of which moment"):
        moment_of({}, None, target)


def test_a_moment_after_the_one_that_aws_says_would_bring_back_who_was_erased_between() -> None:
    said = datetime(2026, 11, 18, 11, tzinfo=UTC)
    copy, later = {"RestoreSummary": {"RestoreDateTime": said}}, said + timedelta(minutes=1)
    with pytest.raises(RestoreError, match=r"copy is of 2026-11-18 11:00:00 UTC; leave --moment"):
        moment_of(copy, later, a_target(said + DAY))
    # the emulator restores by the real clock, and the local stack's is ahead of it
    assert moment_of(copy, later, a_target(said + DAY, home=Path())) == later


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


def test_a_copy_that_holds_nothing_is_named_before_anybody_is_asked(losing: Losing) -> None:
    for item in items_of(losing.copy):
        losing.copy.delete({"PK": item[0], "SK": item[1]})
    told = restore(losing.copy.name, "--moment", AT, "--dry-run")
    assert "the copy holds nothing" in told and "what comes of it" not in told


def test_the_lines_that_are_to_be_said_next_name_the_stack(
    losing: Losing,
    cloud: Cloud,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def long_ago(_: Cloud, told: dict[str, Any]) -> dict[str, Any]:
        since = datetime.now(UTC) - timedelta(hours=1)
        return {"Parameter": {"Value": cloud.values[told["Name"]], "LastModifiedDate": since}}

    monkeypatch.setattr(type(cloud), "_GetParameter", long_ago)
    monkeypatch.setitem(cloud.values, f"/wracaj/{STAGE}/switch", "off")
    shop = losing.story.shop.id
    said = ["restore", losing.copy.name, "--moment", AT, "--shop", shop, "--yes"]
    replay = f"wracaj replay {shop} --from 2026-11-18T10:59Z"
    for stack, line in (([], f"{replay}\n"), (["--stack", "prod"], f"{replay} --stack prod\n")):
        done = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*said, *stack])
        assert done.exit_code == 0, done.output
        assert line in done.stdout
