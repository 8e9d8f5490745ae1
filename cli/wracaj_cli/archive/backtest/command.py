"""`wracaj backtest SHOP --timeline FILE`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TaskID

from wracaj.errors import SettingsError
from wracaj.settings.shop import ShopSettings
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.archive.backtest.as_json import backtest_as_json
from wracaj_cli.archive.backtest.past_settings import PastSettings
from wracaj_cli.archive.backtest.running import Asked, Progress, run
from wracaj_cli.archive.backtest.script import read_script
from wracaj_cli.archive.backtest.showing import Shown, as_tables
from wracaj_cli.archive.period import To, period_of
from wracaj_cli.archive.reading import settle
from wracaj_cli.archive.source import Bucket, Source
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, ShopLanguage, Stack
from wracaj_cli.shops.own_timings import refuse_wrong_timings
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.settings_file import read_settings
from wracaj_cli.shops.stored import readable
from wracaj_cli.shops.target import find_target
from wracaj_cli.timelines.naming import existing_file_of

Timeline = Annotated[
    str,
    typer.Option(help="Its short file, changed or not; or a name, for that in statemachines/"),
]
Settings = Annotated[
    Path | None,
    typer.Option(
        "--settings", help="Other settings of the shop, in place of those of the time; YAML"
    ),
]
From = Annotated[
    str | None, typer.Option("--from", help="The first day; without it, four weeks before --to")
]
Most = Annotated[int, typer.Option("--moves", min=0, help="How many messages that move are listed")]


def backtest(
    name: Name,
    timeline: Timeline = "abandoned_cart",
    settings: Settings = None,
    first: From = None,
    last: To = None,
    most: Most = 20,
    locale: ShopLanguage = None,
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Try a timeline on the shop's own past: what would have left, when, and what it would cost."""
    with errors_as_sentences(stores=False):
        script = read_script(existing_file_of(timeline))
        if settings:  # and with them the shop's own numbers, which count as they will
            script = replace(script, changed=frozenset())
        target = find_target(stack)
        shop = get_shop(target, name).settings
        period = period_of(first, last, target.now(), shop.zone)
        left = settle(target) if target.is_local else 0
        source = Bucket(target)
        asked = Asked(
            source,
            name,
            script,
            PastSettings(versions_in(source, name), shop, tried(settings, shop)),
            *period,
            target.now(),
            None if as_json else most,
        )
        with progress_bar() as progress:
            found = run(asked, progress)
    days = period.days(shop.zone)
    names = () if script.asks_first else tuple(name for name, _ in script.short.named_messages)
    shown = Shown(shop, script.timeline, days, found.rows, found.tally, left, names)
    if as_json:
        print_json(backtest_as_json(shown))
    else:
        Console().print(as_tables(shown, locale or shop.locale))


def versions_in(source: Source, shop: str) -> dict[str, ShopSettings]:
    return {
        version: readable(shop, text.decode()) for version, text in source.settings(shop).items()
    }


def tried(file: Path | None, shop: ShopSettings) -> ShopSettings | None:
    """Return the settings to try. Raises SettingsError."""
    if file is None:
        return None
    told = read_settings(file)
    if told.shop != shop.shop:
        raise SettingsError([("shop", f"is {told.shop!r} in {file}, and not {shop.shop!r}")])
    refuse_wrong_timings(told)
    return told.model_copy(update={"switched_on_at": shop.switched_on_at})


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """On the screen only, beside what is printed."""
    with Bar(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done)

        yield progress
