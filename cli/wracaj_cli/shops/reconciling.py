"""`wracaj shop reconcile SHOP`: asks a shop's API now for what no webhook told."""

import json
from typing import Any

import typer

from wracaj.errors import WracajError
from wracaj.platforms import changed_records
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.counted import counted
from wracaj_cli.shops import registry
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.target import Target, find_target


class NotReconciledError(WracajError):
    """The run did not take place."""


def reconcile(name: Name, as_json: AsJson = False, stack: Stack = None) -> None:
    """Ask the shop's API now for what no webhook told, as the schedule does."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = registry.get_shop(target, name)
        api = changed_records(shop.settings)
        if api is None or not api.is_readable(shop):
            raise NotReconciledError(
                f"{name} has no API that can be asked: its platform has none, or it has no token"
            )
        told = _run(target, name)
    if as_json:
        return print_json(told)
    untold, known = counted(told["untold"], "change"), counted(told["told"], "change")
    typer.echo(f"{untold} found that no webhook had told, {known} that one had.")
    typer.echo(f"Requests to the shop: {told['requests']}.")
    if told["problem"]:
        typer.echo(f"Not read to the end: {told['problem']}", err=True)
        raise typer.Exit(1)
    return None


def _run(target: Target, shop: str) -> dict[str, Any]:
    answer = target.client("lambda").invoke(
        FunctionName=target.reconcile, Payload=json.dumps({"shops": [shop]}).encode()
    )
    told = json.loads(answer["Payload"].read() or b"{}")
    if answer.get("FunctionError") or shop not in told:
        raise NotReconciledError(
            "the function did not reconcile this shop; its log, ReconcileLog, says why. If it was"
            " put a moment ago, try again in a minute"
        )
    outcome: dict[str, Any] = told[shop]
    return outcome
