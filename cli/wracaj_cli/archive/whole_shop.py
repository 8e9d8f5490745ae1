"""What the archive has of one shopper, and all that it has of a shop."""

import gzip
from collections.abc import Collection

import orjson
from rich.console import Console
from rich.progress import track

from wracaj.archive.objects import settings_prefix, shop_prefix
from wracaj.archive.sealing import opened
from wracaj_cli.archive.reading import Line, settle
from wracaj_cli.archive.source import Bucket
from wracaj_cli.shops.target import Target


def rows_of_shopper(target: Target, shop: str, names: Collection[str]) -> list[Line]:
    """Return the rows about whoever has these identifiers, with what was sealed under them. What
    belongs to somebody else in the same row stays sealed, and is left out. It reads all of the
    shop's archive."""
    settle(target)
    source, archive_keys = Bucket(target), target.store().archive_keys
    assert archive_keys  # there is an archive
    keys, wanted = archive_keys.of(shop, sorted(names)), [name.encode() for name in names]
    stored = [one.name for one in source.under(shop_prefix(shop))]
    found: dict[str, Line] = {}
    for body in track(
        source.bodies(stored),
        "Reading the archive",
        total=len(stored),
        console=Console(stderr=True),
    ):
        for text in gzip.decompress(body).splitlines():
            if any(name in text for name in wanted):
                line, _ = opened(orjson.loads(text), keys)
                found[line["id"]] = line
    return sorted(found.values(), key=lambda line: (line["at"], line["id"]))


def delete_rows(target: Target, shop: str) -> int:
    """Delete the shop's rows and the versions of its settings. Return how many objects."""
    source = Bucket(target)
    stored = [*source.under(shop_prefix(shop)), *source.under(settings_prefix(shop))]
    source.delete(stored)
    return len(stored)
