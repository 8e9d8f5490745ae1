"""Arguments and options that several commands of a shop take."""

from typing import Annotated

import typer

from wracaj.language import Locale

Stack = Annotated[
    str | None, typer.Option("--stack", help="The stack's name in AWS; without it, the local stack")
]
Name = Annotated[str, typer.Argument(help="The shop's name, as in its settings")]
ShopLanguage = Annotated[
    Locale | None,
    typer.Option("--locale", "--language", help="Of the words; without it, that of the shop"),
]
Language = Annotated[Locale, typer.Option("--language", "--locale", help="Of the words: en or pl")]
