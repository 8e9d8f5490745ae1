"""Starts, stops and describes the local stack: `wracaj local up | down | status`."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from wracaj_cli.clock import Clock
from wracaj_cli.house import LOCAL, ROOT
from wracaj_cli.local import server
from wracaj_cli.local.clients import client_at
from wracaj_cli.local.deployment import API_PATH, STACK, build, deploy
from wracaj_cli.local.server import LocalStackError, Server, clock_file
from wracaj_cli.local.stack_file import StackInfo, exists, info, write

DEFAULT_SPEED = 60.0  # an hour in a minute
DEFAULT_PORT = 4566
FASTEST = 100_000.0
MACHINES = {  # timeline → the stack's output
    "abandoned_cart": "AbandonedCartArn",
    "high_value_cart": "HighValueCartArn",
    "regular_cart": "RegularCartArn",
    "multichannel_rescue": "MultichannelRescueArn",
    "after_purchase": "AfterPurchaseArn",
    "win_back": "WinBackArn",
    "welcome": "WelcomeArn",
    "browse_reminder": "BrowseReminderArn",
    "loyalty": "LoyaltyArn",
    "birthday": "BirthdayArn",
    "anniversary": "AnniversaryArn",
    "points_expiring": "PointsExpiringArn",
    "campaign": "CampaignArn",
    "data_link": "DataLinkArn",
    "confirm_consent": "ConfirmConsentArn",
}
# from this speed on, a cold start would take ten minutes or more of virtual time
WARM_FROM_SPEED = 600.0


class Status(BaseModel):
    model_config = ConfigDict(frozen=True)
    state: Literal["running", "not answering", "half-deployed", "down"]
    log: Path
    stack: StackInfo | None = None


def up(
    speed: float | None = None,
    port: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
    *,
    begins_at: datetime | None = None,
    enforce_permissions: bool = False,
    home: Path = LOCAL,
    root: Path = ROOT,
) -> StackInfo:
    """Start the stack, or deploy again to the one that runs. Return when it answers.

    `begins_at`: the virtual time at which the stack starts to answer; without it, the clock starts
    at the real time. `enforce_permissions`: the functions may do only what their policies in
    template.yaml allow. Raises LocalStackError; then nothing that was started here keeps running.
    """
    _require_current_timelines(root)
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    found = server.running(home)
    if found:
        _require_usable(found, speed, port, home)
        progress(f"The local stack is running already, on port {found.port}: deploying to it anew")
        return _deploy_anew(found, progress, home, root)
    down(home)
    speed, port = _checked(speed), port or DEFAULT_PORT
    progress(f"Starting MiniStack on port {port}")
    started = server.start(home, port, speed, enforce_permissions=enforce_permissions)
    try:
        return _deploy_first(started, progress, begins_at, home, root)
    except BaseException:
        server.stop(home)
        raise


def down(home: Path = LOCAL) -> bool:
    """End the stack, except for its log. Return whether one was running."""
    ended = server.stop(home)
    for file in (home / "stack.json", clock_file(home)):
        file.unlink(missing_ok=True)
    for leftover in ("tmp", "s3", "state", "build", "outbox"):
        shutil.rmtree(home / leftover, ignore_errors=True)
    return ended


def renew_functions(home: Path = LOCAL, *, each: int = 0) -> None:
    """Restart the functions' processes. The new ones read again what the old ones kept for some
    minutes, such as a shop's settings.

    `each`: processes of a function that are started at once; all others start with their first
    call.
    """
    info(home)  # raises LocalStackError if none runs
    found = server.running(home)
    assert found
    server.warm_up(found, fresh=True, each=each)


def status(home: Path = LOCAL) -> Status:
    log, found = server.log_file(home), server.running(home)
    if not found:
        return Status(state="down", log=log)
    if not server.answers(found):
        return Status(state="not answering", log=log)
    return (
        Status(state="running", log=log, stack=info(home))
        if exists(home)
        else Status(state="half-deployed", log=log)
    )


def _deploy_first(
    started: Server,
    progress: Callable[[str], None],
    begins_at: datetime | None,
    home: Path,
    root: Path,
) -> StackInfo:
    progress("Building (sam build)")
    build(root, home)
    server.wait_until_ready(home, started)
    progress("Deploying (sam deploy)")
    deploy(started, home)
    _warm_up(started, progress)
    return write(_describe(started, _start_clock(started.speed, begins_at, home), home), home)


def _deploy_anew(
    found: Server, progress: Callable[[str], None], home: Path, root: Path
) -> StackInfo:
    known = info(home)
    progress("Building (sam build)")
    build(root, home)
    progress("Deploying (sam deploy)")
    deploy(found, home)
    _warm_up(found, progress)
    return write(
        _describe(found, known.clock, home).model_copy(update={"shops": known.shops}), home
    )


def _warm_up(found: Server, progress: Callable[[str], None]) -> None:
    if found.speed >= WARM_FROM_SPEED:
        progress("Warming up")
        server.warm_up(found)


def _require_usable(found: Server, speed: float | None, port: int | None, home: Path) -> None:
    if not exists(home):
        raise LocalStackError(
            "A local stack is just starting here, or its start was cut off: wait for it, or say"
            " `wracaj local down`"
        )
    if not server.answers(found):
        raise LocalStackError(
            "The local stack does not answer; say `wracaj local down`, then up. Its log:"
            f" {server.log_file(home)}"
        )
    if speed not in (None, found.speed) or port not in (None, found.port):
        running = f"A local stack is running already, on port {found.port} at speed {found.speed:g}"
        raise LocalStackError(f"{running}. To change either, say `wracaj local down` first")


def _require_current_timelines(root: Path) -> None:
    """Check, before anything is built, that the state machines to be deployed match the short
    files."""
    from wracaj_cli.timelines.made import stale
    from wracaj_cli.timelines.table import as_lines

    problems = stale(root)
    if problems:
        raise LocalStackError(
            f"The timelines are not ready to be built:\n{as_lines(problems)}".rstrip()
        )


def _checked(speed: float | None) -> float:
    speed = DEFAULT_SPEED if speed is None else speed
    if not 1 <= speed <= FASTEST:
        raise LocalStackError(
            f"A speed of {speed:g} cannot be: it is how many times faster time runs, from 1 to"
            f" {FASTEST:,.0f}"
        )
    return speed


def _start_clock(speed: float, begins_at: datetime | None, home: Path) -> Clock:
    now = datetime.now(UTC)
    return Clock.showing(begins_at or now, speed, now).write(clock_file(home))


def _describe(found: Server, clock: Clock, home: Path) -> StackInfo:
    stack = client_at(found.url, "cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return StackInfo(
        api_url=f"{found.url}{API_PATH}",
        public_url=outputs["PublicUrl"],
        aws_endpoint_url=found.url,
        region=server.REGION,
        stage=outputs["Stage"],
        table=outputs["TableName"],
        clock=clock,
        clock_file=clock_file(home),
        state_machines={timeline: outputs[output] for timeline, output in MACHINES.items()},
        nightly_rfm=outputs["NightlyRfmArn"],
        daily_occasions=outputs["DailyOccasionsArn"],
        campaign_dispatch=outputs["CampaignDispatchArn"],
        reminder_step=outputs["ReminderStepArn"],
        link_key_arn=outputs["LinkKeyArn"],
        identifiers_key_arn=outputs["IdentifiersKeyArn"],
        start_queue_url=outputs["StartQueueUrl"],
        start_dead_letters_url=outputs["StartDeadLettersUrl"],
        configuration_set=outputs["ConfigurationSetName"],
        switch=outputs["SwitchName"],
        archive_bucket=outputs["ArchiveBucketName"],
        archive_keys=outputs["ArchiveKeysName"],
        archive_queue_url=outputs["ArchiveQueueUrl"],
        archive_replay=outputs["ArchiveReplayArn"],
        reconcile=outputs["ReconcileArn"],
        pid=found.pid,
    )
