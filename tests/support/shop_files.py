"""The commands that a shop's developer types, and the developer's files and stack."""

from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner, Result

from wracaj.settings.shop import Shop
from wracaj_cli.main import app
from wracaj_cli.shops import registry, settings_file
from wracaj_cli.shops.target import Target

Wracaj = Callable[..., Result]
GOOD = settings_file.example("generic")
SHOPIFY = settings_file.example("shopify")


def run(*arguments: str, answer: str | None = None) -> Result:
    """Run a command. It never ends with a traceback, always with sentences and an exit code.
    `answer`: the typed answer to a question."""
    result = CliRunner().invoke(app, list(arguments), input=answer)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(
        result.exception
    )
    assert "Traceback" not in result.output
    return result


def a_file(folder: Path, text: str = GOOD) -> str:
    file = folder / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def named(name: str, text: str = GOOD) -> str:
    return text.replace("shop: kubek ", f"shop: {name} ")


def stored(target: Target, name: str) -> Shop:
    return registry.get_shop(target, name)
