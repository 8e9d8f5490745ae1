"""`wracaj campaign start | stop | status | list | example`."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from wracaj.errors import SettingsError, WracajError
from wracaj.settings.shop import ShopSettings
from wracaj.store.table import ConditionFailedError
from wracaj.timelines.campaign import Campaign, Course
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.campaigns import checks, counting
from wracaj_cli.campaigns.campaign_file import EXAMPLE, read_campaign
from wracaj_cli.campaigns.status import (
    State,
    Status,
    as_table,
    execution_name,
    status_as_json,
    status_of,
    told,
)
from wracaj_cli.counted import counted
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.target import Target, find_target

app = typer.Typer(
    name="campaign",
    help="One message to a shop's customers: at a rate, with a stop button.",
    no_args_is_help=True,
)

SECONDS_BETWEEN_LOOKS = 1.0
Id = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign's name, as in its file")]


class UnknownCampaignError(WracajError):
    """The shop has no campaign of this name."""


@app.command()
def example() -> None:
    """Print a campaign's file to start from."""
    typer.echo(EXAMPLE, nl=False)


@app.command()
def start(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The campaign, YAML")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say to how many customers it would be sent")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Start without asking back")] = False,
    stack: Stack = None,
) -> None:
    """Check a campaign, count to whom it would be sent, and start it. The same name starts once."""
    with errors_as_sentences():
        told = read_campaign(file)
        target = find_target(stack)
        shop = get_shop(target, name).settings
        campaign = told.as_campaign(shop, target.now())
        checks.check(campaign, shop, target.now())
        checks.check_deployed(target, campaign)
        _refuse_a_second(target, shop, campaign)
        found = counting.count(target.store(), shop, campaign, target.now())
    Console().print(counting.as_table(found))
    typer.echo(
        f"At {campaign.rate} a minute: {_how_long(found.asked, campaign.rate)}, inside the shop's"
        " send window."
    )
    for caution in checks.cautions(campaign, shop):
        typer.echo(f"Mind: {caution}")
    if dry_run:
        typer.echo("A dry run: nothing was stored, nothing is sent.")
        return
    if not yes:
        typer.confirm(f"Send it to {counted(found.asked, 'customer')} of {shop.name}?", abort=True)
    with errors_as_sentences():
        _start(target, shop, campaign, found.asked)
    typer.echo(
        f"{campaign.id} is started. Watch it: `wracaj campaign status {name} {campaign.id}"
        " --watch`."
    )
    typer.echo(f"Stop it at once: `wracaj campaign stop {name} {campaign.id}`.")


def _refuse_a_second(target: Target, shop: ShopSettings, campaign: Campaign) -> None:
    """One that was stored, and whose start was cut off before anything was sent, may be started
    again as it was."""
    known = target.store().campaigns.get(shop.shop, campaign.id)
    if known and (
        known.pages
        or known.stopped_at
        or _without_beginning(known.campaign) != _without_beginning(campaign)
    ):
        when = told(known.started_at, shop.zone)
        raise SettingsError(
            [
                (
                    "campaign",
                    (
                        f"{campaign.id!r} was started on {when} already; give this one a name of"
                        " its own"
                    ),
                )
            ]
        )


def _without_beginning(campaign: Campaign) -> Campaign:
    return campaign.model_copy(update={"begins_at": campaign.until})


def _start(target: Target, shop: ShopSettings, campaign: Campaign, expected: int) -> None:
    try:
        target.store().campaigns.create(shop.shop, campaign, expected, target.now())
    # an earlier start stored it and failed; an execution's name can be used only once
    except ConditionFailedError:
        _refuse_a_second(target, shop, campaign)
    machines = target.client("stepfunctions")
    try:
        machines.start_execution(
            stateMachineArn=target.campaign_dispatch,
            name=execution_name(shop.shop, campaign.id),
            input=json.dumps({"shop": shop.shop, "campaign": campaign.id, "leg": 1}),
        )
    except machines.exceptions.ExecutionAlreadyExists:
        raise SettingsError(
            [("campaign", f"{campaign.id!r} was started already; give this one a name of its own")]
        ) from None


def _how_long(customers: int, rate: int) -> str:
    minutes = -(-customers // rate)
    hours, left = divmod(minutes, 60)
    return f"{hours} h {left} min" if hours else f"{minutes} min"


@app.command()
def stop(name: Name, campaign: Id, stack: Stack = None) -> None:
    """Stop a campaign at once: what was not sent yet is not sent."""
    with errors_as_sentences():
        target = find_target(stack)
        course = _known(target, name, campaign)
        target.store().campaigns.stop(name, campaign, target.now())
        status = status_of(target, name, course)
    typer.echo(
        f"{campaign} is stopped. Sent until now: {counted(status.sent, 'message')}; no other"
        " will be."
    )


@app.command()
def status(
    name: Name,
    campaign: Id,
    watch: Annotated[bool, typer.Option("--watch", help="Until it has ended, or Ctrl-C")] = False,
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Say how far a campaign is: started, sent, not sent and why."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = get_shop(target, name).settings
        found = status_of(target, name, _known(target, name, campaign))
        if watch:
            found = _watch(target, shop, found)
    if as_json:
        print_json(status_as_json(found))
        return
    Console().print(as_table(found, shop.zone))
    if found.state is State.FAILED:
        typer.echo(
            "It is sent to nobody else: its dispatch has failed. docs/operations.md says how to"
            " redrive it."
        )


def _watch(target: Target, shop: ShopSettings, found: Status) -> Status:
    with Live(_picture(found, shop), transient=True) as display:
        while not (found.ended or found.state is State.FAILED):
            time.sleep(SECONDS_BETWEEN_LOOKS)
            found = status_of(
                target, shop.shop, _known(target, shop.shop, found.course.campaign.id)
            )
            display.update(_picture(found, shop))
    return found


def _picture(found: Status, shop: ShopSettings) -> Group:
    started = found.course.progress.started
    return Group(
        ProgressBar(total=max(found.course.expected, started, 1), completed=started, width=60),
        as_table(found, shop.zone),
    )


@app.command(name="list")
def list_all(name: Name, as_json: AsJson = False, stack: Stack = None) -> None:
    """List a shop's campaigns, the latest first."""
    with errors_as_sentences():
        target = find_target(stack)
        zone = get_shop(target, name).settings.zone
        found = [status_of(target, name, course) for course in target.store().campaigns.all(name)]
    if as_json:
        print_json([status_as_json(one) for one in found])
        return
    if not found:
        typer.echo("There is none yet; `wracaj campaign example` prints a file to start from.")
        return
    table = Table("Campaign", "State", "Begins", "Until", "Started", "Sent")
    for one in found:
        campaign, started = one.course.campaign, one.course.progress.started
        times = told(campaign.begins_at, zone), told(campaign.until, zone)
        table.add_row(campaign.id, str(one.state), *times, f"{started:,}", f"{one.sent:,}")
    Console().print(table)


def _known(target: Target, shop: str, campaign_id: str) -> Course:
    store = target.store()
    course = store.campaigns.get(shop, campaign_id)
    if course is None:
        names = ", ".join(known.campaign.id for known in store.campaigns.all(shop)) or "none yet"
        raise UnknownCampaignError(
            f"There is no campaign {campaign_id!r} in {shop!r}; there are: {names}."
        )
    return course
