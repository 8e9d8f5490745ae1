"""What the archive has of one shopper, and all that it has of a shop."""

import gzip
from collections.abc import Collection, Iterator
from typing import Any

import orjson
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from wracaj.archive.objects import settings_prefix, shop_prefix
from wracaj.archive.sealing import opened
from wracaj_cli.archive.reading import Line, place_of, settle
from wracaj_cli.counted import counted
from wracaj_cli.shops.target import Target

MOST_DELETES = 1000  # in one request of S3
COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())


def rows_of_shopper(target: Target, shop: str, names: Collection[str]) -> list[Line]:
    """Return the rows about whoever has these identifiers, with what was sealed under them. What
    belongs to somebody else in the same row stays sealed, and is left out. It reads all of the
    shop's archive."""
    settle(target)
    archive_keys = target.store().archive_keys
    assert archive_keys  # there is an archive
    keys, wanted = archive_keys.of(shop, sorted(names)), [name.encode() for name in names]
    found: dict[str, Line] = {}
    with Progress(*COLUMNS, console=Console(stderr=True)) as progress:
        task = progress.add_task("reading the archive", total=None)
        for number, body in enumerate(_bodies(target, shop), 1):
            for text in body.splitlines():
                if any(name in text for name in wanted):
                    line, _ = opened(orjson.loads(text), keys)
                    found[line["id"]] = line
            progress.update(task, description=f"{counted(number, 'object')} of the archive read")
    return sorted(found.values(), key=lambda line: (line["at"], line["id"]))


def _bodies(target: Target, shop: str) -> Iterator[bytes]:
    s3, bucket = target.client("s3"), place_of(target).bucket
    for name in _names(target, shop_prefix(shop)):
        yield gzip.decompress(s3.get_object(Bucket=bucket, Key=name)["Body"].read())


def _names(target: Target, prefix: str) -> Iterator[str]:
    pages = (
        target.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=place_of(target).bucket, Prefix=prefix)
    )
    return (found["Key"] for page in pages for found in page.get("Contents", []))


def delete_rows(target: Target, shop: str) -> int:
    """Delete the shop's rows and the versions of its settings. Return how many objects."""
    names = [
        *_names(target, shop_prefix(shop)),
        *_names(target, settings_prefix(shop)),
    ]
    for start in range(0, len(names), MOST_DELETES):
        some: list[dict[str, Any]] = [{"Key": name} for name in names[start : start + MOST_DELETES]]
        target.client("s3").delete_objects(
            Bucket=place_of(target).bucket, Delete={"Objects": some, "Quiet": True}
        )
    return len(names)
