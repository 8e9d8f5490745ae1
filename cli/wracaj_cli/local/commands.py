"""`wracaj local`: the whole stack on this machine."""

import webbrowser
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.counted import counted
from wracaj_cli.house import LOCAL, require_a_clone
from wracaj_cli.local import stack
from wracaj_cli.local.durations import parse_duration
from wracaj_cli.local.outbox_pages import write_pages
from wracaj_cli.local.sent_messages import SentMessage, save
from wracaj_cli.local.sent_messages import outbox as sent
from wracaj_cli.local.server import LocalStackError
from wracaj_cli.local.skipping import skip_to
from wracaj_cli.local.stack import DEFAULT_PORT, DEFAULT_SPEED
from wracaj_cli.local.stack_file import StackInfo, info
from wracaj_cli.outcome_words import channel_in_words
from wracaj_cli.typed_files import UnwritableError

HOME = LOCAL

app = typer.Typer(
    name="local",
    help="The whole stack on this machine: no AWS account, no Docker.",
    no_args_is_help=True,
)


@app.callback()
def local(asked: typer.Context) -> None:
    require_a_clone(f"wracaj local {asked.invoked_subcommand}", "wracaj local up")


_SPEED_HELP = "How many times faster time runs: 60 is an hour a minute"
Speed = Annotated[float | None, typer.Option(help=_SPEED_HELP, show_default=f"{DEFAULT_SPEED:g}")]
Port = Annotated[
    int | None,
    typer.Option(help="Where it listens, for this machine only", show_default=f"{DEFAULT_PORT}"),
]
Folder = Annotated[
    Path | None,
    typer.Option("--save", help="Write each message as a file into this folder", file_okay=False),
]
Show = Annotated[
    bool, typer.Option("--open", help="Write the messages as pages, and open them in the browser")
]
Length = Annotated[str, typer.Argument(help="Weeks, days, hours, minutes: 2w, 30d, 12h, 1d12h")]


@app.command()
def up(speed: Speed = None, port: Port = None) -> None:
    """Start the stack, or deploy your changes to the one that runs."""
    console = Console()
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as display:
        task = display.add_task("")

        def progress(what: str) -> None:
            display.update(task, description=what)
            display.console.print(f"[dim]·[/] {what}")

        try:
            running = stack.up(speed, port, progress, home=HOME)
        except LocalStackError as error:
            display.stop()
            _give_up(error)
    _describe(running)


@app.command()
def down() -> None:
    """Stop the stack. All that it stored is gone."""
    try:
        ended = stack.down(HOME)
    except LocalStackError as error:
        _give_up(error)
    typer.echo("The local stack is stopped." if ended else "No local stack was running.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say whether the stack runs, where, and what time it is there. Exits with 1 when
    it does not."""
    found = stack.status(HOME)
    if as_json:
        print_json(_status_as_json(found))
        raise typer.Exit(0 if found.stack else 1)
    if found.stack:
        _describe(found.stack)
        return
    hint = "start one with `wracaj local up`" if found.state == "down" else f"its log: {found.log}"
    typer.echo(f"The local stack is {found.state}; {hint}")
    raise typer.Exit(1)


@app.command()
def skip(length: Length) -> None:
    """Let time pass at once: all that is due meanwhile happens, each thing at its own hour."""
    try:
        before, running = len(sent(HOME)), info(HOME)
        moment = running.now() + parse_duration(length)
        with Console().status("") as shown:
            skip_to(moment, HOME, stopped=lambda at: shown.update(f"{at:%Y-%m-%d %H:%M} UTC"))
        messages = len(sent(HOME)) - before
    except LocalStackError as error:
        _give_up(error)
    typer.echo(
        f"It is {running.now():%Y-%m-%d %H:%M} UTC there now. Sent meanwhile: {messages}; see"
        " `wracaj local outbox`"
    )


@app.command()
def outbox(folder: Folder = None, show: Show = False, as_json: AsJson = False) -> None:
    """List every e-mail and SMS that was sent, at the stack's own time, the newest first."""
    try:
        messages = sent(HOME)[::-1]
    except LocalStackError as error:
        _give_up(error)
    if as_json:
        print_json([message.model_dump(mode="json", exclude={"real_at"}) for message in messages])
    elif messages:
        Console().print(_table(messages))
    else:
        typer.echo(
            "Nothing was sent yet. To see a mail: `wracaj shop test-event SHOP --send-to me@…`"
        )
    if show and messages:
        _open(messages)
    if folder:
        _save(messages, folder, quiet=as_json)


def _open(messages: list[SentMessage]) -> None:
    folder = HOME / "outbox"
    try:
        page = write_pages(messages, folder).resolve().as_uri()
    except OSError as error:
        typer.echo(
            f"{folder}: cannot be written ({error.strerror}). Write the messages into another"
            " folder with --save",
            err=True,
        )
        raise typer.Exit(1) from None
    opened = webbrowser.open(page)
    typer.echo(f"{'Opened' if opened else 'No browser was found; open'} {page}", err=True)


def _save(messages: list[SentMessage], folder: Path, *, quiet: bool) -> None:
    try:
        written = save(messages[::-1], folder)
    except OSError as error:
        typer.echo(str(UnwritableError(folder, error, "--save")), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Wrote {counted(len(written), 'file')} into {folder}", err=quiet)


def _status_as_json(found: stack.Status) -> dict[str, Any]:
    told: dict[str, Any] = {"state": found.state, "log": found.log}
    if running := found.stack:
        told |= {
            "api_url": running.api_url,
            "aws_endpoint_url": running.aws_endpoint_url,
            "now": running.now(),
        }
        told |= {"speed": running.clock.speed, "shops": sorted(running.shops)}
    return told


def _describe(running: StackInfo) -> None:
    facts = {
        "webhooks": f"{running.api_url}/webhooks/{{platform}}/{{shop}}",
        "AWS endpoint": running.aws_endpoint_url,
        "time there": (
            f"{running.now():%Y-%m-%d %H:%M} UTC, {running.clock.speed:g} times as fast as here"
        ),
        "shops": ", ".join(running.shops) or "none yet",
    }
    typer.echo("The local stack is running.")
    for name, fact in facts.items():
        typer.echo(f"  {name:<14}{fact}")


def _table(messages: list[SentMessage]) -> Table:
    table = Table("Sent (UTC)", "By", "To", "Subject, or text")
    for message in messages:
        by = channel_in_words(message.channel)
        table.add_row(
            f"{message.at:%Y-%m-%d %H:%M}", by, message.to, Text(message.subject or message.text)
        )
    return table


def _give_up(error: LocalStackError) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1)
