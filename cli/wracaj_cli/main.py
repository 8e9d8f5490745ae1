"""The `wracaj` command."""

import sys
from importlib.metadata import version
from typing import Annotated

from wracaj_cli.house import ROOT

# Lambda has the functions' folder on its path. The command uses the same code from the same folder.
sys.path.insert(0, str(ROOT / "functions"))

import typer

from wracaj_cli.archive.backtest.command import backtest as backtest_command
from wracaj_cli.archive.replay import replay as replay_command
from wracaj_cli.campaigns.commands import app as campaign_app
from wracaj_cli.costs.command import cost as cost_command
from wracaj_cli.demo import demo as demo_command
from wracaj_cli.experiments.commands import app as experiment_app
from wracaj_cli.link_key import app as link_key_app
from wracaj_cli.local.commands import app as local_app
from wracaj_cli.loyalty.command import loyalty as loyalty_command
from wracaj_cli.preview import preview as preview_command
from wracaj_cli.privacy.commands import app as privacy_app
from wracaj_cli.report.command import report as report_command
from wracaj_cli.restore.command import restore as restore_command
from wracaj_cli.scoring import score as score_command
from wracaj_cli.shopper.command import shopper as shopper_command
from wracaj_cli.shops.commands import app as shop_app
from wracaj_cli.timelines.commands import app as timeline_app
from wracaj_cli.typed_arguments import PlainlyTold

app = typer.Typer(
    name="wracaj",
    cls=PlainlyTold,
    help="Wracaj brings shoppers back to the carts they left.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"wracaj {version('wracaj')}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option(
        "--version", callback=_tell_version, is_eager=True, help="Say which version this is"
    ),
]


@app.callback()
def wracaj(version: Version = False) -> None:
    pass


app.command("demo")(demo_command)
app.add_typer(shop_app)
app.add_typer(timeline_app)
app.add_typer(campaign_app)
app.add_typer(experiment_app)
app.command("preview")(preview_command)
app.command("report")(report_command)
app.command("cost")(cost_command)
app.command("backtest")(backtest_command)
app.command("loyalty")(loyalty_command)
app.command("score")(score_command)
app.command("replay")(replay_command)
app.command("restore")(restore_command)
app.command("shopper")(shopper_command)
app.add_typer(privacy_app)
app.add_typer(link_key_app)
app.add_typer(local_app)


def main() -> None:
    app()
