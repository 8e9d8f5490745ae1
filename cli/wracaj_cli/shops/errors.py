"""Errors of the commands of a shop, as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from wracaj.errors import SettingsError, WracajError
from wracaj_cli.local.server import LocalStackError
from wracaj_cli.shops.target import TargetError


@contextmanager
def errors_as_sentences(*, stores: bool = True) -> Iterator[None]:
    """Print errors that a person can correct as sentences, and end the command with exit code 1.
    `stores`: whether the command stores what the person gave; if so, it says that it did not."""
    try:
        yield
    except SettingsError as error:
        for key, problem in error.problems:
            typer.echo(f"  {key}: {problem}", err=True)
        if stores:
            typer.echo("Nothing was stored.", err=True)
        raise typer.Exit(1) from None
    except (WracajError, LocalStackError, TargetError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"The address does not answer: {getattr(error, 'reason', error)}", err=True)
        raise typer.Exit(1) from None
    except Exception as error:
        # these packages are not imported, because most commands do not need them
        if not type(error).__module__.startswith(("botocore.", "boto3.")):
            raise
        typer.echo(
            f"AWS refuses, or does not answer: {error}. Check the region, your credentials and"
            " permissions.",
            err=True,
        )
        raise typer.Exit(1) from None
